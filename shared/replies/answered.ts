import type { Transaction } from '#shared/postgres/pool.ts';

/** How texts are marked. */
export interface Marking {
  /** Null: they were looked at and nothing more. `by`: the message that answers them; null: the conversation is closed. */
  answered: { by: string | null } | null;
  /** The newest that somebody saw; null: all that are there. */
  upTo: string | null;
  now: Date;
}

/**
 * Marks texts of a conversation, which is locked, as looked at, and as answered where they are: all that are stored, or those
 * that were stored up to one of them. Takes them off what the conversation counts. Returns how many were marked.
 */
export async function markTexts(
  tx: Transaction,
  conversation: { id: string; phoneNumber: string },
  { answered, now, upTo }: Marking,
): Promise<number> {
  const { rows } = await tx.query<{ marked: number }>(
    `WITH marked AS (
       UPDATE reply
          SET read_at = coalesce(reply.read_at, $4),
              answered_at = CASE WHEN $3 THEN coalesce(reply.answered_at, $4) ELSE reply.answered_at END,
              answered_by = CASE WHEN $3 AND reply.answered_at IS NULL THEN $6 ELSE reply.answered_by END
         FROM (SELECT reply_id, read_at, answered_at FROM reply
                WHERE phone_number = $2 AND (read_at IS NULL OR answered_at IS NULL)
                  AND (taken_as IS NULL OR taken_as IN ('people', 'stopped', 'untold'))
                  AND ($5::uuid IS NULL OR position <= (SELECT position FROM reply WHERE reply_id = $5))) AS before
        WHERE reply.reply_id = before.reply_id AND (before.read_at IS NULL OR $3)
       RETURNING reply.taken_as, before.read_at, before.answered_at),
     changes AS (
       SELECT count(*)::int AS marked,
              (count(*) FILTER (WHERE read_at IS NULL AND taken_as IN ('people', 'stopped', 'untold')))::int AS read,
              (count(*) FILTER (WHERE $3 AND answered_at IS NULL AND taken_as IN ('people', 'untold')))::int AS answered
         FROM marked)
     UPDATE conversation SET unread = unread - changes.read, waiting = waiting - changes.answered
       FROM changes WHERE conversation_id = $1
     RETURNING changes.marked`,
    [conversation.id, conversation.phoneNumber, answered !== null, now, upTo, answered?.by ?? null],
  );
  return rows[0]?.marked ?? 0;
}

/** Notes who wrote which message. `replyId`: their newest text; `lookAt`: when to see what became of it, null: it is known. */
export async function insertAnswer(
  tx: Transaction,
  answer: {
    messageId: string;
    conversationId: string;
    by: string;
    at: Date;
    replyId: string;
    lookAt: Date | null;
  },
): Promise<void> {
  await tx.query(
    `INSERT INTO conversation_answer (message_id, conversation_id, answered_by, answered_at, reply_id, look_at)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [answer.messageId, answer.conversationId, answer.by, answer.at, answer.replyId, answer.lookAt],
  );
}
