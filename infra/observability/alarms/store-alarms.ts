import { type AlarmRow, onSeries } from '../alarm.ts';
import type { MonitoredResources } from '../resources.ts';
import { published } from '../series.ts';
import type { Thresholds } from '../thresholds.ts';

/** What can go wrong with the database, the cache, and with telling people of it. */
export const storeAlarms = <T>(resources: MonitoredResources<T>, limits: Thresholds): AlarmRow<T>[] => [
  ...databaseAlarms(resources, limits),
  ...cacheAlarms(resources, limits),
  onSeries({
    name: 'notices-failing',
    kind: 'notices',
    context: 'stores',
    summary: 'A notice of an alarm could not be delivered.',
    series: published(
      'AWS/SNS',
      'NumberOfNotificationsFailed',
      { TopicName: resources.noticesTopic },
      'Sum',
      300,
    ),
    threshold: 1,
    periods: 1,
    datapoints: 1,
    missing: 'quiet',
  }),
];

function databaseAlarms<T>({ database }: MonitoredResources<T>, limits: Thresholds): AlarmRow<T>[] {
  const cluster = { DBClusterIdentifier: database.cluster };
  const common = {
    kind: 'database',
    context: 'stores',
    periods: 5,
    datapoints: 5,
    missing: 'unchanged',
  } as const;
  return [
    onSeries({
      ...common,
      name: 'database-capacity',
      summary: `The database uses ${limits.acuPercent} % of its greatest capacity, ${database.maxAcu} ACU.`,
      series: published('AWS/RDS', 'ACUUtilization', cluster, 'Maximum'),
      threshold: limits.acuPercent,
    }),
    onSeries({
      ...common,
      name: 'database-cpu',
      summary: `The processor of the database is ${limits.databaseCpuPercent} % busy.`,
      series: published('AWS/RDS', 'CPUUtilization', cluster, 'Maximum'),
      threshold: limits.databaseCpuPercent,
    }),
    onSeries({
      ...common,
      name: 'database-connections',
      summary: `The database has ${mostConnections(database.maxAcu)} connections, 80 % of what it takes.`,
      series: published('AWS/RDS', 'DatabaseConnections', cluster, 'Maximum'),
      threshold: mostConnections(database.maxAcu),
    }),
    onSeries({
      ...common,
      name: 'database-deadlocks',
      summary: `${limits.deadlocks} transactions in 5 minutes waited for each other: locks are taken in an order of their own somewhere.`,
      // A rate per second: averaged over 5 minutes, times 300, is their number.
      series: published('AWS/RDS', 'Deadlocks', cluster, 'Average', 300),
      threshold: limits.deadlocks / 300,
      periods: 1,
      datapoints: 1,
    }),
    onSeries({
      ...common,
      name: 'database-transaction-ids',
      summary: 'Half of the transaction ids of the database are used up: vacuum does not keep up.',
      series: published('AWS/RDS', 'MaximumUsedTransactionIDs', cluster, 'Maximum', 300),
      threshold: limits.transactionIds,
    }),
    ...(database.instances < 2
      ? []
      : [
          onSeries<T>({
            ...common,
            name: 'database-replica-lag',
            summary: `The standby of the database is ${limits.replicaLagMs} ms behind: a failover would take longer.`,
            series: published('AWS/RDS', 'AuroraReplicaLagMaximum', cluster, 'Maximum'),
            threshold: limits.replicaLagMs,
          }),
        ]),
  ];
}

/**
 * 80 % of `max_connections`, which Aurora derives from the memory of the greatest capacity (2 GiB per ACU): memory in
 * bytes / 9,531,392, and 5,000 at most. A cluster that may pause or starts at half an ACU is held to 2,000.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
 */
function mostConnections(maxAcu: number): number {
  const derived = Math.min(5_000, Math.floor((maxAcu * 2 * 1024 ** 3) / 9_531_392));
  return Math.floor(Math.min(derived, 2_000) * 0.8);
}

function cacheAlarms<T>({ cache }: MonitoredResources<T>, limits: Thresholds): AlarmRow<T>[] {
  const common = { kind: 'cache', context: 'stores', periods: 3, datapoints: 3 } as const;
  const dimensions = { clusterId: cache.name };
  return [
    onSeries({
      ...common,
      name: 'cache-size',
      summary: `The cache is ${limits.cachePercent} % full; at ${cache.maxGigabytes} GB it begins to evict.`,
      series: published('AWS/ElastiCache', 'BytesUsedForCache', dimensions, 'Maximum', 300),
      threshold: (cache.maxGigabytes * 1_000 ** 3 * limits.cachePercent) / 100,
      missing: 'unchanged',
    }),
    onSeries({
      ...common,
      name: 'cache-throttles',
      summary: `The cache turned away ${limits.cacheThrottles} commands in 5 minutes.`,
      series: published('AWS/ElastiCache', 'ThrottledCmds', dimensions, 'Sum', 300),
      threshold: limits.cacheThrottles,
      missing: 'quiet',
    }),
  ];
}
