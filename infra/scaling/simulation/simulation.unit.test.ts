import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { services } from '#shared/topology.ts';
import { scalingPlan } from '../plan.ts';
import type { Query, ScalingPlan } from '../plan-shape.ts';
import { scalingTargets } from '../targets.ts';
import { Autoscaler } from './autoscaler.ts';
import { Backlog } from './backlog.ts';
import { DAY_SECONDS, playDay } from './day.ts';
import { sourcesDigest } from './digest.ts';
import { bounds } from './environment.ts';
import { Fleet } from './fleet.ts';
import { type DayLoad, dayLoad } from './load.ts';
import { MinuteMetrics } from './minute-metrics.ts';
import { drawing, scale } from './svg.ts';

const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-6 * Math.max(1, Math.abs(b));

describe('A simulated backlog', () => {
  it('gives out what came in, oldest first, and knows the age of the oldest', () => {
    const backlog = new Backlog();
    backlog.add({ count: 10, planned: 10 }, 0);
    backlog.add({ count: 10, planned: 0 }, 5);
    assert.deepEqual(backlog.take(15, 6), { count: 15, planned: 10 });
    assert.equal(backlog.age(8), 3);
    assert.deepEqual(backlog.take(100, 9), { count: 5, planned: 0 });
    assert.equal(backlog.age(20), 0);
    assert.equal(backlog.longestWait, 6);
    assert.equal(backlog.waitOf(0.75), 6);
    assert.equal(backlog.waitOf(0.2), 1);
  });

  it('loses and invents nothing, whatever is added and taken', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ add: fc.nat(1_000), planned: fc.nat(100), take: fc.nat(1_500) })),
        (moves) => {
          const backlog = new Backlog();
          let [added, taken] = [0, 0];
          moves.forEach(({ add, planned, take }, second) => {
            backlog.add({ count: add, planned: (add * planned) / 100 }, second);
            added += add;
            taken += backlog.take(take, second).count;
            assert.ok(near(backlog.size, added - taken));
          });
        },
      ),
    );
  });
});

describe('Simulated tasks', () => {
  it('work only after they have started, and the newest stop first', () => {
    const fleet = new Fleet(1, 60);
    fleet.resize(3, 100);
    assert.equal(fleet.running(159), 1);
    assert.equal(fleet.running(160), 3);
    fleet.resize(2, 170);
    assert.equal(fleet.running(170), 2);
  });
});

describe('Simulated metrics', () => {
  it('show a minute when it has ended and the delay is over', () => {
    const metrics = new MinuteMetrics(60);
    const metric = { namespace: 'n', name: 'm', dimensions: { a: 'b' } };
    metrics.observe(metric, 1, 10);
    metrics.observe(metric, 3, 50);
    assert.equal(metrics.newestMinute(119), -1);
    assert.equal(metrics.newestMinute(120), 0);
    assert.equal(metrics.read({ ...metric, statistic: 'Average' }, 0), 2);
    assert.equal(metrics.read({ ...metric, statistic: 'Maximum' }, 0), 3);
    assert.equal(metrics.read({ ...metric, statistic: 'Maximum' }, 1), undefined);
  });
});

describe('The simulated autoscaler', () => {
  const metric = { namespace: 'n', name: 'load', dimensions: {} };
  const queries: readonly Query<string>[] = [
    {
      id: 'load',
      label: '',
      returnData: true,
      metric: { ...metric, statistic: 'Maximum', periodSeconds: 60 },
    },
  ];
  const tracking: ScalingPlan<string> = {
    bounds: { minimum: 2, maximum: 10 },
    targetTracking: [
      {
        name: 't',
        metric: { kind: 'queries', queries },
        target: 100,
        scaleOutCooldownSeconds: 60,
        scaleInCooldownSeconds: 300,
      },
    ],
    steps: [],
  };
  /** Number of tasks after each minute, with metrics that are there at once. */
  function tasksOver(plan: ScalingPlan<string>, loads: readonly number[]): number[] {
    const metrics = new MinuteMetrics(0);
    const scaler = new Autoscaler(plan, metrics, () => undefined);
    return loads.map((load, minute) => {
      metrics.observe(metric, load, minute * 60);
      scaler.evaluate((minute + 1) * 60);
      return scaler.desired;
    });
  }

  it('adds in proportion after three minutes above the target', () => {
    assert.deepEqual(tasksOver(tracking, [300, 300, 300]), [2, 2, 6]);
    assert.deepEqual(tasksOver(tracking, [300, 300, 90, 300, 300]), [2, 2, 2, 2, 2]);
  });

  it('stays within the bounds', () => {
    assert.deepEqual(tasksOver(tracking, [9_000, 9_000, 9_000]).at(-1), 10);
    assert.equal(tasksOver(tracking, Array(60).fill(0)).at(-1), 2);
  });

  it('takes away after fifteen minutes below, and not before the cooldown is over', () => {
    const loads = [300, 300, 300, ...Array(20).fill(50)];
    const tasks = tasksOver(tracking, loads);
    assert.equal(tasks[16], 6, 'fourteen minutes');
    assert.equal(tasks[17], 3, 'fifteen minutes');
    assert.equal(tasks[22], 2, 'the next time after five more');
    assert.equal(tasks[21], 3);
  });

  it('steps at once, by how far the alarm is passed, and only further within its cooldown', () => {
    const plan: ScalingPlan<string> = {
      bounds: { minimum: 1, maximum: 50 },
      targetTracking: [],
      steps: [
        {
          name: 's',
          adjustmentType: 'PercentChangeInCapacity',
          minAdjustmentMagnitude: 1,
          cooldownSeconds: 90,
          adjustments: [
            { from: 0, to: 100, change: 100 },
            { from: 100, change: 300 },
          ],
          alarm: {
            name: 's',
            description: '',
            comparison: 'GreaterThanOrEqualToThreshold',
            threshold: 100,
            evaluationPeriods: 1,
            datapointsToAlarm: 1,
            treatMissingData: 'notBreaching',
            queries,
          },
        },
      ],
    };
    assert.deepEqual(tasksOver(plan, [99, 100, 100, 100]), [1, 2, 2, 4]);
    assert.deepEqual(tasksOver(plan, [100, 500, 500]), [2, 4, 4], 'from the tasks before, while it lasts');
  });
});

describe('A simulated day', () => {
  const steady = (texts: number, starts: number): DayLoad => ({ texts: () => texts, starts: () => starts });
  const play = (load: DayLoad, seconds: number, targets = scalingTargets) =>
    playDay({ targets, load, bounds, seconds });

  it('sends one message for every text and every start, and loses none', () => {
    const { totals, left } = play(dayLoad(3), 3_600);
    assert.ok(totals.sent > 0);
    assert.ok(near(totals.texts + totals.starts, totals.sent + left), `${JSON.stringify(totals)} ${left}`);
  });

  it('is the same for the same seed and another for another', () => {
    const loads = (seed: number) => {
      const load = dayLoad(seed);
      return Array.from({ length: 60 }, (_, i) => load.texts(i * 1_439));
    };
    assert.deepEqual(loads(1), loads(1));
    assert.notDeepEqual(loads(1), loads(2));
  });

  it('brings a million people of the campaign and 150,000 in each of three mornings', () => {
    const load = dayLoad(1);
    let starts = 0;
    for (let second = 0; second < DAY_SECONDS; second += 1) starts += load.starts(second);
    assert.ok(near(starts, 1_450_000), String(starts));
  });

  it('keeps the tasks that a lasting load needs, where the age alone would take them away again and again', () => {
    const load = steady(0, 600);
    const careful = play(load, 3_600 * 2).fleets.outbound;
    const byAgeAlone = play(load, 3_600 * 2, { ...scalingTargets, busyAfterScaleInPercent: 1e6 }).fleets
      .outbound;
    assert.ok(careful.changes < byAgeAlone.changes, `${careful.changes} < ${byAgeAlone.changes}`);
  }).timeout(20_000);

  it('never runs more tasks than a plan allows', () => {
    const { minutes } = play(steady(80, 2_000), 1_800);
    for (const service of ['dialog', 'sender'] as const) {
      const names = {
        cluster: '',
        service,
        metricsNamespace: 'day',
        queue: (name: string) => name,
        requestsLabel: () => '',
      };
      const plan = scalingPlan(service, services[service], bounds[service], scalingTargets, names);
      const most = Math.max(...minutes.map(({ tasks }) => tasks[service]));
      assert.equal(most, plan.bounds.maximum);
    }
  }).timeout(20_000);
});

describe('The drawing of a day', () => {
  it('has round ticks that reach above the largest value', () => {
    assert.deepEqual(scale(8, 4), { most: 8, ticks: [0, 2, 4, 6, 8] });
    assert.deepEqual(scale(0, 4).most >= 1, true);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (largest) => {
        const { most, ticks } = scale(largest, 4);
        assert.ok(most >= largest && ticks.length >= 2 && ticks.length <= 6, `${most} ${ticks}`);
      }),
    );
  });

  it('is one well-formed document whose lines stay inside it', () => {
    const svg = drawing('t', 's', [
      {
        title: 'p',
        unit: 'u',
        height: 50,
        style: 'steps',
        lines: [{ label: 'l', colour: '#000', values: [0, 1, 3, 3, 0] }],
        aim: { value: 2, label: 'aim' },
      },
    ]);
    assert.equal(svg.match(/<text/g)?.length, svg.match(/<\/text>/g)?.length);
    const heights = [...svg.matchAll(/V([\d.]+)/g)].map(([, y]) => Number(y));
    assert.ok(heights.every((y) => y >= 0 && y <= Number(svg.match(/height="(\d+)"/)?.[1])));
  });
});

describe('docs/scaling.md', () => {
  it('has the figures of the plans as they are: run "npm run infra:scaling" when this fails', async () => {
    const document = await readFile(new URL('../../../docs/scaling.md', import.meta.url), 'utf8');
    assert.match(document, new RegExp(`<!-- ${await sourcesDigest()} -->`));
  });
});
