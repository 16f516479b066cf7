import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type DailyCap, forecast, type PaceStep } from './forecast.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-11-26T00:00:00Z');
/** Of the simulation, in ms. */
const TICK = 20_000;
/**
 * Into how many parts a message is cut there. Whole ones would round a window up or down, the same way every day where their
 * number in a day is nearly whole.
 */
const PARTS = 8;

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

/** The opening that an instant lies in, of the day that it belongs to; null: none. */
function openingAt({ closes, from, opens }: People, now: number): { due: number } | null {
  const midnight = Math.floor(now / DAY) * DAY;
  const isOpen = now >= from && now >= midnight + opens * HOUR && now < midnight + closes * HOUR;
  return isOpen ? { due: Math.max(from, START, midnight + opens * HOUR) } : null;
}

/**
 * The same campaign message by message, as plainly as can be: at every tick the pace brings some parts of messages, each of
 * which goes to somebody who may be written to and has been due for longest. Among those who became due together it goes to
 * whose group has most of itself left, which is how an order by chance comes out. Returns when the last has gone.
 */
function simulated({ cap, pace, people }: Given): number {
  const groups = people.map((each) => ({ each, left: each.contacts * PARTS, due: -1, base: 0 }));
  let left = (cap?.left ?? Infinity) * PARTS;
  let dayEnds = cap?.dayEnds ?? Infinity;
  let credit = 0;
  let finishedAt = START;
  for (let now = START; groups.some((group) => group.left > 0); now += TICK) {
    while (dayEnds <= now) {
      left = (cap?.perDay ?? Infinity) * PARTS;
      dayEnds += DAY;
    }
    const open = groups.filter((group) => {
      const opening = openingAt(group.each, now);
      if (opening !== null && opening.due !== group.due)
        Object.assign(group, { ...opening, base: group.left });
      return opening !== null;
    });
    const mayGo = () => open.filter((group) => group.left > 0 && left > 0);
    if (mayGo().length === 0) {
      // Windows, days and paces begin and end with an hour.
      now += HOUR - (now % HOUR) - TICK;
      continue;
    }
    credit += ((pace.findLast(({ from }) => from <= now)?.perSecond ?? 0) * PARTS * TICK) / 1_000;
    for (; credit >= 1 && mayGo().length > 0; credit -= 1) {
      const going = mayGo();
      const first = Math.min(...going.map(({ due }) => due));
      const next = going
        .filter(({ due }) => due === first)
        .reduce((most, group) => (group.left / group.base > most.left / most.base ? group : most));
      next.left -= 1;
      left -= 1;
      finishedAt = now + TICK;
    }
    // Nobody is there for what is left over.
    credit = Math.min(credit, 1);
  }
  return finishedAt;
}

const forecasted = ({ cap, pace, people }: Given): number => {
  const { finishesAt, unreached } = forecast({
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
  assert.ok(finishesAt !== null && unreached === 0);
  return finishesAt;
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
/** From one message in twenty minutes to one a tick. */
const anyRate = fc.double({ min: 1 / 1_200, max: 1_000 / TICK, noNaN: true });
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
 * Where a window or a day cuts a group short, a little more of it is left over there than the forecast has, or less, and a whole
 * day may hang on that. So the forecast is held against all of these: a few people of each group more or less, and a message
 * of the cap.
 */
const nearby = ({ cap, pace, people }: Given): Given[] =>
  [-3, 0, 3].flatMap((more) =>
    (cap === null ? [0] : [-1, 0, 1]).map((messages) => ({
      pace,
      people: people.map((each) => ({ ...each, contacts: each.contacts + more })),
      cap: cap === null ? null : { ...cap, perDay: cap.perDay + messages, left: cap.left + messages },
    })),
  );

describe('The forecast of a campaign against a simulation of every message', () => {
  it('ends when that does, give or take three people of each group, a message of the cap and the time of one, for any windows, caps and paces', () => {
    let exact = 0;
    let all = 0;
    fc.assert(
      fc.property(
        fc.array(anyPeople, { minLength: 1, maxLength: 4 }),
        anyPace,
        anyCap,
        (people, pace, cap) => {
          const given = { people, pace, cap };
          const found = forecasted(given);
          const message = 1_000 / Math.min(...pace.map(({ perSecond }) => perSecond)) + 2 * TICK;
          const ends = nearby(given).map(simulated);
          const [earliest, latest] = [Math.min(...ends) - message, Math.max(...ends) + message];
          const hours = (at: number): string => ((at - START) / HOUR).toFixed(2);
          assert.ok(
            found >= earliest && found <= latest,
            `${hours(found)} h, and by the simulation between ${hours(earliest)} h and ${hours(latest)} h`,
          );
          all += 1;
          exact += Math.abs(found - simulated(given)) <= message ? 1 : 0;
        },
      ),
      { numRuns: 100 },
    );
    assert.ok(exact > 0.9 * all, `only ${exact} of ${all} were right to a message`);
  });
});
