import assert from 'node:assert/strict';
import type { DialogEvent, DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { drillSchema } from '#shared/contracts/drill.ts';
import type { Origin } from '#shared/contracts/origin.ts';
import type { Profile } from '#shared/contracts/profile.ts';
import { spreadOf } from '#shared/drills/delivery.ts';
import { type Programme, programmeFileSchema } from '#shared/drills/programme.ts';
import { batchIdOf, eventIdOf } from '#shared/identity.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { ProgressRow } from './next-drill.ts';
import {
  armed,
  armingOf,
  drillToGive,
  followPerson,
  nextReminder,
  type Participant,
  rearmed,
} from './participant.ts';

const person = phoneNumber('+14155550101');
const ourNumber = phoneNumber('+14155550199');
const HOUR = 3_600_000;
const spread = spreadOf(person, 30);

const programmeOf = (changes: Partial<Programme> = {}): Programme => ({
  ...programmeFileSchema.parse({
    slug: 'clean-hands',
    name: 'Clean Hands',
    company: 'Elm County Health',
    contact: 'care@example.org',
    drills: ['one', 'two'],
    registration: 'open',
    senderNumbers: ['default'],
    defaultLanguage: 'en',
    timezone: 'America/New_York',
    intent: 'transactional',
    delivery: { time: '10:00' },
  }),
  senderNumbers: [ourNumber],
  ...changes,
});
const programme = programmeOf();
const drill = drillSchema.parse({
  slug: 'one',
  name: 'one',
  version: 1,
  defaultLanguage: 'en',
  prompts: ['first', 'second'].map((slug) => ({
    slug,
    messages: [{ text: { en: 'Hi' } }],
    correctResponse: { en: 'yes' },
  })),
});
const [first, second] = drill.prompts;
assert.ok(first && second);

const instance = '00000000-0000-4000-8000-000000000001';
const other = '00000000-0000-4000-8000-000000000002';
/** A Friday, 10:00 in New York. */
const NOON = Date.parse('2026-11-20T15:00:00.000Z');
const iso = (at: number): string => new Date(at).toISOString();
const planned: Origin = { kind: 'planned', senderNumber: null, intent: 'transactional' };
const replyAt = (at: number): Origin => ({ kind: 'reply', senderNumber: ourNumber, receivedAt: iso(at) });

type Body<E> = E extends DialogEvent ? Omit<E, 'eventId' | 'occurredAt'> : never;
type EventBody = Body<DialogEvent>;
interface Circumstances {
  at?: number;
  version?: number;
  origin?: Origin;
  profile?: Partial<Profile>;
  programmeSlug?: string | null;
}

function batchOf(
  events: readonly EventBody[],
  {
    at = NOON,
    version = 1,
    origin = replyAt(at),
    profile = {},
    programmeSlug = 'clean-hands',
  }: Circumstances = {},
): DialogEventBatch {
  const commandId = `00000000-0000-4000-8000-${String(version).padStart(12, '0')}`;
  const batchId = batchIdOf(commandId);
  const profileAfter: Profile = {
    ...{ validated: true, optedOut: false, isDemo: false, name: null, language: 'en', timezone: null },
    ...{ accountInfo: {}, answers: {} },
    ...profile,
  };
  return {
    schemaVersion: 1,
    ...{ batchId, commandId, phoneNumber: person, version, occurredAt: iso(at), programmeSlug, origin },
    ...{ profileBefore: profileAfter, profileAfter },
    events: events.map((event, n) => ({ ...event, eventId: eventIdOf(batchId, n), occurredAt: iso(at) })),
  };
}

const row = (drillSlug: string, completed = false): ProgressRow => ({
  drillSlug,
  drillInstanceId: instance,
  requestedAt: iso(NOON),
  startedAt: iso(NOON),
  completedAt: completed ? iso(NOON) : null,
  nothingMoreAt: null,
});

const followWith =
  (known: Programme, rows: readonly ProgressRow[] = []) =>
  (people: readonly Participant[], events: readonly EventBody[], circumstances: Circumstances = {}) =>
    followPerson(batchOf(events, circumstances), people, {
      programmeOf: (slug) => (slug === known.slug ? known : null),
      rowsOf: () => rows,
    });
const follow = followWith(programme);
const one = (people: readonly Participant[]): Participant => {
  assert.equal(people.length, 1);
  return people[0] ?? assert.fail();
};

const started = (drillInstanceId = instance): EventBody => ({
  type: 'DRILL_STARTED',
  drill,
  firstPrompt: first,
  drillInstanceId,
  replacedDrillInstanceId: null,
});
const ofSecond = { prompt: second, drillInstanceId: instance, defaultLanguage: 'en' };
const ofFirst = { prompt: first, drillInstanceId: instance, defaultLanguage: 'en' };
const right: EventBody = { type: 'COMPLETED_PROMPT', ...ofFirst, response: 'yes', graded: true };
const advanced: EventBody = { type: 'ADVANCED_TO_NEXT_PROMPT', ...ofSecond };
const wrong: EventBody = { type: 'FAILED_PROMPT', ...ofFirst, response: 'no', abandoned: false };
const reminded: EventBody = { type: 'REMINDER_TRIGGERED', ...ofFirst };
const completed: EventBody = { type: 'DRILL_COMPLETED', drillInstanceId: instance, lastPromptResponse: null };
const more: EventBody = { type: 'NEXT_DRILL_REQUESTED' };
const thanks: EventBody = { type: 'THANK_YOU_RECEIVED' };
const optedOut: EventBody = { type: 'OPTED_OUT', drillInstanceId: null, confirm: true };
const updated: EventBody = { type: 'USER_UPDATED', profile: {}, purgeDrillState: false };
const validated: EventBody = {
  type: 'USER_VALIDATED',
  codeValidation: { valid: true, isDemo: false, accountInfo: {}, programmeSlug: 'clean-hands' },
};

describe('A participant', () => {
  it('is whoever registers or asks for a drill, and nobody else: a drill of a campaign enrols nobody', () => {
    assert.equal(one(follow([], [validated])).enrolledBy, 'code');
    assert.equal(one(follow([], [more])).enrolledBy, 'text');
    assert.deepEqual(follow([], [started()], { origin: planned }), []);
    assert.deepEqual(follow([], [thanks]), []);
    assert.deepEqual(follow([], [more], { programmeSlug: null }), []);
  });

  it('stays the same object when nothing happens to it', () => {
    const before = one(follow([], [more]));
    assert.equal(one(follow([before], [thanks], { version: 2, origin: planned })), before);
  });

  it('did something when their text came, whatever was sent to them since', () => {
    const before = one(follow([], [more]));
    const later = one(follow([before], [started()], { at: NOON + HOUR, version: 2, origin: replyAt(NOON) }));
    assert.equal(later.lastInteractedAt, NOON);
    assert.equal(
      one(follow([later], [started(other)], { version: 3, origin: planned })).lastInteractedAt,
      NOON,
    );
  });

  it('answers the drill of its programme also where another owns the number by now, or none', () => {
    const before = one(follow([], [more, started()], { origin: planned }));
    for (const programmeSlug of ['another', null]) {
      const after = one(follow([before], [right, advanced], { at: NOON + HOUR, version: 2, programmeSlug }));
      assert.deepEqual([after.lastInteractedAt, after.prompt?.slug], [NOON + HOUR, 'second']);
      const elsewhere = one(follow([before], [thanks], { at: NOON + HOUR, version: 2, programmeSlug }));
      assert.equal(elsewhere.lastInteractedAt, null);
    }
  });

  it('has completed the programme when every drill of it is, until there is another', () => {
    const rows = [row('one', true), row('two', true)];
    const done = one(
      followWith(programme, rows)([one(follow([], [more, started()]))], [completed], { version: 2 }),
    );
    assert.deepEqual([done.completedAt, done.nextStartAt], [NOON, null]);
    const larger = programmeOf({ drills: ['one', 'two', 'three'] });
    const again = one(followWith(larger, rows)([done], [thanks], { version: 3 }));
    assert.equal(again.completedAt, null);
    assert.notEqual(again.nextStartAt, null);
  });
});

describe('The next start by itself', () => {
  it('is at the first delivery once the person has been idle for long enough', () => {
    const { nextStartAt } = one(follow([], [more]));
    assert.equal(iso(nextStartAt ?? 0), iso(NOON + 24 * HOUR + spread));
    const late = one(follow([], [more], { at: NOON + 13 * HOUR }));
    assert.equal(iso(late.nextStartAt ?? 0), iso(NOON + 48 * HOUR + spread));
  });

  it('goes by the zone and the time of the person, and by the programme where they say nothing of use', () => {
    const profile = { timezone: 'Pacific/Honolulu', answers: { deliveryTime: '6:30 pm' } };
    const { nextStartAt } = one(follow([], [more], { profile }));
    assert.equal(iso(nextStartAt ?? 0), iso(Date.parse('2026-11-21T04:30:00Z') + spread));
    const useless = { timezone: 'UTC', answers: { deliveryTime: 'whenever' } };
    assert.equal(one(follow([], [more], { profile: useless })).nextStartAt, NOON + 24 * HOUR + spread);
  });

  it('follows a change of the profile that comes by another number', () => {
    const before = one(follow([], [more]));
    const profile = { answers: { deliveryTime: '18:00' } };
    const after = one(
      follow([before], [updated], { version: 2, origin: planned, programmeSlug: null, profile }),
    );
    assert.equal(after.nextStartAt, NOON + 32 * HOUR + spread);
  });

  it('is none without a time of delivery, after an opt-out, and with no drill left that was not started', () => {
    assert.equal(one(followWith(programmeOf({ delivery: null }))([], [more])).nextStartAt, null);
    const gone = one(follow([], [more], { profile: { optedOut: true } }));
    assert.equal(gone.nextStartAt, null);
    assert.equal(one(follow([gone], [more], { version: 2 })).nextStartAt, NOON + 24 * HOUR + spread);
    const rows = [row('two'), row('one', true)];
    assert.equal(one(followWith(programme, rows)([], [more])).nextStartAt, null);
  });

  it('is not put off by what the system does while it is due', () => {
    const before = one(follow([], [more]));
    const due = before.nextStartAt ?? 0;
    const after = one(follow([before], [updated], { at: due + 1_000, version: 2, origin: planned }));
    assert.equal(after.nextStartAt, due);
    assert.equal(
      one(follow([before], [thanks], { at: due + 1_000, version: 2 })).nextStartAt,
      due + 24 * HOUR,
    );
  });

  it('stays due when something else of the programme changes, and moves with the time of delivery', () => {
    const before = one(follow([], [more]));
    const due = before.nextStartAt ?? 0;
    const larger = programmeOf({ drills: ['one', 'two', 'three'], reminders: null });
    const after = rearmed(before, larger, [], due + 1_000);
    assert.deepEqual([after.nextStartAt, after.armedFor], [due, armingOf(larger)]);
    // Also where a batch about the person comes before the change is heard of.
    const updatedThen = followWith(larger)([before], [updated], {
      at: due + 1_000,
      version: 2,
      origin: planned,
    });
    assert.equal(one(updatedThen).nextStartAt, due);
    const evening = programmeOf({ delivery: { ...(programme.delivery ?? assert.fail()), time: '18:00' } });
    assert.equal(rearmed(before, evening, [], due - 1_000).nextStartAt, due + 8 * HOUR);
  });

  it('is put off by a drill that somebody else has started', () => {
    const before = one(follow([], [more]));
    const due = before.nextStartAt ?? 0;
    // A campaign gives them one five minutes before.
    const after = one(follow([before], [started()], { at: due - 300_000, version: 2, origin: planned }));
    assert.equal(after.nextStartAt, due + 24 * HOUR);
  });

  it('is asked for again at once when something of the system overtook it, and the person had no part in that', () => {
    const due = NOON + 24 * HOUR + spread;
    const sent: Participant = {
      ...one(follow([], [more])),
      nextStartAt: due + 24 * HOUR,
      lastStartAt: due,
      startVersion: 1,
    };
    const at = due + 1_000;
    const overtaken = one(follow([sent], [updated], { at, version: 2, origin: planned }));
    assert.deepEqual([overtaken.nextStartAt, overtaken.startVersion], [at, null]);
    const arrived = one(follow([sent], [started()], { at, version: 2, origin: planned }));
    assert.deepEqual([arrived.nextStartAt, arrived.startVersion], [due + 24 * HOUR, null]);
    // They are busy with something else: the next delivery has it.
    assert.equal(one(follow([sent], [thanks], { at, version: 2 })).nextStartAt, due + 24 * HOUR);
    const late = one(follow([sent], [updated], { at: due + 2 * HOUR, version: 2, origin: planned }));
    assert.equal(late.nextStartAt, due + 24 * HOUR);
  });

  it('is at least twelve hours after the one before, wherever the person has moved', () => {
    const before: Participant = {
      ...one(follow([], [more, started()], { origin: planned })),
      lastStartAt: NOON,
    };
    const profile = { timezone: 'Pacific/Honolulu' };
    const { nextStartAt } = one(
      follow([before], [updated], { at: NOON + 60_000, version: 2, origin: planned, profile }),
    );
    assert.equal(iso(nextStartAt ?? 0), iso(Date.parse('2026-11-21T20:00:00Z') + spread));
  });

  it('is worked out anew when the programme says something else', () => {
    const before = one(follow([], [more]));
    const evening = programmeOf({ delivery: { ...(programme.delivery ?? assert.fail()), time: '18:00' } });
    assert.notEqual(armingOf(evening), armingOf(programme));
    assert.equal(armingOf(programmeOf()), armingOf(programme));
    const after = armed(before, evening, [], NOON + HOUR);
    assert.deepEqual([after.nextStartAt, after.armedFor], [NOON + 32 * HOUR + spread, armingOf(evening)]);
  });

  it('is of the first drill that was not started, once each', () => {
    assert.equal(drillToGive(['one', 'two'], []), 'one');
    assert.equal(drillToGive(['one', 'two'], [row('one')]), 'two');
    assert.equal(drillToGive(['one', 'two'], [{ ...row('one'), startedAt: null }, row('two')]), 'one');
    assert.equal(drillToGive(['one', 'two'], [row('one'), row('two', true)]), null);
  });
});

describe('The reminder', () => {
  const asked = () => one(follow([], [more, started()], { origin: planned }));

  it('is due four hours after the question, of each question anew', () => {
    assert.equal(asked().remindAt, NOON + 4 * HOUR);
    const next = one(follow([asked()], [right, advanced], { at: NOON + HOUR, version: 2 }));
    assert.deepEqual([next.prompt?.slug, next.remindAt], ['second', NOON + 5 * HOUR]);
  });

  it('waits for four hours after whatever the person did last, and not beyond a day after the question', () => {
    const tried = one(follow([asked()], [wrong], { at: NOON + 3 * HOUR, version: 2 }));
    assert.equal(tried.remindAt, NOON + 7 * HOUR);
    const menu = one(follow([tried], [{ type: 'MENU_REQUESTED' }], { at: NOON + 5 * HOUR, version: 3 }));
    assert.equal(menu.remindAt, NOON + 9 * HOUR);
    assert.equal(one(follow([menu], [thanks], { at: NOON + 21 * HOUR, version: 4 })).remindAt, null);
  });

  it('is none after the answer, the end, an opt-out, a request that ends the drill, or a reminder', () => {
    const ends: [EventBody[], Circumstances][] = [
      [[right], {}],
      [[{ ...wrong, abandoned: true } as EventBody], {}],
      [[completed], {}],
      [[optedOut], { profile: { optedOut: true } }],
      [[{ type: 'SCHEDULING_REQUESTED', abandonedDrillInstanceId: instance }], {}],
      [[{ ...updated, purgeDrillState: true } as EventBody], { origin: planned, programmeSlug: null }],
      [[reminded], { origin: planned }],
      [[started(other)], { origin: planned, programmeSlug: 'another' }],
    ];
    for (const [events, circumstances] of ends) {
      const [after] = follow([asked()], events, { version: 2, ...circumstances });
      assert.equal(after?.remindAt, null, events[0]?.type);
    }
    const twice = one(
      follow([one(follow([asked()], [reminded], { version: 2, origin: planned }))], [wrong], { version: 3 }),
    );
    assert.equal(twice.remindAt, null);
  });

  it('counts from when the question went out, where somebody has looked', () => {
    const { prompt, ...person } = asked();
    const late = { ...person, prompt: prompt && { ...prompt, sentAt: NOON + 8 * HOUR } };
    assert.equal(nextReminder(late, programme), NOON + 12 * HOUR);
    assert.equal(nextReminder({ ...late, lastInteractedAt: NOON + 27 * HOUR }, programme), NOON + 31 * HOUR);
    assert.equal(nextReminder({ ...late, lastInteractedAt: NOON + 28 * HOUR }, programme), null);
  });

  it('is due again when something else overtook it', () => {
    const sent: Participant = { ...asked(), remindAt: null };
    assert.equal(
      one(follow([sent], [updated], { at: NOON + 5 * HOUR, version: 2, origin: planned })).remindAt,
      NOON + 4 * HOUR,
    );
  });

  it('is none where the programme has none', () => {
    assert.equal(one(followWith(programmeOf({ reminders: null }))([], [more, started()])).remindAt, null);
    assert.equal(nextReminder(asked(), { ...programme, reminders: { afterHours: 4, untilHours: 4 } }), null);
  });
});
