import { SENT_BEFORE_RESTORE } from '#shared/messages/restored.ts';
import { lockPhones } from '#shared/phone/lock-phones.ts';
import { inTransaction, type Pool, type Queryable, type Transaction } from '#shared/postgres/pool.ts';

/**
 * Messages that no stream makes anew: of campaigns, of the API, of people. Their rows are gone with everything since the restore point,
 * and whoever plans them again does so under the same ids. What the message log knows of them gets its row back, as sent, so that
 * such an id is taken (docs/decisions/0046-sent-ids-stay-taken.md).
 */

/** Rows of the message log in one transaction. */
const PAGE = 1_000;

/** Rows of messages that went out, by the time at which they were first heard of; erased people have none. */
interface Page {
  logIds: string[];
  phones: string[];
}

/**
 * Writes what is missing. Returns how many messages. Idempotent. `allowed` is asked before each page, and rejects where nothing may be
 * settled any more: what was written stays.
 */
export async function writeLostRows(pool: Pool, since: Date, allowed: () => Promise<void>): Promise<number> {
  let sum = 0;
  for await (const page of pagesSince(pool, since)) {
    await allowed();
    sum += await inTransaction(pool, (tx) => write(tx, page));
  }
  return sum;
}

/** How many it would write. */
export async function countLostRows(pool: Pool, since: Date): Promise<number> {
  const lost = new Set<string>();
  for await (const { logIds } of pagesSince(pool, since)) {
    const { rows } = await pool.query<{ message_id: string }>(
      `SELECT message_id FROM message_log WHERE log_id = ANY ($1) AND ${IS_LOST}`,
      [logIds],
    );
    for (const row of rows) lost.add(row.message_id);
  }
  return lost.size;
}

const IS_LOST = 'NOT EXISTS (SELECT FROM message WHERE message.message_id = message_log.message_id)';

/** Each statement reads a little, however much went out: none may take longer than a few seconds. */
async function* pagesSince(db: Queryable, since: Date): AsyncGenerator<Page> {
  let last = { seen: since.toISOString(), id: '00000000-0000-0000-0000-000000000000' };
  for (;;) {
    const { rows } = await db.query<{ log_id: string; phone_number: string; seen: string }>(
      // As text: a Date would lose the microseconds.
      `SELECT log_id, phone_number, first_seen_at::text AS seen FROM message_log
        WHERE (first_seen_at, log_id) > ($1::timestamptz, $2::uuid)
          AND message_id IS NOT NULL AND carrier_message_id IS NOT NULL AND phone_number LIKE '+%'
        ORDER BY first_seen_at, log_id LIMIT $3`,
      [last.seen, last.id, PAGE],
    );
    const end = rows.at(-1);
    if (end === undefined) return;
    last = { seen: end.seen, id: end.log_id };
    yield { logIds: rows.map((row) => row.log_id), phones: rows.map((row) => row.phone_number) };
  }
}

/**
 * What the log does not know of them is as it does no harm: they count for frequency caps whatever they were about. Where only a status
 * was heard of one there are neither words nor a number of ours: the campaign that takes it over says them.
 */
async function write(tx: Transaction, { logIds, phones }: Page): Promise<number> {
  await lockPhones(tx, phones);
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
