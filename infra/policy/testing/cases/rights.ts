import { byInputs, byPointer, type Case, type Cases, document, KEY, OWN_ROLE, PUBLIC } from '../sample.ts';

const POLICY = 'aws:iam/rolePolicy:RolePolicy';
const LOG_GROUP = 'aws:cloudwatch/logGroup:LogGroup';

const allow = (actions: string | readonly string[], resource: string, extra = {}) => ({
  policy: document({ Effect: 'Allow', Action: actions, Resource: resource, ...extra }),
});
const named = allow(['sqs:SendMessage', 's3:GetObject'], 'arn:aws:sqs:us-east-1:123456789012:q');
const onAll = (...actions: readonly [string, ...string[]]): Case => {
  const [first, ...rest] = actions.map((action) => allow(action, '*'));
  return byInputs(POLICY, named, first ?? {}, ...rest);
};
const assumed = (principal: unknown) => ({
  assumeRolePolicy: document({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }),
});

export const keyCases: Cases = {
  'secret-rotated': byPointer(
    'aws:secretsmanager/secret:Secret',
    {
      type: 'aws:secretsmanager/secretRotation:SecretRotation',
      by: 'secretId',
      inputs: { rotationRules: { automaticallyAfterDays: 30 } },
    },
    { rotationRules: { automaticallyAfterDays: 365 } },
    {},
  ),
  'secret-encrypted': byInputs('aws:secretsmanager/secret:Secret', { kmsKeyId: KEY }, {}),
  'key-not-public': byInputs('aws:kms/key:Key', { policy: document(OWN_ROLE) }, { policy: document(PUBLIC) }),
  'key-rotated': byInputs('aws:kms/key:Key', { enableKeyRotation: true }, {}),
};

export const iamCases: Cases = {
  'no-administrator': byInputs(POLICY, named, allow('*', '*')),
  'no-wildcard-actions': byInputs(
    POLICY,
    named,
    allow('sqs:*', 'arn:aws:sqs:us-east-1:123456789012:q'),
    allow('*', 'a'),
  ),
  'no-escalation': onAll('iam:PassRole', 'iam:*', 'iam:Put*'),
  'no-credentials': onAll('iam:CreateAccessKey', 'rds-db:connect'),
  'no-exfiltration': onAll('s3:GetObject', 's3:Get*', 'secretsmanager:GetSecretValue'),
  'no-permissions-management': onAll('kms:PutKeyPolicy', 'kms:*'),
  'no-unlimited-writes': onAll('kinesis:PutRecords', 'sqs:*'),
  'resources-named': {
    good: [
      ...byInputs(POLICY, named, {}).good,
      ...byInputs(POLICY, allow('ecr:GetAuthorizationToken', '*'), {}).good,
      ...byInputs(
        POLICY,
        allow('ecs:ListTasks', '*', { Condition: { ArnEquals: { 'ecs:cluster': 'c' } } }),
        {},
      ).good,
    ],
    bad: onAll('sqs:ReceiveMessage', 'ecr:*').bad,
  },
  'role-not-for-everybody': byInputs(
    'aws:iam/role:Role',
    assumed({ Service: 'ecs-tasks.amazonaws.com' }),
    assumed('*'),
    assumed({ AWS: '*' }),
    assumed({ AWS: 'arn:aws:iam::123456789012:root' }),
  ),
};

export const logCases: Cases = {
  'log-retention': byInputs(LOG_GROUP, { retentionInDays: 14 }, { retentionInDays: 0 }, {}),
  'log-retention-year': byInputs(LOG_GROUP, { retentionInDays: 365 }, { retentionInDays: 14 }),
  'log-encrypted': byInputs(LOG_GROUP, { kmsKeyId: KEY }, {}),
  'alarm-acts': byInputs(
    'aws:cloudwatch/metricAlarm:MetricAlarm',
    { alarmActions: ['arn:aws:sns:us-east-1:123456789012:notices'] },
    { alarmActions: [] },
    { alarmActions: ['arn:aws:sns:us-east-1:123456789012:notices'], actionsEnabled: false },
  ),
};
