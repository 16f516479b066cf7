import assert from 'node:assert/strict';
import fc from 'fast-check';
import { allowance, lookAgainMs, usedUpTo, withoutRest } from './pace.ts';
import { spreadRate } from './spread.ts';

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
}

const isOpen = ({ hours, opens }: People, now: number): boolean => {
  const ofDay = now % DAY;
  return ofDay >= opens * HOUR && ofDay < (opens + hours) * HOUR;
};

/**
 * A campaign look by look, as the orchestrator leads it: all it knows from one look to the next is what stands in its row. Returns
 * the turns that it took and the messages, each with the time that had passed by then in which somebody could be written to.
 */
function led({ late, minutes, pause, people, senders }: Given) {
  const contacts = people.reduce((sum, each) => sum + each.contacts, 0);
  const turnRate = spreadRate(contacts, minutes);
  const rate = Math.min(turnRate, senders);
  const groups = people.map((each) => ({ each, left: each.contacts - each.nobody, nobody: each.nobody }));
  const messages: number[] = [];
  let row: { pacedAt: Date; restedAt: Date | null } = { pacedAt: new Date(START), restedAt: null };
  let [now, open, passed, looks, closings] = [START, 0, 0, 0, 0];
  while (groups.some(({ left, nobody }) => left + nobody > 0)) {
    const at = new Date(now);
    const pacedAt = withoutRest(row.pacedAt, row.restedAt, at);
    const { count, from } = allowance({
      ...{ rate, ahead: null, isSpread: true, pacedAt, now: at },
      queued: 0,
      batchSize: 500,
    });
    const used = { planned: 0, passed: 0 };
    // Whoever gets nothing is found among the others, as they come.
    const everybody = groups.reduce((sum, { left, nobody }) => sum + left + nobody, 0);
    for (const group of groups) {
      if (group.nobody === 0) continue;
      const found = Math.max(1, Math.floor((group.nobody / everybody) * (count + 4)));
      const some = group.left === 0 ? group.nobody : Math.min(group.nobody, found);
      group.nobody -= some;
      used.passed += some;
    }
    for (const group of groups) {
      const some = isOpen(group.each, now) ? Math.min(group.left, count - used.planned) : 0;
      group.left -= some;
      used.planned += some;
      for (let n = 0; n < some; n += 1) messages.push(open);
    }
    passed += used.passed;
    const waits = groups.some(({ each, left }) => left > 0 && isOpen(each, now));
    row = {
      pacedAt: usedUpTo(from, used, { isSpread: true, rate, turnRate }),
      restedAt: waits ? null : at,
    };
    const lateBy = late[looks % late.length] ?? 0;
    looks += 1;
    let next = now + (waits ? lookAgainMs(rate) : 60_000 - (now % 60_000)) + (waits ? lateBy : 0);
    const isPaused = next >= START + pause.from && next < START + pause.from + pause.ms;
    // What is paused is not looked at; the time is none of what it is spread over, nor made up for.
    if (isPaused) next = START + pause.from + pause.ms;
    else if (waits) open += next - now;
    const waited = groups.some(({ each, left }) => left > 0 && isOpen(each, next));
    if (waits && !waited) closings += 1;
    now = next;
  }
  return { messages, open, passed, turnRate, rate, closings };
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
  });

describe('A campaign that is spread over a time', () => {
  it('is nowhere faster than its audience over that time, for any people, hours, numbers, pauses and looks', () => {
    fc.assert(
      fc.property(anyGiven(fc.double({ min: 0.001, max: 10, noNaN: true })), (given) => {
        const { closings, messages, rate } = led(given);
        // A look sees that hours are over when they are.
        const kept = 1_000 / rate + MADE_UP + (closings + 1) * (lookAgainMs(rate) + 3_000);
        for (const [first, from] of messages.entries()) {
          for (let last = first; last < messages.length; last += 1) {
            const ms = (messages[last] ?? 0) - from + kept;
            const count = last - first + 1;
            assert.ok(count <= (ms / 1_000) * rate + 1, `${count} within ${ms - kept} ms at ${rate}`);
          }
        }
      }),
      { numRuns: 150 },
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
      { numRuns: 150 },
    );
  });
});
