import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ResourceRecord } from '../testing/resource-record.ts';
import { sampleRecord as record } from '../testing/sample-record.ts';
import { assumptions } from './assumptions.ts';
import { awakeHours, estimate, rules, unpricedTypes } from './estimate.ts';
import { MONTH_HOURS } from './line.ts';
import { type PriceName, prices } from './prices.ts';
import { bySpot } from './rules/compute.ts';
import { estimateText } from './table.ts';

const task = record('aws:ecs/taskDefinition:TaskDefinition', 'sender', { cpu: '512', memory: '1024' });
const service = (strategies: readonly object[], desiredCount = 2): ResourceRecord =>
  record(
    'aws:ecs/service:Service',
    'sender',
    { capacityProviderStrategies: strategies, desiredCount },
    { propertyDependencies: { taskDefinition: [task.urn] } },
  );
const ON_DEMAND = { capacityProvider: 'FARGATE', base: 1, weight: 50 };
const SPOT = { capacityProvider: 'FARGATE_SPOT', weight: 50 };
const scheduled = (schedule: string, maxCapacity: number): ResourceRecord =>
  record('aws:appautoscaling/scheduledAction:ScheduledAction', `at-${maxCapacity}`, {
    schedule,
    scalableTargetAction: { minCapacity: maxCapacity, maxCapacity },
  });
const NIGHTS_OFF = [scheduled('cron(0 19 ? * MON-FRI *)', 0), scheduled('cron(0 7 ? * MON-FRI *)', 1)];

/** Quantity of a price in the bill of some resources. */
const quantityOf = (resources: readonly ResourceRecord[], price: PriceName, month = 1): number =>
  estimate(resources, assumptions.dev, month)
    .lines.filter((line) => line.price === price)
    .reduce((sum, { quantity }) => sum + quantity, 0);

describe('The estimate of a month', () => {
  it('charges tasks by processor and memory, for every hour', () => {
    const bill = [task, service([ON_DEMAND])];
    assert.equal(quantityOf(bill, 'fargateCpu'), 2 * 0.5 * MONTH_HOURS);
    assert.equal(quantityOf(bill, 'fargateMemory'), 2 * MONTH_HOURS);
  });

  it('charges tasks for the hours of their schedule only', () => {
    const bill = [task, service([ON_DEMAND]), ...NIGHTS_OFF];
    assert.ok(Math.abs(quantityOf(bill, 'fargateCpu') - (MONTH_HOURS * 60) / 168) < 1e-9);
  });

  it('takes the base first, and the others by weight, on Spot', () => {
    const split = (tasks: number, strategies: readonly object[]) => bySpot(service(strategies), tasks);
    assert.deepEqual(split(1, [ON_DEMAND, SPOT]), { full: 1, spot: 0 });
    assert.deepEqual(split(3, [ON_DEMAND, SPOT]), { full: 2, spot: 1 });
    assert.deepEqual(split(3, [SPOT]), { full: 0, spot: 3 });
    assert.deepEqual(split(2, []), { full: 2, spot: 0 }, 'without a strategy it is on demand');
    fc.assert(
      fc.property(fc.double({ min: 0, max: 50, noNaN: true }), (tasks) => {
        const { full, spot } = split(tasks, [ON_DEMAND, SPOT]);
        assert.ok(full >= 0 && spot >= 0 && Math.abs(full + spot - tasks) < 1e-9);
      }),
    );
  });

  it('lets a database that may pause be charged for the hours of services only', () => {
    const bill = (minCapacity: number) => [
      record('aws:rds/cluster:Cluster', 'database', { serverlessv2ScalingConfiguration: { minCapacity } }),
      record('aws:rds/clusterInstance:ClusterInstance', 'database-1'),
      ...NIGHTS_OFF,
    ];
    assert.equal(quantityOf(bill(0.5), 'acuHour'), 0.5 * MONTH_HOURS);
    assert.ok(quantityOf(bill(0), 'acuHour') < 0.2 * MONTH_HOURS);
  });

  it('grows with what is stored, month by month', () => {
    const bill = [record('aws:rds/cluster:Cluster', 'database', { backupRetentionPeriod: 7 })];
    assert.ok(quantityOf(bill, 'databaseStorage', 12) > quantityOf(bill, 'databaseStorage', 1));
  });

  it('charges longer retention of a stream, and each metric of an alarm', () => {
    const stream = (retentionPeriod: number) =>
      record('aws:kinesis/stream:Stream', 'events', { shardCount: 2, retentionPeriod });
    assert.equal(quantityOf([stream(24)], 'shardRetention'), 0);
    assert.equal(quantityOf([stream(168)], 'shardRetention'), 2 * MONTH_HOURS);
    const alarm = record('aws:cloudwatch/metricAlarm:MetricAlarm', 'a', {
      metricQueries: [{ metric: {} }, { metric: {} }, { expression: 'a / b' }],
    });
    assert.equal(
      quantityOf([alarm, record('aws:cloudwatch/metricAlarm:MetricAlarm', 'b')], 'alarmMetric'),
      3,
    );
  });

  it('names every type that has neither a price nor a reason to be free', () => {
    const strange = [record('aws:mq/broker:Broker', 'a'), record('aws:msk/cluster:Cluster', 'b')];
    assert.deepEqual(unpricedTypes(strange), ['aws:mq/broker:Broker', 'aws:msk/cluster:Cluster']);
    assert.throws(() => estimate(strange, assumptions.dev, 1), /mq\/broker:Broker, aws:msk/);
  });

  it('is the sum of its lines, each under the component that has it', () => {
    const stack = record('pulumi:pulumi:Stack', 'dev', {}, { custom: false });
    const component = record('carillon:data:Streams', 'streams', {}, { parent: stack.urn, custom: false });
    const inner = record('carillon:data:Inner', 'inner', {}, { parent: component.urn, custom: false });
    const stream = record('aws:kinesis/stream:Stream', 'events', { shardCount: 1 }, { parent: inner.urn });
    const { lines, total } = estimate([stack, component, inner, stream], assumptions.dev, 1);
    assert.ok(Math.abs(total - lines.reduce((sum, { usd }) => sum + usd, 0)) < 1e-9);
    assert.deepEqual([...new Set(lines.map((line) => line.component))].sort(), ['everything', 'streams']);
    assert.match(
      estimateText({ lines, total }, 'dev', 1),
      /\| \*\*streams\*\* \| \| \| \*\*\d+\.\d\d\*\* \|/,
    );
  });
});

describe('Prices', () => {
  it('are dated, have a source, and say whether it was read', () => {
    for (const [name, { usd, source, seen, unit }] of Object.entries(prices)) {
      assert.ok(usd > 0, name);
      assert.match(source, /^https:\/\//, name);
      assert.match(seen, /^\d{4}-\d{2}-\d{2}$/);
      assert.ok(unit.length > 1, name);
    }
  });

  it('are free for a reason that is written down', () => {
    for (const [type, rule] of Object.entries(rules))
      if ('free' in rule) assert.ok(rule.free.length > 8, type);
  });
});

describe('The hours that services run', () => {
  it('are all hours without one', () => {
    assert.equal(awakeHours([]), MONTH_HOURS);
  });
});
