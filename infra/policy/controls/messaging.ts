import { type Control, type Resource, when } from '../control.ts';
import { given, numberAt, pointingAt, textAt } from '../inputs.ts';
import { isPublic, refusesPlainText, type Statement, statementsAt } from '../policy-statements.ts';

const QUEUES = ['aws:sqs/queue:Queue'];
const QUEUE_POLICIES = ['aws:sqs/queuePolicy:QueuePolicy'];
const STREAMS = ['aws:kinesis/stream:Stream'];
const TOPICS = ['aws:sns/topic:Topic'];
const TOPIC_POLICIES = ['aws:sns/topicPolicy:TopicPolicy'];

/** Allows everybody, and no condition narrows that to an account or a source. */
const opens = (statement: Statement): boolean =>
  statement.allows &&
  isPublic(statement) &&
  !/aws:(SourceAccount|SourceArn|PrincipalOrgID|PrincipalAccount|SourceOwner)/i.test(
    JSON.stringify(statement.conditions),
  );

const isDeadLetter = ({ name }: Resource): boolean => name.includes('dead');

export const messagingControls: readonly Control[] = [
  {
    name: 'queue-encrypted',
    ids: ['SQS.1', 'CKV_AWS_27', 'AwsSolutions-SQS2'],
    title: 'Queues are encrypted with a key of the environment.',
    types: QUEUES,
    check: ({ inputs }) => when(!given(inputs, 'kmsMasterKeyId'), 'not encrypted with a key of its own'),
  },
  {
    name: 'queue-not-public',
    ids: ['SQS.3', 'CKV_AWS_168', 'CKV_AWS_387', 'CKV_AWS_72'],
    title: 'The policy of a queue allows neither everybody nor everything.',
    types: QUEUE_POLICIES,
    check: ({ inputs }) => {
      const statements = statementsAt(inputs, 'policy');
      return when(
        statements.some(
          (statement) =>
            opens(statement) ||
            (statement.allows &&
              statement.actions.some((action) => ['*', 'sqs:*', 'SQS:*'].includes(action))),
        ),
        'it allows everybody or everything',
      );
    },
  },
  {
    name: 'queue-dead-letters',
    ids: ['AwsSolutions-SQS3'],
    title: 'What a queue delivers too often goes to a dead-letter queue.',
    types: QUEUES,
    unless: isDeadLetter,
    check: ({ inputs }) => when(!given(inputs, 'redrivePolicy'), 'no dead-letter queue'),
  },
  {
    name: 'queue-tls',
    ids: ['AwsSolutions-SQS4'],
    title: 'Queues refuse requests without TLS.',
    types: QUEUES,
    across: true,
    check: (queue, stack) =>
      when(
        !pointingAt(queue, stack, 'aws:sqs/queuePolicy:QueuePolicy', 'queueUrl').some(({ inputs }) =>
          statementsAt(inputs, 'policy').some(refusesPlainText),
        ),
        'no policy refuses requests without TLS',
      ),
  },
  {
    name: 'stream-encrypted',
    ids: ['Kinesis.1', 'CKV_AWS_43', 'CKV_AWS_185'],
    title: 'Streams are encrypted with a key of the environment.',
    types: STREAMS,
    check: ({ inputs }) =>
      when(
        textAt(inputs, 'encryptionType') !== 'KMS' || !given(inputs, 'kmsKeyId'),
        'not encrypted with a key of its own',
      ),
  },
  {
    name: 'stream-retention',
    ids: ['Kinesis.3'],
    title: 'Streams keep records for a week.',
    types: STREAMS,
    check: ({ inputs }) =>
      when((numberAt(inputs, 'retentionPeriod') ?? 24) < 168, 'records are kept for less than 168 hours'),
  },
  {
    name: 'topic-encrypted',
    ids: ['SNS.1', 'CKV_AWS_26'],
    title: 'Topics are encrypted with a key of the environment.',
    types: TOPICS,
    check: ({ inputs }) => when(!given(inputs, 'kmsMasterKeyId'), 'not encrypted with a key of its own'),
  },
  {
    name: 'topic-not-public',
    ids: ['SNS.4'],
    title: 'The policy of a topic does not allow everybody.',
    types: TOPIC_POLICIES,
    check: ({ inputs }) => when(statementsAt(inputs, 'policy').some(opens), 'it allows everybody'),
  },
  {
    name: 'topic-tls',
    ids: ['AwsSolutions-SNS3'],
    title: 'Topics refuse what is published without TLS.',
    types: TOPICS,
    across: true,
    check: (topic, stack) =>
      when(
        !pointingAt(topic, stack, 'aws:sns/topicPolicy:TopicPolicy', 'arn').some(({ inputs }) =>
          statementsAt(inputs, 'policy').some(
            (statement) =>
              refusesPlainText(statement) ||
              (!statement.allows &&
                statement.actions.some((action) => action.toLowerCase() === 'sns:publish') &&
                JSON.stringify(statement.conditions).includes('"aws:SecureTransport":"false"')),
          ),
        ),
        'no policy refuses what is published without TLS',
      ),
  },
];
