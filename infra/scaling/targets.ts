import type { QueueName, ServiceName } from '#shared/topology.ts';

/**
 * What scaling aims at. Every figure was chosen among others by playing a day through the plans: docs/scaling.md has
 * the comparison, `npm run infra:scaling` repeats it.
 */
export interface ScalingTargets {
  /** How long an entry of a queue may wait before more tasks are wanted, in seconds. */
  allowedDelaySeconds: Readonly<Record<QueueName, number>>;
  /** Time that one task needs per message, all its requests in flight counted, in seconds. */
  secondsPerMessage: Readonly<Partial<Record<ServiceName, number>>>;
  /** A backlog of so many times the target is a surge: tasks are added after one minute instead of three. */
  surge: number;
  /** Age of the oldest record at which a stream service gets another task, in ms. */
  iteratorAgeMs: number;
  /** A stream service loses a task only if the others would then be less busy than this, in percent. */
  busyAfterScaleInPercent: number;
  /** Requests a minute that one task of a public service should have. */
  requestsPerMinute: number;
  cpuPercent: number;
}

export const scalingTargets: ScalingTargets = {
  // An answer is waited for by a person who looks at the phone; what was planned is not.
  allowedDelaySeconds: { 'sms-replies.fifo': 10, 'sms-bulk.fifo': 30 },
  // 50 messages a second of a task with half a processor: 200 requests in flight would allow more, the processor not.
  secondsPerMessage: { sender: 0.02 },
  surge: 2,
  iteratorAgeMs: 15_000,
  busyAfterScaleInPercent: 50,
  requestsPerMinute: 4_500,
  cpuPercent: 50,
};

/** Seconds between two steps out: tasks of the step before have started by then. */
export const SCALE_OUT_COOLDOWN_SECONDS = 60;
/** Out again sooner where people wait for answers. */
export const REPLIES_COOLDOWN_SECONDS = 30;
export const SCALE_IN_COOLDOWN_SECONDS = 300;
/** Minutes in a row that a stream service must be idle enough before it loses a task. */
export const IDLE_MINUTES = 10;
/** Tasks are useful as long as the carrier takes what they send; so much more is kept for their catching up. */
export const CARRIER_HEADROOM = 1.5;
