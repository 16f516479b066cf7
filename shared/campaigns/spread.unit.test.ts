import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '#test/properties/runs.ts';
import { allowance, broughtSince, lookAgainMs, usedUpTo, withoutRest } from './pace.ts';
import { spreadRate } from './spread.ts';
import { turnsOf } from './turns.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-11-26T00:00:00Z');
/** What a task that was busy for a moment makes up for, in ms. */
const MADE_UP = 15_000;

/** People in a place: of them `nobody` get nothing, whatever the hour. */
interface People {
  contacts: number;
  nobody: number;
  opens: number;
  hours: number;
}

interface Given {
  people: readonly People[];
  minutes: number;
  /** Messages a second that its numbers send. */
  senders: number;
  /** From and until when it is paused, in ms from its start. */
  pause: { from: number; ms: number };
  /** By how much looks come late, in ms, in turn. */
  late: readonly number[];
  /** By which the order is drawn in which they wait, in turn. */
  chance: readonly number[];
}

const isOpen = ({ hours, opens }: People, now: number): boolean => {
  const ofDay = now % DAY;
  return ofDay >= opens * HOUR && ofDay < (opens + hours) * HOUR;
};

/**
 * A campaign look by look, as the orchestrator leads it: all it knows from one look to the next is what stands in its row. Returns
 * the turns that it took and the messages, each with the time that had passed by then in which somebody could be written to, and
 * with how often the pace had gone on while nobody could.
 */
function led({ chance, late, minutes, pause, people, senders }: Given) {
  const contacts = people.reduce((sum, each) => sum + each.contacts, 0);
  const turnRate = spreadRate(contacts, minutes);
  const rate = Math.min(turnRate, senders);
  // In an order by chance, which is the same for the same chance.
  const queue = people
    .flatMap((each) =>
      Array.from({ length: each.contacts }, (_, index) => ({ each, isNobody: index < each.nobody })),
    )
    .map((person, index) => ({ ...person, place: chance[index % chance.length] ?? 0 }))
    .sort((one, other) => one.place - other.place)
    .map((person, rank) => ({ ...person, rank }));
  const messages: { open: number; refreshed: number }[] = [];
  const ranks: number[] = [];
  let row: { pacedAt: Date; restedAt: Date | null } = { pacedAt: new Date(START), restedAt: null };
  let [now, open, passed, looks, closings] = [START, 0, 0, 0, 0];
  // How often everybody else waited for their hours while somebody had a turn who gets nothing: the pace went on then.
  let [refreshed, isRefreshing] = [0, false];
  const someOpenAt = (at: number): boolean =>
    queue.some(({ each, isNobody }) => !isNobody && isOpen(each, at));
  while (queue.length > 0) {
    const at = new Date(now);
    const pacedAt = withoutRest(row.pacedAt, row.restedAt, at);
    const { count, from, looked } = allowance({
      ...{ rate, ahead: null, isSpread: true, pacedAt, now: at },
      queued: 0,
      batchSize: 500,
    });
    const used = { planned: 0, passed: 0 };
    const turns = turnsOf({ sms: broughtSince(from, at, turnRate), voice: null });
    // Whoever gets nothing is found among the others, as they come; others are held until their hours.
    const due = queue.filter(({ each, isNobody }) => isNobody || isOpen(each, now)).slice(0, looked);
    const gone = new Set<(typeof queue)[number]>();
    for (const person of due) {
      if (person.isNobody) {
        if (!turns.take('sms')) continue;
        used.passed += 1;
      } else if (used.planned >= count || !turns.has('sms')) {
        turns.stop('sms');
        continue;
      } else {
        turns.take('sms');
        used.planned += 1;
        messages.push({ open, refreshed });
        ranks.push(person.rank);
      }
      gone.add(person);
    }
    queue.splice(0, queue.length, ...queue.filter((person) => !gone.has(person)));
    passed += used.passed;
    const someWait = gone.size < due.length || due.length >= looked;
    const waits = someOpenAt(now);
    if (!waits && someWait && !isRefreshing) refreshed += 1;
    isRefreshing = !waits && (isRefreshing || someWait);
    row = {
      pacedAt: usedUpTo(from, used, { isSpread: true, rate, turnRate }),
      restedAt: someWait ? null : at,
    };
    const lateBy = late[looks % late.length] ?? 0;
    looks += 1;
    let next = now + (someWait ? lookAgainMs(rate) + lateBy : 60_000 - (now % 60_000));
    const isPaused = next >= START + pause.from && next < START + pause.from + pause.ms;
    // What is paused is not looked at; the time is none of what it is spread over, nor made up for.
    if (isPaused) next = START + pause.from + pause.ms;
    else if (waits) open += next - now;
    if (waits && !someOpenAt(next)) closings += 1;
    now = next;
  }
  return { messages, ranks, open, passed, turnRate, rate, closings };
}

const anyPeople = fc
  .record({
    contacts: fc.integer({ min: 1, max: 60 }),
    part: fc.integer({ min: 0, max: 100 }),
    opens: fc.integer({ min: 0, max: 20 }),
    hours: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ contacts, part, ...hours }): People => {
    return { contacts, nobody: Math.floor((contacts * part) / 100), ...hours };
  });

const anyGiven = (senders: fc.Arbitrary<number>): fc.Arbitrary<Given> =>
  fc.record({
    people: fc.array(anyPeople, { minLength: 1, maxLength: 3 }),
    minutes: fc.integer({ min: 1, max: 900 }),
    senders,
    pause: fc.record({ from: fc.integer({ min: 0, max: DAY }), ms: fc.integer({ min: 1, max: 5 * HOUR }) }),
    late: fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 5 }),
    chance: fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 20, maxLength: 200 }),
  });

/** Somebody who gets nothing has a turn between the hours of the first and those of the others, which a pause begins. */
const TURNS_OF_NOBODY: Given = {
  people: [
    { contacts: 1, nobody: 0, opens: 0, hours: 1 },
    { contacts: 34, nobody: 2, opens: 1, hours: 1 },
  ],
  minutes: 697,
  senders: 0.001,
  pause: { from: HOUR + 228, ms: 202_609 },
  late: [1_517, 2_122, 2_792],
  chance: [
    ...[7, 629, 266, 429, 215, 684, 195, 504, 702, 461, 674, 3],
    ...[752, 477, 770, 519, 522, 993, 178, 15, 596, 999, 691, 192],
  ],
};

describe('A campaign that is spread over a time', () => {
  it('is nowhere faster than its audience over that time, for any people, hours, numbers, pauses and looks', () => {
    fc.assert(
      fc.property(anyGiven(fc.double({ min: 0.001, max: 10, noNaN: true })), (given) => {
        const { closings, messages, rate } = led(given);
        // No more than this is kept, over a pause for one.
        const turn = 1_000 / rate + MADE_UP;
        // A look sees that hours are over when they are.
        const kept = turn + (closings + 1) * (lookAgainMs(rate) + 3_000);
        for (const [first, from] of messages.entries()) {
          for (const [index, to] of messages.slice(first).entries()) {
            const open = to.open - from.open;
            // Those who get nothing have their turns in the hours of nobody, and the next who may be written to finds one there.
            const ms = open + kept + (to.refreshed - from.refreshed) * turn;
            assert.ok(index + 1 <= (ms / 1_000) * rate + 1, `${index + 1} within ${open} ms at ${rate}`);
          }
        }
      }),
      { numRuns: runs(150), examples: [[TURNS_OF_NOBODY]] },
    );
  });

  it('writes to everybody in their turn, however many of the others get nothing', () => {
    fc.assert(
      fc.property(anyGiven(fc.constant(1_000)), (given) => {
        const people = given.people.map((each) => ({ ...each, opens: 0, hours: 24 }));
        const { messages, ranks, turnRate } = led({
          ...given,
          people,
          late: [0],
          pause: { from: 365 * DAY, ms: 1 },
        });
        for (const [index, { open: at }] of messages.entries()) {
          const turn = (((ranks[index] ?? 0) + 1) / turnRate) * 1_000;
          const late = at - turn;
          // No earlier than the margin of divisions; no later than the next look, and whole milliseconds.
          assert.ok(late > -1, `${-late} ms before its turn`);
          assert.ok(late <= lookAgainMs(turnRate) + (ranks[index] ?? 0) + 1, `${late} ms after its turn`);
        }
      }),
      { numRuns: runs(150) },
    );
  });

  it('has written to everybody when that time is over, where its numbers suffice', () => {
    fc.assert(
      fc.property(anyGiven(fc.constant(1_000)), (given) => {
        const { closings, messages, open, passed, rate } = led(given);
        const all = given.people.reduce((sum, { contacts }) => sum + contacts, 0);
        assert.equal(messages.length + passed, all, 'everybody had a turn');
        // The last turn is over a turn after it began; looks come late by a moment, also after hours are over.
        const late = 1_000 / rate + (closings + 1) * (lookAgainMs(rate) + 6_000);
        assert.ok(open <= given.minutes * 60_000 + late, `${open} ms of ${given.minutes} min`);
      }),
      { numRuns: runs(150) },
    );
  });
});
