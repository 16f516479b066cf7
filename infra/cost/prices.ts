/**
 * List prices of us-east-1 in US dollars, on demand, without free tiers, savings plans and taxes. `seen` is the day on
 * which the source was read; `verified: false` where no page could be read that names the figure, so that it is from
 * memory of AWS's price list. AWS's own price pages show figures only to browsers that run their scripts, so what was
 * read are pages of others who quote them. The source is where to look again.
 */
export interface Price {
  usd: number;
  unit: string;
  source: string;
  seen: string;
  verified: boolean;
}

const read = (usd: number, unit: string, source: string): Price => ({
  usd,
  unit,
  source,
  seen: '2026-11-26',
  verified: true,
});
const remembered = (usd: number, unit: string, source: string): Price => ({
  ...read(usd, unit, source),
  verified: false,
});

const KEYS = 'https://cloudburn.io/blog/aws-kms-pricing';
const ALARMS = 'https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm';
const FIREWALL = 'https://c3x.dev/blog/aws-waf-cost-explained/';
const FARGATE = 'https://fortem.dev/fargate-spot/';
const AURORA = 'https://www.factualminds.com/blog/amazon-aurora-pricing-io-optimized-serverless-v2-global/';
const CACHE = 'https://www.usage.ai/blogs/aws/database-savings-plans/elasticache/serverless-pricing/';
const CLOUDWATCH =
  'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/';
const CLOUDWATCH_AWS = 'https://aws.amazon.com/cloudwatch/pricing/';
const NETWORK = 'https://www.usage.ai/blogs/aws-network-costs/';
const ENDPOINTS = 'https://www.factualminds.com/blog/amazon-vpc-pricing-endpoints-peering-transit-gateway/';
const FILES = 'https://devnotes.tech/understanding-aws-s3-pricing-a-complete-cost-breakdown-with-examples';
const NAT = 'https://cloudpipelines.pages.dev/guides/aws-nat-gateway-pricing-2026/';

export const prices = {
  fargateCpu: read(0.03238, 'vCPU-hour, ARM64', FARGATE),
  fargateMemory: read(0.00356, 'GB-hour, ARM64', FARGATE),
  // Spot is 50 to 70 % below; AWS moves it with supply. Taken: half, which is the dear end.
  spotCpu: read(0.01619, 'vCPU-hour, ARM64, Spot', FARGATE),
  spotMemory: read(0.00178, 'GB-hour, ARM64, Spot', FARGATE),
  natHour: read(0.045, 'hour', NAT),
  natData: read(0.045, 'GB', NAT),
  publicAddress: read(0.005, 'address-hour', ENDPOINTS),
  endpointHour: read(0.01, 'endpoint-hour and zone', ENDPOINTS),
  endpointData: read(0.01, 'GB', 'https://c3x.dev/resources/aws/aws_vpc_endpoint'),
  zoneTransfer: read(0.01, 'GB and direction', NETWORK),
  internetOut: read(0.09, 'GB', NAT),
  balancerHour: read(0.0225, 'hour', 'https://c3x.dev/resources/aws/aws_lb'),
  balancerCapacity: read(
    0.008,
    'LCU-hour',
    'https://cloud-horizons.com/blog/alb-the-line-item-nobody-watches/',
  ),
  shardHour: read(
    0.015,
    'shard-hour',
    'https://kindatechnical.com/aws-kinesis/lesson-29-understanding-kinesis-pricing.html',
  ),
  shardRetention: read(
    0.02,
    'shard-hour, beyond a day, up to seven',
    'https://c3x.dev/resources/aws/aws_kinesis_stream',
  ),
  putUnits: read(
    0.014,
    'million PUT units of 25 KB',
    'https://www.trek10.com/blog/amazon-kinesis-data-streams-on-demand-vs.-provisioned-billing-mode-cost-comparison',
  ),
  fanOutHour: read(0.015, 'consumer-shard-hour', 'https://c3x.dev/resources/aws/aws_kinesis_stream'),
  fanOutGigabyte: read(0.013, 'GB', 'https://c3x.dev/resources/aws/aws_kinesis_stream'),
  fifoRequests: read(0.5, 'million requests', 'https://cloudburn.io/blog/amazon-sqs-pricing'),
  acuHour: read(0.12, 'ACU-hour', AURORA),
  databaseStorage: read(
    0.1,
    'GB-month',
    'https://awsnegotiations.com/blog/aurora-serverless-v2-pricing.html',
  ),
  databaseIo: read(
    0.2,
    'million I/O requests',
    'https://www.jusdb.com/blog/aws-rds-vs-aurora-vs-serverless-cost-comparison',
  ),
  databaseBackup: read(0.021, 'GB-month', 'https://www.cloudexmachina.io/blog/aws-aurora-pricing'),
  cacheStorage: read(0.084, 'GB-hour, 0.1 GB at least', CACHE),
  cacheWork: read(0.0023, 'million ECPU', CACHE),
  key: read(1, 'key-month', KEYS),
  keyRequests: read(3, 'million requests', KEYS),
  secret: read(
    0.4,
    'secret-month',
    'https://hivebook.wiki/wiki/aws-secrets-manager-rotated-secrets-dynamic-db-credentials-kms',
  ),
  metric: read(0.3, 'metric-month', CLOUDWATCH_AWS),
  alarmMetric: read(0.1, 'metric of an alarm and month', ALARMS),
  compositeAlarm: read(0.5, 'alarm-month', ALARMS),
  dashboard: read(3, 'dashboard-month', CLOUDWATCH),
  logIngestion: read(0.5, 'GB', CLOUDWATCH),
  logStorage: read(0.03, 'GB-month, compressed', 'https://c3x.dev/blog/cloudwatch-logs-cost-optimization'),
  imageStorage: read(0.1, 'GB-month', 'https://cloudburn.io/blog/amazon-ecr-pricing'),
  fileStorage: read(0.023, 'GB-month', FILES),
  fileWrites: read(5, 'million PUT requests', FILES),
  firewall: read(5, 'web ACL and month', FIREWALL),
  firewallRule: read(1, 'rule and month', FIREWALL),
  firewallRequests: read(0.6, 'million requests', FIREWALL),
  mails: read(
    0.00002,
    'mail',
    'https://www.factualminds.com/blog/amazon-sns-pricing-publishes-fanout-protocols/',
  ),
  tollFreeNumber: remembered(2, 'number-month', 'https://aws.amazon.com/end-user-messaging/pricing/'),
} as const satisfies Record<string, Price>;
export type PriceName = keyof typeof prices;
