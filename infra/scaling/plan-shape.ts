import type { Formula } from './metric-math.ts';

/**
 * A scaling plan is data that the program maps one to one:
 *
 * | here                  | resource                         | how |
 * |-----------------------|----------------------------------|-----|
 * | `bounds`              | aws.appautoscaling.Target        | minCapacity, maxCapacity; serviceNamespace `ecs`, scalableDimension `ecs:service:DesiredCount`, resourceId `service/CLUSTER/SERVICE` |
 * | `targetTracking[]`    | aws.appautoscaling.Policy        | policyType `TargetTrackingScaling`; `queries` become customizedMetricSpecification.metrics, `predefined` the predefinedMetricSpecification; disableScaleIn false |
 * | `steps[]`             | aws.appautoscaling.Policy        | policyType `StepScaling`, metricAggregationType `Maximum`; `from` and `to` become metricIntervalLowerBound and -UpperBound, absent where undefined |
 * | `steps[].alarm`       | aws.cloudwatch.MetricAlarm       | metricQueries from `queries`, actionsEnabled, alarmActions: the policy's ARN alone |
 *
 * Names are unique within a service; the program puts environment and service in front. `T` is the type of names that
 * only the program knows: Output<string> there, string in the simulation and in tests.
 */
export interface ScalingPlan<T> {
  bounds: { minimum: number; maximum: number };
  targetTracking: readonly TargetTracking<T>[];
  steps: readonly StepPolicy<T>[];
}

export interface TargetTracking<T> {
  name: string;
  metric: PredefinedMetric<T> | { kind: 'queries'; queries: readonly Query<T>[] };
  target: number;
  scaleOutCooldownSeconds: number;
  scaleInCooldownSeconds: number;
}

export type PredefinedMetric<T> =
  | { kind: 'predefined'; type: 'ECSServiceAverageCPUUtilization' }
  /** `resourceLabel`: app/BALANCER/ID/targetgroup/GROUP/ID. */
  | { kind: 'predefined'; type: 'ALBRequestCountPerTarget'; resourceLabel: T };

/** Exactly one query of a list has `returnData`, and it is the last. */
export type Query<T> =
  | {
      id: string;
      label: string;
      returnData: boolean;
      metric: Metric<T>;
    }
  | { id: string; label: string; returnData: boolean; formula: Formula; expression: string };

export interface Metric<T> {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, T | string>>;
  statistic: 'Average' | 'Maximum';
  /** For alarms; target tracking always takes minutes. */
  periodSeconds: 60;
}

export interface StepPolicy<T> {
  name: string;
  adjustmentType: 'ChangeInCapacity' | 'PercentChangeInCapacity';
  /** Least change in tasks of a percentage. */
  minAdjustmentMagnitude?: number;
  cooldownSeconds: number;
  /** Relative to the alarm's threshold, rising, without gaps; the first starts at 0 for a step out. */
  adjustments: readonly { from?: number; to?: number; change: number }[];
  alarm: StepAlarm<T>;
}

export interface StepAlarm<T> {
  name: string;
  description: string;
  comparison: 'GreaterThanOrEqualToThreshold';
  threshold: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  treatMissingData: 'notBreaching';
  queries: readonly Query<T>[];
}

/** What only the program knows. */
export interface ScalingNames<T> {
  cluster: T;
  service: T;
  /** Namespace of the metrics that services write: METRICS_NAMESPACE of the environment. */
  metricsNamespace: string;
  /** Name of a queue in AWS. */
  queue(name: string): T;
  /** Label of its balancer and target group; asked for only for services that follow requests. */
  requestsLabel(): T;
}
