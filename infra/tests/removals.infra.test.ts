import assert from 'node:assert/strict';
import { judgementsOf } from '../policy/report.ts';
import { AssertionTrials, type Verdicts } from '../testing/assertion-trials.ts';
import { ofType, textOf, theOne } from '../testing/records.ts';
import type { Evaluation, ResourceRecord } from '../testing/resource-record.ts';
import { evaluateStack, withEvaluations } from '../testing/stacks.ts';

/**
 * Checks of the checks: something is taken out of the records of production, and an assertion or a control must say so.
 * The golden lists, which notice every resource that is gone, are left out on purpose.
 */
interface Removal {
  what: string;
  /** Changes the records, which are this removal's own. */
  take(evaluation: Evaluation): Evaluation;
  /** Assertions that must fail: their file, and a part of a title. */
  noticedBy: { file: string; title: RegExp } | { control: string };
}

const without =
  (type: string, name: string) =>
  (evaluation: Evaluation): Evaluation => {
    const gone = theOne(evaluation, type, name);
    return { ...evaluation, resources: evaluation.resources.filter(({ urn }) => urn !== gone.urn) };
  };

const changed =
  (type: string, name: string, change: (resource: ResourceRecord) => Partial<ResourceRecord>) =>
  (evaluation: Evaluation): Evaluation => {
    const { urn } = theOne(evaluation, type, name);
    return {
      ...evaluation,
      resources: evaluation.resources.map((one) => (one.urn === urn ? { ...one, ...change(one) } : one)),
    };
  };

const withInputs = (inputs: Readonly<Record<string, unknown>>) => (resource: ResourceRecord) => ({
  inputs: { ...resource.inputs, ...inputs },
});

/** A policy without an action. */
const withoutAction = (action: string) => (resource: ResourceRecord) => {
  const policy = textOf(resource, 'policy');
  const rest = policy.replace(`"${action}",`, '').replace(`,"${action}"`, '');
  assert.notEqual(rest, policy, `${resource.name} has no ${action} among others`);
  return { inputs: { ...resource.inputs, policy: rest } };
};

/** A policy without a whole statement. */
const withoutStatement = (sid: string) => (resource: ResourceRecord) => {
  const { Version, Statement } = JSON.parse(textOf(resource, 'policy'));
  const rest = Statement.filter((one: { Sid: string }) => one.Sid !== sid);
  assert.equal(rest.length, Statement.length - 1, `${resource.name} has no statement ${sid}`);
  return { inputs: { ...resource.inputs, policy: JSON.stringify({ Version, Statement: rest }) } };
};

const RIGHTS = 'infra/tests/rights.infra.test.ts';
const PROTECTION = 'infra/tests/protection.infra.test.ts';
const WATCH = 'infra/tests/observability.infra.test.ts';
const SCALING = 'infra/tests/scaling.infra.test.ts';
const ROLE_POLICY = 'aws:iam/rolePolicy:RolePolicy';
const QUEUE = 'aws:sqs/queue:Queue';

const removals: readonly Removal[] = [
  {
    what: 'a right of a service',
    take: changed(ROLE_POLICY, 'sender-task', withoutAction('sqs:DeleteMessage')),
    noticedBy: { file: RIGHTS, title: /of sender are what its row/ },
  },
  {
    what: 'the way of a service into the database',
    take: changed(ROLE_POLICY, 'log-task', withoutStatement('LogInToDatabase')),
    noticedBy: { file: RIGHTS, title: /of log are what its row/ },
  },
  {
    what: 'a right of the operator',
    take: changed(ROLE_POLICY, 'ops-task', withoutStatement('KeyOfStreams')),
    noticedBy: { file: RIGHTS, title: /of the operator are/ },
  },
  {
    what: 'a right of flow logs',
    take: changed(ROLE_POLICY, 'flow-logs', withoutStatement('FindLogGroup')),
    noticedBy: { file: RIGHTS, title: /for flow logs/ },
  },
  {
    what: "CloudWatch's use of the operations key",
    take: changed('aws:kms/key:Key', 'operations', withoutStatement('CloudWatchLogsUsesKey')),
    noticedBy: { file: RIGHTS, title: /for the operations key/ },
  },
  {
    what: 'the dead-letter queue of a queue',
    take: changed(QUEUE, 'sms-bulk.fifo', withInputs({ redrivePolicy: '{}' })),
    noticedBy: { file: PROTECTION, title: /a dead-letter queue behind every queue/ },
  },
  {
    what: 'the key of a stream',
    take: changed('aws:kinesis/stream:Stream', 'message-log', withInputs({ kmsKeyId: 'alias/aws/kinesis' })),
    noticedBy: { file: PROTECTION, title: /encrypted with a key of ours/ },
  },
  {
    what: 'the key of a log group',
    take: changed('aws:cloudwatch/logGroup:LogGroup', 'sender', withInputs({ kmsKeyId: '' })),
    noticedBy: { file: PROTECTION, title: /encrypted with a key of ours/ },
  },
  {
    what: 'the protection of the database',
    take: changed('aws:rds/cluster:Cluster', 'database', () => ({ protect: false })),
    noticedBy: { file: PROTECTION, title: /cannot be deleted in production/ },
  },
  {
    what: 'an alarm',
    take: without('aws:cloudwatch/metricAlarm:MetricAlarm', 'sender-memory'),
    noticedBy: { file: WATCH, title: /every alarm that follows from the map/ },
  },
  {
    what: 'what an alarm tells',
    take: changed('aws:cloudwatch/metricAlarm:MetricAlarm', 'dialog-age', withInputs({ alarmActions: [] })),
    noticedBy: { file: WATCH, title: /every alarm tells a topic/ },
  },
  {
    what: 'a queue that a dashboard shows',
    take: without(QUEUE, 'sms-replies-dead.fifo'),
    noticedBy: { file: WATCH, title: /every metric belongs to a resource/ },
  },
  {
    what: 'a tag of everything',
    take: changed(
      'pulumi:providers:aws',
      'aws',
      withInputs({ defaultTags: '{"tags":{"Product":"carillon"}}' }),
    ),
    noticedBy: { file: 'infra/tests/tags.infra.test.ts', title: /are put on everything/ },
  },
  {
    what: 'the tags of tasks',
    take: changed('aws:ecs/service:Service', 'dialog', withInputs({ propagateTags: 'NONE' })),
    noticedBy: { file: 'infra/tests/tags.infra.test.ts', title: /reach the tasks/ },
  },
  {
    what: 'a scaling policy',
    take: without('aws:appautoscaling/policy:Policy', 'dialog-idle'),
    noticedBy: { file: SCALING, title: /of dialog has bounds, and every policy/ },
  },
  {
    what: 'a rule of the load balancer',
    take: (evaluation) => {
      const [rule] = ofType(evaluation, 'aws:lb/listenerRule:ListenerRule');
      assert.ok(rule);
      return without(rule.type, rule.name)(evaluation);
    },
    noticedBy: { file: 'infra/tests/web.infra.test.ts', title: /leads to each public service/ },
  },
  {
    what: 'a variable of a task',
    take: changed('aws:ecs/taskDefinition:TaskDefinition', 'progress', (definition) => ({
      inputs: {
        ...definition.inputs,
        containerDefinitions: textOf(definition, 'containerDefinitions').replace('"DB_HOST"', '"DB_HOTS"'),
      },
    })),
    noticedBy: { file: 'infra/tests/variables.infra.test.ts', title: /has every variable/ },
  },
  {
    what: "the migration's place before services",
    take: (evaluation) => ({
      ...evaluation,
      resources: evaluation.resources.map((one) => ({
        ...one,
        dependencies: one.dependencies.filter((urn) => !urn.endsWith('::schema')),
      })),
    }),
    noticedBy: { file: 'infra/tests/order.infra.test.ts', title: /./ },
  },
  {
    what: 'TLS of a queue',
    take: without('aws:sqs/queuePolicy:QueuePolicy', 'sms-replies.fifo'),
    noticedBy: { control: 'queue-tls' },
  },
  {
    what: 'the circuit breaker of a service',
    take: changed('aws:ecs/service:Service', 'log', withInputs({ deploymentCircuitBreaker: {} })),
    noticedBy: { control: 'circuit-breaker' },
  },
  {
    what: 'the flow logs of the network',
    take: without('aws:ec2/flowLog:FlowLog', 'flow-logs'),
    noticedBy: { control: 'flow-logs' },
  },
  {
    what: "the firewall's place before the load balancer",
    take: without('aws:wafv2/webAclAssociation:WebAclAssociation', 'firewall'),
    noticedBy: { control: 'balancer-behind-firewall' },
  },
];

const files = [
  ...new Set(removals.flatMap(({ noticedBy }) => ('file' in noticedBy ? [noticedBy.file] : []))),
];

describe('Something that is taken away', () => {
  const trials = new Map<string, AssertionTrials>();
  before(async () => {
    for (const file of files) trials.set(file, await AssertionTrials.load(file));
  });
  after(() => {
    for (const trial of trials.values()) trial.end();
  });

  /** The assertions of a file on these records of production, and today's of everything else. */
  function verdictsOf(file: string, prod: Evaluation): Promise<Verdicts> {
    const trial = trials.get(file);
    assert.ok(trial);
    return withEvaluations({ 'prod update': prod }, () => trial.run());
  }

  for (const file of files)
    it(`is nothing: ${file} holds on the records as they are`, async () => {
      const { failed, passed } = await verdictsOf(file, await evaluateStack('prod'));
      assert.deepEqual(failed, []);
      assert.ok(passed.length > 0);
    });

  for (const { what, take, noticedBy } of removals)
    it(`is noticed: ${what}`, async () => {
      const prod = take(structuredClone(await evaluateStack('prod')));
      if ('control' in noticedBy) {
        const violated = judgementsOf(prod).filter(
          ({ verdict, exemption }) => verdict === 'violated' && exemption === undefined,
        );
        assert.ok(
          violated.some(({ control }) => control.name === noticedBy.control),
          `only ${violated.map(({ control }) => control.name).join(', ')}`,
        );
        return;
      }
      const { failed } = await verdictsOf(noticedBy.file, prod);
      assert.ok(
        failed.some((title) => noticedBy.title.test(title)),
        failed.length === 0 ? 'nobody noticed' : `only: ${failed.join('; ')}`,
      );
    });
});
