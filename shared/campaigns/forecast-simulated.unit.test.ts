import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '#test/properties/runs.ts';
import { forecast, type PaceStep } from './forecast.ts';
import type { DailyCap } from './quota.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;
const START = Date.parse('2026-11-26T00:00:00Z');
/** Messages: less is what division leaves behind, here and in the forecast. */
const CRUMB = 1e-6;

/** People who may be written to each day from one hour to another, not before an instant. */
interface People {
  contacts: number;
  from: number;
  opens: number;
  closes: number;
}

interface Given {
  people: readonly People[];
  pace: readonly PaceStep[];
  cap: DailyCap | null;
}

interface Went {
  startsAt: number;
  finishesAt: number;
}

/** The first hour from one on in which they may be written to. */
function openFrom({ closes, from, opens }: People, hour: number): number {
  for (let at = hour; ; at += HOUR) {
    const ofDay = (at % DAY) / HOUR;
    if (at >= from && ofDay >= opens && ofDay < closes) return at;
  }
}

/**
 * The same campaign hour by hour, as the dispatcher does it (take-due.ts, dispatch.ts): while its numbers may send, it looks at those
 * who have been due for longest. Who of them may not be written to is due again when they may; to the others goes what the pace brings,
 * to all who became due together in equal parts. Windows, days of numbers and paces begin and end with an hour, so within one
 * nothing changes but who is left, and no message has to be cut or rounded. Returns when the first and the last of each group went.
 */
function simulated({ cap, pace, people }: Given): Went[] {
  const groups = people.map((each) => ({
    ...{ each, left: each.contacts, due: START },
    ...{ startsAt: Infinity, finishesAt: -Infinity },
  }));
  let left = cap?.left ?? Infinity;
  let dayEnds = cap?.dayEnds ?? Infinity;
  for (let hour = START; groups.some((group) => group.left > 0); hour += HOUR) {
    if (dayEnds === hour) {
      left = cap?.perDay ?? Infinity;
      dayEnds += DAY;
    }
    const brings = (pace.findLast(({ from }) => from <= hour)?.perSecond ?? 0) * 3_600;
    for (let brought = brings; brought >= CRUMB && left >= CRUMB; ) {
      const due = Math.min(...groups.filter((group) => group.left > 0).map((group) => group.due));
      if (due > hour) break;
      const first = groups.filter((group) => group.left > 0 && group.due === due);
      const closed = first.filter(({ each }) => openFrom(each, hour) > hour);
      for (const group of closed) group.due = openFrom(group.each, hour);
      if (closed.length > 0) continue;
      const all = first.reduce((sum, group) => sum + group.left, 0);
      const go = Math.min(all, brought, left);
      const at = (left: number): number => hour + (1 - left / brings) * HOUR;
      for (const group of first) {
        const rest = group.left - (go * group.left) / all;
        group.left = rest < CRUMB ? 0 : rest;
        group.startsAt = Math.min(group.startsAt, at(brought));
        group.finishesAt = at(brought - go);
      }
      brought -= go;
      left -= go;
    }
  }
  return groups.map(({ finishesAt, startsAt }) => ({ startsAt, finishesAt }));
}

const forecasted = ({ cap, pace, people }: Given): Went[] => {
  const { unreached, zones } = forecast({
    cohorts: people.map((each, n) => ({
      zone: `${n}`,
      contacts: each.contacts,
      from: each.from,
      opening: (from) => {
        const midnight = Math.floor(from / DAY) * DAY;
        for (const day of [midnight, midnight + DAY]) {
          const [opens, closes] = [day + each.opens * HOUR, day + each.closes * HOUR];
          if (from < closes) return { at: Math.max(from, opens), validUntil: closes };
        }
        return null;
      },
    })),
    pace,
    cap,
    startAt: START,
    endAt: null,
  });
  assert.equal(unreached, 0);
  return zones.map(({ finishesAt, startsAt }) => {
    assert.ok(startsAt !== null && finishesAt !== null);
    return { startsAt, finishesAt };
  });
};

const anyPeople = fc
  .record({
    contacts: fc.integer({ min: 8, max: 80 }),
    delayHours: fc.integer({ min: 0, max: 40 }),
    opens: fc.integer({ min: 0, max: 20 }),
    hours: fc.integer({ min: 2, max: 14 }),
  })
  .map(
    ({ contacts, delayHours, hours, opens }): People => ({
      contacts,
      from: START + delayHours * HOUR,
      opens,
      closes: Math.min(24, opens + hours),
    }),
  );
/**
 * From one message in twenty minutes to one in twenty seconds. Of so many an hour a group, a day of the numbers and a window often
 * end together.
 */
const anyRate = fc.oneof(
  fc.double({ min: 1 / 1_200, max: 1 / 20, noNaN: true }),
  fc.integer({ min: 3, max: 180 }).map((hourly) => hourly / 3_600),
);
const anyPace = fc
  .tuple(anyRate, fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), anyRate), { maxLength: 2 }))
  .map(([first, later]): PaceStep[] => [
    { from: START, perSecond: first },
    ...later
      .map(([hours, perSecond]) => ({ from: START + hours * HOUR, perSecond }))
      .sort((a, b) => a.from - b.from),
  ]);
const anyCap = fc.option(
  fc.record({
    perDay: fc.integer({ min: 30, max: 200 }),
    left: fc.integer({ min: 0, max: 200 }),
    dayEnds: fc.integer({ min: 1, max: 24 }).map((hours) => START + hours * HOUR),
  }),
);

/**
 * The numbers may send again at 16:00. Two groups whose windows have closed and opened since were there before, and keep their
 * places.
 */
const WAITED_FOR_NUMBERS: [People[], PaceStep[], DailyCap] = [
  [
    { contacts: 28, from: START + 13 * HOUR, opens: 10, closes: 17 },
    { contacts: 39, from: START, opens: 9, closes: 16 },
    { contacts: 51, from: START, opens: 12, closes: 19 },
  ],
  [
    { from: START, perSecond: 0.008_333_333_333_615_904 },
    { from: START + 41 * HOUR, perSecond: 1 / 1_200 },
  ],
  { perDay: 30, left: 0, dayEnds: START + 16 * HOUR },
];

describe('The forecast of a campaign against a simulation of every hour', () => {
  it('begins and ends with each group when that does, for any windows, caps and paces', () => {
    fc.assert(
      fc.property(
        fc.array(anyPeople, { minLength: 1, maxLength: 4 }),
        anyPace,
        anyCap,
        (people, pace, cap) => {
          const given = { people, pace, cap };
          const [found, expected] = [forecasted(given), simulated(given)];
          const late = expected.flatMap(({ finishesAt, startsAt }, group) => [
            (found[group]?.startsAt ?? 0) - startsAt,
            (found[group]?.finishesAt ?? 0) - finishesAt,
          ]);
          assert.ok(
            late.every((each) => Math.abs(each) <= SECOND),
            `groups begin and end later than by the simulation, in ms: ${late.join(', ')}`,
          );
        },
      ),
      { numRuns: runs(1_000), examples: [WAITED_FOR_NUMBERS] },
    );
  });
});
