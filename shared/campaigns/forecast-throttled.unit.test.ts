import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Limit } from '#shared/throttle/rule.ts';
import { type Cohort, forecast } from './forecast.ts';
import {
  fairShares,
  isPace,
  paceInGroup,
  quotaInGroup,
  slowest,
  type ThrottledBeside,
} from './forecast-throttled.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-11-27T09:00:00Z');

const hourly: Limit = { most: 61, per: 'hour', evenly: true };
const group = (more: Partial<ThrottledBeside> = {}): ThrottledBeside => ({
  ...{ limit: hourly, used: 0, oldest: null, rivals: [] },
  ...more,
});

const anybody = (
  contacts: number,
  opening: Cohort['opening'] = (at) => ({ at, validUntil: Infinity }),
): Cohort => ({
  ...{ zone: 'UTC', contacts, from: START, opening },
});

/** When so many have it who are all of one zone, in hours from the start. */
const hoursFor = (
  contacts: number,
  beside: ThrottledBeside,
  own = 10,
  cohort = anybody(contacts),
): number => {
  const made = forecast({
    ...{ cohorts: [cohort], cap: null, startAt: START, endAt: null },
    pace: isPace(beside.limit)
      ? paceInGroup(beside, { own, startAt: START })
      : [{ from: START, perSecond: own }],
    quotas: isPace(beside.limit) ? [] : [quotaInGroup(beside, { startAt: START })],
  });
  return ((made.finishesAt ?? Infinity) - START) / HOUR;
};

describe('What throttle groups leave of a campaign', () => {
  it('is their limit, where that is less than its pace', () => {
    assert.ok(Math.abs(hoursFor(610, group()) - 610 / 60) < 0.01);
    assert.ok(Math.abs(hoursFor(36, group(), 0.01) - 1) < 0.01);
  });

  it('is its share of it beside others, and all of it once those are done', () => {
    // Both have 30 an hour; after two hours the other is done.
    const rivals = [{ contacts: 60, perSecond: 10 }];
    assert.ok(Math.abs(hoursFor(120, group({ rivals })) - 3) < 0.01);
    // Who wants less than a share leaves the rest.
    const slow = [{ contacts: 1_000, perSecond: 10 / 3_600 }];
    assert.ok(Math.abs(hoursFor(100, group({ rivals: slow })) - 2) < 0.01);
  });

  it('is what is left of a period at once, and the whole of the next, where it is not to come evenly', () => {
    const daily: Limit = { most: 200, per: 'day', evenly: false };
    const slice = 0.4;
    const used = group({ limit: daily, used: 150, oldest: START - 4 * HOUR });
    assert.ok(hoursFor(50, used) < 0.01);
    assert.ok(Math.abs(hoursFor(250, used) - (20 + slice)) < 0.01);
    assert.ok(Math.abs(hoursFor(450, used) - (44 + 2 * slice)) < 0.05);
    // In hours of a day that are fewer than the day has, none of it is lost.
    const nine = (from: number) => {
      const day = Math.floor((from - START) / DAY) * DAY + START;
      return from < day + 8 * HOUR
        ? { at: from, validUntil: day + 8 * HOUR }
        : { at: day + DAY, validUntil: day + DAY + 8 * HOUR };
    };
    assert.ok(hoursFor(600, group({ limit: daily }), 10, anybody(600, nine)) < 50);
  });

  it('is shared by the period with others, until those are done', () => {
    const daily: Limit = { most: 200, per: 'day', evenly: false };
    const rivals = [{ contacts: 100, perSecond: 10 }];
    const quota = quotaInGroup(group({ limit: daily, rivals }), { startAt: START });
    assert.deepEqual([quota.left, quota.mostOf(0), quota.mostOf(1), quota.mostOf(9)], [100, 100, 200, 200]);
  });

  it('is the slowest of all at every instant', () => {
    const paces = [
      [
        { from: 0, perSecond: 5 },
        { from: 10, perSecond: 1 },
      ],
      [
        { from: 0, perSecond: 2 },
        { from: 20, perSecond: 9 },
      ],
    ];
    assert.deepEqual(slowest(paces), [
      { from: 0, perSecond: 2 },
      { from: 10, perSecond: 1 },
      { from: 20, perSecond: 1 },
    ]);
  });

  it('never adds up to more than the limit, gives nobody more than they want, and leaves nothing that somebody wants', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1_000, noNaN: true }),
        fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 1, maxLength: 12 }),
        (most, wants) => {
          const shares = fairShares(most, wants);
          const sum = shares.reduce((all, each) => all + each, 0);
          const wanted = wants.reduce((all, each) => all + each, 0);
          assert.ok(Math.abs(sum - Math.min(most, wanted)) < 1e-6);
          const full = Math.max(...shares);
          for (const [index, share] of shares.entries()) {
            const want = wants[index] ?? 0;
            assert.ok(share <= want + 1e-9);
            // Who has less than another has all they want.
            assert.ok(share > full - 1e-6 || Math.abs(share - want) < 1e-6);
          }
        },
      ),
    );
  });
});
