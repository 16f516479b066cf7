import { hash } from 'node:crypto';
import { HOUR_MS, type Instant } from '#shared/compliance/instant.ts';
import { parseZone } from '#shared/compliance/location/zone.ts';
import type { DialogEvent, DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { nextDelivery, spreadOf, timeOfDay } from '#shared/drills/delivery.ts';
import type { Programme } from '#shared/drills/programme.ts';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import { isWhatsApp } from '#shared/phone/sender-address.ts';
import type { ProgressRow } from './next-drill.ts';

/** One person in one programme: what they did last, what waits for an answer, and what is due. Business time. */
export interface Participant {
  phoneNumber: string;
  programmeSlug: string;
  /** How they came in: by a code, by a contact list, or because they texted or were sent a drill. */
  enrolledBy: 'code' | 'list' | 'text';
  enrolledAt: Instant;
  /** When the person did something, whatever was sent to them; null: never. */
  lastInteractedAt: Instant | null;
  optedOut: boolean;
  /** Of the profile, as it was given; null: the programme's. */
  timezone: string | null;
  /** Of the profile, like "09:30"; null: the programme's. */
  deliveryTime: string | null;
  /** Our number that they texted last. */
  ourNumber: string | null;
  /** In flight. */
  drillInstanceId: string | null;
  /** Waits for an answer. */
  prompt: AskedPrompt | null;
  /** All drills of the programme. */
  completedAt: Instant | null;
  nextStartAt: Instant | null;
  remindAt: Instant | null;
  /** When the schedule last asked for a start. */
  lastStartAt: Instant | null;
  /** The version of the dialog that this start goes by; null: the dialog has moved on since. */
  startVersion: number | null;
  /** What of the programme the due instants follow from (`armingOf`); '': they are to be worked out. */
  armedFor: string;
}

export interface AskedPrompt {
  slug: string;
  /** The dialog said so. */
  startedAt: Instant;
  reminded: boolean;
  /** The event that asked it; null: nobody wrote that down. */
  eventId: string | null;
  /** When it went out to the person, as far as anybody looked; null: nobody did. */
  sentAt: Instant | null;
}

/** When the person could read a prompt, for all that is known. */
export const readableFrom = ({ sentAt, startedAt }: AskedPrompt): Instant => sentAt ?? startedAt;

/** What the due instants depend on besides the person. */
export type Arming = Pick<Programme, 'delivery' | 'reminders' | 'timezone' | 'drills' | 'senderNumbers'>;

/** Two starts by the schedule are at least so far apart, whatever becomes of time zones and times of delivery. */
const LEAST_APART_MS = 12 * HOUR_MS;

/** A start that something else overtook is asked for again at once within so long; later the next delivery has it. */
const AGAIN_WITHIN_MS = HOUR_MS;

const armings = new WeakMap<Arming, string>();

/** Of each of the two parts of the name: when lessons are delivered, and all else. */
const NAME_LENGTH = 8;

/** Ends the name where the programme has no number for texts: what is due then comes to nothing, until it has one again. */
const WITHOUT_TEXTS = '!';

const isDeliveredAlike = (a: Participant, b: Participant): boolean =>
  a.armedFor.slice(0, NAME_LENGTH) === b.armedFor.slice(0, NAME_LENGTH);

/** A programme's numbers for texts, from which what is planned goes, in its order: to a person on WhatsApp it would be free text. */
export const textingNumbers = ({ senderNumbers }: Pick<Programme, 'senderNumbers'>): PhoneNumber[] =>
  senderNumbers.filter((number) => !isWhatsApp(number)).map(phoneNumber);

/** Names what the due instants of a programme's people follow from: another name, and they are worked out anew. */
export function armingOf(programme: Arming): string {
  const known = armings.get(programme);
  if (known !== undefined) return known;
  const { delivery, drills, reminders, timezone } = programme;
  const isTexting = textingNumbers(programme).length > 0;
  const named = (value: unknown): string =>
    hash('sha256', JSON.stringify(value), 'hex').slice(0, NAME_LENGTH);
  const name = named([delivery, timezone]) + named([drills, reminders]) + (isTexting ? '' : WITHOUT_TEXTS);
  armings.set(programme, name);
  return name;
}

/** The drill that the schedule gives: the first that was not started. A drill is given once. */
export function drillToGive(order: readonly string[], rows: readonly ProgressRow[]): string | null {
  const started = new Set(rows.flatMap((row) => (row.startedAt === null ? [] : [row.drillSlug])));
  return order.find((slug) => !started.has(slug)) ?? null;
}

/**
 * When the next drill starts by itself, `now` or later; null: never. Once the person has been idle for long enough, at
 * their time of delivery where they are, else at the programme's.
 */
export function nextStart(
  person: Participant,
  programme: Arming,
  rows: readonly ProgressRow[],
  now: Instant,
): Instant | null {
  const { delivery, drills, timezone } = programme;
  if (delivery === null || person.optedOut || drillToGive(drills, rows) === null) return null;
  const { lastInteractedAt, lastStartAt } = person;
  const from = Math.max(
    now,
    lastInteractedAt === null ? 0 : lastInteractedAt + delivery.idleHours * HOUR_MS,
    lastStartAt === null ? 0 : lastStartAt + LEAST_APART_MS,
  );
  const local = {
    zone: (person.timezone === null ? null : parseZone(person.timezone)) ?? timezone,
    time: person.deliveryTime ?? delivery.time,
    days: delivery.days,
    spreadMs: spreadOf(person.phoneNumber, delivery.spreadMinutes),
  };
  return nextDelivery(local, from);
}

/** No reminder of the prompt at this instant or later. */
export const remindersEnd = (prompt: AskedPrompt, untilHours: number): Instant =>
  readableFrom(prompt) + untilHours * HOUR_MS;

/**
 * When the person is reminded of the prompt that waits, allowed hours apart: so long after they did something last, or could
 * read it; null: never, because nothing waits, it was done, or it would be too late.
 */
export function nextReminder(
  { lastInteractedAt, optedOut, prompt }: Pick<Participant, 'lastInteractedAt' | 'optedOut' | 'prompt'>,
  { reminders }: Pick<Arming, 'reminders'>,
): Instant | null {
  if (reminders === null || optedOut || prompt === null || prompt.reminded) return null;
  const at = Math.max(readableFrom(prompt), lastInteractedAt ?? 0) + reminders.afterHours * HOUR_MS;
  return at < remindersEnd(prompt, reminders.untilHours) ? at : null;
}

/** The person with due instants that follow from the programme as it is now. */
export const armed = (
  person: Participant,
  programme: Arming,
  rows: readonly ProgressRow[],
  now: Instant,
): Participant => ({
  ...person,
  nextStartAt: nextStart(person, programme, rows, now),
  remindAt: nextReminder(person, programme),
  armedFor: armingOf(programme),
});

/**
 * The same for somebody whose programme has become another. While lessons are delivered as before, what is due at this moment, or
 * was put off into the hours of the person, stays due: a change of anything else does not cost them their lesson of today.
 * Whoever had completed all drills has not when there is another.
 */
export function rearmed(
  person: Participant,
  programme: Arming,
  rows: readonly ProgressRow[],
  now: Instant,
): Participant {
  const after = { ...person, completedAt: completedAt(person, programme, rows, now) };
  return resumed(person, armed(after, programme, rows, now));
}

/** `fresh`, with what was due already while lessons are delivered as before. */
export function resumed(before: Participant, fresh: Participant): Participant {
  const { nextStartAt } = before;
  if (nextStartAt === null || fresh.nextStartAt === null || !isDeliveredAlike(before, fresh)) return fresh;
  return { ...fresh, nextStartAt: Math.min(nextStartAt, fresh.nextStartAt) };
}

/** What a batch is followed by, about one person. */
export interface Following {
  /** Null: there is no such programme any more. */
  programmeOf(slug: string): Programme | null;
  /** Drills of a programme, as they are after the batch. */
  rowsOf(slug: string): readonly ProgressRow[];
}

/**
 * Follows one batch of events. Pure. `people` are the rows of the person in all programmes; returns them as they are now,
 * those that nothing happened to as the same objects. Goes by the time of the batch alone.
 */
export function followPerson(
  batch: DialogEventBatch,
  people: readonly Participant[],
  following: Following,
): Participant[] {
  const own = batch.programmeSlug === null ? null : following.programmeOf(batch.programmeSlug);
  const joined =
    own !== null && !people.some(({ programmeSlug }) => programmeSlug === own.slug) && joins(batch)
      ? [...people, newcomer(batch, own.slug)]
      : people;
  return joined.map((person) => followInProgramme(batch, person, following));
}

const joins = ({ events }: DialogEventBatch): boolean => events.some(({ type }) => joiningEvents.has(type));
const joiningEvents: ReadonlySet<DialogEvent['type']> = new Set(['USER_VALIDATED', 'NEXT_DRILL_REQUESTED']);

const newcomer = ({ occurredAt, phoneNumber }: DialogEventBatch, programmeSlug: string): Participant => ({
  phoneNumber,
  programmeSlug,
  enrolledBy: 'text',
  enrolledAt: Date.parse(occurredAt),
  lastInteractedAt: null,
  optedOut: false,
  timezone: null,
  deliveryTime: null,
  ourNumber: null,
  drillInstanceId: null,
  prompt: null,
  completedAt: null,
  nextStartAt: null,
  remindAt: null,
  lastStartAt: null,
  startVersion: null,
  armedFor: '',
});

function followInProgramme(
  batch: DialogEventBatch,
  before: Participant,
  { programmeOf, rowsOf }: Following,
): Participant {
  const now = Date.parse(batch.occurredAt);
  const isOwn = batch.programmeSlug === before.programmeSlug;
  // An answer to a drill of the programme is one, whoever owns the number that it came to by now.
  const isHeard =
    isOwn || (before.drillInstanceId !== null && batch.events.some((event) => isOf(event, before)));
  const heard = withProfile(isHeard ? withText(before, batch) : before, batch);
  const happened = batch.events.reduce((person, event) => afterEvent(person, event, isOwn), heard);
  const programme = programmeOf(before.programmeSlug);
  // Whoever publishes it again has it worked out.
  if (programme === null)
    return kept(before, { ...happened, nextStartAt: null, remindAt: null, armedFor: '' });
  const rows = rowsOf(before.programmeSlug);
  const after = { ...happened, completedAt: completedAt(happened, programme, rows, now), startVersion: null };
  const fresh = armed(after, programme, rows, now);
  if (fresh.nextStartAt === null || !sameSchedule(before, fresh)) return kept(before, fresh);
  const nextStartAt = isOvertaken(before, batch) ? now : before.nextStartAt;
  return kept(before, { ...fresh, nextStartAt: nextStartAt ?? fresh.nextStartAt });
}

/** Whether a start that was asked for has come to nothing because of this batch, and the person had no part in it. */
const isOvertaken = ({ lastStartAt, startVersion }: Participant, batch: DialogEventBatch): boolean =>
  startVersion !== null &&
  lastStartAt !== null &&
  batch.version > startVersion &&
  batch.origin.kind !== 'reply' &&
  !batch.events.some(({ type }) => type === 'DRILL_STARTED') &&
  Date.parse(batch.occurredAt) - lastStartAt < AGAIN_WITHIN_MS;

/** Whether the next start stands as it was worked out: what is due at this moment is not put off for a day. */
const sameSchedule = (a: Participant, b: Participant): boolean =>
  isDeliveredAlike(a, b) &&
  a.lastInteractedAt === b.lastInteractedAt &&
  a.enrolledAt === b.enrolledAt &&
  a.optedOut === b.optedOut &&
  a.timezone === b.timezone &&
  a.deliveryTime === b.deliveryTime &&
  a.lastStartAt === b.lastStartAt;

/** The same object where nothing is different: it is not written. */
const kept = (before: Participant, after: Participant): Participant => {
  // As JSON: a row is flat but for the prompt, and both have the same order of fields.
  return JSON.stringify(before) === JSON.stringify(after) ? before : after;
};

function withText(person: Participant, { origin }: DialogEventBatch): Participant {
  if (origin.kind !== 'reply') return person;
  const at = Date.parse(origin.receivedAt);
  return {
    ...person,
    lastInteractedAt: Math.max(at, person.lastInteractedAt ?? 0),
    ourNumber: origin.senderNumber,
  };
}

function withProfile(person: Participant, { profileAfter }: DialogEventBatch): Participant {
  const { answers, optedOut, timezone } = profileAfter;
  const wanted = answers.deliveryTime === undefined ? null : timeOfDay(answers.deliveryTime);
  return { ...person, optedOut, timezone, deliveryTime: wanted };
}

const isOf = (event: DialogEvent, { drillInstanceId }: Participant): boolean =>
  'drillInstanceId' in event && event.drillInstanceId === drillInstanceId;

const asked = (slug: string, { eventId, occurredAt }: DialogEvent): AskedPrompt => ({
  ...{ slug, startedAt: Date.parse(occurredAt), reminded: false },
  ...{ eventId, sentAt: null },
});

const NOTHING_IN_FLIGHT = { drillInstanceId: null, prompt: null } as const;

/** What an event does; a drill in flight is one per person, whichever programme it is of. */
function afterEvent(person: Participant, event: DialogEvent, isOwn: boolean): Participant {
  const occurredAt = Date.parse(event.occurredAt);
  switch (event.type) {
    case 'USER_VALIDATED':
      return isOwn
        ? { ...person, ...NOTHING_IN_FLIGHT, enrolledBy: 'code', enrolledAt: occurredAt }
        : { ...person, ...NOTHING_IN_FLIGHT };
    case 'OPTED_OUT':
    case 'NAME_CHANGE_REQUESTED':
    case 'LANGUAGE_CHANGE_REQUESTED':
    case 'SCHEDULING_REQUESTED':
      return { ...person, ...NOTHING_IN_FLIGHT };
    case 'USER_UPDATED':
      return event.purgeDrillState ? { ...person, ...NOTHING_IN_FLIGHT } : person;
    case 'DRILL_STARTED': {
      if (!isOwn) return { ...person, ...NOTHING_IN_FLIGHT };
      const prompt = asked(event.firstPrompt.slug, event);
      // Whoever asked for it: the schedule gives the next one no sooner than after one of its own.
      return { ...person, drillInstanceId: event.drillInstanceId, prompt, lastStartAt: occurredAt };
    }
    case 'ADVANCED_TO_NEXT_PROMPT':
      return person.drillInstanceId === event.drillInstanceId
        ? { ...person, prompt: asked(event.prompt.slug, event) }
        : person;
    case 'COMPLETED_PROMPT':
      return person.drillInstanceId === event.drillInstanceId ? { ...person, prompt: null } : person;
    case 'FAILED_PROMPT':
      return event.abandoned && person.drillInstanceId === event.drillInstanceId
        ? { ...person, prompt: null }
        : person;
    case 'REMINDER_TRIGGERED':
      return person.prompt !== null && person.drillInstanceId === event.drillInstanceId
        ? { ...person, prompt: { ...person.prompt, reminded: true } }
        : person;
    case 'DRILL_COMPLETED':
      return person.drillInstanceId === event.drillInstanceId ? { ...person, ...NOTHING_IN_FLIGHT } : person;
    default:
      return person;
  }
}

function completedAt(
  person: Participant,
  { drills }: Arming,
  rows: readonly ProgressRow[],
  now: Instant,
): Instant | null {
  const completed = new Set(rows.flatMap((row) => (row.completedAt === null ? [] : [row.drillSlug])));
  return drills.every((slug) => completed.has(slug)) ? (person.completedAt ?? now) : null;
}
