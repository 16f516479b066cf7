import type { StreamName } from '#shared/topology.ts';
import { type Assumptions, assumptions } from '../../cost/assumptions.ts';
import { estimate } from '../../cost/estimate.ts';
import type { ResourceRecord } from '../../testing/resource-record.ts';
import { type Demand, LEAST_TASKS, type Size } from './size.ts';

/** The demand of an environment with so many messages a day, everything else as the estimate of production has it. */
export function demandOf(messagesPerDay: number): Demand {
  const { messagesPerDay: usual, recordBytes, statusesPerMessage, textsPerDay } = assumptions.prod;
  return {
    messagesPerDay,
    textsPerDay: (textsPerDay * messagesPerDay) / usual,
    statusesPerMessage,
    recordBytes,
  };
}

/** What a month costs by component, in dollars, the dearest first: the resources of production in this size. Pure. */
export function moneyOf(
  resources: readonly ResourceRecord[],
  { messagesPerDay, textsPerDay }: Demand,
  size: Size,
  month: number,
): { total: number; components: readonly (readonly [string, number])[] } {
  const times = messagesPerDay / assumptions.prod.messagesPerDay;
  const taken: Assumptions = {
    ...assumptions.prod,
    messagesPerDay,
    textsPerDay,
    tasksAboveLeast: (service) => size.services[service].averageTasks - LEAST_TASKS,
    averageAcu: size.averageAcu,
    cacheGigabytes: Math.max(assumptions.prod.cacheGigabytes, 0.01 * times),
    fileGigabytes: assumptions.prod.fileGigabytes * Math.max(1, times / 10),
    flowLogGigabytes: assumptions.prod.flowLogGigabytes * Math.max(1, times / 4),
  };
  const { lines, total } = estimate(
    resources.map((each) => withShards(each, size)),
    taken,
    month,
  );
  const sums = new Map<string, number>();
  for (const { component, usd } of lines) sums.set(component, (sums.get(component) ?? 0) + usd);
  return { total, components: [...sums].sort(([, a], [, b]) => b - a) };
}

/** A stream has the shards of this size. */
function withShards(resource: ResourceRecord, { streams }: Size): ResourceRecord {
  if (resource.type !== 'aws:kinesis/stream:Stream') return resource;
  const found = (Object.keys(streams) as StreamName[]).find((name) => resource.name.endsWith(name));
  if (found === undefined) throw new Error(`${resource.name} is no stream of the map`);
  return { ...resource, inputs: { ...resource.inputs, shardCount: streams[found].shards } };
}
