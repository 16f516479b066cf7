import { type QueueName, queues } from '#shared/topology.ts';
import { byName } from '../by-name.ts';

/**
 * What scaling aims at, with what the rows of the topology say of their queues and services. Every figure was chosen among others by playing a day through the plans: docs/scaling.md has
 * the comparison, `npm run infra:scaling` repeats it.
 */
export interface ScalingTargets {
  /** How long an entry of a queue may wait before more tasks are wanted, in seconds. */
  allowedDelaySeconds: Readonly<Record<QueueName, number>>;
  /** A backlog of so many times the target is a surge: tasks are added after one minute instead of three. */
  surge: number;
  /** Age of the oldest record at which a stream service gets another task, in ms. */
  iteratorAgeMs: number;
  /** A stream service loses a task only if the others would then be less busy than this, in percent. */
  busyAfterScaleInPercent: number;
  /** Share of the requests that a task of a public service can answer at which another is wanted. */
  requestShare: number;
  cpuPercent: number;
}

export const scalingTargets: ScalingTargets = {
  allowedDelaySeconds: byName(queues, (_, row) => row.allowedDelaySeconds),
  surge: 2,
  iteratorAgeMs: 15_000,
  busyAfterScaleInPercent: 50,
  requestShare: 0.5,
  cpuPercent: 50,
};

/** Seconds between two steps out: tasks of the step before have started by then. */
export const SCALE_OUT_COOLDOWN_SECONDS = 60;
/** Out again sooner where somebody waits: in queues that allow at most so long. */
export const IMPATIENT_DELAY_SECONDS = 10;
export const IMPATIENT_COOLDOWN_SECONDS = 30;
export const SCALE_IN_COOLDOWN_SECONDS = 300;
/** Minutes in a row that a stream service must be idle enough before it loses a task. */
export const IDLE_MINUTES = 10;
/** Tasks are useful as long as the carrier takes what they send; so much more is kept for their catching up. */
export const CARRIER_HEADROOM = 1.5;
