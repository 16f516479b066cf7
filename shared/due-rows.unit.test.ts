import assert from 'node:assert/strict';
import { ManualClock, settle } from '#test/manual-clock.ts';
import { startDueRows } from './due-rows.ts';
import { CarillonError } from './errors.ts';
import { silentLogger } from './logger.ts';

function bench(
  batches: (() => { handled: number; nextInMs: number | null })[],
  nextInMs?: (clock: ManualClock) => Promise<number | null>,
) {
  const clock = new ManualClock(undefined, () => 0);
  const looks: number[] = [];
  const failures: unknown[] = [];
  const loop = startDueRows({
    name: 'test',
    batch: async () => {
      looks.push(clock.monotonic());
      return (batches.shift() ?? (() => ({ handled: 0, nextInMs: null })))();
    },
    ...(nextInMs ? { nextInMs: () => nextInMs(clock) } : {}),
    idleMs: 2_000,
    clock,
    logger: silentLogger,
    onFailure: (error) => failures.push(error),
  });
  return { clock, failures, looks, loop };
}

describe('The loop over due rows', () => {
  it('goes on at once while batches have rows, then looks every idle time', async () => {
    const { clock, looks, loop } = bench([() => ({ handled: 5, nextInMs: null })]);
    await settle();
    await clock.advance(4_100);
    assert.deepEqual(looks, [0, 20, 2_020, 4_020]);
    await loop.stop();
  });

  it('wakes when the next row is due, but never later than the idle time', async () => {
    const { clock, looks, loop } = bench([
      () => ({ handled: 0, nextInMs: 300 }),
      () => ({ handled: 0, nextInMs: 3_600_000 }),
    ]);
    await settle();
    await clock.advance(2_400);
    assert.deepEqual(looks, [0, 300, 2_300]);
    await loop.stop();
  });

  it('has no batch while nothing is due, and asks again when something will be, or after the idle time', async () => {
    const asked: number[] = [];
    const answers = [null, 300, 0, -5_000, 3_600_000];
    const { clock, looks, loop } = bench([() => ({ handled: 7, nextInMs: null })], async (time) => {
      asked.push(time.monotonic());
      return answers.shift() ?? null;
    });
    await settle();
    await clock.advance(2_600);
    // What is due and could not be taken is in other hands, and tried again in a moment.
    assert.deepEqual(looks, [2_300, 2_320]);
    assert.deepEqual(asked, [0, 2_000, 2_300, 2_320, 2_520]);
    await clock.advance(2_000);
    assert.deepEqual(asked.slice(5), [4_520]);
    assert.equal(looks.length, 2);
    await loop.stop();
  });

  it('waits out what passes also when it asks what is due', async () => {
    const { clock, failures, looks, loop } = bench([], async (time) => {
      if (time.monotonic() < 2_000) throw new CarillonError('unavailable', 'away');
      return 0;
    });
    await settle();
    await clock.advance(2_100);
    assert.deepEqual(looks, [2_000]);
    assert.deepEqual(failures, []);
    await loop.stop();
  });

  it('looks at once when it is told that something is due, also while it looks', async () => {
    let meanwhile = (): void => undefined;
    const { clock, looks, loop } = bench([
      () => ({ handled: 0, nextInMs: null }),
      () => {
        meanwhile();
        return { handled: 0, nextInMs: null };
      },
    ]);
    await settle();
    await clock.advance(500);
    meanwhile = () => loop.wake();
    loop.wake();
    await settle();
    assert.deepEqual(looks, [0, 500, 500]);
    await loop.stop();
  });

  it('looks at once when business time jumps, also while it looks', async () => {
    let jump = (): void => undefined;
    const { clock, looks, loop } = bench([
      () => ({ handled: 0, nextInMs: 3_600_000 }),
      () => {
        jump();
        return { handled: 0, nextInMs: 3_600_000 };
      },
    ]);
    await settle();
    await clock.advance(500);
    jump = () => clock.skip(1);
    clock.skip(3_600_000);
    await settle();
    assert.deepEqual(looks, [0, 500, 500]);
    await clock.advance(1_999);
    assert.deepEqual(looks, [0, 500, 500]);
    await loop.stop();
  });

  it('waits out what passes, and reports what does not', async () => {
    const { clock, failures, looks } = bench([
      () => {
        throw new CarillonError('unavailable', 'away');
      },
      () => {
        throw new Error('a fault of ours');
      },
    ]);
    await settle();
    await clock.advance(10_000);
    assert.deepEqual(looks, [0, 2_000]);
    assert.equal(failures.length, 1);
  });

  it('looks no more after it was stopped', async () => {
    const { clock, looks, loop } = bench([]);
    await settle();
    await loop.stop();
    await clock.advance(10_000);
    assert.deepEqual(looks, [0]);
  });
});
