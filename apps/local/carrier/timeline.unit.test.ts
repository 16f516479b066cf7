import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ManualClock, settle } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { createTimeline } from './timeline.ts';

describe('the timeline', () => {
  it('runs every task once, in order of time and then of scheduling, and none too early', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ in: fc.nat({ max: 1_000 }), nested: fc.nat({ max: 100 }) }), { maxLength: 60 }),
        async (tasks) => {
          const clock = new ManualClock();
          const start = clock.now().getTime();
          const ran: { at: number; now: number }[] = [];
          const timeline = createTimeline(clock, () => undefined);
          const plan = (at: number, then: () => void): void =>
            timeline.schedule(at, () => {
              ran.push({ at, now: clock.now().getTime() });
              then();
            });
          for (const task of tasks) {
            // Every task plans another one while it runs, which may be due before tasks that already wait.
            plan(start + task.in, () => plan(clock.now().getTime() + task.nested, () => undefined));
          }
          await clock.advance(2_000);
          timeline.stop();
          assert.equal(ran.length, tasks.length * 2);
          assert.ok(ran.every(({ at, now }) => now >= at));
          const late = ran.filter(({ at, now }) => now - at > 4);
          assert.deepEqual(late, []);
        },
      ),
      { numRuns: runs(30) },
    );
  });

  it('keeps the order of tasks for the same instant', async () => {
    const clock = new ManualClock();
    const ran: number[] = [];
    const timeline = createTimeline(clock, () => undefined);
    const at = clock.now().getTime() + 50;
    for (let i = 0; i < 20; i += 1) timeline.schedule(at, () => ran.push(i));
    await clock.advance(60);
    assert.deepEqual(ran, [...Array(20).keys()]);
  });

  it('runs what became due when business time is skipped', async () => {
    const clock = new ManualClock();
    let ran = false;
    let empty = false;
    const timeline = createTimeline(clock, () => {
      empty = true;
    });
    timeline.schedule(clock.now().getTime() + 3_600_000, () => {
      ran = true;
    });
    await clock.advance(1_000);
    assert.equal(ran, false);
    clock.skip(3_600_000);
    timeline.wake();
    await settle();
    await clock.advance(10);
    assert.deepEqual([ran, empty], [true, true]);
  });

  it('runs nothing after it has stopped', async () => {
    const clock = new ManualClock();
    let ran = false;
    const timeline = createTimeline(clock, () => undefined);
    timeline.schedule(clock.now().getTime() + 10, () => {
      ran = true;
    });
    timeline.stop();
    await clock.advance(100);
    assert.equal(ran, false);
    assert.equal(clock.sleeping, 0);
  });
});
