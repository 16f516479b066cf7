import assert from 'node:assert/strict';
import { type ServiceRow, services, streams } from '#shared/topology.ts';
import { wildcardReasons } from '../iam/wildcards.ts';
import { statementsOf } from '../testing/allows.ts';
import { allStatements, rightsOf, statementsOfRole } from '../testing/policies.ts';
import { arnOf, ofType, textOf, theOne } from '../testing/records.ts';
import type { Evaluation } from '../testing/resource-record.ts';
import { evaluateEverythingOn, evaluateFanOut, evaluateStack } from '../testing/stacks.ts';

const rows: Readonly<Record<string, ServiceRow>> = services;

/**
 * What a row of the topology implies, written down from AWS's reference of actions and from the names that resources
 * must have. On purpose it shares nothing with the program.
 */
function impliedRights(evaluation: Evaluation, name: string, row: ServiceRow, fanOut: boolean): string[] {
  const prefix = `carillon-${evaluation.stack}-`;
  const stream = (one: string): string => `arn:aws:kinesis:us-east-1:123456789012:stream/${prefix}${one}`;
  const queue = (one: string): string => `arn:aws:sqs:us-east-1:123456789012:${prefix}${one}`;
  const key = arnOf(theOne(evaluation, 'aws:kms/key:Key', 'data'));
  const through = (service: string): string =>
    ` if {"StringEquals":{"kms:ViaService":["${service}.us-east-1.amazonaws.com"]}}`;
  const cluster = theOne(evaluation, 'aws:rds/cluster:Cluster', 'database').outputs.clusterResourceId;

  const rights = new Set<string>();
  for (const [consumer, one] of Object.entries(row.consumes)) {
    if (one === undefined) continue;
    rights.add(`kinesis:ListShards ${stream(one)}`);
    if (fanOut)
      rights.add(`kinesis:SubscribeToShard ${stream(one)}/consumer/${prefix}${consumer}:1767225600`);
    else
      for (const action of ['GetRecords', 'GetShardIterator']) rights.add(`kinesis:${action} ${stream(one)}`);
    rights.add(`kms:Decrypt ${key}${through('kinesis')}`);
  }
  for (const one of row.puts) {
    rights.add(`kinesis:PutRecords ${stream(one)}`);
    if (row.carriers && row.publicPaths.length > 0)
      rights.add(`kinesis:DescribeStreamSummary ${stream(one)}`);
    rights.add(`kms:GenerateDataKey ${key}${through('kinesis')}`);
  }
  for (const one of row.receives) {
    for (const action of ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueUrl']) {
      rights.add(`sqs:${action} ${queue(one)}`);
    }
    rights.add(`kms:Decrypt ${key}${through('sqs')}`);
    rights.add(`ecs:UpdateTaskProtection arn:aws:ecs:us-east-1:123456789012:task/${prefix}services/*`);
  }
  for (const one of row.settles ?? []) {
    const dead = queue(one.replace('.fifo', '-dead.fifo'));
    for (const action of ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueUrl']) {
      rights.add(`sqs:${action} ${dead}`);
    }
    rights.add(`kms:Decrypt ${key}${through('sqs')}`);
  }
  for (const one of row.sends) {
    for (const action of ['SendMessage', 'GetQueueUrl']) rights.add(`sqs:${action} ${queue(one)}`);
    for (const action of ['Decrypt', 'GenerateDataKey']) rights.add(`kms:${action} ${key}${through('sqs')}`);
  }
  const bucket = `arn:aws:s3:::${prefix}files-123456789012-us-east-1`;
  const areas = Object.entries(row.files ?? {});
  const reads = areas.filter(([, has]) => has.includes('read')).map(([area]) => area);
  for (const area of reads) rights.add(`s3:GetObject ${bucket}/${area}/*`);
  if (reads.length > 0)
    rights.add(
      `s3:ListBucket ${bucket} if ${JSON.stringify({ StringLike: { 's3:prefix': reads.map((area) => `${area}/*`) } })}`,
    );
  for (const [area, has] of areas) {
    rights.add(`kms:Decrypt ${key}${through('s3')}`);
    if (!has.includes('write')) continue;
    rights.add(`s3:PutObject ${bucket}/${area}/*`);
    rights.add(`s3:AbortMultipartUpload ${bucket}/${area}/*`);
    rights.add(`kms:GenerateDataKey ${key}${through('s3')}`);
  }
  if (Object.keys(row.tables).length > 0) {
    rights.add(`rds-db:connect arn:aws:rds-db:us-east-1:123456789012:dbuser:${cluster}/carillon_${name}`);
  }
  return [...rights].sort();
}

const everyAction = (action: string): boolean => action === '*' || action.endsWith(':*');

const variants = [
  { of: 'dev', evaluate: () => evaluateStack('dev'), fanOut: false },
  { of: 'prod', evaluate: () => evaluateStack('prod'), fanOut: false },
  { of: 'prod with enhanced fan-out', evaluate: () => evaluateFanOut('prod'), fanOut: true },
];
for (const { of, evaluate, fanOut } of variants) {
  describe(`The rights of ${of}`, () => {
    for (const [name, row] of Object.entries(rows)) {
      it(`of ${name} are what its row of the topology implies, and nothing else`, async () => {
        const evaluation = await evaluate();
        const role = theOne(evaluation, 'aws:iam/role:Role', `${name}-task`);
        const rights = rightsOf(statementsOfRole(evaluation, textOf(role, 'name')));
        assert.deepEqual([...new Set(rights)], impliedRights(evaluation, name, row, fanOut));
        const definition = theOne(evaluation, 'aws:ecs/taskDefinition:TaskDefinition', name);
        assert.equal(definition.inputs.taskRoleArn, arnOf(role));
      });
    }
  });
}

for (const stack of ['dev', 'prod']) {
  describe(`The rights of ${stack}`, () => {
    it('to start a task are another role than those of the task', async () => {
      const evaluation = await evaluateStack(stack);
      for (const { name, inputs } of ofType(evaluation, 'aws:ecs/taskDefinition:TaskDefinition')) {
        assert.equal(inputs.taskRoleArn, arnOf(theOne(evaluation, 'aws:iam/role:Role', `${name}-task`)));
        assert.equal(
          inputs.executionRoleArn,
          arnOf(theOne(evaluation, 'aws:iam/role:Role', `${name}-start`)),
        );
      }
    });

    it('to start a task read the secrets of that task only', async () => {
      const evaluation = await evaluateStack(stack);
      for (const { name } of ofType(evaluation, 'aws:ecs/taskDefinition:TaskDefinition')) {
        const rights = statementsOfRole(evaluation, `carillon-${stack}-${name}-start`);
        const secrets = rights
          .filter(({ Sid }) => Sid === 'ReadSecrets')
          .flatMap(({ Resource }) => Resource ?? []);
        const speaksToCarriers = rows[name]?.carriers === true;
        const arns = ofType(evaluation, 'aws:secretsmanager/secret:Secret').map(arnOf).sort();
        const [keyPepper, pepper, token, webhookKey] = arns;
        assert.equal(arns.length, 4);
        const owners: Readonly<Record<string, typeof arns>> = {
          migrate: [pepper ?? ''],
          ops: [keyPepper ?? '', pepper ?? ''],
        };
        const owner = owners[name];
        if (owner !== undefined) {
          const [last, ...own] = [...secrets].sort().reverse();
          assert.deepEqual(own.reverse(), owner, name);
          assert.match(last ?? '', /secret:rds!cluster-[^,]+$/);
        } else {
          const expected = [
            ...(name === 'api' ? [keyPepper] : []),
            pepper,
            ...(speaksToCarriers ? [token] : []),
            ...(name === 'api' ? [webhookKey] : []),
          ];
          assert.deepEqual([...secrets].sort(), expected, name);
        }
      }
    });

    it('of migrations are none in AWS', async () => {
      assert.deepEqual(statementsOfRole(await evaluateStack(stack), `carillon-${stack}-migrate-task`), []);
    });

    it('of the operator are what putting records again takes, and reading the message log: streams, and the key for that', async () => {
      const evaluation = await evaluateStack(stack);
      const key = arnOf(theOne(evaluation, 'aws:kms/key:Key', 'data'));
      assert.deepEqual(
        rightsOf(statementsOfRole(evaluation, `carillon-${stack}-ops-task`)),
        [
          ...Object.keys(streams).map(
            (name) =>
              `kinesis:PutRecords arn:aws:kinesis:us-east-1:123456789012:stream/carillon-${stack}-${name}`,
          ),
          ...['GetRecords', 'GetShardIterator', 'ListShards'].map(
            (action) =>
              `kinesis:${action} arn:aws:kinesis:us-east-1:123456789012:stream/carillon-${stack}-message-log`,
          ),
          ...['Decrypt', 'GenerateDataKey'].map(
            (action) =>
              `kms:${action} ${key} if {"StringEquals":{"kms:ViaService":["kinesis.us-east-1.amazonaws.com"]}}`,
          ),
        ].sort(),
      );
    });

    it('are taken by one AWS service each, on behalf of this account', async () => {
      for (const role of ofType(await evaluateStack(stack), 'aws:iam/role:Role')) {
        const { Statement } = JSON.parse(textOf(role, 'assumeRolePolicy'));
        assert.equal(Statement.length, 1);
        assert.match(Statement[0].Principal.Service, /^[a-z-]+(\.rds)?\.amazonaws\.com$/);
        assert.deepEqual(Statement[0].Condition, { StringEquals: { 'aws:SourceAccount': '123456789012' } });
      }
    });
  });
}

/**
 * What AWS's pages say that its own services need, for roles and keys that no row of the topology implies. Written down
 * from those pages, without regard to the program.
 */
describe('What AWS needs to serve us', () => {
  const LOGS = 'arn:aws:logs:us-east-1:123456789012:log-group';
  for (const stack of ['dev', 'prod']) {
    it(`is in ${stack} for flow logs what the page of their role lists, on their group`, async () => {
      const evaluation = await evaluateStack(stack);
      const group = `${LOGS}:/carillon/${stack}/network`;
      const rights = rightsOf(statementsOfRole(evaluation, `carillon-${stack}-flow-logs`));
      assert.deepEqual(
        rights,
        [
          `logs:DescribeLogGroups ${LOGS}:*`,
          ...['CreateLogGroup', 'CreateLogStream', 'DescribeLogStreams', 'PutLogEvents'].flatMap((action) => [
            `logs:${action} ${group}`,
            `logs:${action} ${group}:log-stream:*`,
          ]),
        ].sort(),
      );
    });

    it(`is in ${stack} for the operations key what the pages of CloudWatch Logs and SNS list`, async () => {
      const key = theOne(await evaluateStack(stack), 'aws:kms/key:Key', 'operations');
      const granted = statementsOf(textOf(key, 'policy'))
        .filter(({ Sid }) => Sid !== 'AccountAdministersKey')
        .map(({ Principal, Action, Condition }) => [Principal, [...Action].sort(), Condition]);
      const account = { StringEquals: { 'aws:SourceAccount': ['123456789012'] } };
      assert.deepEqual(granted, [
        [
          { Service: 'logs.us-east-1.amazonaws.com' },
          ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
          { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': [`${LOGS}:*`] } },
        ],
        [
          { Service: ['cloudwatch.amazonaws.com', 'events.rds.amazonaws.com'] },
          ['kms:Decrypt', 'kms:GenerateDataKey*'],
          account,
        ],
      ]);
    });

    it(`is in ${stack} for the bucket of logs what the pages of load balancers and S3 list`, async () => {
      const policy = theOne(await evaluateStack(stack), 'aws:s3/bucketPolicy:BucketPolicy', 'logs');
      const bucket = `arn:aws:s3:::carillon-${stack}-logs-123456789012-us-east-1`;
      const granted = statementsOf(textOf(policy, 'policy'))
        .filter(({ Effect }) => Effect === 'Allow')
        .map(({ Principal, Action, Resource }) => [Principal, Action, Resource]);
      assert.deepEqual(granted, [
        [
          { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
          ['s3:PutObject'],
          [`${bucket}/balancer/AWSLogs/123456789012/*`],
        ],
        [{ Service: 'logging.s3.amazonaws.com' }, ['s3:PutObject'], [`${bucket}/requests/*`]],
      ]);
    });

    it(`is in ${stack} for events of stopped tasks what the page of log groups as targets lists`, async () => {
      const evaluation = await evaluateStack(stack);
      const policy = theOne(
        evaluation,
        'aws:cloudwatch/logResourcePolicy:LogResourcePolicy',
        'stopped-tasks',
      );
      assert.deepEqual(
        statementsOf(textOf(policy, 'policyDocument')).map(({ Principal, Action, Resource }) => [
          Principal,
          Action,
          Resource,
        ]),
        [
          [
            { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
            ['logs:CreateLogStream', 'logs:PutLogEvents'],
            [`${LOGS}:/aws/events/carillon-${stack}-stopped-tasks:*`],
          ],
        ],
      );
    });

    it(`is in ${stack} for enhanced monitoring AWS's own policy, and nothing of ours`, async () => {
      const evaluation = await evaluateStack(stack);
      assert.deepEqual(statementsOfRole(evaluation, `carillon-${stack}-database-monitoring`), []);
      const attachment = theOne(
        evaluation,
        'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
        'database-monitoring',
      );
      assert.equal(
        attachment.inputs.policyArn,
        'arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole',
      );
    });
  }
});

describe('A right on everything', () => {
  it('has a written reason, and every reason its statement', async () => {
    const evaluations = [
      await evaluateStack('dev'),
      await evaluateStack('prod'),
      await evaluateEverythingOn(),
    ];
    const wide = new Set(
      evaluations
        .flatMap(allStatements)
        .filter(
          ({ statement }) => statement.Action.some(everyAction) || statement.Resource?.includes('*') === true,
        )
        .map(({ statement }) => statement.Sid),
    );
    assert.deepEqual([...wide].sort(), Object.keys(wildcardReasons).sort());
  });

  it('is never an open door: whoever may do something is named', async () => {
    for (const stack of ['dev', 'prod']) {
      for (const { resource, statement } of allStatements(await evaluateStack(stack))) {
        if (statement.Effect === 'Allow') assert.notEqual(statement.Principal, '*', resource.urn);
        assert.ok(!JSON.stringify(statement.Principal ?? '').includes('"AWS":"*"'), resource.urn);
      }
    }
  });
});
