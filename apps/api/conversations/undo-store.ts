import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { DecisionRow } from './store.ts';

/**
 * How a conversation came to be closed: what it was before, and from when on texts were settled by it. Null: what somebody
 * decided last was not to close it, or a text has come since: whatever closed it then, the agent among it, is not theirs.
 */
export async function readClosing(
  db: Queryable,
  conversationId: string,
): Promise<Pick<DecisionRow, 'at' | 'before'> | null> {
  const { rows } = await db.query<Pick<DecisionRow, 'at' | 'before'>>(
    `SELECT at, before
       FROM (SELECT occurred_at AS at, before, after FROM audit_entry
              WHERE subject = 'conversation' AND subject_id = $1 AND action = 'updated'
                AND before -> 'state' IS DISTINCT FROM after -> 'state'
              ORDER BY position DESC LIMIT 1) AS decided
      WHERE after ->> 'state' = 'closed'
        AND NOT EXISTS (SELECT FROM conversation WHERE conversation_id = $1::text::uuid AND conversation.last_text_at >= decided.at)`,
    [conversationId],
  );
  return rows[0] ?? null;
}

/** Texts of a conversation, which is locked, that were settled without an answer since an instant want one again. */
export async function wantAnswerAgain(
  tx: Transaction,
  { id, phoneNumber, since }: { id: string; phoneNumber: string; since: Date },
): Promise<void> {
  await tx.query(
    `WITH again AS (
       UPDATE reply SET answered_at = NULL
        WHERE phone_number = $2 AND answered_at >= $3 AND answered_by IS NULL
       RETURNING taken_as)
     UPDATE conversation
        SET waiting = waiting + (SELECT count(*)::int FROM again WHERE taken_as IN ('people', 'untold'))
      WHERE conversation_id = $1`,
    [id, phoneNumber, since],
  );
}

/** Nobody has looked at the newest text for people of a conversation, which is locked. Returns how many that changes: 0 or 1. */
export async function unreadText(
  tx: Transaction,
  { id, phoneNumber }: { id: string; phoneNumber: string },
): Promise<number> {
  const { rows } = await tx.query<{ texts: number }>(
    `WITH unread AS (
       UPDATE reply SET read_at = NULL
        WHERE read_at IS NOT NULL AND reply_id = (
              SELECT reply_id FROM reply
               WHERE phone_number = $2 AND taken_as IN ('people', 'stopped', 'untold')
               ORDER BY received_at DESC, reply_id DESC LIMIT 1)
       RETURNING reply_id)
     UPDATE conversation SET unread = unread + (SELECT count(*)::int FROM unread)
      WHERE conversation_id = $1
     RETURNING (SELECT count(*)::int FROM unread) AS texts`,
    [id, phoneNumber],
  );
  return rows[0]?.texts ?? 0;
}
