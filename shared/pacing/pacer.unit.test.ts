import assert from 'node:assert/strict';
import fc from 'fast-check';
import { silentLogger } from '#shared/logger.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { type BucketState, bucketOf, type PacedRequest, takeTokens } from './buckets.ts';
import { SharingPacer } from './pacer.ts';
import { BEAT_MS, FRESH_MS, LOST_MS } from './tasks.ts';

const RATE = 20;
const one: PacedRequest = { cost: 1, lane: 'bulk', limits: [bucketOf('n', RATE)] };

/** Redis and PostgreSQL for some tasks, in memory, on one clock. */
class World {
  readonly clock = new ManualClock();
  readonly states = new Map<string, BucketState>();
  readonly tasks = new Map<string, { seenAt: number; alone: boolean }>();
  readonly passed: number[] = [];

  task(name: string): {
    pacer: SharingPacer;
    reaches: boolean;
    beat(): void;
    ask(count: number): Promise<number[]>;
  } {
    const { clock, states, tasks, passed } = this;
    const pacer = new SharingPacer({
      shared: async (requests, back) => {
        if (!task.reaches) throw new Error('redis is away');
        return takeTokens(states, requests, clock.monotonic(), back);
      },
      clock,
      logger: silentLogger,
    });
    const task = {
      pacer,
      reaches: true,
      beat: () => {
        const now = clock.monotonic();
        const { alone } = pacer;
        tasks.set(name, { seenAt: now, alone });
        const live = [...tasks.values()].filter(({ seenAt }) => seenAt > now - LOST_MS);
        pacer.seen({ tasks: live.length, someAlone: live.some((each) => each.alone) }, alone, now);
      },
      ask: async (count: number) => {
        const waits = await pacer.take(Array.from({ length: count }, () => one));
        for (const wait of waits) if (wait === 0) passed.push(clock.monotonic());
        return waits;
      },
    };
    return task;
  }

  /** Most that went in any time of this length, in ms. */
  mostIn(ms: number): number {
    return Math.max(
      0,
      ...this.passed.map((from) => this.passed.filter((at) => at >= from && at < from + ms).length),
    );
  }
}

describe('The pace that tasks keep together', () => {
  it('lets nothing through before the other tasks are known', async () => {
    const world = new World();
    const task = world.task('a');
    world.states.set('n', { level: 10, at: 0 });
    assert.ok(((await task.ask(1))[0] ?? 0) > 0);
    task.beat();
    assert.deepEqual(await task.ask(1), [0]);
    await world.clock.advance(FRESH_MS + 1);
    assert.ok(((await task.ask(1))[0] ?? 0) > 0);
  });

  it('asks the shared buckets, answers first', async () => {
    const world = new World();
    const task = world.task('a');
    task.beat();
    const answer: PacedRequest = { ...one, lane: 'replies' };
    world.states.set('n', { level: 1, at: 0 });
    const [planned, reply] = await task.pacer.take([one, answer]);
    assert.equal(reply, 0);
    assert.ok((planned ?? 0) > 0);
  });

  it('lets planned messages of a task wait one behind the other, over all that it asks', async () => {
    const world = new World();
    const task = world.task('a');
    task.beat();
    world.states.set('n', { level: 0, at: 0 });
    const waits = [...(await task.ask(2)), ...(await task.ask(2))];
    for (const [index, wait] of waits.entries()) {
      assert.ok(index === 0 || wait >= (waits[index - 1] ?? 0) + 1_000 / RATE, waits.join());
    }
  });

  it('keeps nobody waiting behind what waits for another number of the same account', async () => {
    const world = new World();
    const task = world.task('a');
    task.beat();
    const account = bucketOf('account', 1_000);
    const of = (key: string, rate: number): PacedRequest => ({
      ...one,
      limits: [account, bucketOf(key, rate)],
    });
    for (const key of ['slow', 'fast']) world.states.set(key, { level: 0, at: 0 });
    world.states.set('account', { level: 500, at: 0 });
    const slow = await task.pacer.take(Array.from({ length: 50 }, () => of('slow', 1)));
    const [fast = 0] = await task.pacer.take([of('fast', 100)]);
    assert.ok((slow.at(-1) ?? 0) > 45_000 && fast < 200, `${slow.at(-1)} and ${fast}`);
  });

  it('goes on by a share of its own when Redis is away, after all others must know it, and with Redis when it is back', async () => {
    const world = new World();
    const task = world.task('a');
    task.beat();
    task.reaches = false;
    assert.ok((await task.ask(1)).every((wait) => wait > 0));
    task.beat();
    assert.ok(((await task.ask(1))[0] ?? 0) > 0);
    for (let ms = 0; ms < 20_000; ms += 50) {
      await world.clock.advance(50);
      if (ms % BEAT_MS === 0) task.beat();
      await task.ask(1);
    }
    // Half of the rate, alone.
    const seconds = (20_000 - FRESH_MS) / 1_000;
    assert.ok(world.passed.length > 0.8 * (RATE / 2) * seconds, `${world.passed.length}`);
    assert.ok(world.passed.length <= (RATE / 2) * seconds + 1);
    task.reaches = true;
    await world.clock.advance(1_000);
    task.beat();
    await task.ask(1);
    assert.equal(task.pacer.alone, false);
  });

  it('takes an answer that does not come for none', async () => {
    const clock = new ManualClock();
    const pacer = new SharingPacer({
      shared: () => new Promise(() => undefined),
      clock,
      logger: silentLogger,
    });
    pacer.seen({ tasks: 1, someAlone: false }, false, clock.monotonic());
    const asked = pacer.take([one]);
    await clock.advance(1_000);
    assert.ok(((await asked)[0] ?? 0) > 0);
    assert.equal(pacer.alone, true);
  });

  it('is never above the rate in sum, whoever reaches Redis when, whoever starts and whoever dies', async () => {
    const event = fc.record({
      task: fc.integer({ min: 0, max: 3 }),
      does: fc.constantFrom('loses Redis', 'finds Redis', 'dies', 'starts'),
      afterMs: fc.integer({ min: 0, max: 12_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 8 }), async (events) => {
        const world = new World();
        type Task = ReturnType<World['task']>;
        const tasks: (Task | null)[] = [world.task('0'), world.task('1'), null, null];
        let starts = 0;
        const phase = (index: number): number => index * 370;
        const pass = async (ms: number): Promise<void> => {
          for (let past = 0; past < ms; past += 100) {
            await world.clock.advance(100);
            for (const [index, task] of tasks.entries()) {
              if ((world.clock.monotonic() + phase(index)) % BEAT_MS < 100) task?.beat();
              await task?.ask(3);
            }
          }
        };
        await pass(3_000);
        for (const { afterMs, does, task: index } of events) {
          const task = tasks[index];
          if (does === 'starts') {
            starts += 1;
            tasks[index] ??= world.task(`${index}-${starts}`);
          } else if (task) {
            if (does === 'dies') tasks[index] = null;
            else task.reaches = does === 'finds Redis';
          }
          await pass(afterMs);
        }
        await pass(8_000);
        // Besides a bucket: what each task's own share may have saved, which is one message.
        const { capacity } = bucketOf('n', RATE);
        for (const ms of [1_000, 5_000]) {
          assert.ok(
            world.mostIn(ms) <= (RATE * ms) / 1_000 + capacity + 4,
            `${world.mostIn(ms)} in ${ms} ms`,
          );
        }
      }),
      { numRuns: runs(25) },
    );
  });
});
