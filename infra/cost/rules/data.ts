import { queues, streams, type Traffic } from '#shared/topology.ts';
import type { ResourceRecord } from '../../testing/resource-record.ts';
import {
  type Bill,
  behind,
  field,
  gigabytes,
  MONTH_HOURS,
  messagesPerMonth,
  millions,
  numberOf,
  type Rules,
  sharing,
  textsPerMonth,
} from '../line.ts';

/** What a month brings to the row of this name; nothing to one that the map does not have. */
const brought = (
  rows: Readonly<Record<string, { traffic: Traffic }>>,
  { name }: ResourceRecord,
  bill: Bill,
): number => {
  const { perMessage, perText } = rows[name]?.traffic ?? { perMessage: 0, perText: 0 };
  return messagesPerMonth(bill) * perMessage + textsPerMonth(bill) * perText;
};

export const dataRules: Rules = {
  'aws:kinesis/stream:Stream': (stream, bill) => {
    if (field(stream.inputs.streamModeDetails, 'streamMode') === 'ON_DEMAND')
      throw new Error('there is no price yet for streams on demand');
    const shardHours = numberOf(stream.inputs.shardCount) * MONTH_HOURS;
    const longer = numberOf(stream.inputs.retentionPeriod) > 24;
    return [
      { price: 'shardHour', quantity: shardHours },
      { price: 'shardRetention', quantity: longer ? shardHours : 0 },
      { price: 'putUnits', quantity: millions(brought(streams, stream, bill)) },
    ];
  },
  'aws:kinesis/streamConsumer:StreamConsumer': (consumer, bill) => {
    const [stream] = behind(consumer, 'streamArn', bill);
    const records = stream === undefined ? 0 : brought(streams, stream, bill);
    return [
      { price: 'fanOutHour', quantity: numberOf(stream?.inputs.shardCount) * MONTH_HOURS },
      { price: 'fanOutGigabyte', quantity: gigabytes(records * bill.assumptions.recordBytes) },
    ];
  },
  'aws:sqs/queue:Queue': (queue, bill) => {
    // Dead letters are looked at by alarms, which ask nothing of the queue.
    if (queue.inputs.redrivePolicy === undefined) return [];
    const requests =
      brought(queues, queue, bill) * bill.assumptions.queueRequestsPerEntry +
      bill.assumptions.idlePollsPerSecond * bill.hours * 3_600;
    return [{ price: 'fifoRequests', quantity: millions(requests) }];
  },
  'aws:rds/clusterInstance:ClusterInstance': (_instance, bill) => {
    const cluster = bill.resources.find(({ type }) => type === 'aws:rds/cluster:Cluster');
    const least = numberOf(field(cluster?.inputs.serverlessv2ScalingConfiguration, 'minCapacity'));
    // At a least of 0 it pauses while nobody is connected.
    const awake = least === 0 ? bill.hours : MONTH_HOURS;
    return [{ price: 'acuHour', quantity: Math.max(least, bill.assumptions.averageAcu) * awake }];
  },
  'aws:rds/cluster:Cluster': ({ inputs }, bill) => {
    const { databaseBytesPerMessage, databaseIoPerMessage } = bill.assumptions;
    // At the middle of the month; backups up to the size of the database are free, and change is a month's worth.
    const grown = gigabytes(messagesPerMonth(bill) * databaseBytesPerMessage);
    const backupDays = numberOf(inputs.backupRetentionPeriod);
    return [
      { price: 'databaseStorage', quantity: 10 + grown * (bill.month - 0.5) },
      { price: 'databaseIo', quantity: millions(messagesPerMonth(bill) * databaseIoPerMessage) },
      { price: 'databaseBackup', quantity: grown * (backupDays / 30) },
    ];
  },
  'aws:elasticache/serverlessCache:ServerlessCache': (_cache, bill) => [
    { price: 'cacheStorage', quantity: Math.max(0.1, bill.assumptions.cacheGigabytes) * MONTH_HOURS },
    {
      price: 'cacheWork',
      quantity: millions(messagesPerMonth(bill) * bill.assumptions.cacheOperationsPerMessage),
    },
  ],
  'aws:s3/bucket:Bucket': (bucket, bill) => [
    { price: 'fileStorage', quantity: (bill.assumptions.fileGigabytes * bill.month) / sharing(bucket, bill) },
    { price: 'fileWrites', quantity: millions(bill.assumptions.fileWrites) / sharing(bucket, bill) },
  ],
  'aws:kms/key:Key': (_key, { assumptions }) => [
    { price: 'key', quantity: 1 },
    { price: 'keyRequests', quantity: millions(assumptions.keyRequests) },
  ],
  'aws:secretsmanager/secret:Secret': () => [{ price: 'secret', quantity: 1 }],
  'aws:secretsmanager/secretVersion:SecretVersion': { free: 'charged with its secret' },
  'aws:secretsmanager/secretRotation:SecretRotation': { free: 'charged with its secret' },
  'aws:kms/alias:Alias': { free: 'AWS does not charge for it' },
  'aws:rds/clusterParameterGroup:ClusterParameterGroup': { free: 'AWS does not charge for it' },
  'aws:rds/subnetGroup:SubnetGroup': { free: 'AWS does not charge for it' },
  'aws:rds/eventSubscription:EventSubscription': { free: 'notices are charged with their topic' },
  'aws:sqs/queuePolicy:QueuePolicy': { free: 'AWS does not charge for it' },
  'aws:sqs/redriveAllowPolicy:RedriveAllowPolicy': { free: 'AWS does not charge for it' },
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': { free: 'expiry is not charged' },
  'aws:s3/bucketLogging:BucketLogging': { free: 'what it writes is stored, and charged with the bucket' },
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': { free: 'AWS does not charge for it' },
  'aws:s3/bucketPolicy:BucketPolicy': { free: 'AWS does not charge for it' },
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': { free: 'AWS does not charge for it' },
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': {
    free: 'AWS does not charge for it; bucket keys keep requests to KMS few',
  },
  'aws:s3/bucketVersioning:BucketVersioning': { free: 'versions are stored, and charged with the bucket' },
  'aws:pinpoint/smsvoicev2PhoneNumber:Smsvoicev2PhoneNumber': () => [
    { price: 'tollFreeNumber', quantity: 1 },
  ],
  'aws:pinpoint/smsvoicev2ConfigurationSet:Smsvoicev2ConfigurationSet': {
    free: 'AWS does not charge for it',
  },
  'aws:pinpoint/smsvoicev2OptOutList:Smsvoicev2OptOutList': { free: 'AWS does not charge for it' },
};
