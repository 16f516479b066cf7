import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import { lockKnownPhones } from '#shared/phone/lock-phones.ts';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import { type SenderAddress, senderAddress } from '#shared/phone/sender-address.ts';
import { inTransaction, isDataFault, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { unitsOfText } from '#shared/senders/units.ts';
import type { Attempted, SendingChannel } from './channel.ts';
import { giveTurns } from './give-turns.ts';
import { failInvalidAttempt, sendable } from './invalid-numbers.ts';
import { type Evidence, type Listed, type Verdict, verdictOf } from './verdict.ts';

export interface ReconcileOptions {
  pool: Pool;
  via: SendingChannel;
  /**
   * What the carrier has since an instant that looks like the request; null: it has no lists, or is not set up any more.
   * Rejects with a retryable CarillonError when it cannot be asked.
   */
  list(carrier: CarrierName, lost: Lost, since: Date): Promise<readonly Listed[] | null>;
  /** Least real time between the two empty looks that prove that nothing was sent, in ms. */
  intervalMs: number;
  /** A look that did not end by then (its process died, or the carrier could not be asked) is made again, in ms. */
  lookMs: number;
  logger: Logger;
  /** Business time, for the message log. */
  now: () => Date;
}

/** Attempts looked for at the same time. */
const BATCH = 20;
/** For the difference between the carrier's clock and ours. */
const SKEW_MS = 60_000;

/** A request without an answer, as it can be known again. */
export interface Lost {
  to: PhoneNumber;
  from: SenderAddress;
  body: string;
  /** It was a template, so that its words at the carrier may be other than these. */
  isTemplate: boolean;
}

interface Ambiguous {
  attempt_id: string;
  carrier: CarrierName;
  message_id: string;
  phone_number: string;
  sender_number: string;
  posted_at: Date;
  body: string;
  is_template: boolean;
}

/**
 * Finds out what became of requests without an answer, one look each for those that are due. Every task may call it:
 * a look is claimed for `lookMs`. Returns how many were looked for, and how many of them were settled.
 */
export async function reconcile(options: ReconcileOptions): Promise<{ looked: number; settled: number }> {
  const due = await claimLooks(options);
  const settled = await Promise.all(due.map((attempt) => lookApart(options, attempt)));
  return { looked: due.length, settled: settled.filter(Boolean).length };
}

async function claimLooks({ lookMs, pool, via }: ReconcileOptions): Promise<Ambiguous[]> {
  const { rows } = await pool.query<Ambiguous>(
    `UPDATE attempt SET next_look_at = clock_timestamp() + $2 * interval '1 millisecond'
      WHERE attempt_id IN (SELECT attempt_id FROM attempt
                            WHERE state = 'ambiguous' AND channel = $3 AND next_look_at <= clock_timestamp()
                            ORDER BY next_look_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING attempt_id, carrier, message_id, phone_number, sender_number, posted_at,
               (SELECT body FROM message WHERE message.message_id = attempt.message_id) AS body,
               (SELECT template IS NOT NULL FROM message WHERE message.message_id = attempt.message_id) AS is_template`,
    [BATCH, lookMs, via.channel],
  );
  return rows;
}

/** One attempt's fault must not stop the others: it is looked for again when its claim ends. */
async function lookApart(options: ReconcileOptions, attempt: Ambiguous): Promise<boolean> {
  try {
    if (sendable(attempt.phone_number, attempt.sender_number, options.via.channel))
      return await look(options, attempt);
    await inTransaction(options.pool, async (tx) => {
      await lockKnownPhones(tx, [attempt.phone_number]);
      await failInvalidAttempt(tx, attempt.attempt_id);
      await giveTurns(tx, [attempt.phone_number], options.via);
    });
    return true;
  } catch (error) {
    if (!isDataFault(error)) throw error;
    options.logger.error(
      { attemptId: attempt.attempt_id, err: error },
      `a look for an ambiguous attempt failed: ${messageOf(error)}`,
    );
    return false;
  }
}

/** Whether the attempt is settled now. */
async function look(options: ReconcileOptions, attempt: Ambiguous): Promise<boolean> {
  const { logger, pool } = options;
  let listing: readonly Listed[] | null;
  try {
    const { body, is_template: isTemplate, phone_number, posted_at, sender_number } = attempt;
    listing = await options.list(
      attempt.carrier,
      { to: phoneNumber(phone_number), from: senderAddress(sender_number), body, isTemplate },
      new Date(posted_at.getTime() - SKEW_MS),
    );
  } catch (error) {
    if (!(error instanceof CarillonError) || !error.retryable) throw error;
    // No answer is no evidence: the look is made again when its claim ends.
    logger.warn({ attemptId: attempt.attempt_id, err: error }, 'the carrier could not be asked');
    return false;
  }
  const verdict = await inTransaction(pool, (tx) => settleLook(tx, options, attempt, listing));
  if (verdict === null || verdict.kind === 'look_again') return false;
  logger.info({ attemptId: attempt.attempt_id, verdict: verdict.kind }, 'an ambiguous attempt was settled');
  return true;
}

/** Judges and settles under the phone's lock. Null: somebody else had settled it. */
async function settleLook(
  tx: Transaction,
  options: ReconcileOptions,
  attempt: Ambiguous,
  listing: readonly Listed[] | null,
): Promise<Verdict | null> {
  await lockKnownPhones(tx, [attempt.phone_number]);
  const known = await readEvidence(tx, attempt, options.intervalMs);
  if (known === null) return null;
  const verdict = verdictOf({ ...known.evidence, listing });
  if (verdict.kind === 'look_again') {
    await noteEmptyLook(tx, attempt.attempt_id, options.intervalMs);
    return verdict;
  }
  await settleAttempt(tx, attempt, verdict);
  if (verdict.kind === 'accepted') {
    const claimed = { attemptId: attempt.attempt_id, message: known.message };
    const { via } = options;
    await writeSlotOutbox(tx, via.producer, [via.logEntry(claimed, attempt.carrier, verdict, options.now())]);
    const segments = verdict.segments ?? unitsOfText(attempt.sender_number, known.message.body);
    const taken = { attemptId: attempt.attempt_id, senderNumber: attempt.sender_number, segments };
    await via.noteTaken(tx, [taken], options.now());
  }
  await giveTurns(tx, [attempt.phone_number], options.via);
  return verdict;
}

/**
 * Rows of the log without an attempt own nothing: the message that is looked for may have come there without one, by the carrier's
 * list of statuses, and would be sent twice.
 */
async function readEvidence(
  tx: Transaction,
  attempt: Ambiguous,
  intervalMs: number,
): Promise<{ evidence: Omit<Evidence, 'listing'>; message: Attempted['message'] } | null> {
  const { rows } = await tx.query<{
    empty_listings: number;
    apart: boolean;
    body: string;
    media_urls: string[];
    owned: string[];
    callback_id: string | null;
    status: string | null;
    error_code: string | null;
  }>(
    `SELECT attempt.empty_listings, message.body, message.media_urls,
            coalesce(attempt.last_listed_at <= clock_timestamp() - $2 * interval '1 millisecond', false) AS apart,
            callback.carrier_message_id AS callback_id, callback.status, callback.error_code,
            ARRAY(SELECT carrier_message_id FROM attempt AS other
                   WHERE other.phone_number = attempt.phone_number AND other.carrier_message_id IS NOT NULL
                     AND other.attempt_id <> attempt.attempt_id
                  UNION
                  SELECT carrier_message_id FROM message_log
                   WHERE message_log.phone_number = attempt.phone_number
                     AND message_log.carrier_message_id IS NOT NULL
                     AND message_log.attempt_id <> attempt.attempt_id) AS owned
       FROM attempt
       JOIN message ON message.message_id = attempt.message_id
       LEFT JOIN LATERAL (SELECT carrier_message_id, status, error_code FROM message_log
                           WHERE message_log.attempt_id = attempt.attempt_id AND carrier_message_id IS NOT NULL
                           ORDER BY status_rank DESC LIMIT 1) AS callback ON true
      WHERE attempt.attempt_id = $1 AND attempt.state = 'ambiguous'`,
    [attempt.attempt_id, intervalMs],
  );
  const row = rows[0];
  if (!row) return null;
  const callback =
    row.callback_id === null
      ? null
      : {
          carrierMessageId: row.callback_id,
          status: row.status ?? 'unknown',
          errorCode: row.error_code,
        };
  return {
    evidence: {
      callback,
      owned: new Set(row.owned),
      emptyLooks: row.empty_listings,
      apart: row.apart,
    },
    message: {
      messageId: attempt.message_id,
      phoneNumber: attempt.phone_number,
      senderNumber: attempt.sender_number,
      body: row.body,
      mediaUrls: row.media_urls,
    },
  };
}

/** A look counts when it is the first, or far enough from the last that counted. */
async function noteEmptyLook(tx: Transaction, attemptId: string, intervalMs: number): Promise<void> {
  await tx.query(
    `UPDATE attempt
        SET empty_listings = greatest(empty_listings, 1),
            last_listed_at = coalesce(last_listed_at, clock_timestamp()),
            next_look_at = coalesce(last_listed_at, clock_timestamp()) + $2 * interval '1 millisecond'
      WHERE attempt_id = $1`,
    [attemptId, intervalMs],
  );
}

async function settleAttempt(
  tx: Transaction,
  attempt: Ambiguous,
  verdict: Exclude<Verdict, { kind: 'look_again' }>,
): Promise<void> {
  const accepted = verdict.kind === 'accepted';
  await tx.query(
    `UPDATE attempt
        SET state = $2, carrier_message_id = $3, error_code = $4, ended_at = clock_timestamp(), next_look_at = NULL,
            touched_at = CASE WHEN $2 <> 'not_sent' THEN touched_at END,
            empty_listings = empty_listings + (CASE WHEN $2 = 'accepted' THEN 0 ELSE 1 END)
      WHERE attempt_id = $1`,
    [
      attempt.attempt_id,
      verdict.kind,
      accepted ? verdict.carrierMessageId : null,
      accepted ? verdict.errorCode : null,
    ],
  );
  const after = { accepted: 'sent', not_sent: 'queued', unknown: 'unknown' } as const;
  const state = after[verdict.kind];
  await tx.query(
    `UPDATE message
        SET state = $2, rule = CASE WHEN $2 = 'unknown' THEN 'carrier_cannot_say' END,
            attempts = attempts - (CASE WHEN $2 = 'queued' THEN 1 ELSE 0 END),
            queued_at = CASE WHEN $2 = 'queued' THEN clock_timestamp() ELSE queued_at END,
            settled_at = CASE WHEN $2 <> 'queued' THEN clock_timestamp() END,
            segments = coalesce($3::smallint, segments)
      WHERE message_id = $1 AND state IN ('ambiguous', 'posting')`,
    [attempt.message_id, state, accepted ? verdict.segments : null],
  );
}
