import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { queues, type ServiceName, services, streams } from '#shared/topology.ts';
import { byName } from '../by-name.ts';
import { Component } from '../component.ts';
import { type AlarmRow, descriptionOf, expressionOf, treatMissingData } from './alarm.ts';
import { alarmsOf, byContext, isRestless, restlessContexts } from './alarms.ts';
import { dashboardOf } from './dashboard.ts';
import { NightlyQuiet } from './nightly-quiet.ts';
import type { ObservedEnvironment } from './observed.ts';
import type { MonitoredResources } from './resources.ts';
import { RUNBOOK_FOLDER } from './runbooks.ts';
import { StoppedTasks } from './stopped-tasks.ts';
import { AlarmTopics } from './topics.ts';

/** Where an environment is. */
export interface Whereabouts {
  region: string;
  accountId: string;
}

type Name = pulumi.Output<string> | string;

/**
 * What watches over an environment: every alarm and the dashboard that `alarmsOf` and `dashboardOf` derive from the map
 * of the system, one resource each, and whom they tell.
 */
export class Observability extends Component {
  readonly topics: AlarmTopics;
  readonly dashboardName: pulumi.Output<string>;

  constructor(
    environment: ObservedEnvironment,
    { region, accountId }: Whereabouts,
    options: pulumi.ComponentResourceOptions,
  ) {
    super('carillon:observability:Observability', 'observability', options);
    const { prefix } = environment;
    this.topics = new AlarmTopics(environment, accountId, this.inside);
    const { rules } = new StoppedTasks(environment, this.inside);
    const resources = monitored(environment, { rules, noticesTopic: this.topics.notices.name });

    const rows = alarmsOf(resources);
    const alarms = new Map(
      rows.map((row) => [row.name, metricAlarm(row, prefix, this.topics.details, this.inside)]),
    );
    const composites = new Map(
      [...byContext(rows)].map(([context, members]) => [
        context,
        new aws.cloudwatch.CompositeAlarm(
          `context-${context}`,
          {
            alarmName: `${prefix}${context}`,
            alarmDescription: `Something is wrong with ${context}. The single alarms say what, and link to their pages in ${RUNBOOK_FOLDER}/.`,
            alarmRule: anyOf(members.flatMap(({ name }) => alarms.get(name) ?? [])),
            alarmActions: [this.topics.notices.arn],
            okActions: [this.topics.notices.arn],
          },
          this.inside,
        ),
      ]),
    );
    const restless = restlessContexts(rows);
    new NightlyQuiet(
      environment,
      [
        ...rows.filter(isRestless).flatMap(({ name }) => alarms.get(name)?.name ?? []),
        ...[...composites].filter(([context]) => restless.has(context)).map(([, { alarmName }]) => alarmName),
      ],
      this.inside,
    );

    const dashboard = new aws.cloudwatch.Dashboard(
      'dashboard',
      {
        dashboardName: `${prefix}overview`,
        dashboardBody: pulumi
          .output({
            resources,
            alarmArns: Object.fromEntries([...alarms].map(([name, alarm]) => [name, alarm.arn])),
            compositeArns: [...composites.values()].map(({ arn }) => arn),
          })
          .apply(({ resources: known, alarmArns, compositeArns }) =>
            JSON.stringify(dashboardOf(known, { region, alarmArns, compositeArns })),
          ),
      },
      this.inside,
    );
    this.dashboardName = dashboard.dashboardName;
    this.registerOutputs({ dashboardName: this.dashboardName });
  }
}

const anyOf = (alarms: readonly aws.cloudwatch.MetricAlarm[]): pulumi.Output<string> =>
  pulumi
    .all(alarms.map(({ name }) => name))
    .apply((names) => names.map((name) => `ALARM("${name}")`).join(' OR '));

function metricAlarm(
  row: AlarmRow<Name>,
  prefix: string,
  details: aws.sns.Topic,
  options: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm {
  const last = row.queries.length - 1;
  return new aws.cloudwatch.MetricAlarm(
    row.name,
    {
      name: `${prefix}${row.name}`,
      alarmDescription: descriptionOf(row),
      comparisonOperator: row.comparison,
      threshold: row.threshold,
      evaluationPeriods: row.periods,
      datapointsToAlarm: row.datapoints,
      treatMissingData: treatMissingData[row.missing],
      metricQueries: row.queries.map((query, index) => ({
        id: query.id,
        label: query.label,
        returnData: index === last,
        ...('series' in query
          ? {
              metric: {
                namespace: query.series.namespace,
                metricName: query.series.name,
                dimensions: { ...query.series.dimensions },
                stat: query.series.statistic,
                period: query.series.periodSeconds,
              },
            }
          : { expression: expressionOf(query.formula) }),
      })),
      alarmActions: [details.arn],
      okActions: [details.arn],
    },
    options,
  );
}

/** The names under which AWS publishes metrics of what was made. */
function monitored(
  environment: ObservedEnvironment,
  { rules, noticesTopic }: { rules: Readonly<Record<ServiceName, Name>>; noticesTopic: Name },
): MonitoredResources<Name> {
  const { cache, cluster, database, loadBalancer, settings } = environment;
  return {
    namespace: environment.metricsNamespace,
    queues: byName(queues, (queue) => {
      const { deadLetter, queue: made } = environment.queues[queue];
      return { name: made.name, deadLetter: deadLetter.name };
    }),
    streams: byName(streams, (stream) => ({ name: environment.streams[stream].name })),
    cluster: cluster.name,
    services: byName(services, (service) => {
      const { maxTasks, minTasks, name } = environment.services[service];
      return { name, minTasks, maxTasks, stoppedTasksRule: rules[service] };
    }),
    database: {
      cluster: database.cluster.clusterIdentifier,
      maxAcu: database.maxAcu,
      instances: database.instances.length,
    },
    cache: { name: cache.name, maxGigabytes: settings.cache.maxGigabytes },
    web: {
      balancer: loadBalancer.balancer.arnSuffix,
      targetGroups: Object.fromEntries(
        Object.entries(loadBalancer.targetGroups).map(([service, group]) => [service, group.arnSuffix]),
      ),
    },
    noticesTopic,
  };
}
