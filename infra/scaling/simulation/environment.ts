import type { ServiceName } from '#shared/topology.ts';
import type { ScalingBounds } from '../plan.ts';

/** The environment that the simulated day runs in: production, with the pace of a short code or some toll-free numbers. */
export const CARRIER_MESSAGES_PER_SECOND = 100;

const shards: ScalingBounds['shards'] = { 'dialog-commands': 4, 'dialog-events': 4, 'message-log': 2 };
const boundsOf = (minimum: number, maximum: number): ScalingBounds => ({
  minimum,
  maximum,
  shards,
  carrierMessagesPerSecond: CARRIER_MESSAGES_PER_SECOND,
});

export const bounds: Readonly<Record<ServiceName, ScalingBounds>> = {
  gateway: boundsOf(2, 8),
  dialog: boundsOf(1, 8),
  outbound: boundsOf(1, 8),
  sender: boundsOf(1, 8),
  progress: boundsOf(1, 4),
  log: boundsOf(1, 4),
};

/**
 * What one task does in a second at the size that the topology gives it. Assumptions, on the low side: a tenth or less
 * of what benchmarks measure on two shared processors next to their database (docs/benchmarks.md).
 */
export const ratePerTask: Readonly<Record<ServiceName, number>> = {
  gateway: 150,
  dialog: 400,
  outbound: 300,
  sender: 50,
  progress: 400,
  log: 1_500,
};

/** Entries of one queue that a sender takes in hand, where they no longer count as waiting (TURNS_IN_HAND). */
export const TURNS_IN_HAND = 1_000;
/** From the decision to the first work of a task: a network interface, the image, the start of Node, its leases. */
export const TASK_START_SECONDS = 75;
/** From the end of a minute to the moment at which alarms see its value. */
export const METRIC_DELAY_SECONDS = 60;
/** Messages that a started drill sends, and texts that come back. */
export const MESSAGES_PER_START = 1;
export const ANSWERED_SHARE = { bulk: 0.12, replies: 0.35 };
/** How long people take to answer, on average. */
export const ANSWER_SECONDS = 300;
/** Status callbacks of one message. */
export const STATUSES_PER_MESSAGE = 2;
/** How long they take to arrive, on average. */
export const STATUS_SECONDS = 5;
