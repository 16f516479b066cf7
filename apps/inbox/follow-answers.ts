import type { MessageStatus } from '#shared/carriers/status.ts';
import { readSuppressed } from '#shared/consent/suppression.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { inTransaction, type Pool, type Queryable, type Transaction } from '#shared/postgres/pool.ts';
import { type Conversation, wantsAgain } from '#shared/replies/conversation.ts';
import { lockKnownConversations, writeConversations } from '#shared/replies/store.ts';
import { type TakenAs, wantsAnswer } from '#shared/replies/taken-as.ts';
import { fateOf, lookAgainMs } from './answer-fate.ts';

export interface FollowAnswersOptions {
  pool: Pool;
  pseudonyms: Pseudonyms;
  /** Business time. */
  now: Date;
  /** Answers looked for at once. */
  limit: number;
}

export interface AnswersFollowed {
  /** How many were looked for. */
  looked: number;
  /** How many of them never reached anybody, so that their conversations want somebody again. */
  lost: number;
}

/**
 * Looks what became of answers by hand that are due for it. The texts that one was to answer want an answer again when it
 * will not reach the person: a text of theirs made it void, the carrier refused it, it did not arrive, or nobody can say.
 * Not where the person has stopped: to them nothing may go.
 *
 * Under the locks on the conversations, as everything that marks their texts. Conversations that somebody else holds wait
 * for the next look. Any number of tasks may call it; idempotent.
 */
export function followAnswers(options: FollowAnswersOptions): Promise<AnswersFollowed> {
  const { limit, now, pool, pseudonyms } = options;
  return inTransaction(pool, async (tx) => {
    const conversations = await lockKnownConversations(tx, await conversationsDue(tx, now, limit));
    const due = await readDue(tx, [...conversations.keys()], now, limit);
    if (due.length === 0) return { looked: 0, lost: 0 };
    const lost = due.filter((answer) => fateOf(answer) === 'lost');
    await noteLooks(tx, due, now);
    const suppressed = await readSuppressed(
      tx,
      lost.map(({ phoneNumber }) => phoneNumber),
      pseudonyms,
    );
    const missed = lost.filter(({ phoneNumber }) => !suppressed.has(phoneNumber));
    const texts = await unmarkAnswered(tx, missed);
    const became = [...Map.groupBy(missed, ({ conversationId }) => conversationId).keys()].flatMap(
      (conversationId): Conversation[] => {
        const known = conversations.get(conversationId);
        if (known === undefined) return [];
        const wanting = texts.filter((text) => text.phoneNumber === known.phoneNumber);
        return [wantsAgain(known, wanting.filter(({ taken }) => wantsAnswer(taken)).length)];
      },
    );
    await writeConversations(tx, became);
    return { looked: due.length, lost: missed.length };
  });
}

async function conversationsDue(tx: Transaction, now: Date, limit: number): Promise<string[]> {
  const { rows } = await tx.query<{ conversation_id: string }>(
    `SELECT DISTINCT conversation_id
       FROM (SELECT conversation_id FROM conversation_answer WHERE look_at <= $1 ORDER BY look_at LIMIT $2) AS due`,
    [now, limit],
  );
  return rows.map((row) => row.conversation_id);
}

interface DueAnswer {
  messageId: string;
  conversationId: string;
  phoneNumber: string;
  /** The newest text when it was written; null: it is from before that was kept. */
  replyId: string | null;
  answeredAt: Date;
  state: string | null;
  status: MessageStatus | null;
}

/** Those that are due in conversations that are locked, with what is known of their messages. */
async function readDue(
  tx: Transaction,
  conversationIds: readonly string[],
  now: Date,
  limit: number,
): Promise<DueAnswer[]> {
  if (conversationIds.length === 0) return [];
  const { rows } = await tx.query<DueAnswer>(
    `SELECT answer.message_id AS "messageId", answer.conversation_id AS "conversationId",
            conversation.phone_number AS "phoneNumber", answer.reply_id AS "replyId", answer.answered_at AS "answeredAt",
            message.state, logged.status
       FROM conversation_answer AS answer
       JOIN conversation USING (conversation_id)
       LEFT JOIN message USING (message_id)
       LEFT JOIN LATERAL (
              SELECT status FROM attempt JOIN message_log USING (attempt_id)
               WHERE attempt.message_id = answer.message_id AND attempt.state = 'accepted'
               ORDER BY status_rank DESC LIMIT 1) AS logged ON message.state = 'sent'
      WHERE answer.conversation_id = ANY ($1) AND answer.look_at <= $2
      ORDER BY answer.look_at LIMIT $3`,
    [conversationIds, now, limit],
  );
  return rows;
}

/** Says when those on their way are looked for again, and of the others that it is known what became of them. */
async function noteLooks(tx: Transaction, due: readonly DueAnswer[], now: Date): Promise<void> {
  const next = due.map((answer) => {
    if (fateOf(answer) !== 'underway') return null;
    const ms = lookAgainMs(now.getTime() - answer.answeredAt.getTime(), answer.state);
    return ms === null ? null : new Date(now.getTime() + ms);
  });
  await tx.query(
    `UPDATE conversation_answer AS answer SET look_at = looked.next
       FROM unnest($1::uuid[], $2::timestamptz[]) AS looked(message_id, next)
      WHERE answer.message_id = looked.message_id`,
    [due.map(({ messageId }) => messageId), next],
  );
}

/**
 * The texts that these were to answer are not answered: those that counted as answered by them, and the newest at the time,
 * which another answer may have come before. Returns them. Texts of an erasure that is under way have another number by then.
 */
async function unmarkAnswered(
  tx: Transaction,
  lost: readonly DueAnswer[],
): Promise<{ phoneNumber: string; taken: TakenAs | null }[]> {
  if (lost.length === 0) return [];
  const { rows } = await tx.query<{ phoneNumber: string; taken: TakenAs | null }>(
    `UPDATE reply SET answered_at = NULL, answered_by = NULL
       FROM unnest($1::text[], $2::uuid[], $3::uuid[]) AS lost(phone_number, message_id, reply_id)
      WHERE reply.phone_number = lost.phone_number AND reply.answered_at IS NOT NULL
        AND (reply.answered_by = lost.message_id OR reply.reply_id = lost.reply_id)
     RETURNING reply.phone_number AS "phoneNumber", reply.taken_as AS taken`,
    [
      lost.map(({ phoneNumber }) => phoneNumber),
      lost.map(({ messageId }) => messageId),
      lost.map(({ replyId }) => replyId),
    ],
  );
  return rows;
}

/** When the next answer is to be looked for (business time); null: it is known of all what became of them. */
export async function nextAnswerLook(db: Queryable): Promise<Date | null> {
  const { rows } = await db.query<{ due_at: Date | null }>(
    'SELECT min(look_at) AS due_at FROM conversation_answer WHERE look_at IS NOT NULL',
  );
  return rows[0]?.due_at ?? null;
}
