import type { Channel } from '#shared/compliance/touch.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { blockSuppressed } from '#shared/messages/block-suppressed.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import { lockKnownPhones } from '#shared/phone/lock-phones.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import type { SendingChannel, Taken } from './channel.ts';
import type { Claimed } from './claim.ts';
import { type Next, nextOf } from './claim-rules.ts';
import type { Sendable } from './next-sendable.ts';
import type { Settlement } from './outcome.ts';
import { readPhoneWork } from './phone-work.ts';
import { suppressRefused } from './suppress-refused.ts';

/** A request that ended, and what follows from it. */
export interface Finished extends Claimed {
  settlement: Settlement;
}

export interface RecordOptions {
  via: SendingChannel;
  /** How long after a request without an answer its carrier is first asked about it, in ms. */
  firstLookMs: number;
  /** Business time. */
  now: Date;
  pseudonyms: Pseudonyms;
}

export interface Recorded {
  /** What each phone is to do next. */
  next: ReadonlyMap<string, Sendable>;
  /** Those that changed an attempt: the others had been settled by somebody else. */
  applied: readonly Finished[];
  blocked: number;
}

/**
 * Records the ends of many requests in one transaction, together with the records for the message log, and looks what
 * is next for their phones. Idempotent: an attempt that is settled stays as it is. One that was given up as ambiguous
 * meanwhile (its process was taken for dead) is settled by its late answer.
 */
export function recordOutcomes(
  pool: Pool,
  finished: readonly Finished[],
  { firstLookMs, now, pseudonyms, via }: RecordOptions,
): Promise<Recorded> {
  return inTransaction(pool, async (tx) => {
    const phones = [...new Set(finished.map(({ message }) => message.phoneNumber))];
    await lockKnownPhones(tx, phones);
    const applied = await settleAttempts(tx, finished, firstLookMs);
    await settleMessages(tx, applied, now);
    await pausePhones(tx, applied, via.channel);
    const optedOut = applied.filter(({ settlement }) => settlement.suppress);
    const commands = await suppressRefused(tx, optedOut, { now, pseudonyms });
    const blocked = await blockSuppressed(tx, phones, now, pseudonyms);
    const work = await readPhoneWork(tx, phones, now, via.channel, pseudonyms);
    await writeSlotOutbox(tx, via.producer, [
      ...applied.flatMap((each) => logOf(each, via, now)),
      ...commands,
    ]);
    await via.noteTaken(tx, takenOf(applied), now);
    const next = phones.map((phone): [string, Sendable] => {
      const known = work.get(phone);
      return [phone, known ? sendableOf(nextOf(known)) : { kind: 'nothing' }];
    });
    return { next: new Map(next), applied, blocked };
  });
}

/** What makes way does so in a claim, which the phone gets at once. */
const sendableOf = (next: Next): Sendable => (next.kind === 'supersede' ? { kind: 'wait', ms: 1 } : next);

async function settleAttempts(
  tx: Transaction,
  finished: readonly Finished[],
  firstLookMs: number,
): Promise<Finished[]> {
  const { rows } = await tx.query<{ attempt_id: string }>(
    `UPDATE attempt
        SET state = ended.state, carrier_message_id = ended.carrier_message_id, error_code = ended.error_code,
            ended_at = clock_timestamp(),
            -- What the carrier certainly did not take has touched nobody.
            touched_at = CASE WHEN ended.state NOT IN ('refused', 'not_sent') THEN touched_at END,
            next_look_at = CASE WHEN ended.state = 'ambiguous'
                                THEN clock_timestamp() + $5 * interval '1 millisecond' END
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
            AS ended(attempt_id, state, carrier_message_id, error_code)
      WHERE attempt.attempt_id = ended.attempt_id AND attempt.state IN ('posting', 'ambiguous')
     RETURNING attempt.attempt_id`,
    [
      finished.map(({ attemptId }) => attemptId),
      finished.map(({ settlement }) => settlement.attempt.state),
      finished.map(({ settlement }) => settlement.attempt.carrierMessageId),
      finished.map(({ settlement }) => settlement.attempt.errorCode),
      firstLookMs,
    ],
  );
  const open = new Set(rows.map((row) => row.attempt_id));
  return finished.filter(({ attemptId }) => open.has(attemptId));
}

/**
 * PostgreSQL expects as many messages on their way as there were when it last looked. Where that was none, it looked for them in the
 * whole table and compared each with each of these: 0.2 s for 200 of 800. By a state that it cannot tell the number of, it finds
 * them by their ids.
 */
export const SETTLE_MESSAGES = `
UPDATE message
   SET state = ended.state, rule = ended.rule, deferrals = ended.deferrals,
       attempts = attempts - (CASE WHEN ended.counts THEN 0 ELSE 1 END),
       due_at = $7::timestamptz + ended.held_ms * interval '1 millisecond',
       queued_at = CASE WHEN ended.state = 'queued' THEN clock_timestamp() ELSE queued_at END,
       settled_at = CASE WHEN ended.state IN ('sent', 'failed') THEN clock_timestamp() END,
       segments = coalesce(ended.segments, message.segments)
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::float8[], $5::boolean[], $6::integer[], $8::smallint[])
       AS ended(message_id, state, rule, held_ms, counts, deferrals, segments)
 WHERE message.message_id = ended.message_id AND coalesce(message.state IN ('posting', 'ambiguous'), false)`;

async function settleMessages(tx: Transaction, applied: readonly Finished[], now: Date): Promise<void> {
  const messages = applied.map(({ settlement }) => settlement.message);
  await tx.query(SETTLE_MESSAGES, [
    applied.map(({ message }) => message.messageId),
    messages.map(({ state }) => state),
    messages.map(({ rule }) => rule),
    messages.map(({ heldMs }) => heldMs),
    messages.map(({ counts }) => counts),
    messages.map(({ deferrals }) => deferrals),
    now,
    applied.map(({ settlement }) => settlement.log?.segments ?? null),
  ]);
}

/** What the carrier took. */
const takenOf = (applied: readonly Finished[]): Taken[] =>
  applied.flatMap(({ attemptId, message, settlement }) =>
    settlement.message.state === 'sent'
      ? {
          attemptId,
          senderNumber: message.senderNumber,
          segments: settlement.log?.segments ?? message.segments,
        }
      : [],
  );

/** Each channel has pauses of its own. */
const PAUSE: Readonly<Record<Channel, string>> = {
  sms: `UPDATE phone
           SET next_send_at = clock_timestamp() + paused.ms * interval '1 millisecond',
               next_send_batch = paused.batch_id
          FROM unnest($1::text[], $2::uuid[], $3::integer[]) AS paused(phone_number, batch_id, ms)
         WHERE phone.phone_number = paused.phone_number`,
  voice: `UPDATE phone
             SET next_call_at = clock_timestamp() + paused.ms * interval '1 millisecond',
                 next_call_batch = paused.batch_id
            FROM unnest($1::text[], $2::uuid[], $3::integer[]) AS paused(phone_number, batch_id, ms)
           WHERE phone.phone_number = paused.phone_number`,
};

async function pausePhones(tx: Transaction, applied: readonly Finished[], channel: Channel): Promise<void> {
  const paused = applied.filter(({ settlement }) => settlement.pauseMs > 0);
  if (paused.length === 0) return;
  await tx.query(PAUSE[channel], [
    paused.map(({ message }) => message.phoneNumber),
    paused.map(({ message }) => message.batchId),
    paused.map(({ settlement }) => settlement.pauseMs),
  ]);
}

function logOf(finished: Finished, via: SendingChannel, now: Date) {
  const { attempt, log } = finished.settlement;
  return log === null ? [] : [via.logEntry(finished, finished.carrier, { ...attempt, ...log }, now)];
}
