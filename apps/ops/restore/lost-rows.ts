import { SENT_BEFORE_RESTORE } from '#shared/messages/restored.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { LogPage } from './log-pages.ts';

/**
 * Messages that no stream makes anew: of campaigns, of the API, of people. Their rows are gone with everything since the restore point,
 * and whoever plans them again does so under the same ids. What the message log knows of them gets its row back, as sent, so that
 * such an id is taken (docs/decisions/0046-sent-ids-stay-taken.md).
 */

/** Of a row of `message_log`: its message has no row. */
export const IS_LOST = 'NOT EXISTS (SELECT FROM message WHERE message.message_id = message_log.message_id)';

/**
 * Writes what is missing of a page of the log whose phones are locked, and returns how many messages. What the log does not know of them is as it does no harm: they count for frequency caps whatever they were about. Where only a status
 * was heard of one there are neither words nor a number of ours: the campaign that takes it over says them.
 */
export async function writeLostRows(tx: Transaction, { logIds }: LogPage): Promise<number> {
  const { rowCount } = await tx.query(
    `WITH lost AS (
       SELECT DISTINCT ON (message_id) message_id, phone_number, carrier, carrier_message_id, segments, media_urls,
              coalesce(attempt_id, gen_random_uuid()) AS attempt_id, coalesce(body, '') AS body,
              coalesce(our_number, '') AS sender_number,
              -- First seen is when the stream was replayed.
              coalesce(occurred_at, status_at, first_seen_at) AS sent_at,
              CASE WHEN EXISTS (SELECT FROM call_log WHERE call_log.log_id = message_log.log_id)
                   THEN 'voice' ELSE 'sms' END AS channel
         FROM message_log WHERE log_id = ANY ($1) AND ${IS_LOST}
        ORDER BY message_id, first_seen_at, log_id),
     reserved AS (
       UPDATE phone SET last_ordinal = last_ordinal + wanted.count
         FROM (SELECT phone_number, count(*) FROM lost GROUP BY phone_number) AS wanted
        WHERE phone.phone_number = wanted.phone_number
       RETURNING phone.phone_number, last_ordinal - wanted.count AS before),
     requests AS (
       INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at, ended_at,
                            carrier_message_id, touched_at, channel, over_at)
       SELECT attempt_id, message_id, phone_number, carrier, sender_number, 'accepted', sent_at, clock_timestamp(),
              carrier_message_id, sent_at, channel, CASE channel WHEN 'voice' THEN clock_timestamp() END
         FROM lost
       ON CONFLICT DO NOTHING)
     INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, media_urls, batch_id, cause_id,
                          created_at, opens_batch, state, rule, attempts, settled_at, segments, channel)
     SELECT message_id, phone_number, before + row_number() OVER (PARTITION BY phone_number ORDER BY sent_at, message_id),
            'bulk', 'transactional', sender_number, body, media_urls, message_id, message_id, sent_at, false, 'sent', $2, 1,
            clock_timestamp(), segments, channel
       FROM lost JOIN reserved USING (phone_number)`,
    [logIds, SENT_BEFORE_RESTORE],
  );
  return rowCount ?? 0;
}
