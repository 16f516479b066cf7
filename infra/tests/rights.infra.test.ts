import assert from 'node:assert/strict';
import { type ServiceRow, services } from '#shared/topology.ts';
import { wildcardReasons } from '../iam/wildcards.ts';
import { allStatements, rightsOf, statementsOfRole } from '../testing/policies.ts';
import { arnOf, ofType, textOf, theOne } from '../testing/records.ts';
import type { Evaluation } from '../testing/resource-record.ts';
import { evaluateEverythingOn, evaluateStack } from '../testing/stacks.ts';

const rows: Readonly<Record<string, ServiceRow>> = services;

/**
 * What a row of the topology implies, written down from AWS's reference of actions and from the names that resources
 * must have. On purpose it shares nothing with the program.
 */
function impliedRights(evaluation: Evaluation, name: string, row: ServiceRow): string[] {
  const prefix = `carillon-${evaluation.stack}-`;
  const stream = (one: string): string => `arn:aws:kinesis:us-east-1:123456789012:stream/${prefix}${one}`;
  const queue = (one: string): string => `arn:aws:sqs:us-east-1:123456789012:${prefix}${one}`;
  const key = arnOf(theOne(evaluation, 'aws:kms/key:Key', 'data'));
  const through = (service: string): string =>
    ` if {"StringEquals":{"kms:ViaService":["${service}.us-east-1.amazonaws.com"]}}`;
  const cluster = theOne(evaluation, 'aws:rds/cluster:Cluster', 'database').outputs.clusterResourceId;

  const rights = new Set<string>();
  const consumed = Object.values(row.consumes).filter((one) => one !== undefined);
  for (const one of consumed) {
    for (const action of ['GetRecords', 'GetShardIterator', 'ListShards']) {
      rights.add(`kinesis:${action} ${stream(one)}`);
    }
    rights.add(`kms:Decrypt ${key}${through('kinesis')}`);
  }
  for (const one of row.puts) {
    rights.add(`kinesis:PutRecords ${stream(one)}`);
    if (row.publicPaths.length > 0) rights.add(`kinesis:DescribeStreamSummary ${stream(one)}`);
    rights.add(`kms:GenerateDataKey ${key}${through('kinesis')}`);
  }
  for (const one of row.receives) {
    for (const action of ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueUrl']) {
      rights.add(`sqs:${action} ${queue(one)}`);
    }
    rights.add(`kms:Decrypt ${key}${through('sqs')}`);
    rights.add(`ecs:UpdateTaskProtection arn:aws:ecs:us-east-1:123456789012:task/${prefix}services/*`);
  }
  for (const one of row.sends) {
    for (const action of ['SendMessage', 'GetQueueUrl']) rights.add(`sqs:${action} ${queue(one)}`);
    for (const action of ['Decrypt', 'GenerateDataKey']) rights.add(`kms:${action} ${key}${through('sqs')}`);
  }
  if (Object.keys(row.tables).length > 0) {
    rights.add(`rds-db:connect arn:aws:rds-db:us-east-1:123456789012:dbuser:${cluster}/carillon_${name}`);
  }
  return [...rights].sort();
}

const everyAction = (action: string): boolean => action === '*' || action.endsWith(':*');

for (const stack of ['dev', 'prod']) {
  describe(`The rights of ${stack}`, () => {
    for (const [name, row] of Object.entries(rows)) {
      it(`of ${name} are what its row of the topology implies, and nothing else`, async () => {
        const evaluation = await evaluateStack(stack);
        const role = theOne(evaluation, 'aws:iam/role:Role', `${name}-task`);
        const rights = rightsOf(statementsOfRole(evaluation, textOf(role, 'name')));
        assert.deepEqual([...new Set(rights)], impliedRights(evaluation, name, row));
        const definition = theOne(evaluation, 'aws:ecs/taskDefinition:TaskDefinition', name);
        assert.equal(definition.inputs.taskRoleArn, arnOf(role));
      });
    }

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
        const [secret] = ofType(evaluation, 'aws:secretsmanager/secret:Secret').map(arnOf);
        if (name === 'migrate') assert.match(secrets.join(), /secret:rds!cluster-[^,]+$/);
        else assert.deepEqual(secrets, speaksToCarriers ? [secret] : [], name);
      }
    });

    it('of migrations are none in AWS', async () => {
      assert.deepEqual(statementsOfRole(await evaluateStack(stack), `carillon-${stack}-migrate-task`), []);
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
