import * as aws from '@pulumi/aws';
import { type ComponentResourceOptions, type Output, output } from '@pulumi/pulumi';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';
import type { Query, ScalingPlan, StepPolicy, TargetTracking } from '../scaling/plan-shape.ts';

type Name = Output<string>;

/** A scaling plan as resources: the table in infra/scaling/plan-shape.ts says how. */
export class Scaling extends Component {
  constructor(
    context: Context,
    service: string,
    parts: { clusterName: string; service: aws.ecs.Service; plan: ScalingPlan<Name> },
    options: ComponentResourceOptions,
  ) {
    super('carillon:services:Scaling', `${service}-scaling`, options);
    const { plan } = parts;
    const target = new aws.appautoscaling.Target(
      service,
      {
        serviceNamespace: 'ecs',
        scalableDimension: 'ecs:service:DesiredCount',
        resourceId: `service/${parts.clusterName}/${context.prefix}${service}`,
        minCapacity: plan.bounds.minimum,
        maxCapacity: plan.bounds.maximum,
      },
      { ...this.inside, dependsOn: [parts.service] },
    );
    const of = {
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
    };
    for (const tracking of plan.targetTracking) {
      new aws.appautoscaling.Policy(
        `${service}-${tracking.name}`,
        {
          ...of,
          name: `${context.prefix}${service}-${tracking.name}`,
          policyType: 'TargetTrackingScaling',
          targetTrackingScalingPolicyConfiguration: trackingConfiguration(tracking),
        },
        this.inside,
      );
    }
    for (const step of plan.steps) this.step(context, service, of, step);
    this.offHours(context, service, of, plan.bounds);
    this.registerOutputs();
  }

  private step(
    context: Context,
    service: string,
    of: { serviceNamespace: Name; scalableDimension: Name; resourceId: Name },
    step: StepPolicy<Name>,
  ): void {
    const policy = new aws.appautoscaling.Policy(
      `${service}-${step.name}`,
      {
        ...of,
        name: `${context.prefix}${service}-${step.name}`,
        policyType: 'StepScaling',
        stepScalingPolicyConfiguration: {
          adjustmentType: step.adjustmentType,
          metricAggregationType: 'Maximum',
          cooldown: step.cooldownSeconds,
          ...(step.minAdjustmentMagnitude === undefined
            ? {}
            : { minAdjustmentMagnitude: step.minAdjustmentMagnitude }),
          stepAdjustments: step.adjustments.map(({ from, to, change }) => ({
            scalingAdjustment: change,
            ...(from === undefined ? {} : { metricIntervalLowerBound: String(from) }),
            ...(to === undefined ? {} : { metricIntervalUpperBound: String(to) }),
          })),
        },
      },
      this.inside,
    );
    const { alarm } = step;
    new aws.cloudwatch.MetricAlarm(
      `${service}-${alarm.name}`,
      {
        name: `${context.prefix}${service}-${alarm.name}`,
        alarmDescription: alarm.description,
        comparisonOperator: alarm.comparison,
        threshold: alarm.threshold,
        evaluationPeriods: alarm.evaluationPeriods,
        datapointsToAlarm: alarm.datapointsToAlarm,
        treatMissingData: alarm.treatMissingData,
        actionsEnabled: true,
        alarmActions: [policy.arn],
        metricQueries: alarm.queries.map(alarmQuery),
      },
      this.inside,
    );
  }

  /** No tasks between stop and start, where the environment has such hours. */
  private offHours(
    { settings, prefix }: Context,
    service: string,
    of: { serviceNamespace: Name; scalableDimension: Name; resourceId: Name },
    bounds: { minimum: number; maximum: number },
  ): void {
    const { offHours } = settings;
    if (offHours === undefined) return;
    const at = (name: string, schedule: string, capacity: { minCapacity: number; maxCapacity: number }) =>
      new aws.appautoscaling.ScheduledAction(
        `${service}-${name}`,
        {
          ...of,
          name: `${prefix}${service}-${name}`,
          schedule,
          timezone: offHours.timeZone,
          scalableTargetAction: capacity,
        },
        this.inside,
      );
    at('stop', offHours.stop, { minCapacity: 0, maxCapacity: 0 });
    at('start', offHours.start, { minCapacity: bounds.minimum, maxCapacity: bounds.maximum });
  }
}

function trackingConfiguration(
  tracking: TargetTracking<Name>,
): aws.types.input.appautoscaling.PolicyTargetTrackingScalingPolicyConfiguration {
  const common = {
    targetValue: tracking.target,
    scaleOutCooldown: tracking.scaleOutCooldownSeconds,
    scaleInCooldown: tracking.scaleInCooldownSeconds,
    disableScaleIn: false,
  };
  const { metric } = tracking;
  if (metric.kind === 'queries') {
    return { ...common, customizedMetricSpecification: { metrics: metric.queries.map(trackingQuery) } };
  }
  return {
    ...common,
    predefinedMetricSpecification: {
      predefinedMetricType: metric.type,
      ...('resourceLabel' in metric ? { resourceLabel: metric.resourceLabel } : {}),
    },
  };
}

const trackingQuery = (query: Query<Name>) => ({
  id: query.id,
  label: query.label,
  returnData: query.returnData,
  ...('metric' in query
    ? {
        metricStat: {
          stat: query.metric.statistic,
          metric: {
            namespace: query.metric.namespace,
            metricName: query.metric.name,
            dimensions: Object.entries(query.metric.dimensions).map(([name, value]) => ({ name, value })),
          },
        },
      }
    : { expression: query.expression }),
});

const alarmQuery = (query: Query<Name>) => ({
  id: query.id,
  label: query.label,
  returnData: query.returnData,
  ...('metric' in query
    ? {
        metric: {
          namespace: query.metric.namespace,
          metricName: query.metric.name,
          stat: query.metric.statistic,
          period: query.metric.periodSeconds,
          dimensions: output(query.metric.dimensions),
        },
      }
    : { expression: query.expression }),
});
