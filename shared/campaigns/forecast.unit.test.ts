import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Cohort, forecast, paceBeside, slotFreeAt } from './forecast.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-11-26T00:00:00Z');

/** Open each day from one hour to another, UTC. */
const daily =
  (from: number, to: number): Cohort['opening'] =>
  (at) => {
    const midnight = Math.floor(at / DAY) * DAY;
    for (const day of [midnight, midnight + DAY]) {
      const [opens, closes] = [day + from * HOUR, day + to * HOUR];
      if (at < closes) return { at: Math.max(at, opens), validUntil: closes };
    }
    return null;
  };
const always: Cohort['opening'] = (at) => ({ at, validUntil: Number.MAX_SAFE_INTEGER });
const at = (iso: string): number => Date.parse(`2026-11-${iso}Z`);
const steady = (perSecond: number) => [{ from: START, perSecond }];

describe('The forecast of a campaign', () => {
  it('is its audience by its pace, where people may always be written to', () => {
    const cohorts = [{ zone: 'A', contacts: 3_600, from: START, opening: always }];
    assert.deepEqual(forecast({ cohorts, pace: steady(1), startAt: START, endAt: null, cap: null }), {
      zones: [
        {
          zone: 'A',
          contacts: 3_600,
          reached: 3_600,
          unreached: 0,
          startsAt: START,
          finishesAt: START + HOUR,
          curve: [
            { at: START, reached: 0 },
            { at: START + HOUR, reached: 3_600 },
          ],
        },
      ],
      reached: 3_600,
      unreached: 0,
      finishesAt: START + HOUR,
    });
  });

  it('waits after a slice of its audience, and grows its pace then', () => {
    const cohorts = [{ zone: 'A', contacts: 3_700, from: START, opening: always }];
    const of = (rampMs: number) =>
      forecast({
        ...{ cohorts, pace: steady(1), startAt: START, endAt: null, cap: null },
        stops: [{ after: 100, waitMs: HOUR, rampMs }],
      }).finishesAt;
    assert.equal(of(0), START + 2 * HOUR + 100_000);
    // Of a ramp of an hour half of the messages go, and a little more because it does not begin at nothing.
    const grown = (of(HOUR) ?? 0) - START - 100_000 - 2 * HOUR;
    assert.ok(grown > 0.48 * HOUR && grown < 0.5 * HOUR, `${grown / HOUR} hours more`);
  });

  it('ends where its budget does', () => {
    const cohorts = ['A', 'B'].map((zone) => ({ zone, contacts: 100, from: START, opening: always }));
    const { finishesAt, reached, unreached } = forecast({
      ...{ cohorts, pace: steady(1), startAt: START, endAt: null, cap: null },
      most: 120,
    });
    assert.deepEqual([reached, unreached, finishesAt], [120, 80, START + 120_000]);
  });

  it('waits for windows, serves first whose window opened first, and goes on the next day', () => {
    const cohorts = [
      { zone: 'East', contacts: 3 * 3_600, from: START, opening: daily(13, 15) },
      { zone: 'West', contacts: 3_600, from: START, opening: daily(14, 16) },
    ];
    const { finishesAt, zones } = forecast({
      cohorts,
      pace: steady(1),
      startAt: START,
      endAt: null,
      cap: null,
    });
    assert.deepEqual(
      zones.map(({ startsAt, finishesAt: ends }) => [startsAt, ends]),
      [
        [at('26T13:00:00'), at('27T14:00:00')],
        [at('26T15:00:00'), at('26T16:00:00')],
      ],
    );
    assert.equal(finishesAt, at('27T14:00:00'));
  });

  it('says whom it does not reach before its end, and to whom no time is allowed', () => {
    const cohorts = [
      { zone: 'A', contacts: 100, from: START, opening: always },
      { zone: 'B', contacts: 7, from: START, opening: () => null },
    ];
    const { reached, unreached, zones } = forecast({
      cohorts,
      pace: steady(1),
      cap: null,
      startAt: START,
      endAt: START + 60_000,
    });
    assert.deepEqual([reached, unreached], [60, 47]);
    assert.deepEqual([zones[1]?.reached, zones[1]?.finishesAt], [0, null]);
  });

  it('keeps to the time of people who may be written to later', () => {
    const cohorts = [{ zone: 'A', contacts: 1, from: START + 5 * HOUR, opening: always }];
    const { zones } = forecast({ cohorts, pace: steady(10), startAt: START, endAt: null, cap: null });
    assert.equal(zones[0]?.startsAt, START + 5 * HOUR);
  });

  it('goes by a pace that changes', () => {
    const cohorts = [{ zone: 'A', contacts: 150, from: START, opening: always }];
    const pace = [
      { from: START, perSecond: 1 },
      { from: START + 100_000, perSecond: 10 },
    ];
    assert.equal(
      forecast({ cohorts, pace, startAt: START, endAt: null, cap: null }).finishesAt,
      START + 105_000,
    );
  });

  it('goes on the next day when its numbers may not send more', () => {
    const cohorts = [{ zone: 'A', contacts: 250, from: START, opening: daily(9, 17) }];
    const cap = { perDay: 100, left: 30, dayEnds: at('26T08:00:00') };
    const { finishesAt } = forecast({ cohorts, pace: steady(1), startAt: START, endAt: null, cap });
    // What is left of the first day is gone before its windows open.
    assert.equal(finishesAt, at('28T09:00:50'));
  });

  it('never takes more of a day than its numbers may send', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50_000 }),
        fc.integer({ min: 100, max: 5_000 }),
        fc.integer({ min: 0, max: 100 }),
        fc.double({ min: 0.5, max: 500, noNaN: true }),
        (contacts, perDay, left, perSecond) => {
          const dayEnds = START + 8 * HOUR;
          const { finishesAt, reached } = forecast({
            cohorts: [{ zone: 'A', contacts, from: START, opening: always }],
            pace: steady(perSecond),
            startAt: START,
            endAt: null,
            cap: { perDay, left, dayEnds },
          });
          const days = finishesAt === null ? 0 : Math.ceil((finishesAt - dayEnds) / DAY);
          assert.ok(reached <= left + Math.max(0, days) * perDay + 1e-3);
        },
      ),
    );
  });

  it('is not earlier than audience by pace, not outside windows, and adds up, for any audience', () => {
    const cohort = fc.record({
      zone: fc.constantFrom('A', 'B', 'C'),
      contacts: fc.integer({ min: 1, max: 300_000 }),
      delay: fc.integer({ min: 0, max: 40 }),
      opens: fc.integer({ min: 0, max: 22 }),
      hours: fc.integer({ min: 1, max: 12 }),
    });
    fc.assert(
      fc.property(
        fc.array(cohort, { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0.5, max: 500, noNaN: true }),
        fc.option(fc.integer({ min: 1, max: 200 })),
        (given, perSecond, endHours) => {
          const cohorts = given.map(({ contacts, delay, hours, opens, zone }) => ({
            // Windows of a zone are one cohort's, so that its times can be held against them.
            zone: `${zone} ${opens} ${hours} ${delay}`,
            contacts,
            from: START + delay * HOUR,
            opening: daily(opens, Math.min(24, opens + hours)),
          }));
          const endAt = endHours === null ? null : START + endHours * HOUR;
          const found = forecast({ cohorts, pace: steady(perSecond), startAt: START, endAt, cap: null });
          const asked = cohorts.reduce((sum, { contacts }) => sum + contacts, 0);
          assert.equal(found.reached + found.unreached, asked);
          assert.equal(
            found.zones.reduce((sum, zone) => sum + zone.reached, 0),
            found.reached,
          );
          if (found.finishesAt !== null) {
            assert.ok(found.finishesAt + 1 >= START + (found.reached / perSecond) * 1_000);
            assert.ok(endAt === null || found.finishesAt <= endAt);
          }
          for (const { contacts, curve, finishesAt, reached, startsAt, zone } of found.zones) {
            for (const [index, point] of curve.entries()) {
              const before = curve[index - 1];
              assert.ok(point.reached <= contacts + 1e-6);
              assert.ok(before === undefined || (point.at > before.at && point.reached >= before.reached));
            }
            assert.ok(Math.abs((curve.at(-1)?.reached ?? 0) - reached) <= 1);
            assert.equal(curve[0]?.at ?? null, startsAt);
            const cohorted = cohorts.filter((each) => each.zone === zone);
            assert.equal(finishesAt === null, reached === 0);
            if (startsAt === null || finishesAt === null) continue;
            for (const { from, opening } of cohorted) {
              assert.ok(startsAt >= from);
              assert.equal(opening(startsAt)?.at, startsAt);
              // The last one goes just before.
              const open = opening(finishesAt - 1);
              assert.ok(open !== null && open.at <= finishesAt - 1 && finishesAt <= open.validUntil);
            }
          }
        },
      ),
    );
  });

  it('is not earlier for a slower pace, nor for a larger audience', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.double({ min: 1, max: 100, noNaN: true }),
        fc.double({ min: 1, max: 5, noNaN: true }),
        (contacts, more, perSecond, factor) => {
          const ends = (people: number, rate: number): number =>
            forecast({
              cohorts: [{ zone: 'A', contacts: people, from: START, opening: daily(9, 17) }],
              pace: steady(rate),
              cap: null,
              startAt: START,
              endAt: null,
            }).finishesAt ?? Infinity;
          const usual = ends(contacts, perSecond);
          assert.ok(ends(contacts + more, perSecond) >= usual);
          assert.ok(ends(contacts, perSecond / factor) >= usual);
        },
      ),
    );
  });
});

describe('A pace beside other campaigns', () => {
  it('is its own where nothing holds them all, or all have room', () => {
    const rivals = [{ contacts: 100, perSecond: 10 }];
    assert.deepEqual(paceBeside({ own: 5, capacity: null, rivals, startAt: START }), [
      { from: START, perSecond: 5 },
    ]);
    assert.deepEqual(
      paceBeside({ own: 5, capacity: 15, rivals, startAt: START }).map(({ perSecond }) => perSecond),
      [5, 5],
    );
  });

  it('is its share while others go on, and its own when they are done', () => {
    const rivals = [{ contacts: 100, perSecond: 10 }];
    assert.deepEqual(paceBeside({ own: 10, capacity: 10, rivals, startAt: START }), [
      { from: START, perSecond: 5 },
      { from: START + 20_000, perSecond: 10 },
    ]);
  });

  it('never adds up to more than there is room for', () => {
    const rival = fc.record({
      contacts: fc.integer({ min: 0, max: 10_000 }),
      perSecond: fc.double({ min: 0, max: 100, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(rival, { maxLength: 5 }),
        fc.double({ min: 1, max: 100, noNaN: true }),
        fc.double({ min: 1, max: 100, noNaN: true }),
        (rivals, own, capacity) => {
          const steps = paceBeside({ own, capacity, rivals, startAt: START });
          for (const [index, { from, perSecond }] of steps.entries()) {
            assert.ok(perSecond > 0 && perSecond <= Math.min(own, capacity) + 1e-9);
            const before = steps[index - 1];
            assert.ok(before === undefined || (from >= before.from && perSecond >= before.perSecond - 1e-9));
          }
          assert.equal(steps.at(-1)?.perSecond, Math.min(own, own * (capacity / own)));
        },
      ),
    );
  });
});

describe('A slot of the pool', () => {
  it('is free at once, or when enough of those before it can be done', () => {
    const ahead = [
      { contacts: 100, perSecond: 10 },
      { contacts: 50, perSecond: 10 },
    ];
    assert.equal(slotFreeAt({ slots: 3, now: START, ahead }), START);
    assert.equal(slotFreeAt({ slots: 2, now: START, ahead }), START + 5_000);
    assert.equal(slotFreeAt({ slots: 1, now: START, ahead }), START + 10_000);
    const paused = { contacts: 100, perSecond: 0 };
    assert.equal(slotFreeAt({ slots: 1, now: START, ahead: [paused] }), null);
  });
});
