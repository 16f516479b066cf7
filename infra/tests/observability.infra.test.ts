import assert from 'node:assert/strict';
import { z } from 'zod';
import { services } from '#shared/topology.ts';
import { alarmsOf } from '../observability/alarms.ts';
import { faultOfSeries } from '../observability/known-series.ts';
import { sampleResources } from '../observability/sample-resources.ts';
import { faultsOfDashboard } from '../testing/dashboard-body-schema.ts';
import { arnOf, ofType, textOf } from '../testing/records.ts';
import type { Evaluation } from '../testing/resource-record.ts';
import { evaluateStack } from '../testing/stacks.ts';
import { containerOf } from '../testing/task-containers.ts';

/** What a metric is asked for under. */
interface Asked {
  /** The alarm or graph that asks. */
  by: string;
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
}

const querySchema = z.object({
  metric: z
    .object({ namespace: z.string(), metricName: z.string(), dimensions: z.record(z.string(), z.string()) })
    .optional(),
});
const alarmSchema = z.object({ metricQueries: z.array(querySchema) });
const bodySchema = z.object({
  widgets: z.array(
    z.object({
      properties: z.object({
        title: z.string().optional(),
        metrics: z.array(z.array(z.unknown())).optional(),
        alarms: z.array(z.string()).optional(),
      }),
    }),
  ),
});

const alarms = (evaluation: Evaluation) => ofType(evaluation, 'aws:cloudwatch/metricAlarm:MetricAlarm');

const askedByAlarms = (evaluation: Evaluation): Asked[] =>
  alarms(evaluation).flatMap((alarm) =>
    alarmSchema.parse(alarm.inputs).metricQueries.flatMap(({ metric }) =>
      metric
        ? [
            {
              by: alarm.name,
              namespace: metric.namespace,
              name: metric.metricName,
              dimensions: metric.dimensions,
            },
          ]
        : [],
    ),
  );

const bodyOf = (evaluation: Evaluation): unknown => {
  const [dashboard, ...others] = ofType(evaluation, 'aws:cloudwatch/dashboard:Dashboard');
  assert.ok(dashboard && others.length === 0, 'one dashboard');
  return JSON.parse(textOf(dashboard, 'dashboardBody'));
};

const askedByDashboard = (evaluation: Evaluation): Asked[] =>
  bodySchema.parse(bodyOf(evaluation)).widgets.flatMap(({ properties }) =>
    (properties.metrics ?? []).map((line) => {
      const [namespace = '', name = '', ...pairs] = line.filter((part) => typeof part === 'string');
      const dimensions: Record<string, string> = {};
      for (let i = 0; i < pairs.length; i += 2) dimensions[pairs[i] ?? ''] = pairs[i + 1] ?? '';
      return { by: properties.title ?? '', namespace, name, dimensions };
    }),
  );

/** What each dimension may say: the names of what the program makes. */
function namesByDimension(evaluation: Evaluation): Readonly<Record<string, ReadonlySet<string>>> {
  const names = (type: string, output: string): Set<string> =>
    new Set(
      ofType(evaluation, type).map(({ outputs, urn }) => {
        const value = outputs[output];
        assert.ok(typeof value === 'string', `${urn} has no ${output}`);
        return value;
      }),
    );
  return {
    QueueName: names('aws:sqs/queue:Queue', 'name'),
    StreamName: names('aws:kinesis/stream:Stream', 'name'),
    ClusterName: names('aws:ecs/cluster:Cluster', 'name'),
    ServiceName: names('aws:ecs/service:Service', 'name'),
    DBClusterIdentifier: names('aws:rds/cluster:Cluster', 'clusterIdentifier'),
    clusterId: names('aws:elasticache/serverlessCache:ServerlessCache', 'name'),
    LoadBalancer: names('aws:lb/loadBalancer:LoadBalancer', 'arnSuffix'),
    TargetGroup: names('aws:lb/targetGroup:TargetGroup', 'arnSuffix'),
    RuleName: names('aws:cloudwatch/eventRule:EventRule', 'name'),
    TopicName: names('aws:sns/topic:Topic', 'name'),
  };
}

/** The namespace that the services of the program are told to write under. */
function namespaceOfServices(evaluation: Evaluation): string {
  const told = ofType(evaluation, 'aws:ecs/taskDefinition:TaskDefinition')
    .map(containerOf)
    .filter(({ name }) => name in services)
    .map(({ environment }) => environment.find(({ name }) => name === 'METRICS_NAMESPACE')?.value);
  assert.equal(told.length, Object.keys(services).length);
  const [namespace, ...others] = new Set(told);
  assert.ok(typeof namespace === 'string' && others.length === 0, `one namespace: ${told.join(', ')}`);
  return namespace;
}

for (const stack of ['dev', 'prod']) {
  describe(`What watches over ${stack}`, () => {
    for (const [what, asked] of [
      ['alarms', askedByAlarms],
      ['the dashboard', askedByDashboard],
    ] as const) {
      it(`${what}: every metric belongs to a resource that the program makes, or is one that its services emit`, async () => {
        const evaluation = await evaluateStack(stack);
        const namespace = namespaceOfServices(evaluation);
        const known = namesByDimension(evaluation);
        const all = asked(evaluation);
        assert.ok(all.length > 50);
        const faults = all.flatMap((each) => {
          const fault = faultOfSeries(each, namespace);
          if (fault !== null) return [`${each.by}: ${fault}`];
          if (each.namespace === namespace) return [];
          return Object.entries(each.dimensions)
            .filter(([dimension, value]) => !known[dimension]?.has(value))
            .map(([dimension, value]) => `${each.by}: no ${dimension} is called ${value}`);
        });
        assert.deepEqual(faults, []);
      });

      it(`${what}: every queue, stream, service and store of the program is among them`, async () => {
        const evaluation = await evaluateStack(stack);
        const seen = new Set(
          asked(evaluation).flatMap(({ dimensions }) =>
            Object.entries(dimensions).map(([dimension, value]) => `${dimension} ${value}`),
          ),
        );
        const missing = Object.entries(namesByDimension(evaluation)).flatMap(([dimension, names]) =>
          // Who is told, and of what, is watched by alarms of their own.
          dimension === 'TopicName' || dimension === 'RuleName'
            ? []
            : [...names].map((name) => `${dimension} ${name}`).filter((each) => !seen.has(each)),
        );
        assert.deepEqual(missing, []);
      });
    }

    it('the dashboard is one that CloudWatch accepts, and shows alarms that exist', async () => {
      const evaluation = await evaluateStack(stack);
      const body = bodyOf(evaluation);
      assert.deepEqual(faultsOfDashboard(body), []);
      const exist = new Set([
        ...alarms(evaluation).map(arnOf),
        ...ofType(evaluation, 'aws:cloudwatch/compositeAlarm:CompositeAlarm').map(arnOf),
      ]);
      const shown = bodySchema.parse(body).widgets.flatMap(({ properties }) => properties.alarms ?? []);
      assert.ok(shown.length > 50);
      assert.deepEqual(
        shown.filter((arn) => !exist.has(arn)),
        [],
      );
    });

    it('every alarm that follows from the map of the system is there', async () => {
      const evaluation = await evaluateStack(stack);
      const instances = ofType(evaluation, 'aws:rds/clusterInstance:ClusterInstance').length;
      const made = new Set(alarms(evaluation).map(({ name }) => name));
      assert.deepEqual(
        alarmsOf(sampleResources(undefined, instances))
          .map(({ name }) => name)
          .filter((name) => !made.has(name)),
        [],
      );
    });

    it('every alarm tells a topic or scales a service, and every composite alarm names alarms that exist', async () => {
      const evaluation = await evaluateStack(stack);
      const topics = new Set(ofType(evaluation, 'aws:sns/topic:Topic').map(arnOf));
      const policies = new Set(ofType(evaluation, 'aws:appautoscaling/policy:Policy').map(arnOf));
      const composites = ofType(evaluation, 'aws:cloudwatch/compositeAlarm:CompositeAlarm');
      for (const { inputs, name } of [...alarms(evaluation), ...composites]) {
        const actions = z.array(z.string()).min(1).parse(inputs.alarmActions);
        assert.ok(
          actions.every((arn) => topics.has(arn) || policies.has(arn)),
          `${name}: ${actions.join(', ')}`,
        );
      }
      const names = new Set(alarms(evaluation).map((alarm) => textOf(alarm, 'name')));
      for (const composite of composites) {
        const named = [...textOf(composite, 'alarmRule').matchAll(/ALARM\("([^"]+)"\)/g)].map(
          ([, name]) => name,
        );
        assert.ok(named.length > 0);
        assert.deepEqual(
          named.filter((name) => name === undefined || !names.has(name)),
          [],
        );
      }
    });
  });
}

describe('Alarms of an environment with office hours', () => {
  const muteSchema = z.object({
    rule: z.object({
      schedule: z.object({ expression: z.string(), duration: z.string(), timezone: z.string() }),
    }),
    muteTargets: z.object({ alarmNames: z.array(z.string()).min(1).max(100) }),
  });
  const mutes = (evaluation: Evaluation) =>
    ofType(evaluation, 'aws:cloudwatch/alarmMuteRule:AlarmMuteRule').map(({ inputs }) =>
      muteSchema.parse(inputs),
    );

  it('exist as in any other, and those of missing tasks are quiet from each stop until the tasks are back', async () => {
    const evaluation = await evaluateStack('dev');
    const restless = alarms(evaluation)
      .filter(({ inputs }) => inputs.treatMissingData === 'breaching')
      .map((alarm) => textOf(alarm, 'name'));
    for (const name of Object.keys(services)) assert.ok(restless.includes(`carillon-dev-${name}-tasks`));
    const above = ofType(evaluation, 'aws:cloudwatch/compositeAlarm:CompositeAlarm')
      .filter((composite) => restless.some((name) => textOf(composite, 'alarmRule').includes(`"${name}"`)))
      .map((composite) => textOf(composite, 'alarmName'));
    const rules = mutes(evaluation);
    assert.deepEqual(
      rules.map(({ rule }) => rule.schedule),
      [
        // Monday to Thursday until seven the next morning, Friday until Monday; and an hour and a half.
        { expression: 'cron(0 19 * * MON,TUE,WED,THU)', duration: 'PT870M', timezone: 'America/New_York' },
        { expression: 'cron(0 19 * * FRI)', duration: 'PT3750M', timezone: 'America/New_York' },
      ],
    );
    for (const { muteTargets } of rules) {
      assert.deepEqual([...muteTargets.alarmNames].sort(), [...restless, ...above].sort());
    }
  });

  it('of stores and of what is scaled act at night as well', async () => {
    const muted = new Set(
      mutes(await evaluateStack('dev')).flatMap(({ muteTargets }) => muteTargets.alarmNames),
    );
    assert.ok(!muted.has('carillon-dev-stores'));
    assert.ok(![...muted].some((name) => /database|cache|-dead$|-surge$/.test(name)));
  });

  it('are never quiet where services never stop', async () => {
    assert.deepEqual(mutes(await evaluateStack('prod')), []);
  });
});
