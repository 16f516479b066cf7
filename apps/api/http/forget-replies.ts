import type { Queryable } from '#shared/postgres/pool.ts';
import { REPLY_DAYS } from './stored-reply.ts';

/** Replies that are deleted by one statement. */
const AT_ONCE = 1_000;

/** Forgets some of the replies that were kept long enough (business time); returns how many. */
export async function forgetReplies(db: Queryable, now: Date): Promise<number> {
  const { rowCount } = await db.query(
    `DELETE FROM api_reply WHERE (actor_id, idempotency_key) IN (
       SELECT actor_id, idempotency_key FROM api_reply
        WHERE created_at < $1::timestamptz - $2 * interval '1 day'
        ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED)`,
    [now, REPLY_DAYS, AT_ONCE],
  );
  return rowCount ?? 0;
}
