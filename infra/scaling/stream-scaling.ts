import type { ServiceName } from '#shared/topology.ts';
import {
  both,
  type Formula,
  filled,
  formulaText,
  larger,
  less,
  minus,
  times,
  number as value,
  when,
} from './metric-math.ts';
import type { Query, ScalingNames, StepPolicy } from './plan-shape.ts';
import {
  IDLE_MINUTES,
  SCALE_IN_COOLDOWN_SECONDS,
  SCALE_OUT_COOLDOWN_SECONDS,
  type ScalingTargets,
} from './targets.ts';
import { processorUse, runningTasks } from './task-metrics.ts';

/** Name and dimensions of what services write: shared/metrics.ts. */
const ageOf = <T>(id: string, service: ServiceName, consumer: string, namespace: string): Query<T> => ({
  id,
  label: `age of the oldest record of ${consumer}, in ms`,
  returnData: false,
  metric: {
    namespace,
    name: 'IteratorAgeMilliseconds',
    dimensions: { Service: service, Consumer: consumer },
    statistic: 'Maximum',
    periodSeconds: 60,
  },
});

const ages = <T>(
  service: ServiceName,
  consumers: readonly string[],
  names: ScalingNames<T>,
): readonly Query<T>[] =>
  consumers.map((consumer, i) => ageOf(`age${i}`, service, consumer, names.metricsNamespace));

/** The oldest record of all consumers of the service. A consumer that had nothing to read reports no age. */
const oldest = <T>(queries: readonly Query<T>[]): Formula =>
  queries.map(({ id }): Formula => filled(id, 0)).reduce((left, right) => larger(left, right));

/**
 * Another task when records wait too long. In steps: the age of a record does not halve with twice the tasks, which
 * target tracking would take for granted.
 */
export function onOldRecords<T>(
  service: ServiceName,
  consumers: readonly string[],
  targets: ScalingTargets,
  names: ScalingNames<T>,
): StepPolicy<T> {
  const queries = ages(service, consumers, names);
  const formula = oldest(queries);
  return {
    name: 'old-records',
    adjustmentType: 'ChangeInCapacity',
    cooldownSeconds: SCALE_OUT_COOLDOWN_SECONDS,
    adjustments: [
      { from: 0, to: targets.iteratorAgeMs * 3, change: 1 },
      { from: targets.iteratorAgeMs * 3, change: 2 },
    ],
    alarm: {
      name: 'old-records',
      description: `Adds tasks to ${service}: its oldest record has waited ${targets.iteratorAgeMs / 1000} seconds.`,
      comparison: 'GreaterThanOrEqualToThreshold',
      threshold: targets.iteratorAgeMs,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: 'notBreaching',
      queries: [
        ...queries,
        {
          id: 'oldest',
          label: 'age of the oldest record',
          returnData: true,
          formula,
          expression: formulaText(formula),
        },
      ],
    },
  };
}

/**
 * One task less when nothing has waited for a while and the others could carry the load: a low age alone says that
 * there are enough tasks, not that there are too many. Without a figure of the processor the service counts as busy.
 */
export function onIdle<T>(
  service: ServiceName,
  consumers: readonly string[],
  targets: ScalingTargets,
  names: ScalingNames<T>,
): StepPolicy<T> {
  const queries = ages(service, consumers, names);
  const quiet = less(oldest(queries), value(targets.iteratorAgeMs / 3));
  const running = filled('running', 0);
  const spare = less(
    times(filled('cpu', 100), running),
    times(value(targets.busyAfterScaleInPercent), minus(running, value(1))),
  );
  const formula = when(both(quiet, spare), value(1), value(0));
  return {
    name: 'idle',
    adjustmentType: 'ChangeInCapacity',
    cooldownSeconds: SCALE_IN_COOLDOWN_SECONDS,
    adjustments: [{ from: 0, change: -1 }],
    alarm: {
      name: 'idle',
      description: `Takes a task from ${service}: nothing has waited for ${IDLE_MINUTES} minutes and the others can carry the load.`,
      comparison: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      evaluationPeriods: IDLE_MINUTES,
      datapointsToAlarm: IDLE_MINUTES,
      treatMissingData: 'notBreaching',
      queries: [
        ...queries,
        processorUse(names),
        runningTasks(names),
        { id: 'idle', label: 'one task can go', returnData: true, formula, expression: formulaText(formula) },
      ],
    },
  };
}
