import type { Clock } from '#shared/clock.ts';
import type { GateConfig } from '#shared/compliance/gate-config.ts';
import { readPositions } from '#shared/dialog-events/positions.ts';
import type { Drills } from '#shared/drills/drills.ts';
import { shareFence } from '#shared/erasure/fence.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { messageIdOf } from '#shared/identity.ts';
import { isOutboxLong } from '#shared/outbox/long.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { keyOf, readProgress } from '#shared/progress/drill-progress-store.ts';
import { armingOf, type Participant, rearmed } from '#shared/progress/participant.ts';
import { claimDue, claimUnarmed, writeParticipants } from '#shared/progress/participant-store.ts';
import { type DueStep, decideDue, type Question } from './due.ts';

export interface DueParts {
  drills: Drills;
  gate: GateConfig;
  pseudonyms: Pseudonyms;
  clock: Clock;
  /** Whose outbox the commands leave through. */
  producer: string;
  /** Most rows of one transaction. */
  batchSize: number;
}

/**
 * Messages of one question that are looked for: the first that there is stands for the question. A text of which nothing is
 * left, because all it says is not known of the person, is none.
 */
const MOST_MESSAGES = 10;

/** What one batch came to. */
export interface Due {
  handled: number;
  drills: number;
  reminders: number;
  /** How late the latest of what was asked for was, in ms. */
  lagMs: number;
}

const NOTHING: Due = { handled: 0, drills: 0, reminders: 0, lagMs: 0 };

/**
 * Claims what is due for people, moves each row on and leaves the commands, all in one transaction: whoever dies in it has
 * done nothing, and of several tasks each claims what no other has in hand. A handful of statements, however many are due.
 */
export async function takeDue(pool: Pool, parts: DueParts): Promise<Due> {
  const published = await parts.drills.current();
  const now = parts.clock.now();
  return inTransaction(pool, async (tx) => {
    // Nothing is asked for about whoever is being erased.
    await shareFence(tx);
    // What the stream does not take waits where it is due, and hours are looked at when it goes.
    if (await isOutboxLong(tx, parts.producer)) return NOTHING;
    const people = await claimDue(tx, now, parts.batchSize);
    if (people.length === 0) return NOTHING;
    const phones = [...new Set(people.map(({ phoneNumber }) => phoneNumber))];
    const progress = await readProgress(tx, phones);
    const versions = await readPositions(tx, 'progress', phones, parts.pseudonyms);
    const waiting = await readWaiting(tx, parts.producer, phones);
    const places = await readPlaces(tx, phones);
    const questions = await readQuestions(tx, people, now);
    const steps = people.map((person): DueStep => {
      const { phoneNumber, programmeSlug, timezone } = person;
      const place = places.get(phoneNumber);
      return decideDue(
        {
          person,
          programme: published.programme(programmeSlug),
          rows: progress.get(keyOf(person)) ?? [],
          dialogVersion: versions.get(phoneNumber) ?? 0,
          where: {
            phoneNumber,
            // Of the profile first: whoever writes the next message takes it over.
            zone: timezone ?? place?.time_zone ?? null,
            postalCode: place?.postal_code ?? null,
            state: place?.state ?? null,
          },
          isWaiting: waiting.has(phoneNumber),
          question: (person.prompt?.eventId && questions.get(person.prompt.eventId)) || null,
        },
        now.getTime(),
        parts.gate,
      );
    });
    await writeParticipants(
      tx,
      steps.map(({ person }) => person),
    );
    const commands = steps.flatMap(({ command }) => command ?? []);
    await writeSlotOutbox(
      tx,
      parts.producer,
      commands.map((command) => ({
        kind: 'stream',
        target: 'dialog-commands',
        orderingKey: command.phoneNumber,
        body: JSON.stringify(command),
      })),
    );
    const drills = commands.filter(({ type }) => type === 'START_DRILL').length;
    const lags = people.flatMap(({ nextStartAt, remindAt }, n) =>
      steps[n]?.command
        ? [now.getTime() - Math.min(nextStartAt ?? Number.MAX_VALUE, remindAt ?? Number.MAX_VALUE)]
        : [],
    );
    return {
      handled: people.length,
      drills,
      reminders: commands.length - drills,
      lagMs: Math.max(0, ...lags),
    };
  });
}

/**
 * Works out anew what is due for people whose programme has become another: a time of delivery, a drill more, reminders.
 * Returns how many.
 */
export async function armAnew(pool: Pool, { batchSize, clock, drills }: DueParts): Promise<number> {
  const { programmes } = await drills.current();
  const bySlug = new Map(programmes.map((programme) => [programme.slug, programme]));
  const current = programmes.map((programme) => ({ slug: programme.slug, armedFor: armingOf(programme) }));
  return inTransaction(pool, async (tx) => {
    const people = await claimUnarmed(tx, current, batchSize);
    if (people.length === 0) return 0;
    const progress = await readProgress(tx, [...new Set(people.map(({ phoneNumber }) => phoneNumber))]);
    const now = clock.now().getTime();
    await writeParticipants(
      tx,
      people.flatMap((person) => {
        const programme = bySlug.get(person.programmeSlug);
        return programme ? [rearmed(person, programme, progress.get(keyOf(person)) ?? [], now)] : [];
      }),
    );
    return people.length;
  });
}

/**
 * About whom commands of ours have not been acknowledged by the stream: one that is asked for now might overtake them. The
 * rows are locked by now, so that no more are being written.
 */
async function readWaiting(
  tx: Transaction,
  producer: string,
  phones: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ ordering_key: string }>(
    'SELECT DISTINCT ordering_key FROM outbox WHERE producer = $1 AND ordering_key = ANY ($2)',
    [producer, phones],
  );
  return new Set(rows.map(({ ordering_key: phone }) => phone));
}

/**
 * What became of the questions that reminders are due of, by the event that asked them. A message that is not there yet is one that
 * has not been written: whoever writes messages is behind.
 */
async function readQuestions(
  tx: Transaction,
  people: readonly Participant[],
  now: Date,
): Promise<ReadonlyMap<string, Question>> {
  const eventIds = people.flatMap(({ prompt, remindAt }) =>
    prompt?.eventId && remindAt !== null && remindAt <= now.getTime() ? [prompt.eventId] : [],
  );
  if (eventIds.length === 0) return new Map();
  const messageIds = eventIds.map((eventId) =>
    Array.from({ length: MOST_MESSAGES }, (_, index) => messageIdOf(eventId, index)),
  );
  const { rows } = await tx.query<{ message_id: string; state: string; sent_at: Date | null }>(
    `SELECT message_id, state,
            (SELECT max(touched_at) FROM attempt WHERE attempt.message_id = message.message_id) AS sent_at
       FROM message WHERE message_id = ANY ($1)`,
    [messageIds.flat()],
  );
  const byMessage = new Map(rows.map((row) => [row.message_id, questionOf(row)]));
  return new Map(
    eventIds.map((eventId, n) => {
      const first = messageIds[n]?.find((messageId) => byMessage.has(messageId));
      return [eventId, byMessage.get(first ?? '') ?? ({ kind: 'unsent' } as const)];
    }),
  );
}

function questionOf({ sent_at: at, state }: { state: string; sent_at: Date | null }): Question {
  switch (state) {
    case 'failed':
    case 'blocked':
    case 'cancelled':
      return { kind: 'never' };
    case 'sent':
    case 'unknown':
      return { kind: 'sent', at: at?.getTime() ?? null };
    default:
      return { kind: 'unsent' };
  }
}

interface Place {
  phone_number: string;
  time_zone: string | null;
  state: string | null;
  postal_code: string | null;
}

async function readPlaces(tx: Transaction, phones: readonly string[]): Promise<ReadonlyMap<string, Place>> {
  const { rows } = await tx.query<Place>(
    'SELECT phone_number, time_zone, state, postal_code FROM phone WHERE phone_number = ANY ($1)',
    [phones],
  );
  return new Map(rows.map((row) => [row.phone_number, row]));
}
