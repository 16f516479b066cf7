/**
 * Metrics that AWS publishes by itself for resources that this program makes, as far as dashboards and alarms use them:
 * under these dimensions and no others. A metric that is asked for under other dimensions is no error to CloudWatch,
 * it merely never has a value; hence this table, which the types of everything else come from.
 */
export const publishedMetrics = {
  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
  'AWS/SQS': {
    dimensions: ['QueueName'],
    metrics: [
      'ApproximateAgeOfOldestMessage',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesVisible',
      'NumberOfMessagesDeleted',
      'NumberOfMessagesSent',
    ],
  },
  /** https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html */
  'AWS/Kinesis': {
    dimensions: ['StreamName'],
    metrics: [
      'GetRecords.IteratorAgeMilliseconds',
      'IncomingBytes',
      'IncomingRecords',
      'ReadProvisionedThroughputExceeded',
      'WriteProvisionedThroughputExceeded',
    ],
  },
  /** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html */
  'AWS/ECS': {
    dimensions: ['ClusterName', 'ServiceName'],
    metrics: ['CPUUtilization', 'MemoryUtilization'],
  },
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html */
  'ECS/ContainerInsights': {
    dimensions: ['ClusterName', 'ServiceName'],
    metrics: ['RunningTaskCount'],
  },
  /** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html */
  'AWS/RDS': {
    dimensions: ['DBClusterIdentifier'],
    metrics: [
      'ACUUtilization',
      'AuroraReplicaLagMaximum',
      'CommitLatency',
      'CPUUtilization',
      'DatabaseConnections',
      'Deadlocks',
      'FreeableMemory',
      'MaximumUsedTransactionIDs',
      'ServerlessDatabaseCapacity',
      'VolumeBytesUsed',
    ],
  },
  /**
   * Serverless caches publish under `clusterId`, node-based ones under `CacheClusterId`.
   * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/serverless-metrics-events-redis.html
   */
  'AWS/ElastiCache': {
    dimensions: ['clusterId'],
    metrics: [
      'BytesUsedForCache',
      'CurrConnections',
      'ElastiCacheProcessingUnits',
      'SuccessfulReadRequestLatency',
      'ThrottledCmds',
    ],
  },
  /** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html */
  'AWS/ApplicationELB': {
    dimensions: ['LoadBalancer'],
    metrics: [
      'HTTPCode_ELB_5XX_Count',
      'HTTPCode_Target_4XX_Count',
      'HTTPCode_Target_5XX_Count',
      'RejectedConnectionCount',
      'RequestCount',
      'TargetResponseTime',
    ],
  },
  /** The same namespace, for one target group behind the balancer. */
  'AWS/ApplicationELB (target group)': {
    dimensions: ['LoadBalancer', 'TargetGroup'],
    metrics: [
      'HealthyHostCount',
      'HTTPCode_Target_5XX_Count',
      'RequestCount',
      'TargetResponseTime',
      'UnHealthyHostCount',
    ],
  },
  /** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html; a rule of the default bus. */
  'AWS/Events': {
    dimensions: ['RuleName'],
    metrics: ['FailedInvocations', 'TriggeredRules'],
  },
  /** https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html */
  'AWS/SNS': {
    dimensions: ['TopicName'],
    metrics: ['NumberOfNotificationsFailed'],
  },
} as const satisfies Record<string, { dimensions: readonly string[]; metrics: readonly string[] }>;

export type PublishedGroup = keyof typeof publishedMetrics;
export type PublishedMetric<G extends PublishedGroup> = (typeof publishedMetrics)[G]['metrics'][number];
export type PublishedDimension<G extends PublishedGroup> = (typeof publishedMetrics)[G]['dimensions'][number];

/** The namespace of a group: its name, without what tells two groups of one namespace apart. */
export const namespaceOf = (group: PublishedGroup): string => group.split(' ')[0] ?? group;
