import { type ServiceName, type StreamName, services } from '#shared/topology.ts';
import { type Assumptions, assumptions } from '../../cost/assumptions.ts';
import { type Estimate, estimate } from '../../cost/estimate.ts';
import { numberOf } from '../../cost/line.ts';
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

/** A month of the resources of production in this size, position by position. Pure. */
export function billOf(
  resources: readonly ResourceRecord[],
  { messagesPerDay, textsPerDay }: Demand,
  size: Size,
  month: number,
): Estimate {
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
  return estimate(
    resources.map((each) => inSize(each, size)),
    taken,
    month,
  );
}

/** What a month costs by component, in dollars, the dearest first. Pure. */
export function moneyOf(
  resources: readonly ResourceRecord[],
  demand: Demand,
  size: Size,
  month: number,
): { total: number; components: readonly (readonly [string, number])[] } {
  const { lines, total } = billOf(resources, demand, size, month);
  const sums = new Map<string, number>();
  for (const { component, usd } of lines) sums.set(component, (sums.get(component) ?? 0) + usd);
  return { total, components: [...sums].sort(([, a], [, b]) => b - a) };
}

/** A stream has the shards of this size, and a service may have its tasks. */
function inSize(resource: ResourceRecord, { services: needs, streams }: Size): ResourceRecord {
  const { inputs, name, type } = resource;
  if (type === 'aws:appautoscaling/target:Target') {
    if (!isService(name)) throw new Error(`${name} is no service of the map`);
    return {
      ...resource,
      inputs: { ...inputs, maxCapacity: Math.max(numberOf(inputs.maxCapacity), needs[name].tasks) },
    };
  }
  if (type !== 'aws:kinesis/stream:Stream') return resource;
  const found = (Object.keys(streams) as StreamName[]).find((stream) => name.endsWith(stream));
  if (found === undefined) throw new Error(`${name} is no stream of the map`);
  return { ...resource, inputs: { ...inputs, shardCount: streams[found].shards } };
}

const isService = (name: string): name is ServiceName => Object.hasOwn(services, name);
