import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type FollowUpTimes, nextLookAge } from './schedule.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const times: FollowUpTimes = { firstMs: 5 * MINUTE, unconfirmedMs: 72 * HOUR };

/** The ages at which a message is looked up that is never settled. */
function looks(schedule: FollowUpTimes, random: () => number): number[] {
  const ages: number[] = [];
  for (let age: number | null = 0; age !== null; age = nextLookAge(age, schedule, random())) ages.push(age);
  return ages.slice(1);
}

describe('looks for a message whose end nobody reported', () => {
  it('are ever further apart, and end with the age at which it counts as unconfirmed', () => {
    assert.deepEqual(
      looks(times, () => 0),
      [5 * MINUTE, 30 * MINUTE, 2 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 72 * HOUR],
    );
  });

  it('go on, each twice as late as the one before, when they begin soon and end late', () => {
    assert.deepEqual(
      looks({ firstMs: 1, unconfirmedMs: 3_000 }, () => 0),
      [1, 6, 24, 144, 288, 576, 1_152, 2_304, 3_000],
    );
  });

  it('that were missed are not made up for', () => {
    assert.equal(nextLookAge(13 * HOUR, times, 0), 24 * HOUR);
    assert.equal(nextLookAge(72 * HOUR, times, 0), null);
    assert.equal(nextLookAge(900 * HOUR, times, 0), null);
  });

  it('are few, lie ahead, come at most a tenth of the wait late, and end in time, whatever the settings', () => {
    const settings = fc
      .record({
        firstMs: fc.integer({ min: 1_000, max: 24 * HOUR }),
        more: fc.integer({ min: 0, max: 720 * HOUR }),
      })
      .map(({ firstMs, more }) => ({ firstMs, unconfirmedMs: firstMs + more }));
    const draws = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 64, maxLength: 64 });
    fc.assert(
      fc.property(settings, draws, (schedule, drawn) => {
        const ages = looks(schedule, () => drawn.pop() ?? 0);
        assert.equal(ages.at(-1), schedule.unconfirmedMs);
        assert.ok(ages.length <= 32, `${ages.length} looks`);
        for (const [index, age] of ages.entries()) {
          const before = ages[index - 1] ?? 0;
          const planned = nextLookAge(before, schedule, 0) ?? 0;
          assert.ok(age > before && age >= planned);
          assert.ok(age <= planned + (planned - before) * 0.1 + 1);
        }
      }),
    );
  });
});
