import assert from 'node:assert/strict';
import { readConfig } from '#shared/config.ts';
import { fanOutSettings, requireOwnConsumers } from '#shared/kinesis/fan-out-settings.ts';
import { roleOf } from '#shared/postgres/grants.ts';
import { type ServiceRow, services } from '#shared/topology.ts';
import { TEST_KEY_PEPPER, TEST_PEPPER, TEST_WEBHOOK_KEY } from '#test/pseudonyms.ts';
import { migrateSettings } from '../../apps/migrate/settings.ts';
import { dispatchSettings } from '../../apps/ops/campaigns/settings.ts';
import { settingsOf } from '../services/settings-of.ts';
import { givenTo, requireKnownToSome, taskVariables } from '../services/variables.ts';
import { ofType, theOne } from '../testing/records.ts';
import { evaluateEverythingOn, evaluateFanOut, evaluateStack } from '../testing/stacks.ts';
import { containerOf } from '../testing/task-containers.ts';

/** Secrets that have to be of a shape. */
const SHAPED_SECRETS: Readonly<Record<string, string>> = {
  CONSENT_PEPPER: TEST_PEPPER,
  WEBHOOK_SECRET_KEY: TEST_WEBHOOK_KEY,
};
const names = Object.keys(services) as (keyof typeof services)[];
const rows: Readonly<Record<string, ServiceRow>> = services;

for (const stack of ['dev', 'prod']) {
  for (const name of names) {
    describe(`A task of ${name} in ${stack}`, () => {
      it('has every variable that its settings require, with values that they take', async () => {
        const evaluation = await evaluateStack(stack);
        const container = containerOf(theOne(evaluation, 'aws:ecs/taskDefinition:TaskDefinition', name));
        assert.deepEqual(container.command, ['node', rows[name]?.entry]);
        const environment = Object.fromEntries([
          ...container.environment.map((variable) => [variable.name, variable.value]),
          ...container.secrets.map((variable) => [
            variable.name,
            SHAPED_SECRETS[variable.name] ?? `what Secrets Manager has of ${variable.name}`,
          ]),
        ]);
        const config: Readonly<Record<string, unknown>> = readConfig(settingsOf(name), environment);
        assert.equal(config.DB_USER, roleOf(name));
        assert.equal(config.DB_SSL, true);
        assert.equal(
          config.DB_HOST,
          theOne(evaluation, 'aws:rds/cluster:Cluster', 'database').outputs.endpoint,
        );
        assert.equal(config.REDIS_TLS, true);
        assert.equal(config.STREAM_PREFIX, `carillon-${stack}-`);
        assert.equal(config.DRAIN_MS, 100_000);
        assert.equal(config.TIME_CAN_SKIP, false);
      });
    });
  }
}

for (const stack of ['dev', 'prod']) {
  describe(`The migration task of ${stack}`, () => {
    it('has every variable that it requires, and the credentials of the owner as a secret', async () => {
      const evaluation = await evaluateStack(stack);
      const container = containerOf(theOne(evaluation, 'aws:ecs/taskDefinition:TaskDefinition', 'migrate'));
      assert.deepEqual(container.command, ['node', 'apps/migrate/main.ts']);
      assert.deepEqual(
        container.secrets.map(({ name }) => name),
        ['CONSENT_PEPPER', 'DB_SECRET'],
      );
      const config = readConfig(migrateSettings, {
        ...Object.fromEntries(container.environment.map(({ name, value }) => [name, value])),
        CONSENT_PEPPER: TEST_PEPPER,
        DB_SECRET: '{"username":"carillon_owner","password":"what RDS has made"}',
      });
      assert.equal(config.DB_SSL, true);
      assert.equal(config.DB_PORT, theOne(evaluation, 'aws:rds/cluster:Cluster', 'database').inputs.port);
    });
  });
}

describe('A task of an environment with enhanced fan-out', () => {
  for (const name of names) {
    it(`of ${name} knows what each of its consumers is registered as, and of which stream`, async () => {
      const evaluation = await evaluateFanOut('prod');
      const container = containerOf(theOne(evaluation, 'aws:ecs/taskDefinition:TaskDefinition', name));
      const given = container.environment.find((variable) => variable.name === 'FAN_OUT_CONSUMERS');
      const consumes = Object.entries(rows[name]?.consumes ?? {});
      assert.equal(given !== undefined, consumes.length > 0);
      const fanOut = readConfig(fanOutSettings, { FAN_OUT_CONSUMERS: given?.value ?? '' }).FAN_OUT_CONSUMERS;
      assert.deepEqual(
        [...fanOut.keys()],
        consumes.map(([consumer]) => consumer),
      );
      requireOwnConsumers(
        fanOut,
        consumes.flatMap(([consumer, stream]) => (stream === undefined ? [] : [{ consumer, stream }])),
        (stream) => `carillon-prod-${stream}`,
      );
    });
  }
});

for (const stack of ['dev', 'prod']) {
  describe(`The operator's task of ${stack}`, () => {
    it('has every variable that the command requires, runs what it is told, and is no service', async () => {
      const evaluation = await evaluateStack(stack);
      const container = containerOf(theOne(evaluation, 'aws:ecs/taskDefinition:TaskDefinition', 'ops'));
      assert.deepEqual(container.command, ['node', 'apps/ops/main.ts', 'help']);
      const config = readConfig(dispatchSettings, {
        ...Object.fromEntries(container.environment.map(({ name, value }) => [name, value])),
        CONSENT_PEPPER: TEST_PEPPER,
        API_KEY_PEPPER: TEST_KEY_PEPPER,
        DB_SECRET: '{"username":"carillon_owner","password":"what RDS has made"}',
      });
      assert.equal(config.STREAM_PREFIX, `carillon-${stack}-`);
      assert.equal(config.DB_SSL, true);
      assert.equal(config.TIME_CAN_SKIP, false);
      assert.deepEqual(
        ofType(evaluation, 'aws:ecs/service:Service').filter(({ name }) => name === 'ops'),
        [],
      );
    });
  });
}

describe('The variables of a task', () => {
  const setting = settingsOf('sender').MESSAGE_PAUSE_MS;
  assert.ok(setting !== undefined);
  const settings = {
    PAUSE: setting,
    NEEDED: { ...setting, fallback: undefined },
    LOCAL: { ...setting, localOnly: true as const },
    TOKEN: { ...setting, fallback: undefined, secret: true },
  };

  it('are what is known, what the stack says, and what is secret; a fallback needs no variable', () => {
    assert.deepEqual(taskVariables('x', settings, { NEEDED: '1' }, {}, { TZ: 'UTC' }), {
      environment: [
        { name: 'NEEDED', value: '1' },
        { name: 'TZ', value: 'UTC' },
      ],
      secrets: ['TOKEN'],
    });
    assert.deepEqual(
      taskVariables('x', settings, { NEEDED: '1' }, { PAUSE: '5', NEEDED: '2' }, {}).environment,
      [
        { name: 'NEEDED', value: '2' },
        { name: 'PAUSE', value: '5' },
      ],
    );
  });

  it('stop the deployment when one is missing, unknown, or a secret in the clear', () => {
    assert.throws(() => taskVariables('x', settings, {}, {}, {}), /x: NEEDED has no value/);
    assert.throws(
      () => taskVariables('x', settings, { NEEDED: '1' }, { OTHER: '1' }, {}),
      /OTHER .*no setting/,
    );
    assert.throws(
      () => taskVariables('x', settings, { NEEDED: '1' }, { TOKEN: '1' }, {}),
      /TOKEN .*a secret/,
    );
    assert.throws(
      () => taskVariables('x', settings, { NEEDED: '1' }, { LOCAL: '1' }, {}),
      /LOCAL .*local stack alone/,
    );
  });

  it('that the stack sets for all services are told to those that have them, and can differ in one', () => {
    assert.deepEqual(givenTo(settings, { PAUSE: '5', OTHER: '1' }, { NEEDED: '2' }), {
      PAUSE: '5',
      NEEDED: '2',
    });
    assert.deepEqual(givenTo(settings, { PAUSE: '5' }, { PAUSE: '6' }), { PAUSE: '6' });
    // What one service is told has to be a setting of it.
    assert.deepEqual(givenTo(settings, {}, { OTHER: '1' }), { OTHER: '1' });
  });

  it('stop the deployment when the stack sets one for all services that none of them has', () => {
    requireKnownToSome({ PAUSE: '5', OTHER: '1' }, [settings, { OTHER: setting }]);
    assert.throws(
      () => requireKnownToSome({ PAUSE: '5', SHORT_LINK_BSAE: 'x' }, [settings]),
      /no service has a setting SHORT_LINK_BSAE/,
    );
  });

  it('switch short links on in every service that has to do with them, set once as docs/links.md says', async () => {
    const evaluation = await evaluateEverythingOn();
    const given = names.filter((name) =>
      containerOf(theOne(evaluation, 'aws:ecs/taskDefinition:TaskDefinition', name)).environment.some(
        (variable) => variable.name === 'SHORT_LINK_BASE' && variable.value === 'https://go.example.org',
      ),
    );
    assert.deepEqual(
      given,
      names.filter((name) => Object.hasOwn(settingsOf(name), 'SHORT_LINK_BASE')),
    );
    assert.ok(given.includes('api') && given.includes('campaigns'));
  });

  it('say to the migration task, and to nobody else, which content a new environment begins with', async () => {
    const evaluation = await evaluateEverythingOn();
    const given = [...names, 'migrate'].filter((name) =>
      containerOf(theOne(evaluation, 'aws:ecs/taskDefinition:TaskDefinition', name)).environment.some(
        (variable) => variable.name === 'CONTENT_DIR' && variable.value === '/app/content',
      ),
    );
    assert.deepEqual(given, ['migrate']);
  });

  it('can be set by the stack for one service', async () => {
    const evaluation = await evaluateEverythingOn();
    const valueIn = (name: string) =>
      containerOf(theOne(evaluation, 'aws:ecs/taskDefinition:TaskDefinition', name)).environment.find(
        (variable) => variable.name === 'MESSAGE_PAUSE_MS',
      )?.value;
    assert.equal(valueIn('sender'), '1500');
    assert.equal(valueIn('gateway'), undefined);
  });
});
