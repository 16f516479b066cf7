import assert from 'node:assert/strict';
import { services } from '#shared/topology.ts';
import { OPENED_SECRET } from '../config/stack-files.ts';
import { settingsOf } from '../services/settings-of.ts';
import { arnOf, ofType, textsIn, theOne } from '../testing/records.ts';
import type { ResourceRecord } from '../testing/resource-record.ts';
import { evaluateEverythingOn, evaluateStack } from '../testing/stacks.ts';
import { containerOf } from '../testing/task-containers.ts';

const names = Object.keys(services) as (keyof typeof services)[];

/** Paths at which an input holds the value in the clear, secret or not. */
const placesOf = (resource: ResourceRecord, value: string): string[] =>
  [...textsIn(resource.inputs)].filter(({ text }) => text.includes(value)).map(({ path }) => path);

describe('A secret', () => {
  it('of the configuration is encrypted wherever it is in the state, and in no task', async () => {
    const evaluation = await evaluateEverythingOn();
    const found = evaluation.resources.flatMap((resource) =>
      placesOf(resource, OPENED_SECRET).map((path) => ({ resource, path })),
    );
    assert.ok(found.length > 0, 'the secret has been used');
    for (const { resource, path } of found) {
      assert.ok(
        resource.secretPaths.some((secret) => path === secret || path.startsWith(`${secret}.`)),
        `${resource.urn}: ${path} is in the clear`,
      );
      assert.notEqual(resource.type, 'aws:ecs/taskDefinition:TaskDefinition');
    }
    assert.ok(
      found.some(({ resource }) => resource.type === 'aws:secretsmanager/secretVersion:SecretVersion'),
    );
    assert.ok(!JSON.stringify(evaluation.stackOutputs).includes(OPENED_SECRET));
  });

  for (const stack of ['dev', 'prod']) {
    it(`reaches a task of ${stack} by Secrets Manager only`, async () => {
      const evaluation = await evaluateStack(stack);
      const secrets = new Set(ofType(evaluation, 'aws:secretsmanager/secret:Secret').map(arnOf));
      for (const name of names) {
        const container = containerOf(theOne(evaluation, 'aws:ecs/taskDefinition:TaskDefinition', name));
        const secretNames = Object.entries(settingsOf(name))
          .filter(([, setting]) => setting.secret)
          .map(([variable]) => variable);
        for (const { name: variable } of container.environment) {
          assert.ok(!secretNames.includes(variable), `${name}: ${variable} is in the clear`);
        }
        for (const { valueFrom } of container.secrets) assert.ok(secrets.has(valueFrom), valueFrom);
      }
    });

    it(`of the database's owner is RDS's own in ${stack}, and only migrations and the operator have it`, async () => {
      const evaluation = await evaluateStack(stack);
      const { inputs, outputs } = theOne(evaluation, 'aws:rds/cluster:Cluster', 'database');
      assert.equal(inputs.manageMasterUserPassword, true);
      assert.equal(inputs.masterPassword, undefined);
      const owner = JSON.stringify(outputs.masterUserSecrets);
      const readers = ofType(evaluation, 'aws:ecs/taskDefinition:TaskDefinition').filter((definition) =>
        containerOf(definition).secrets.some(({ valueFrom }) =>
          owner.includes(valueFrom.split(':').slice(0, 7).join(':')),
        ),
      );
      assert.deepEqual(readers.map(({ name }) => name).sort(), ['migrate', 'ops']);
    });
  }

  it('can be brought back for 30 days in production, and is gone at once with an environment of development', async () => {
    for (const [stack, days] of [
      ['dev', 0],
      ['prod', 30],
    ] as const) {
      const secrets = ofType(await evaluateStack(stack), 'aws:secretsmanager/secret:Secret');
      assert.ok(secrets.length > 0);
      for (const { inputs } of secrets) assert.equal(inputs.recoveryWindowInDays, days);
    }
  });

  it('that nobody has given is made empty', async () => {
    const evaluation = await evaluateStack('dev');
    assert.deepEqual(ofType(evaluation, 'aws:secretsmanager/secretVersion:SecretVersion'), []);
    assert.deepEqual(evaluation.stackOutputs.secretsToFill, [
      'carillon/dev/api-key-pepper-value',
      'carillon/dev/consent-pepper-value',
      'carillon/dev/twilio-auth-token',
      'carillon/dev/webhook-secret-key',
    ]);
  });
});
