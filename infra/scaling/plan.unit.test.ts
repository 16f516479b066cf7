import assert from 'node:assert/strict';
import fc from 'fast-check';
import { metricCatalogue } from '#shared/metrics.ts';
import { type ServiceName, type ServiceRow, type StreamName, services, streams } from '#shared/topology.ts';
import { compute, formulaText } from './metric-math.ts';
import { boundsFaults, mostTasks, type ScalingBounds, scalingPlan } from './plan.ts';
import type { Query, ScalingNames, ScalingPlan, StepPolicy, TargetTracking } from './plan-shape.ts';
import { scalingTargets as targets } from './targets.ts';

const names: ScalingNames<string> = {
  cluster: 'test',
  service: 'test-service',
  metricsNamespace: 'carillon/test',
  queue: (name) => `test-${name}`,
  requestsLabel: () => 'app/test/1/targetgroup/test/2',
};

const bounds: ScalingBounds = {
  minimum: 1,
  maximum: 10,
  shards: { 'dialog-commands': 4, 'dialog-events': 4, 'message-log': 2 },
  carrierMessagesPerSecond: 200,
};

const rows: [ServiceName, ServiceRow][] = Object.entries(services).map(([name, row]) => [
  name as ServiceName,
  row,
]);
const plan = (service: ServiceName, change: Partial<ScalingBounds> = {}): ScalingPlan<string> =>
  scalingPlan(service, services[service], { ...bounds, ...change }, targets, names);

/** A queue service of a later day that keeps nothing in tables, so that it may rest. */
const resting = { ...services.sender, relaysSlots: false };

function queriesOf(policy: TargetTracking<string> | StepPolicy<string>): readonly Query<string>[] {
  if ('alarm' in policy) return policy.alarm.queries;
  return policy.metric.kind === 'queries' ? policy.metric.queries : [];
}

/** The returned value of a list of queries for one minute; undefined where CloudWatch has none. */
function evaluate(queries: readonly Query<string>[], metrics: Record<string, number>): number | undefined {
  const returned = queries.find((query) => query.returnData);
  assert.ok(returned && 'formula' in returned);
  return compute(returned.formula, (id) => {
    const query = queries.find((other) => other.id === id);
    assert.ok(query && 'metric' in query, `${id} is a query of the list`);
    return metrics[[query.metric.name, query.metric.dimensions.QueueName].filter(Boolean).join(' ')];
  });
}

const named = <P extends { name: string }>(policies: readonly P[], name: string): P => {
  const found = policies.find((policy) => policy.name === name);
  assert.ok(found, `there is a policy ${name}`);
  return found;
};

const anyBounds: fc.Arbitrary<ScalingBounds> = fc
  .record({
    minimum: fc.integer({ min: 0, max: 5 }),
    more: fc.integer({ min: 0, max: 40 }),
    shards: fc.tuple(
      ...Object.keys(streams).map((name) => fc.tuple(fc.constant(name), fc.integer({ min: 1, max: 20 }))),
    ),
    carrierMessagesPerSecond: fc.integer({ min: 1, max: 1_000 }),
  })
  .map(({ minimum, more, shards, carrierMessagesPerSecond }) => ({
    minimum,
    maximum: Math.max(1, minimum + more),
    shards: Object.fromEntries(shards) as Record<StreamName, number>,
    carrierMessagesPerSecond,
  }));

describe('The scaling plan of a service', () => {
  it('keeps the number of tasks within what the environment allows, and streams to a task per shard', () => {
    fc.assert(
      fc.property(fc.constantFrom(...rows), anyBounds, ([service, row], given) => {
        fc.pre(boundsFaults(service, row, given).length === 0);
        const { minimum, maximum } = scalingPlan(service, row, given, targets, names).bounds;
        assert.ok(minimum <= maximum && minimum === given.minimum && maximum <= given.maximum);
        if (row.scaling.by === 'iterator-age')
          assert.ok(maximum <= Math.max(...row.scaling.streams.map((name) => given.shards[name])));
      }),
    );
  });

  it('has queries, names and steps that AWS accepts', () => {
    for (const [service, row] of [...rows, ['sender', resting] as const]) {
      const minimum = row === resting ? 0 : 1;
      const { targetTracking, steps } = scalingPlan(service, row, { ...bounds, minimum }, targets, names);
      const all = [...targetTracking, ...steps];
      assert.ok(all.length > 0, service);
      assert.equal(new Set(all.map(({ name }) => name)).size, all.length, 'names are unique');
      for (const policy of all) {
        const queries = queriesOf(policy);
        if ('alarm' in policy || policy.metric.kind === 'queries') {
          assert.deepEqual(
            queries.filter((query) => query.returnData),
            queries.slice(-1),
            'the last query alone is returned',
          );
        }
        assert.equal(new Set(queries.map(({ id }) => id)).size, queries.length);
        for (const query of queries) {
          assert.match(query.id, /^[a-z][a-zA-Z0-9_]{0,254}$/);
          if ('expression' in query) assert.equal(query.expression, formulaText(query.formula));
        }
      }
      for (const step of steps) {
        assert.ok(step.alarm.datapointsToAlarm <= step.alarm.evaluationPeriods);
        assert.equal(step.adjustments[0]?.from, 0);
        step.adjustments.forEach(({ to }, i) => {
          assert.equal(step.adjustments[i + 1]?.from, to, 'without gap or overlap, open at the end');
        });
      }
    }
  });

  it('adds tasks within 30 to 60 seconds of the last time and takes them away after 300', () => {
    for (const [service] of rows) {
      const { targetTracking, steps } = plan(service);
      for (const policy of targetTracking) {
        assert.ok(policy.scaleOutCooldownSeconds >= 30 && policy.scaleOutCooldownSeconds <= 60);
        assert.equal(policy.scaleInCooldownSeconds, 300);
      }
      for (const { adjustments, cooldownSeconds, name } of steps) {
        if (adjustments.every(({ change }) => change < 0)) assert.equal(cooldownSeconds, 300, name);
        else assert.ok(cooldownSeconds >= 30 && cooldownSeconds <= 60, name);
      }
    }
  });

  it('asks only for metrics that the services write, with their dimensions', () => {
    for (const [service] of rows)
      for (const policy of [...plan(service).targetTracking, ...plan(service).steps])
        for (const query of queriesOf(policy)) {
          if (!('metric' in query) || query.metric.namespace !== names.metricsNamespace) continue;
          const emitted = new Map<string, { dimensions: readonly string[] }>(Object.entries(metricCatalogue));
          assert.deepEqual(
            Object.keys(query.metric.dimensions),
            emitted.get(query.metric.name)?.dimensions,
            query.metric.name,
          );
        }
  });

  it('covers every queue that the service receives from and every consumer that it is', () => {
    for (const [service, row] of rows) {
      const { targetTracking, steps } = plan(service);
      const policies = [...targetTracking, ...steps];
      const values = new Set(
        policies.flatMap((policy) =>
          queriesOf(policy).flatMap((query) =>
            'metric' in query ? Object.values(query.metric.dimensions) : [],
          ),
        ),
      );
      for (const queue of row.receives) assert.ok(values.has(`test-${queue}`), `${service} ${queue}`);
      for (const consumer of Object.keys(row.consumes))
        assert.ok(values.has(consumer), `${service} ${consumer}`);
    }
  });
});

describe('A service of queues', () => {
  const queue = 'ApproximateNumberOfMessagesVisible test-sms-replies.fifo';

  it('follows the entries that wait per task', () => {
    const { metric, target } = named(plan('sender').targetTracking, 'sms-replies-backlog');
    assert.ok(metric.kind === 'queries');
    assert.equal(target, 500, '10 seconds at 50 messages a second');
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 50 }), (waiting, tasks) => {
        assert.equal(
          evaluate(metric.queries, { [queue]: waiting, RunningTaskCount: tasks }),
          waiting / tasks,
        );
      }),
    );
    assert.equal(evaluate(metric.queries, { RunningTaskCount: 2 }), 0, 'an unused queue reports nothing');
    assert.equal(evaluate(metric.queries, { [queue]: 70 }), 70, 'no task runs');
  });

  it('has no more tasks than the carrier can keep busy', () => {
    const most = (carrierMessagesPerSecond: number): number =>
      mostTasks(services.sender, { ...bounds, maximum: 100, carrierMessagesPerSecond });
    assert.equal(most(10), 1);
    assert.equal(most(100), 3);
    assert.equal(most(1_000), 30);
    assert.equal(mostTasks(services.sender, { ...bounds, carrierMessagesPerSecond: 1_000 }), 10);
  });

  it('leaves 0 as soon as an entry waits, and the step rests while a task runs', () => {
    const { steps } = scalingPlan('sender', resting, { ...bounds, minimum: 0 }, targets, names);
    const { alarm, adjustments } = named(steps, 'out-of-zero');
    const bulk = 'ApproximateNumberOfMessagesVisible test-sms-bulk.fifo';
    assert.deepEqual(adjustments, [{ from: 0, change: 1 }]);
    assert.equal(evaluate(alarm.queries, {}), 0);
    for (const waiting of [queue, bulk]) {
      assert.equal(evaluate(alarm.queries, { [waiting]: 1, RunningTaskCount: 0 }), 1);
      assert.equal(
        evaluate(alarm.queries, { [waiting]: 1 }),
        1,
        'nothing is reported of a service without tasks',
      );
      assert.equal(evaluate(alarm.queries, { [waiting]: 1_000, RunningTaskCount: 1 }), 0);
    }
  });

  it('has no such step when a task always runs', () => {
    assert.ok(plan('sender').steps.every(({ name }) => name !== 'out-of-zero'));
  });
});

describe('A service of streams', () => {
  it('wants another task by the oldest record of all its consumers', () => {
    const { alarm } = named(plan('log').steps, 'old-records');
    const values = new Map([
      ['log', 5],
      ['log-inbound', 90_000],
    ]);
    const returned = alarm.queries.at(-1);
    assert.ok(returned && 'formula' in returned);
    const oldest = compute(returned.formula, (id) => {
      const query = alarm.queries.find((other) => other.id === id);
      return query && 'metric' in query ? values.get(query.metric.dimensions.Consumer ?? '') : undefined;
    });
    assert.equal(oldest, 90_000);
  });

  it('gives a task back only when nothing waits and the others can carry the load', () => {
    const { alarm } = named(plan('dialog').steps, 'idle');
    const idle = (age: number, cpu: number, tasks: number): number | undefined =>
      evaluate(alarm.queries, { IteratorAgeMilliseconds: age, CPUUtilization: cpu, RunningTaskCount: tasks });
    assert.equal(idle(100, 20, 2), 1, 'one task would be at 40 %');
    assert.equal(idle(100, 30, 2), 0, 'one task would be at 60 %');
    assert.equal(idle(100, 30, 3), 1, 'two tasks would be at 45 %');
    assert.equal(idle(9_000, 20, 2), 0, 'records wait');
    assert.equal(idle(100, 0, 1), 0, 'the last task stays');
    assert.equal(evaluate(alarm.queries, { RunningTaskCount: 2 }), 0, 'without a figure it counts as busy');
  });
});

describe('A service of requests', () => {
  it('follows requests per task and the processor', () => {
    assert.deepEqual(
      plan('gateway').targetTracking.map(({ metric, target }) => [metric, target]),
      [
        [
          {
            kind: 'predefined',
            type: 'ALBRequestCountPerTarget',
            resourceLabel: 'app/test/1/targetgroup/test/2',
          },
          4_500,
        ],
        [{ kind: 'predefined', type: 'ECSServiceAverageCPUUtilization' }, 50],
      ],
    );
  });
});

describe('Bounds that cannot be planned with', () => {
  const faultsOf = (service: ServiceName, change: Partial<ScalingBounds>): string =>
    boundsFaults(service, services[service], { ...bounds, ...change }).join('; ');

  it('are a service of streams or of requests without a task', () => {
    for (const service of ['dialog', 'gateway'] as const)
      assert.match(faultsOf(service, { minimum: 0 }), /nothing would start the first one/);
    assert.deepEqual(boundsFaults('sender', resting, { ...bounds, minimum: 0 }), []);
  });

  it('are a sender without a task, whose held messages would stay held', () => {
    assert.match(faultsOf('sender', { minimum: 0 }), /held messages and its outbox/);
  });

  it('are more tasks than shards', () => {
    assert.match(faultsOf('dialog', { minimum: 5 }), /above the 4 shards/);
    assert.equal(faultsOf('log', { minimum: 4 }), '', 'its largest stream has four');
  });

  it('are a maximum below the minimum, fractions, and a carrier that takes nothing', () => {
    assert.match(faultsOf('sender', { minimum: 3, maximum: 2 }), /minimum 3 is above maximum 2/);
    assert.match(faultsOf('sender', { minimum: 1.5 }), /1\.5 is no number of tasks/);
    assert.match(faultsOf('sender', { maximum: 0 }), /maximum 0 is no number/);
    assert.match(faultsOf('sender', { carrierMessagesPerSecond: 0 }), /must take more than 0/);
  });

  it('are all named at once', () => {
    assert.throws(
      () => plan('dialog', { minimum: 0, maximum: 0 }),
      /maximum 0 is no number of tasks.*nothing would start/,
    );
  });
});
