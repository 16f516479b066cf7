import { CarillonError } from '#shared/errors.ts';
import type { ServiceName, ServiceRow } from '#shared/topology.ts';
import { FARGATE_SIZES, type InfraSettings } from '../config/schema.ts';

export interface ServiceSize {
  cpu: number;
  memoryMiB: number;
  minTasks: number;
  maxTasks: number;
}

/**
 * Size and number of tasks of a service: what the stack says for it, else for all, else its row. A consumer of streams
 * never needs more than a task per shard, so its minimum is kept within that. Throws when Fargate has no such size.
 */
export function serviceSize(
  service: ServiceName,
  row: Pick<ServiceRow, 'cpu' | 'memoryMiB' | 'scaling'>,
  settings: InfraSettings['services'],
  shards: Readonly<Record<string, number>>,
): ServiceSize {
  const own = settings.byName[service];
  const cpu = own?.cpu ?? settings.defaults.cpu ?? row.cpu;
  const memoryMiB = own?.memoryMiB ?? settings.defaults.memoryMiB ?? row.memoryMiB;
  if (!FARGATE_SIZES[cpu]?.includes(memoryMiB)) {
    throw new CarillonError(
      'invalid_configuration',
      `${service}: Fargate has no task with ${cpu} CPU units and ${memoryMiB} MiB. With ${cpu}: ${FARGATE_SIZES[cpu]?.join(', ') ?? 'nothing; use 256, 512, 1024 or 2048'}.`,
    );
  }
  const maxTasks = own?.maxTasks ?? settings.defaults.maxTasks ?? 1;
  const usual = Math.min(settings.defaults.minTasks ?? 1, maxTasks);
  const useful =
    row.scaling.by === 'iterator-age'
      ? Math.max(...row.scaling.streams.map((stream) => shards[stream] ?? 1))
      : usual;
  return { cpu, memoryMiB, maxTasks, minTasks: own?.minTasks ?? Math.min(usual, useful) };
}
