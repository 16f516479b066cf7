import { CarillonError } from '#shared/errors.ts';
import type { ServiceName, ServiceRow, StreamName } from '#shared/topology.ts';
import type { ScalingNames, ScalingPlan } from './plan-shape.ts';
import { onSurge, outOfZero, trackBacklog } from './queue-scaling.ts';
import { trackProcessor, trackRequests } from './request-scaling.ts';
import { onIdle, onOldRecords } from './stream-scaling.ts';
import { CARRIER_HEADROOM, type ScalingTargets } from './targets.ts';

/** What an environment allows a service. */
export interface ScalingBounds {
  /** Tasks that always run; 0 for queue services only. */
  minimum: number;
  maximum: number;
  shards: Readonly<Record<StreamName, number>>;
  /** What the carrier takes from all sender numbers together. */
  carrierMessagesPerSecond: number;
}

type ScaledRow = Pick<ServiceRow, 'scaling' | 'relaysSlots' | 'consumes' | 'carriers' | 'ratePerTask'>;

const mostShards = (streams: readonly StreamName[], bounds: ScalingBounds): number =>
  Math.max(...streams.map((name) => bounds.shards[name]));

/**
 * Most tasks that have work: one per shard of the largest stream, because a shard is worked on by one task at a time;
 * of those who speak to carriers as many as the carrier's pace keeps busy, and some to catch up. Never above what the
 * environment allows, never below its minimum.
 */
export function mostTasks(row: ScaledRow, bounds: ScalingBounds): number {
  const { scaling } = row;
  const useful = (): number => {
    if (scaling.by === 'iterator-age') return mostShards(scaling.streams, bounds);
    if (scaling.by !== 'backlog' || !row.carriers) return bounds.maximum;
    return Math.ceil((bounds.carrierMessagesPerSecond / row.ratePerTask) * CARRIER_HEADROOM);
  };
  return Math.max(bounds.minimum, Math.min(bounds.maximum, useful()));
}

/** Everything that is wrong with the bounds of a service; empty when they can be planned with. */
export function boundsFaults(service: ServiceName, row: ScaledRow, bounds: ScalingBounds): string[] {
  const faults: string[] = [];
  const { minimum, maximum } = bounds;
  if (!Number.isInteger(minimum) || minimum < 0)
    faults.push(`${service}: minimum ${minimum} is no number of tasks`);
  if (!Number.isInteger(maximum) || maximum < 1)
    faults.push(`${service}: maximum ${maximum} is no number of tasks`);
  if (minimum > maximum) faults.push(`${service}: minimum ${minimum} is above maximum ${maximum}`);
  if (minimum === 0 && row.scaling.by !== 'backlog')
    faults.push(`${service}: only services of queues may have no task; nothing would start the first one`);
  if (minimum === 0 && row.relaysSlots)
    faults.push(
      `${service}: needs a task at all times, because held messages and its outbox wait in tables, not in queues`,
    );
  if (row.scaling.by === 'backlog' && row.carriers && !(bounds.carrierMessagesPerSecond > 0))
    faults.push(
      `${service}: the carrier must take more than ${bounds.carrierMessagesPerSecond} messages a second`,
    );
  if (row.scaling.by === 'iterator-age' && minimum > mostShards(row.scaling.streams, bounds))
    faults.push(
      `${service}: minimum ${minimum} is above the ${mostShards(row.scaling.streams, bounds)} shards of its largest stream`,
    );
  return faults;
}

/**
 * How the number of tasks of a service follows its load. Pure and deterministic: the same row, bounds and targets give
 * the same plan. Throws with all faults of the bounds.
 */
export function scalingPlan<T>(
  service: ServiceName,
  row: ScaledRow,
  bounds: ScalingBounds,
  targets: ScalingTargets,
  names: ScalingNames<T>,
): ScalingPlan<T> {
  const faults = boundsFaults(service, row, bounds);
  if (faults.length > 0) throw new CarillonError('invalid_configuration', faults.join('; '));
  const plan = {
    bounds: { minimum: bounds.minimum, maximum: mostTasks(row, bounds) },
    targetTracking: [],
    steps: [],
  };
  const { scaling } = row;
  switch (scaling.by) {
    case 'requests':
      return { ...plan, targetTracking: trackRequests(row.ratePerTask, targets, names) };
    case 'processor':
      return { ...plan, targetTracking: [trackProcessor(targets)] };
    case 'iterator-age': {
      const consumers = Object.keys(row.consumes);
      return {
        ...plan,
        steps: [onOldRecords(service, consumers, targets, names), onIdle(service, consumers, targets, names)],
      };
    }
    case 'backlog':
      return {
        ...plan,
        targetTracking: scaling.queues.map((queue) => trackBacklog(service, queue, targets, names)),
        steps: [
          ...scaling.queues.map((queue) => onSurge(service, queue, targets, names)),
          ...(bounds.minimum === 0 ? [outOfZero(service, scaling.queues, names)] : []),
        ],
      };
  }
}
