import type { FoundCall, VoiceCarrier } from '#shared/carriers/voice.ts';
import type { CallStatus } from '#shared/contracts/message-log.ts';
import { CarillonError } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import { isPhoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { UNDER_WAY } from './under-way.ts';

/**
 * Calls from their acceptance to their end and their price. Callbacks tell the message log how a call ended; what is over
 * there is over here. A call of which no callback tells is looked for at its carrier, and so is what it cost, which no
 * callback tells. What the carrier says goes to the message log as what callbacks say does.
 */

/** Statuses after which nothing of a call follows. */
const OVER = ['completed', 'busy', 'no-answer', 'failed', 'canceled'];

/** Calls in one transaction. */
const AT_ONCE = 200;
/** Calls that are asked for at the same time. */
const ASKED_AT_ONCE = 10;
const MINUTE_MS = 60_000;
/** When the price of a call is asked for, in ms after each other: the carrier knows it minutes after the end. */
const PRICE_ASKED_MS = [5 * MINUTE_MS, 30 * MINUTE_MS, 6 * 60 * MINUTE_MS, 24 * 60 * MINUTE_MS];
/** How often a call without an end is asked for, in ms. */
const AGAIN_MS = MINUTE_MS;
/** A call that its carrier does not know, or has no end of, for so long is over as far as we are concerned, in ms. */
const GIVEN_UP_MS = 60 * MINUTE_MS;

/** Notes which calls the log knows to be over. Returns how many. Every task may call it. */
export async function endCalls(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `UPDATE attempt SET over_at = clock_timestamp(), next_look_at = clock_timestamp() + $3 * interval '1 millisecond'
      WHERE attempt_id IN (
        SELECT attempt_id FROM attempt
         WHERE ${UNDER_WAY} AND attempt.state = 'accepted'
           AND EXISTS (SELECT FROM message_log AS log
                        WHERE log.attempt_id = attempt.attempt_id AND log.status = ANY ($1)
                          AND log.carrier_message_id = attempt.carrier_message_id)
         LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [OVER, AT_ONCE, PRICE_ASKED_MS[0]],
  );
  return rowCount ?? 0;
}

export interface AskOptions {
  pool: Pool;
  carrier: Pick<VoiceCarrier, 'name' | 'fetchCall'>;
  logger: Logger;
  /** Business time, for the message log. */
  now: () => Date;
  /** A question that had no answer by then is asked again, in ms. */
  patienceMs: number;
}

interface Asked {
  attempt_id: string;
  message_id: string;
  phone_number: string;
  carrier_message_id: string;
  is_over: boolean;
  is_priced: boolean;
  /** Since it began, and since it was over, in ms. */
  age_ms: number;
  over_ms: number | null;
}

/** Asks the carrier for calls that are due to be asked for. Returns how many were asked for. Every task may call it. */
export async function askForCalls(options: AskOptions): Promise<number> {
  const { rows } = await options.pool.query<Asked>(
    `WITH asked AS (
       UPDATE attempt SET next_look_at = clock_timestamp() + $2 * interval '1 millisecond'
        WHERE attempt_id IN (SELECT attempt_id FROM attempt
                              WHERE channel = 'voice' AND state = 'accepted' AND next_look_at <= clock_timestamp()
                              ORDER BY next_look_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING *)
     SELECT asked.attempt_id, asked.message_id, asked.phone_number, asked.carrier_message_id,
            asked.over_at IS NOT NULL AS is_over,
            (extract(epoch FROM clock_timestamp() - asked.posted_at) * 1000)::float8 AS age_ms,
            (extract(epoch FROM clock_timestamp() - asked.over_at) * 1000)::float8 AS over_ms,
            EXISTS (SELECT FROM message_log AS log JOIN call_log USING (log_id)
                     WHERE log.attempt_id = asked.attempt_id AND call_log.price IS NOT NULL) AS is_priced
       FROM asked`,
    [ASKED_AT_ONCE, options.patienceMs],
  );
  await Promise.all(rows.map((call) => askFor(options, call)));
  return rows.length;
}

async function askFor(options: AskOptions, call: Asked): Promise<void> {
  const { carrier, logger, patienceMs, pool } = options;
  if (call.is_priced && call.is_over) {
    await note(pool, call, null, options);
    return;
  }
  let found: FoundCall | null;
  try {
    found = await carrier.fetchCall(call.carrier_message_id, AbortSignal.timeout(patienceMs));
  } catch (error) {
    if (!(error instanceof CarillonError) || !error.retryable) throw error;
    logger.warn({ attemptId: call.attempt_id, err: error }, 'the carrier could not be asked for a call');
    return;
  }
  if (found === null) logger.warn({ attemptId: call.attempt_id }, 'the carrier does not know a call of ours');
  await note(pool, call, found, options);
}

/** What follows from the answer, and when it is asked for again. Pure. */
export function following(
  { age_ms, is_over, is_priced, over_ms }: Pick<Asked, 'age_ms' | 'is_over' | 'is_priced' | 'over_ms'>,
  found: Pick<FoundCall, 'status' | 'price'> | null,
): { isOver: boolean; againMs: number | null } {
  const isOver = is_over || (found === null ? age_ms >= GIVEN_UP_MS : OVER.includes(found.status));
  if (!isOver) return { isOver: age_ms >= GIVEN_UP_MS, againMs: AGAIN_MS };
  if (is_priced || found === null || found.price !== null) return { isOver, againMs: null };
  // It was over for so long: the next of the times that are still to come.
  const overFor = over_ms ?? 0;
  const next = PRICE_ASKED_MS.find((at) => at > overFor + MINUTE_MS);
  return { isOver, againMs: next === undefined ? null : next - overFor };
}

async function note(
  pool: Pool,
  call: Asked,
  found: FoundCall | null,
  { carrier, now }: AskOptions,
): Promise<void> {
  const { againMs, isOver } = following(call, found);
  await inTransaction(pool, async (tx) => {
    await tx.query(
      `UPDATE attempt SET over_at = CASE WHEN $2 THEN coalesce(over_at, clock_timestamp()) END,
              next_look_at = clock_timestamp() + $3 * interval '1 millisecond'
        WHERE attempt_id = $1 AND state = 'accepted'`,
      [call.attempt_id, isOver, againMs],
    );
    if (found !== null) await writeStatus(tx, call, found, { carrier: carrier.name, now: now() });
  });
}

async function writeStatus(
  tx: Transaction,
  call: Asked,
  found: FoundCall,
  { carrier, now }: { carrier: VoiceCarrier['name']; now: Date },
): Promise<void> {
  const { attempt_id, carrier_message_id, message_id, phone_number } = call;
  const record: CallStatus = {
    type: 'CALL_STATUS',
    carrier,
    carrierMessageId: carrier_message_id,
    status: found.status,
    errorCode: null,
    answeredBy: found.answeredBy,
    seconds: found.seconds,
    price: found.price,
    attemptId: attempt_id,
    messageId: message_id,
    // Whoever was erased meanwhile has a name instead.
    phoneNumber: isPhoneNumber(phone_number) ? phone_number : null,
    receivedAt: now.toISOString(),
  };
  await writeSlotOutbox(tx, 'caller', [
    { kind: 'stream', target: 'message-log', orderingKey: phone_number, body: JSON.stringify(record) },
  ]);
}
