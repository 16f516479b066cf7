import { type Input, interpolate } from '@pulumi/pulumi';
import { roleOf } from '#shared/postgres/grants.ts';
import type { FileArea, FileRight, ServiceRow } from '#shared/topology.ts';
import type { BedrockAgent } from '../config/schema.ts';
import type { Context } from '../context.ts';
import type { Environment } from '../environment.ts';
import type { Statement } from './policy-document.ts';

/** What a service's policy is about. */
export interface Reach {
  streams: Environment['streams'];
  /** Of each consumer of a stream that is sent its records: what it is registered as. */
  registered: ReadonlyMap<string, { arn: Input<string> }>;
  queues: Environment['queues'];
  /** Bucket of files. */
  filesArn: Input<string>;
  dataKeyArn: Input<string>;
  /** `arn:...:dbuser:CLUSTER/ROLE` of a role. */
  databaseUser(role: string): Input<string>;
  clusterName: string;
  /** What texts through AWS are sent from and under; none: they are not. */
  texts: readonly Input<string>[];
}

/**
 * What the task of a service may do in AWS: exactly what its row of the topology says, on exactly those resources.
 * Its rights inside the database are grants (shared/postgres/grants.ts).
 */
export function servicePolicy(context: Context, service: string, row: ServiceRow, reach: Reach): Statement[] {
  const streamArns = (names: readonly (keyof Reach['streams'])[]): Input<string>[] =>
    [...new Set(names)].map((name) => reach.streams[name].arn);
  const queueArns = (names: readonly (keyof Reach['queues'])[]): Input<string>[] =>
    names.map((name) => reach.queues[name].queue.arn);
  const consumed = Object.entries(row.consumes).flatMap(([consumer, stream]) =>
    stream === undefined ? [] : [{ stream, registered: reach.registered.get(consumer) }],
  );
  const polled = consumed.filter(({ registered }) => registered === undefined);
  const sent = consumed.filter(({ registered }) => registered !== undefined);
  const candidates: Statement[] = [
    {
      sid: 'ConsumeStreams',
      actions: ['kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:ListShards'],
      resources: streamArns(polled.map(({ stream }) => stream)),
    },
    {
      sid: 'FindShards',
      actions: ['kinesis:ListShards'],
      resources: streamArns(sent.map(({ stream }) => stream)),
    },
    {
      sid: 'SubscribeToShards',
      actions: ['kinesis:SubscribeToShard'],
      resources: sent.flatMap(({ registered }) => registered?.arn ?? []),
    },
    { sid: 'PutOnStreams', actions: ['kinesis:PutRecords'], resources: streamArns(row.puts) },
    {
      // What carriers reach looks at its streams before it says that it can take anything in.
      sid: 'ProbeStreams',
      actions: ['kinesis:DescribeStreamSummary'],
      resources: row.carriers && row.publicPaths.length > 0 ? streamArns(row.puts) : [],
    },
    {
      sid: 'ReceiveFromQueues',
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueUrl'],
      resources: queueArns(row.receives),
    },
    {
      sid: 'SettleDeadLetters',
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueUrl'],
      resources: (row.settles ?? []).map((name) => reach.queues[name].deadLetter.arn),
    },
    {
      sid: 'SendToQueues',
      actions: ['sqs:SendMessage', 'sqs:GetQueueUrl'],
      resources: queueArns(row.sends),
    },
    ...fileStatements(row, reach),
    ...keyStatements(context, row, reach),
    {
      sid: 'AskAgent',
      actions: ['bedrock:InvokeAgent'],
      resources:
        row.agent && context.settings.agent !== undefined
          ? [agentAliasArn(context, context.settings.agent)]
          : [],
    },
    {
      sid: 'LogInToDatabase',
      actions: ['rds-db:connect'],
      resources: Object.keys(row.tables).length > 0 ? [reach.databaseUser(roleOf(service))] : [],
    },
    {
      sid: 'SendTexts',
      actions: ['sms-voice:SendTextMessage'],
      resources: row.sendsTexts ? reach.texts : [],
    },
    {
      // While it holds entries of a queue, a task keeps itself from being the one that is scaled in.
      sid: 'ProtectOwnTask',
      actions: ['ecs:UpdateTaskProtection'],
      resources: row.receives.length > 0 ? [taskArns(context, reach.clusterName)] : [],
    },
  ];
  return candidates.filter(({ resources }) => resources.length > 0);
}

/** Each part of the bucket by its prefix. Who reads may also list: without that, S3 says 403 of what is not there. */
function fileStatements(row: ServiceRow, { filesArn }: Reach): Statement[] {
  const areas = areasOf(row);
  const objects = (right: FileRight): Input<string>[] =>
    areas[right].map((area) => interpolate`${filesArn}/${area}/*`);
  return [
    { sid: 'ReadFiles', actions: ['s3:GetObject'], resources: objects('read') },
    {
      sid: 'ListFiles',
      actions: ['s3:ListBucket'],
      resources: areas.read.length > 0 ? [filesArn] : [],
      conditions: { StringLike: { 's3:prefix': areas.read.map((area) => `${area}/*`) } },
    },
    {
      sid: 'WriteFiles',
      actions: ['s3:AbortMultipartUpload', 's3:PutObject'],
      resources: objects('write'),
    },
  ];
}

/** Parts of the bucket that a service has each right in. */
function areasOf({ files = {} }: ServiceRow): Record<FileRight, FileArea[]> {
  const entries = Object.entries(files) as [FileArea, readonly FileRight[]][];
  const having = (right: FileRight): FileArea[] =>
    entries.filter(([, rights]) => rights.includes(right)).map(([area]) => area);
  return { read: having('read'), write: having('write') };
}

const agentAliasArn = (
  { partition, region, accountId }: Context,
  { agentId, aliasId }: BedrockAgent,
): string => `arn:${partition}:bedrock:${region}:${accountId}:agent-alias/${agentId}/${aliasId}`;

/** Names of tasks are not known before they run: any of this cluster. */
const taskArns = ({ partition, region, accountId }: Context, cluster: string): string =>
  `arn:${partition}:ecs:${region}:${accountId}:task/${cluster}/*`;

/** The key, only through the service whose data it encrypts. Senders of SQS also decrypt, to check the data key. */
function keyStatements(context: Context, row: ServiceRow, reach: Reach): Statement[] {
  const through = (sid: string, service: string, actions: readonly string[]): Statement => ({
    sid,
    actions,
    resources: actions.length > 0 ? [reach.dataKeyArn] : [],
    conditions: { StringEquals: { 'kms:ViaService': `${service}.${context.region}.amazonaws.com` } },
  });
  const consumes = Object.keys(row.consumes).length > 0;
  const puts = row.puts.length > 0;
  const sends = row.sends.length > 0;
  const queues = sends || row.receives.length > 0 || row.settles !== undefined;
  const files = areasOf(row);
  return [
    through('KeyOfStreams', 'kinesis', [
      ...(consumes ? ['kms:Decrypt'] : []),
      ...(puts ? ['kms:GenerateDataKey'] : []),
    ]),
    // Uploads in parts decrypt as well: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
    through('KeyOfFiles', 's3', [
      ...(files.read.length + files.write.length > 0 ? ['kms:Decrypt'] : []),
      ...(files.write.length > 0 ? ['kms:GenerateDataKey'] : []),
    ]),
    through('KeyOfQueues', 'sqs', [
      ...(queues ? ['kms:Decrypt'] : []),
      ...(sends ? ['kms:GenerateDataKey'] : []),
    ]),
  ];
}
