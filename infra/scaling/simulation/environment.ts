import { type ServiceName, type ServiceRow, services } from '#shared/topology.ts';
import { byName } from '../../by-name.ts';
import { readInfraSettings } from '../../config/read.ts';
import { stackConfig } from '../../config/stack-files.ts';
import { shardsOf } from '../../data/shards.ts';
import { serviceSize } from '../../services/service-size.ts';
import type { ScalingBounds } from '../plan.ts';

/** The environment that the simulated day runs in: production, as Pulumi.prod.yaml has it. */
const settings = readInfraSettings((await stackConfig('prod')).config);

export const CARRIER_MESSAGES_PER_SECOND = settings.carrier.messagesPerSecond;

const shards: ScalingBounds['shards'] = shardsOf(settings);

export const bounds: Readonly<Record<ServiceName, ScalingBounds>> = byName<
  ServiceName,
  ServiceRow,
  ScalingBounds
>(services, (name, row) => {
  const { minTasks, maxTasks } = serviceSize(name, row, settings.services, shards);
  return {
    minimum: minTasks,
    maximum: maxTasks,
    shards,
    carrierMessagesPerSecond: CARRIER_MESSAGES_PER_SECOND,
  };
});

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
