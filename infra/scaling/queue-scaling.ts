import { type QueueName, type ServiceName, services } from '#shared/topology.ts';
import {
  both,
  filled,
  formulaText,
  greater,
  less,
  over,
  plus,
  number as value,
  when,
} from './metric-math.ts';
import type { Query, ScalingNames, StepPolicy, TargetTracking } from './plan-shape.ts';
import {
  IMPATIENT_COOLDOWN_SECONDS,
  IMPATIENT_DELAY_SECONDS,
  SCALE_IN_COOLDOWN_SECONDS,
  SCALE_OUT_COOLDOWN_SECONDS,
  type ScalingTargets,
} from './targets.ts';
import { runningTasks } from './task-metrics.ts';

/** `sms-replies.fifo` is `sms-replies` in names of policies. */
const short = (queue: QueueName): string => queue.replace('.fifo', '');

const visible = <T>(id: string, queue: QueueName, names: ScalingNames<T>): Query<T> => ({
  id,
  label: `entries waiting in ${queue}`,
  returnData: false,
  metric: {
    namespace: 'AWS/SQS',
    name: 'ApproximateNumberOfMessagesVisible',
    dimensions: { QueueName: names.queue(queue) },
    statistic: 'Maximum',
    periodSeconds: 60,
  },
});

/**
 * Entries that wait, per task that runs. Without a task it is the whole backlog. SQS reports nothing for a queue that
 * nobody has used for six hours: nothing waits.
 */
function backlogPerTask<T>(queue: QueueName, names: ScalingNames<T>): readonly Query<T>[] {
  const [waiting, tasks] = [filled('visible', 0), filled('running', 0)];
  const formula = when(greater(tasks, value(0)), over(waiting, tasks), waiting);
  return [
    visible('visible', queue, names),
    runningTasks(names),
    {
      id: 'backlog',
      label: `entries of ${queue} per task`,
      returnData: true,
      formula,
      expression: formulaText(formula),
    },
  ];
}

/** Entries per task at which those at the end have waited as long as allowed. */
export function backlogTarget(service: ServiceName, queue: QueueName, targets: ScalingTargets): number {
  return Math.max(1, Math.round(targets.allowedDelaySeconds[queue] * services[service].ratePerTask));
}

const cooldown = (queue: QueueName, { allowedDelaySeconds }: ScalingTargets): number =>
  allowedDelaySeconds[queue] <= IMPATIENT_DELAY_SECONDS
    ? IMPATIENT_COOLDOWN_SECONDS
    : SCALE_OUT_COOLDOWN_SECONDS;

export const trackBacklog = <T>(
  service: ServiceName,
  queue: QueueName,
  targets: ScalingTargets,
  names: ScalingNames<T>,
): TargetTracking<T> => ({
  name: `${short(queue)}-backlog`,
  metric: { kind: 'queries', queries: backlogPerTask(queue, names) },
  target: backlogTarget(service, queue, targets),
  scaleOutCooldownSeconds: cooldown(queue, targets),
  scaleInCooldownSeconds: SCALE_IN_COOLDOWN_SECONDS,
});

/** Target tracking looks at three minutes before it adds tasks. A surge is answered after one. */
export function onSurge<T>(
  service: ServiceName,
  queue: QueueName,
  targets: ScalingTargets,
  names: ScalingNames<T>,
): StepPolicy<T> {
  const target = backlogTarget(service, queue, targets);
  const threshold = target * targets.surge;
  return {
    name: `${short(queue)}-surge`,
    adjustmentType: 'PercentChangeInCapacity',
    minAdjustmentMagnitude: 1,
    cooldownSeconds: cooldown(queue, targets),
    adjustments: [
      { from: 0, to: threshold, change: 100 },
      { from: threshold, change: 300 },
    ],
    alarm: {
      name: `${short(queue)}-surge`,
      description: `Adds tasks to ${service}: more than ${targets.surge} times the backlog per task that it should have in ${queue}.`,
      comparison: 'GreaterThanOrEqualToThreshold',
      threshold,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: 'notBreaching',
      queries: backlogPerTask(queue, names),
    },
  };
}

/**
 * Out of 0: target tracking multiplies the tasks there are, and 0 stays 0. Quiet as soon as a task runs, because the
 * alarm repeats its action every minute for as long as it lasts.
 */
export function outOfZero<T>(
  service: ServiceName,
  queues: readonly QueueName[],
  names: ScalingNames<T>,
): StepPolicy<T> {
  const waiting = queues.map((queue, i) => visible(`visible${i}`, queue, names));
  const sum = waiting
    .map((query) => filled(query.id, 0))
    .reduce((left, right) => plus(left, right), value(0));
  const formula = when(
    both(less(filled('running', 0), value(1)), greater(sum, value(0))),
    value(1),
    value(0),
  );
  return {
    name: 'out-of-zero',
    adjustmentType: 'ChangeInCapacity',
    cooldownSeconds: SCALE_OUT_COOLDOWN_SECONDS,
    adjustments: [{ from: 0, change: 1 }],
    alarm: {
      name: 'out-of-zero',
      description: `Starts the first task of ${service}: entries wait and none runs.`,
      comparison: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: 'notBreaching',
      queries: [
        ...waiting,
        runningTasks(names),
        {
          id: 'wanted',
          label: 'entries wait and no task runs',
          returnData: true,
          formula,
          expression: formulaText(formula),
        },
      ],
    },
  };
}
