import {
  byInputs,
  byPointer,
  type Cases,
  document,
  KEY,
  OWN_ROLE,
  PUBLIC,
  TLS_ONLY,
  TLS_TOO,
} from '../sample.ts';

const QUEUE = 'aws:sqs/queue:Queue';
const STREAM = 'aws:kinesis/stream:Stream';
const TOPIC = 'aws:sns/topic:Topic';
const NO_PLAIN_PUBLISH = { ...TLS_ONLY, Action: 'sns:Publish' };

export const messagingCases: Cases = {
  'queue-encrypted': byInputs(QUEUE, { kmsMasterKeyId: KEY }, {}, { sqsManagedSseEnabled: true }),
  'queue-not-public': byInputs(
    'aws:sqs/queuePolicy:QueuePolicy',
    { policy: document(OWN_ROLE, TLS_ONLY) },
    { policy: document(PUBLIC) },
    { policy: document({ ...OWN_ROLE, Action: 'sqs:*' }) },
    { policy: document({ ...OWN_ROLE, Principal: '*' }) },
  ),
  'queue-dead-letters': byInputs(QUEUE, { redrivePolicy: '{}' }, {}),
  'queue-tls': byPointer(
    QUEUE,
    { type: 'aws:sqs/queuePolicy:QueuePolicy', by: 'queueUrl', inputs: { policy: document(TLS_ONLY) } },
    { policy: document(TLS_TOO) },
  ),
  'stream-encrypted': byInputs(
    STREAM,
    { encryptionType: 'KMS', kmsKeyId: KEY },
    { encryptionType: 'NONE' },
    { encryptionType: 'KMS' },
  ),
  'stream-retention': byInputs(STREAM, { retentionPeriod: 168 }, { retentionPeriod: 24 }, {}),
  'topic-encrypted': byInputs(TOPIC, { kmsMasterKeyId: KEY }, {}),
  'topic-not-public': byInputs(
    'aws:sns/topicPolicy:TopicPolicy',
    { policy: document({ ...PUBLIC, Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } } }) },
    { policy: document(PUBLIC) },
  ),
  'topic-tls': byPointer(
    TOPIC,
    { type: 'aws:sns/topicPolicy:TopicPolicy', by: 'arn', inputs: { policy: document(NO_PLAIN_PUBLISH) } },
    { policy: document({ ...NO_PLAIN_PUBLISH, Effect: 'Allow' }) },
    { policy: document({ ...NO_PLAIN_PUBLISH, Condition: {} }) },
  ),
};
