import { nextAllowed } from '#shared/compliance/gate.ts';
import type { GateConfig } from '#shared/compliance/gate-config.ts';
import type { LocalWindow } from '#shared/compliance/hours/local-hours.ts';
import { type Instant, MINUTE_MS } from '#shared/compliance/instant.ts';
import { DAY_MS } from '#shared/compliance/local-day.ts';
import type { Whereabouts } from '#shared/compliance/location/locate.ts';
import type { StartDrill, TriggerReminder } from '#shared/contracts/dialog-commands.ts';
import type { Origin } from '#shared/contracts/origin.ts';
import { spreadOf } from '#shared/drills/delivery.ts';
import type { Programme } from '#shared/drills/programme.ts';
import { drillInstanceIdOf, reminderCommandId, scheduledStartCommandId } from '#shared/identity.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { ProgressRow } from '#shared/progress/next-drill.ts';
import {
  armingOf,
  drillToGive,
  nextReminder,
  nextStart,
  type Participant,
  remindersEnd,
  textingNumbers,
} from '#shared/progress/participant.ts';

/** What is known of somebody for whom something is due. */
export interface DueCase {
  person: Participant;
  /** Null: there is none any more. */
  programme: Programme | null;
  /** Drills of the programme that the person was given. */
  rows: readonly ProgressRow[];
  /** Of the dialog, as far as progress has followed it. */
  dialogVersion: number;
  /** Where the person is, as the gate will see it. */
  where: Whereabouts;
  /** Commands about the person have not left yet: a new one might come before them. */
  isWaiting: boolean;
  /** What became of the prompt that waits for an answer; null: there is none, or nobody knows by now. */
  question: Question | null;
}

/** The message of a question: on its way, with the person since `at` (null: nobody wrote it down), or never to come. */
export type Question = { kind: 'unsent' } | { kind: 'sent'; at: Instant | null } | { kind: 'never' };

export interface DueStep {
  /** The row as it is from now on: not due at this moment any more. */
  person: Participant;
  command: StartDrill | TriggerReminder | null;
}

/** How long what is due waits when commands about the person have not left yet. */
const LOOK_AGAIN_MS = 1_000;
/** And a reminder when the question has not. */
const QUESTION_AGAIN_MS = 15 * MINUTE_MS;
/** A question that has not gone out for so long is not looked for any more. */
const QUESTION_LOST_MS = 7 * DAY_MS;

/**
 * What becomes of somebody for whom something is due. Pure. A drill goes before a reminder, of a prompt that it replaces.
 * Whatever falls outside the hours in which the person may be written to moves to the next that are allowed, and a reminder
 * that would come too late is dropped. A reminder counts from when the question went out, however long that took, and there is
 * none of one that never did. The command's id derives from what is due, so that deciding again asks for nothing
 * new; it holds only while the dialog is where it is known to be.
 */
export function decideDue(due: DueCase, now: Instant, gate: GateConfig): DueStep {
  const { person, programme } = due;
  // It is worked out anew when the programme is back.
  if (programme === null)
    return { person: { ...person, nextStartAt: null, remindAt: null, armedFor: '' }, command: null };
  const from = plannedFrom(person, programme);
  // It is worked out anew when the programme has a number for texts again: what it is armed for is another then.
  if (from === null) {
    const off = { nextStartAt: null, remindAt: null, armedFor: armingOf(programme) };
    return { person: { ...person, ...off }, command: null };
  }
  if (due.isWaiting) return { person: putOff(person, now), command: null };
  const { nextStartAt, remindAt } = person;
  if (nextStartAt !== null && nextStartAt <= now)
    return startDue(due, { programme, from }, nextStartAt, now, gate);
  if (remindAt !== null && remindAt <= now) return reminderDue(due, { programme, from }, now, gate);
  return { person, command: null };
}

/** What a step goes by. */
interface Going {
  programme: Programme;
  from: PhoneNumber;
}

const withSent = (person: Participant, sentAt: Instant | null): Participant =>
  person.prompt === null || sentAt === null ? person : { ...person, prompt: { ...person.prompt, sentAt } };

const putOff = (person: Participant, now: Instant): Participant => {
  const later = (at: Instant | null): Instant | null => (at !== null && at <= now ? now + LOOK_AGAIN_MS : at);
  return { ...person, nextStartAt: later(person.nextStartAt), remindAt: later(person.remindAt) };
};

function startDue(
  { dialogVersion, person, rows, where }: DueCase,
  { from: senderNumber, programme }: Going,
  dueAt: Instant,
  now: Instant,
  gate: GateConfig,
): DueStep {
  const { delivery, drills, intent } = programme;
  const drillSlug = drillToGive(drills, rows);
  if (delivery === null || person.optedOut || drillSlug === null)
    return { person: { ...person, nextStartAt: null }, command: null };
  // The days are the programme's also for what is late, or was put off to the morning.
  const windows: LocalWindow[] = [{ days: delivery.days, from: 0, to: DAY_MS / MINUTE_MS }];
  const allowedFrom = (from: Instant) => nextAllowed(where, intent, from, gate, { windows });
  const opens = allowedFrom(now);
  if (opens === null) return { person: { ...person, nextStartAt: now + DAY_MS }, command: null };
  if (opens > now) {
    const spread = opens + spreadOf(person.phoneNumber, delivery.spreadMinutes);
    const nextStartAt = allowedFrom(spread) === spread ? spread : opens;
    return { person: { ...person, nextStartAt }, command: null };
  }
  const commandId = scheduledStartCommandId(person.phoneNumber, programme.slug, drillSlug, dueAt);
  const started = { ...person, lastStartAt: now, startVersion: dialogVersion, remindAt: null };
  return {
    // A start that is refused leaves no event: the next delivery stands already.
    person: { ...started, nextStartAt: nextStart(started, programme, rows, now) },
    command: {
      type: 'START_DRILL',
      ...envelope(commandId, person, now),
      payload: {
        drillSlug,
        drillInstanceId: drillInstanceIdOf(commandId),
        origin: originOf(senderNumber, programme),
        dialogVersion,
        programmeSlug: programme.slug,
      },
    },
  };
}

function reminderDue(
  { dialogVersion, person: before, question, where }: DueCase,
  { from: senderNumber, programme }: Going,
  now: Instant,
  gate: GateConfig,
): DueStep {
  const { intent, reminders } = programme;
  const isLost = before.prompt !== null && now >= before.prompt.startedAt + QUESTION_LOST_MS;
  if (question?.kind === 'unsent' && !isLost) {
    return { person: { ...before, remindAt: now + QUESTION_AGAIN_MS }, command: null };
  }
  if (question?.kind === 'never' || question?.kind === 'unsent')
    return { person: { ...before, remindAt: null }, command: null };
  const person = withSent(before, question?.at ?? null);
  const remindAt = nextReminder(person, programme);
  if (remindAt === null || remindAt > now) return { person: { ...person, remindAt }, command: null };
  const { drillInstanceId, phoneNumber, prompt } = person;
  const none = { person: { ...person, remindAt: null }, command: null };
  if (reminders === null || prompt === null || prompt.reminded || drillInstanceId === null) return none;
  const opens = nextAllowed(where, intent, now, gate);
  if (opens === null || opens >= remindersEnd(prompt, reminders.untilHours)) return none;
  if (opens > now) return { person: { ...person, remindAt: opens }, command: null };
  const commandId = reminderCommandId(phoneNumber, drillInstanceId, prompt.slug, dialogVersion);
  const origin = originOf(senderNumber, programme);
  return {
    person: { ...person, remindAt: null },
    command: {
      type: 'TRIGGER_REMINDER',
      ...envelope(commandId, person, now),
      payload: {
        ...{ drillInstanceId, promptSlug: prompt.slug, origin, dialogVersion },
        programmeSlug: programme.slug,
      },
    },
  };
}

const envelope = (commandId: string, { phoneNumber }: Participant, now: Instant) => ({
  commandId,
  phoneNumber: phoneNumber as PhoneNumber,
  occurredAt: new Date(now).toISOString(),
});

/**
 * The number that what is planned goes from: the one that the person texted, where it is the programme's still, else its first
 * for texts. Null: it has none. What nobody has just asked for would be free text outside the person's window on WhatsApp, where
 * lessons come when asked for.
 */
function plannedFrom({ ourNumber }: Participant, programme: Programme): PhoneNumber | null {
  const texting = textingNumbers(programme);
  return texting.find((number) => number === ourNumber) ?? texting[0] ?? null;
}

const originOf = (senderNumber: PhoneNumber, programme: Programme): Origin => ({
  kind: 'planned',
  senderNumber,
  intent: programme.intent,
});
