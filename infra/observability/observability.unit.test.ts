import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import { faultsOfDashboard } from '../testing/dashboard-body-schema.ts';
import { descriptionOf } from './alarm.ts';
import { alarmsOf, byContext } from './alarms.ts';
import { sampleResources } from './sample-resources.ts';

interface Made {
  type: string;
  name: string;
  inputs: Readonly<Record<string, unknown>>;
}

const alarmInputs = z.object({
  name: z.string(),
  alarmDescription: z.string(),
  threshold: z.number(),
  alarmActions: z.array(z.string()).min(1),
  metricQueries: z.array(
    z.object({
      id: z.string(),
      returnData: z.boolean().optional(),
      expression: z.string().optional(),
      metric: z.object({ dimensions: z.record(z.string(), z.string()) }).optional(),
    }),
  ),
});

/** Makes the component over resources that exist in this process alone, and returns everything that it registered. */
async function madeBy(): Promise<Made[]> {
  const made: Made[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        made.push({ type, name, inputs });
        const physical = inputs.name ?? inputs.alarmName ?? inputs.dashboardName ?? name;
        return {
          id: `${name}-id`,
          state: {
            ...inputs,
            name: physical,
            arn: `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${physical}`,
            arnSuffix: `app/${name}/0123456789abcdef`,
          },
        };
      },
      call: ({ inputs }) => inputs,
    },
    'carillon',
    'test',
    false,
  );
  const { sampleEnvironment } = await import('./sample-environment.ts');
  const { Observability } = await import('./observability.ts');
  const environment = sampleEnvironment();
  made.length = 0;
  const observability = new Observability(
    environment,
    { region: 'us-east-1', accountId: '123456789012' },
    {},
  );
  await new Promise<void>((resolve) => observability.dashboardName.apply(() => resolve()));
  await pulumi.runtime.disconnect();
  return made;
}

describe('What watches over an environment', () => {
  let made: Made[];
  before(async function () {
    this.timeout(60_000);
    made = await madeBy();
  });
  const ofType = (type: string): Made[] => made.filter((each) => each.type === type);
  const rows = alarmsOf(sampleResources());

  it('is one alarm for each that follows from the map, with its names, threshold and page', () => {
    const alarms = ofType('aws:cloudwatch/metricAlarm:MetricAlarm').map(({ inputs }) =>
      alarmInputs.parse(inputs),
    );
    assert.deepEqual(
      alarms.map(({ name }) => name).sort(),
      rows.map(({ name }) => `carillon-test-${name}`).sort(),
    );
    for (const row of rows) {
      const alarm = alarms.find(({ name }) => name === `carillon-test-${row.name}`);
      assert.equal(alarm?.threshold, row.threshold, row.name);
      assert.equal(alarm?.alarmDescription, descriptionOf(row), row.name);
      assert.deepEqual(
        alarm?.metricQueries.map(({ id, returnData }) => [id, returnData ?? false]),
        row.queries.map(({ id }, index) => [id, index === row.queries.length - 1]),
        row.name,
      );
      const dimensions = alarm?.metricQueries.flatMap(({ metric }) =>
        Object.values(metric?.dimensions ?? {}),
      );
      assert.ok(
        dimensions?.every((value) => value !== ''),
        row.name,
      );
    }
  });

  it('is one composite alarm for each context, over all its alarms, that tells people', () => {
    const composites = ofType('aws:cloudwatch/compositeAlarm:CompositeAlarm');
    assert.equal(composites.length, byContext(rows).size);
    for (const [context, members] of byContext(rows)) {
      const composite = composites.find(({ name }) => name === `context-${context}`);
      assert.equal(
        composite?.inputs.alarmRule,
        members.map(({ name }) => `ALARM("carillon-test-${name}")`).join(' OR '),
      );
      assert.deepEqual(composite?.inputs.alarmActions, [
        'arn:aws:cloudwatch:us-east-1:123456789012:alarm:carillon-test-alarm-notices',
      ]);
    }
  });

  it('is one dashboard, which CloudWatch accepts', () => {
    const [dashboard, ...others] = ofType('aws:cloudwatch/dashboard:Dashboard');
    assert.equal(others.length, 0);
    const { dashboardBody } = dashboard?.inputs ?? {};
    assert.ok(typeof dashboardBody === 'string');
    assert.deepEqual(faultsOfDashboard(JSON.parse(dashboardBody)), []);
  });

  it('is a rule for the stopped tasks of each service, and a place where their reasons are kept', () => {
    const rules = ofType('aws:cloudwatch/eventRule:EventRule');
    const services = Object.keys(sampleResources().services);
    assert.deepEqual(rules.map(({ name }) => name).sort(), services.map((name) => `${name}-stopped`).sort());
    assert.equal(ofType('aws:cloudwatch/eventTarget:EventTarget').length, services.length);
    for (const { inputs } of rules) assert.doesNotThrow(() => JSON.parse(String(inputs.eventPattern)));
  });

  it('refuses whoever speaks to its topics without TLS', () => {
    const policies = ofType('aws:sns/topicPolicy:TopicPolicy');
    assert.equal(policies.length, 2);
    for (const { inputs } of policies) {
      assert.match(String(inputs.policy), /"Effect":"Deny".*"aws:SecureTransport":"false"/);
    }
  });
});
