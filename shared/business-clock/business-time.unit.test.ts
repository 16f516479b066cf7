import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ManualClock, settle } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { BusinessTime } from './business-time.ts';
import { behind, type Instance, type Jump, LIVE_MS } from './jump.ts';

const START = Date.parse('2026-03-02T15:00:00Z');
const jumpIn = (ms: number, offsetMs: number, previousMs = 0): Jump => ({
  previousMs,
  offsetMs,
  jumpsAt: START + ms,
});

describe('Business time', () => {
  it('jumps at the instant of the jump, not when it is told, and says so then', async () => {
    const machine = new ManualClock(new Date(START));
    const time = new BusinessTime(machine);
    const said: number[] = [];
    time.onJump(() => said.push(machine.monotonic()));
    time.take(jumpIn(200, 60_000));
    assert.deepEqual([time.offsetMs(), time.isInForce], [0, false]);
    await machine.advance(199);
    assert.deepEqual([time.offsetMs(), said], [0, []]);
    await machine.advance(1);
    assert.deepEqual([time.offsetMs(), time.isInForce, said], [60_000, true, [200]]);
  });

  it('jumps at once when it is told late, and not again when it is told again', async () => {
    const machine = new ManualClock(new Date(START));
    const time = new BusinessTime(machine);
    let jumps = 0;
    const forget = time.onJump(() => {
      jumps += 1;
    });
    await machine.advance(1_000);
    time.take(jumpIn(200, 60_000));
    time.take(jumpIn(200, 60_000));
    await settle();
    assert.deepEqual([time.offsetMs(), jumps], [60_000, 1]);
    forget();
    time.take(jumpIn(300, 90_000, 60_000));
    await settle();
    assert.deepEqual([time.offsetMs(), jumps], [90_000, 1]);
  });

  it('goes on as it was left, without a jump', async () => {
    const machine = new ManualClock(new Date(START));
    const time = new BusinessTime(machine, jumpIn(-5_000, 60_000));
    time.onJump(() => assert.fail('nothing jumped'));
    await settle();
    assert.equal(time.offsetMs(), 60_000);
  });

  it('announces nothing and waits for nothing once it is closed, and still has the time', async () => {
    const machine = new ManualClock(new Date(START));
    const time = new BusinessTime(machine);
    time.onJump(() => assert.fail('it is closed'));
    time.take(jumpIn(200, 60_000));
    await settle();
    time.close();
    await settle();
    assert.equal(machine.sleeping, 0);
    await machine.advance(200);
    assert.equal(time.offsetMs(), 60_000);
  });

  /** Skips, each decided after the one before is in force, and how its news reach one process: late, twice, never. */
  const skips = fc.array(
    fc.record({ furtherMs: fc.integer({ min: 1, max: 100_000 }), leadMs: fc.integer({ min: 1, max: 300 }) }),
    { minLength: 1, maxLength: 6 },
  );
  const news = fc.array(fc.record({ of: fc.nat({ max: 5 }), afterMs: fc.integer({ min: 0, max: 900 }) }), {
    maxLength: 14,
  });

  it('never goes back, and is the same in all processes that heard before the jump, whatever the order of news', async () => {
    await fc.assert(
      fc.asyncProperty(skips, fc.array(news, { minLength: 2, maxLength: 4 }), async (decided, heard) => {
        const machine = new ManualClock(new Date(START));
        const jumps: Jump[] = [];
        let [at, offset] = [0, 0];
        for (const { furtherMs, leadMs } of decided) {
          jumps.push(jumpIn(at + leadMs, offset + furtherMs, offset));
          at += leadMs;
          offset += furtherMs;
        }
        const processes = heard.map((each) => ({ time: new BusinessTime(machine), news: each, last: 0 }));
        for (let ms = 0; ms <= 1_000; ms += 25) {
          for (const one of processes) {
            for (const { of, afterMs } of one.news) {
              const jump = jumps[of];
              // Nobody hears of a jump before the one before it is in force: that is when it is decided.
              const from = of === 0 ? 0 : (jumps[of - 1]?.jumpsAt ?? START) - START;
              if (jump && ms - 25 < from + afterMs && from + afterMs <= ms) one.time.take(jump);
            }
            const now = one.time.offsetMs();
            assert.ok(now >= one.last);
            one.last = now;
          }
          const known = Map.groupBy(processes, ({ time }) => time.jump.offsetMs);
          for (const same of known.values()) assert.equal(new Set(same.map(({ last }) => last)).size, 1);
          await machine.advance(25);
        }
        for (const one of processes) {
          for (const jump of jumps) one.time.take(jump);
          await machine.advance(2_000);
          assert.equal(one.time.offsetMs(), offset);
        }
      }),
      { numRuns: runs(40) },
    );
  });
});

describe('A step of the clock waits', () => {
  const one: Instance = { instance: 'log-1', pid: 7, version: 3, silentMs: 10 };
  const table: [what: string, instance: Instance, gone: boolean, waits: boolean][] = [
    ['for who lives and is behind', one, false, true],
    ['not for who follows', { ...one, version: 4 }, false, false],
    ['not for a process that is gone', one, true, false],
    ['not for one that has long been silent', { ...one, silentMs: LIVE_MS }, false, false],
  ];
  for (const [what, instance, gone, waits] of table) {
    it(what, () => {
      assert.deepEqual(
        behind([instance], 4, () => gone),
        waits ? [instance] : [],
      );
    });
  }
});
