import { lockPhones } from '#shared/phone/lock-phones.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { type LogPage, pagesOfLog } from './log-pages.ts';
import { writeLostRows } from './lost-rows.ts';

/** Messages that nobody knows to have gone, whatever they wait for. */
export const UNSETTLED = "message.state IN ('queued', 'posting', 'held', 'ambiguous')";

/**
 * Goes once through what the message log has heard since the restore point: what is unsent in the database is `sent`, and what has no row there
 * gets one. Returns how many messages. `allowed` is asked before each page, and rejects where nothing may be settled any more: what was done
 * stays.
 */
export async function settleKnown(pool: Pool, since: Date, allowed: () => Promise<void>): Promise<number> {
  let sum = 0;
  for await (const page of pagesOfLog(pool, since)) {
    await allowed();
    sum += await inTransaction(pool, async (tx) => {
      await lockPhones(tx, page.phones);
      return (await settlePage(tx, page)) + (await writeLostRows(tx, page));
    });
  }
  return sum;
}

async function settlePage(tx: Transaction, { logIds }: LogPage): Promise<number> {
  const { rowCount } = await tx.query(
    `WITH log AS (
       SELECT DISTINCT ON (message_id) message_id, attempt_id, carrier, carrier_message_id,
              coalesce(occurred_at, first_seen_at) AS sent_at
         FROM message_log WHERE log_id = ANY ($1) ORDER BY message_id, first_seen_at, log_id),
     known AS (
       UPDATE message SET state = 'sent', rule = NULL, due_at = NULL, settled_at = clock_timestamp()
         FROM log WHERE message.message_id = log.message_id AND ${UNSETTLED}
       RETURNING message.message_id, phone_number, sender_number, intent, channel, log.attempt_id, log.carrier,
                 log.carrier_message_id, log.sent_at),
     -- Whatever became of a call, it is not under way any more.
     closed AS (
       UPDATE attempt SET state = 'accepted', ended_at = clock_timestamp(), next_look_at = NULL,
                          over_at = CASE known.channel WHEN 'voice' THEN clock_timestamp() END
         FROM known WHERE attempt.message_id = known.message_id AND attempt.state IN ('posting', 'ambiguous')),
     -- What had gone counts for frequency caps, also where its request was made after the moment of the restore.
     made AS (
       INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at, ended_at,
                            carrier_message_id, touched_at, channel, over_at)
       SELECT coalesce(attempt_id, gen_random_uuid()), message_id, phone_number, carrier, sender_number, 'accepted', sent_at,
              clock_timestamp(), carrier_message_id, CASE WHEN intent = 'marketing' THEN sent_at END, channel,
              CASE channel WHEN 'voice' THEN clock_timestamp() END
         FROM known WHERE NOT EXISTS (SELECT FROM attempt WHERE attempt.message_id = known.message_id)
       ON CONFLICT DO NOTHING)
     SELECT FROM known`,
    [logIds],
  );
  return rowCount ?? 0;
}
