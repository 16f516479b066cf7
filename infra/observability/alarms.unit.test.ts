import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  queues,
  type ServiceName,
  type ServiceRow,
  services,
  streamConsumers,
  streams,
} from '#shared/topology.ts';
import { compute, type Formula } from '../scaling/metric-math.ts';
import { type AlarmRow, descriptionOf } from './alarm.ts';
import { alarmsOf, byContext, isRestless, restlessContexts } from './alarms.ts';
import { faultOfSeries } from './known-series.ts';
import { sampleResources } from './sample-resources.ts';

const rows = Object.entries(services) as [ServiceName, ServiceRow][];
const short = (queue: string): string => queue.replace('.fifo', '');

/** Least and greatest numbers of tasks, by service. */
const anyBounds = fc
  .dictionary(
    fc.constantFrom(...rows.map(([name]) => name)),
    fc.record({ minTasks: fc.integer({ min: 0, max: 5 }), maxTasks: fc.integer({ min: 5, max: 200 }) }),
  )
  .map((known) => (service: ServiceName) => known[service] ?? { minTasks: 1, maxTasks: 4 });

describe('For any bounds of any environment', () => {
  it('every queue, service, consumer and stream of the map has all its alarms', () => {
    fc.assert(
      fc.property(anyBounds, (bounds) => {
        const names = new Set(alarmsOf(sampleResources(bounds)).map(({ name }) => name));
        const expected = [
          ...Object.keys(queues).flatMap((queue) =>
            ['age', 'dead', 'growing', 'stuck', 'in-flight'].map((what) => `${short(queue)}-${what}`),
          ),
          ...rows.flatMap(([service]) =>
            ['tasks', 'at-maximum', 'errors', 'stopped', 'cpu', 'memory']
              // A service that may have no task is watched by what waits for it.
              .filter((what) => what !== 'tasks' || bounds(service).minTasks > 0)
              .map((what) => `${service}-${what}`),
          ),
          ...streamConsumers.flatMap(({ consumer }) =>
            ['age', 'stuck', 'quarantined'].map((what) => `${consumer}-${what}`),
          ),
          ...Object.keys(streams).flatMap((stream) => [
            `${stream}-read-throttles`,
            `${stream}-write-throttles`,
          ]),
          ...rows
            .filter(([, row]) => row.publicPaths.length > 0)
            .flatMap(([service]) => ['errors', 'slow', 'unhealthy'].map((what) => `web-${service}-${what}`)),
        ];
        assert.deepEqual(
          expected.filter((name) => !names.has(name)),
          [],
        );
      }),
    );
  });

  it('every alarm is one that CloudWatch accepts and that can have a value', () => {
    fc.assert(
      fc.property(anyBounds, fc.integer({ min: 1, max: 3 }), (bounds, instances) => {
        const resources = sampleResources(bounds, instances);
        const alarms = alarmsOf(resources);
        assert.equal(new Set(alarms.map(({ name }) => name)).size, alarms.length, 'names are unique');
        for (const alarm of alarms) assert.deepEqual(faultsOf(alarm, resources.namespace), []);
      }),
    );
  });

  it('every context has one composite alarm within the limits, and every alarm one context', () => {
    fc.assert(
      fc.property(anyBounds, (bounds) => {
        const alarms = alarmsOf(sampleResources(bounds));
        const contexts = byContext(alarms);
        assert.deepEqual(
          [...contexts.keys()].sort(),
          [...rows.map(([name]) => name), 'stores', 'web'].sort(),
        );
        assert.equal([...contexts.values()].flat().length, alarms.length);
        for (const members of contexts.values()) {
          const rule = members.map(({ name }) => `ALARM("carillon-environment-${name}")`).join(' OR ');
          assert.ok(members.length <= 100 && rule.length <= 10_240, 'what one composite alarm may refer to');
        }
      }),
    );
  });
});

function faultsOf(alarm: AlarmRow<string>, namespace: string): string[] {
  const faults: string[] = [];
  const check = (fine: boolean, what: string): void => {
    if (!fine) faults.push(`${alarm.name}: ${what}`);
  };
  const { queries } = alarm;
  const series = queries.flatMap((query) => ('series' in query ? [query] : []));
  for (const query of series) {
    const fault = faultOfSeries(query.series, namespace);
    if (fault !== null) faults.push(`${alarm.name}: ${fault}`);
  }
  const ids = new Set(queries.map(({ id }) => id));
  check(ids.size === queries.length && queries.every(({ id }) => /^[a-z][A-Za-z0-9_]*$/.test(id)), 'ids');
  check(queries.length <= 10, 'too many queries');
  const last = queries.at(-1);
  const formulas = queries.flatMap((query) => ('formula' in query ? [query] : []));
  check(
    formulas.length === 0 ? queries.length === 1 : formulas.length === 1 && formulas[0] === last,
    'queries',
  );
  for (const { formula } of formulas) {
    const named = idsIn(formula);
    check(
      [...named].every((id) => series.some((query) => query.id === id)),
      'a formula of what is not there',
    );
    check(
      series.every(({ id }) => named.has(id)),
      'a series that nothing is made of',
    );
  }
  // CloudWatch evaluates at most a day, and takes periods of whole minutes.
  const periods = new Set(series.map((query) => query.series.periodSeconds));
  check(periods.size === 1, 'series of different periods');
  const period = Math.max(...periods);
  check(period % 60 === 0 && alarm.periods * period <= 86_400, 'period');
  check(alarm.datapoints >= 1 && alarm.datapoints <= alarm.periods, 'datapoints');
  check(Number.isFinite(alarm.threshold), 'threshold');
  check(/^[a-z0-9-]{1,80}$/.test(alarm.name), 'name');
  const description = descriptionOf(alarm);
  check(
    description.length <= 1_024 && /docs\/runbooks\/[a-z-]+\.md#[a-z-]+$/.test(description),
    'description',
  );
  check(/^\S.*\.$/.test(alarm.summary), 'summary');
  return faults;
}

function idsIn(formula: Formula): Set<string> {
  switch (formula.kind) {
    case 'series':
    case 'filled':
      return new Set([formula.id]);
    case 'number':
      return new Set();
    case 'binary':
      return new Set([...idsIn(formula.left), ...idsIn(formula.right)]);
    case 'if':
      return new Set(
        [formula.condition, formula.then, formula.otherwise].flatMap((part) => [...idsIn(part)]),
      );
  }
}

describe('Alarms', () => {
  const alarms = alarmsOf(sampleResources());
  const named = (name: string): AlarmRow<string> => {
    const found = alarms.find((alarm) => alarm.name === name);
    assert.ok(found, name);
    return found;
  };
  /** Whether one period with these values is beyond the threshold. */
  const beyond = (name: string, values: Record<string, number>): boolean => {
    const { queries, threshold, comparison } = named(name);
    const last = queries.at(-1);
    assert.ok(last);
    const value = 'formula' in last ? compute(last.formula, (id) => values[id]) : values[last.id];
    assert.ok(value !== undefined, 'has no value');
    return comparison === 'LessThanThreshold' ? value < threshold : value >= threshold;
  };

  const cases: [string, string, Record<string, number>, boolean][] = [
    ['sms-bulk-stuck', 'entries come and none is done', { sent: 10, deleted: 0 }, true],
    ['sms-bulk-stuck', 'entries come and SQS reports no deletion at all', { sent: 10 }, true],
    ['sms-bulk-stuck', 'some are done', { sent: 10, deleted: 1 }, false],
    ['sms-bulk-stuck', 'nothing comes', {}, false],
    ['sms-bulk-growing', 'more come than are done', { sent: 5_000, deleted: 100 }, true],
    ['sms-bulk-growing', 'as many are done', { sent: 5_000, deleted: 4_999 }, false],
    [
      'sender-at-maximum',
      'all tasks run and both queues are long',
      { running: 10, waiting0: 600, waiting1: 600 },
      true,
    ],
    ['sender-at-maximum', 'all tasks run and little waits', { running: 10, waiting0: 5, waiting1: 5 }, false],
    ['sender-at-maximum', 'there may be more tasks', { running: 9, waiting0: 5_000, waiting1: 0 }, false],
    ['dialog-at-maximum', 'all tasks run and records are late', { running: 10, age0: 120_000 }, true],
    ['gateway-at-maximum', 'all tasks run and are busy', { running: 10, cpu: 95 }, true],
    ['dialog-stuck', 'records come and none is processed', { came: 1 }, true],
    ['dialog-stuck', 'records come and are processed', { came: 100, processed: 100 }, false],
    ['sender-tasks', 'a task is missing', { value: 1 }, true],
    ['sender-tasks', 'all run', { value: 2 }, false],
    ['sender-errors', 'runs of both queues fail', { failures0: 10, failures1: 10 }, true],
    ['gateway-errors', 'a few webhooks are refused for now', { failures0: 3 }, false],
  ];
  for (const [name, what, values, expected] of cases) {
    it(`${name}: ${what}: ${expected ? 'fires' : 'is quiet'}`, () => {
      assert.equal(beyond(name, values), expected);
    });
  }

  it('say deliberately what a missing value means', () => {
    const missing = (name: string): string => named(name).missing;
    assert.equal(
      missing('sender-tasks'),
      'broken',
      'ECS reports nothing for a service without a running task',
    );
    assert.equal(missing('web-gateway-unhealthy'), 'broken');
    assert.equal(missing('sms-bulk-age'), 'quiet', 'SQS reports nothing for a queue that is not used');
    assert.equal(missing('database-cpu'), 'unchanged');
  });

  it('that take silence for a fault are those about missing tasks alone, and every context of theirs is known', () => {
    const publicServices = rows.filter(([, { publicPaths }]) => publicPaths.length > 0);
    assert.deepEqual(
      alarms
        .filter(isRestless)
        .map(({ name }) => name)
        .sort(),
      [
        ...rows.map(([service]) => `${service}-tasks`),
        ...publicServices.map(([service]) => `web-${service}-unhealthy`),
      ].sort(),
    );
    assert.deepEqual(
      [...restlessContexts(alarms)].sort(),
      [...rows.map(([service]) => service), 'web'].sort(),
    );
  });

  it('watch the lag of a standby only where there is one', () => {
    const names = (instances: number): string[] =>
      alarmsOf(sampleResources(undefined, instances)).map(({ name }) => name);
    assert.ok(names(2).includes('database-replica-lag'));
    assert.ok(!names(1).includes('database-replica-lag'));
  });
});
