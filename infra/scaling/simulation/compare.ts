import { type ServiceName, services } from '#shared/topology.ts';
import { mostTasks, type ScalingBounds } from '../plan.ts';
import { type ScalingTargets, scalingTargets } from '../targets.ts';
import { DAY_SECONDS, type Day, playDay } from './day.ts';
import { bounds } from './environment.ts';
import type { DayLoad } from './load.ts';
import { type BacklogName, SERVICES } from './pipeline.ts';

/** One signal with several targets, each played through the same day; everything else as chosen. */
export interface Comparison {
  title: string;
  service: ServiceName;
  /** Whose waits are told; none for the service of requests, whose load is told instead. */
  backlogs: readonly BacklogName[];
  contenders: readonly { label: string; targets: ScalingTargets }[];
}

const replies = (seconds: number): ScalingTargets => ({
  ...scalingTargets,
  allowedDelaySeconds: { ...scalingTargets.allowedDelaySeconds, 'sms-replies.fifo': seconds },
});
const bulk = (seconds: number): ScalingTargets => ({
  ...scalingTargets,
  allowedDelaySeconds: { ...scalingTargets.allowedDelaySeconds, 'sms-bulk.fifo': seconds },
});
const many = (
  values: readonly number[],
  label: (value: number) => string,
  targets: (value: number) => ScalingTargets,
): Comparison['contenders'] => values.map((value) => ({ label: label(value), targets: targets(value) }));

export const comparisons: readonly Comparison[] = [
  {
    title: 'Replies: allowed delay',
    service: 'sender',
    backlogs: ['sms-replies.fifo'],
    contenders: many([5, 10, 30, 120], (value) => `${value} s`, replies),
  },
  {
    title: 'Bulk: allowed delay',
    service: 'sender',
    backlogs: ['sms-bulk.fifo'],
    contenders: many([15, 30, 60, 120, 600], (value) => `${value} s`, bulk),
  },
  {
    title: 'Queues: backlog that counts as a surge, in targets',
    service: 'sender',
    backlogs: ['sms-replies.fifo', 'sms-bulk.fifo'],
    contenders: [
      ...many([2, 3, 6], String, (surge) => ({ ...scalingTargets, surge })),
      { label: 'none: target tracking alone', targets: { ...scalingTargets, surge: 1e9 } },
    ],
  },
  {
    title: 'Streams: age of the oldest record',
    service: 'outbound',
    backlogs: ['dialog', 'outbound'],
    contenders: many(
      [5, 15, 30, 60],
      (value) => `${value} s`,
      (value) => ({
        ...scalingTargets,
        iteratorAgeMs: value * 1_000,
      }),
    ),
  },
  {
    title: 'Gateway: requests a minute and task',
    service: 'gateway',
    backlogs: [],
    contenders: many([1_500, 3_000, 4_500, 6_000], String, (value) => ({
      ...scalingTargets,
      requestShare: value / (services.gateway.ratePerTask * 60),
    })),
  },
  {
    title: 'Gateway: processor, in percent',
    service: 'gateway',
    backlogs: [],
    contenders: many([35, 50, 70], String, (value) => ({ ...scalingTargets, cpuPercent: value })),
  },
];

/** The yardstick: every service always has all the tasks that it may have. What still waits then, waits for the carrier. */
export const allTasks = (): Readonly<Record<ServiceName, ScalingBounds>> =>
  Object.fromEntries(
    SERVICES.map((service) => {
      const most = mostTasks(services[service], bounds[service]);
      return [service, { ...bounds[service], minimum: most, maximum: most }];
    }),
  ) as Record<ServiceName, ScalingBounds>;

/** Production without its second task of everything, which carries most of the day and would hide what targets do. */
const lean = Object.fromEntries(
  SERVICES.map((service) => [service, { ...bounds[service], minimum: 1 }]),
) as Record<ServiceName, ScalingBounds>;

/** Plays each distinct set of targets once, with a task of each service at least. */
export function playAll(load: DayLoad): (targets: ScalingTargets) => Day {
  const played = new Map<string, Day>();
  return (targets) => {
    const key = JSON.stringify(targets);
    const day = played.get(key) ?? playDay({ targets, load, bounds: lean, seconds: DAY_SECONDS });
    played.set(key, day);
    return day;
  };
}
