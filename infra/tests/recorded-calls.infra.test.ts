import assert from 'node:assert/strict';
import { OPERATOR } from '#shared/container.ts';
import { type ServiceRow, services, streams } from '#shared/topology.ts';
import { type RecordedCall, readings, readRecordedCalls } from '#test/aws-calls/recorded-call.ts';
import { allows } from '../testing/allows.ts';
import { statementsOfRole } from '../testing/policies.ts';
import { arnOf, ofType, theOne } from '../testing/records.ts';
import type { Evaluation } from '../testing/resource-record.ts';
import { evaluateFanOut, evaluateStack } from '../testing/stacks.ts';

/**
 * Who calls AWS: services by their rows, and the operator's command, which may put records on any stream, and reads the message log's
 * beside the service that consumes it.
 */
const callers: Readonly<Record<string, Pick<ServiceRow, 'consumes' | 'puts'>>> = {
  ...services,
  [OPERATOR]: { consumes: { log: 'message-log' }, puts: Object.keys(streams) as (keyof typeof streams)[] },
};

/**
 * Only against an emulator, which never throttles, does a producer count the shards of its streams, to keep to their
 * limits by itself (shared/kinesis/enforce-write-limits.ts). On AWS it needs no right to.
 */
const onlyLocally = ({ service, action, resource }: RecordedCall): boolean => {
  const row = callers[service];
  const consumed = Object.values(row?.consumes ?? {});
  return (
    action === 'kinesis:ListShards' &&
    (row?.puts.some((one) => one === resource) ?? false) &&
    !consumed.some((one) => one === resource)
  );
};

/** `kinesis` of `kinesis:GetRecords`. Rights on keys are never seen: Kinesis and SQS use them on a service's behalf. */
const apiOf = (action: string): string => action.split(':')[0] ?? '';

/** The resource of a recorded call in AWS. */
function awsArn(evaluation: Evaluation, { action, resource }: RecordedCall): string {
  if (action === 'kinesis:SubscribeToShard') {
    return arnOf(theOne(evaluation, 'aws:kinesis/streamConsumer:StreamConsumer', resource));
  }
  if (action.startsWith('kinesis:')) return arnOf(theOne(evaluation, 'aws:kinesis/stream:Stream', resource));
  if (action.startsWith('sqs:')) return arnOf(theOne(evaluation, 'aws:sqs/queue:Queue', resource));
  if (action === 'rds-db:connect') {
    const { clusterResourceId } = theOne(evaluation, 'aws:rds/cluster:Cluster', 'database').outputs;
    return `arn:aws:rds-db:us-east-1:123456789012:dbuser:${String(clusterResourceId)}/${resource}`;
  }
  assert.equal(resource, 'task', `a call of ${action} that nobody has thought of`);
  return `arn:aws:ecs:us-east-1:123456789012:task/carillon-${evaluation.stack}-services/0123456789abcdef0`;
}

const variants = [
  { of: 'dev', stack: 'dev', reading: 'polling', evaluate: () => evaluateStack('dev') },
  { of: 'prod', stack: 'prod', reading: 'polling', evaluate: () => evaluateStack('prod') },
  {
    of: 'prod with enhanced fan-out',
    stack: 'prod',
    reading: 'fan-out',
    evaluate: () => evaluateFanOut('prod'),
  },
] as const;
for (const { of, stack, reading, evaluate } of variants) {
  describe(`The calls that services and the operator really make, in ${of}`, () => {
    it('are each allowed by the policy of the caller', async () => {
      const evaluation = await evaluate();
      for (const call of await readRecordedCalls(reading)) {
        const statements = statementsOfRole(evaluation, `carillon-${stack}-${call.service}-task`);
        assert.equal(
          allows(statements, call.action, awsArn(evaluation, call)),
          !onlyLocally(call),
          `${call.service}: ${call.action} on ${call.resource}`,
        );
      }
    });

    it('use each right on an API that the recording sees', async () => {
      const evaluation = await evaluate();
      const calls = await readRecordedCalls(reading);
      const apis = new Set(calls.map(({ action }) => apiOf(action)));
      assert.ok(apis.has('kinesis') && apis.has('sqs'));
      for (const service of Object.keys(callers)) {
        const made = calls
          .filter((call) => call.service === service)
          .map((call) => ({ action: call.action, arn: awsArn(evaluation, call) }));
        for (const statement of statementsOfRole(evaluation, `carillon-${stack}-${service}-task`)) {
          for (const action of statement.Action.filter((one) => apis.has(apiOf(one)))) {
            for (const resource of statement.Resource ?? []) {
              const single = [{ ...statement, Action: [action], Resource: [resource] }];
              assert.ok(
                made.some((call) => allows(single, call.action, call.arn)),
                `${service} never needs ${action} on ${resource}`,
              );
            }
          }
        }
      }
    });
  });
}

describe('The recording of calls', () => {
  it('is of services that exist, and of the operator', async () => {
    for (const reading of readings) {
      for (const { service } of await readRecordedCalls(reading)) assert.ok(service in callers, service);
    }
    assert.ok(ofType(await evaluateStack('dev'), 'aws:ecs/service:Service').length > 0);
  });
});
