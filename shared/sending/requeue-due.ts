import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import type { SendingChannel } from './channel.ts';
import { giveTurns } from './give-turns.ts';

type Line = Pick<SendingChannel, 'channel' | 'producer'>;

/** Phones in one transaction. */
const BATCH = 200;

/**
 * Held messages whose time has come (business time) are queued again, with a turn. Returns how many phones; fewer
 * than asked for may only mean that others hold them just now.
 */
export function requeueDue(pool: Pool, line: Line, now: Date): Promise<number> {
  return inTransaction(pool, async (tx) => {
    const phones = await lockFree(
      tx,
      `SELECT phone_number FROM phone
        WHERE phone_number IN (SELECT phone_number FROM message WHERE state = 'held' AND due_at <= $2
                                  AND channel = $3 ORDER BY due_at LIMIT $1)
        ORDER BY phone_number FOR UPDATE SKIP LOCKED`,
      [BATCH, now, line.channel],
    );
    if (phones.length === 0) return 0;
    await tx.query(
      `UPDATE message SET state = 'queued', due_at = NULL
        WHERE phone_number = ANY ($1) AND state = 'held' AND due_at <= $2 AND channel = $3`,
      [phones, now, line.channel],
    );
    await giveTurns(tx, phones, line);
    return phones.length;
  });
}

/** When the next held message is due (business time), or null. */
export async function nextHeldDue(pool: Pool, { channel }: Line): Promise<Date | null> {
  const { rows } = await pool.query<{ due_at: Date | null }>(
    `SELECT min(due_at) AS due_at FROM message WHERE state = 'held' AND channel = $1`,
    [channel],
  );
  return rows[0]?.due_at ?? null;
}

/**
 * Messages that have been queued for longer than `staleMs` (real time) get a turn again, in case theirs was lost: an
 * entry that went to the dead-letter queue, or a queue that was emptied. If theirs still exists, nothing happens
 * twice. Returns how many phones.
 */
export function requeueStale(pool: Pool, line: Line, staleMs: number): Promise<number> {
  return inTransaction(pool, async (tx) => {
    const phones = await lockFree(
      tx,
      `SELECT phone_number FROM phone
        WHERE phone_number IN (SELECT phone_number FROM message WHERE state = 'queued' AND channel = $3
                                  AND queued_at < clock_timestamp() - $2 * interval '1 millisecond'
                                ORDER BY queued_at LIMIT $1)
        ORDER BY phone_number FOR UPDATE SKIP LOCKED`,
      [BATCH, staleMs, line.channel],
    );
    await giveTurns(tx, phones, line);
    return phones.length;
  });
}

/** In how many ms a queued message will have waited for `staleMs`; null: none is queued. */
export async function nextStaleInMs(pool: Pool, { channel }: Line, staleMs: number): Promise<number | null> {
  const { rows } = await pool.query<{ ms: number | null }>(
    `SELECT (extract(epoch FROM min(queued_at) - clock_timestamp()) * 1000)::float8 + $2 AS ms
       FROM message WHERE state = 'queued' AND channel = $1`,
    [channel, staleMs],
  );
  return rows[0]?.ms ?? null;
}

/**
 * Attempts that are still `posting` when every request of theirs must long be over: their process died, or cannot
 * reach the database. What became of them is for the reconciliation to find out. Returns how many.
 */
export function abandonPosting(pool: Pool, { channel }: Line, overdueMs: number): Promise<number> {
  return inTransaction(pool, async (tx) => {
    const phones = await lockFree(
      tx,
      `SELECT phone_number FROM phone
        WHERE phone_number IN (SELECT phone_number FROM attempt WHERE state = 'posting' AND channel = $3
                                  AND posted_at < clock_timestamp() - $2 * interval '1 millisecond'
                                ORDER BY posted_at LIMIT $1)
        ORDER BY phone_number FOR UPDATE SKIP LOCKED`,
      [BATCH, overdueMs, channel],
    );
    if (phones.length === 0) return 0;
    const { rowCount } = await tx.query(
      `WITH abandoned AS (
         UPDATE attempt SET state = 'ambiguous', next_look_at = clock_timestamp()
          WHERE phone_number = ANY ($1) AND state = 'posting' AND channel = $3
            AND posted_at < clock_timestamp() - $2 * interval '1 millisecond'
         RETURNING message_id)
       UPDATE message SET state = 'ambiguous' FROM abandoned
        WHERE message.message_id = abandoned.message_id AND message.state = 'posting'`,
      [phones, overdueMs, channel],
    );
    return rowCount ?? 0;
  });
}

/** In how many ms an attempt will have been `posting` for `overdueMs`; null: none is. */
export async function nextOverdueInMs(
  pool: Pool,
  { channel }: Line,
  overdueMs: number,
): Promise<number | null> {
  const { rows } = await pool.query<{ ms: number | null }>(
    `SELECT (extract(epoch FROM min(posted_at) - clock_timestamp()) * 1000)::float8 + $2 AS ms
       FROM attempt WHERE state = 'posting' AND channel = $1`,
    [channel, overdueMs],
  );
  return rows[0]?.ms ?? null;
}

/** Phones that nobody else works on, locked in the order of their numbers. */
async function lockFree(tx: Transaction, query: string, values: readonly unknown[]): Promise<string[]> {
  const { rows } = await tx.query<{ phone_number: string }>(query, [...values]);
  return rows.map((row) => row.phone_number);
}
