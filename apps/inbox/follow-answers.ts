import { readSuppressed } from '#shared/consent/suppression.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { inTransaction, type Pool, type Queryable, type Transaction } from '#shared/postgres/pool.ts';
import { type Conversation, wantsAgain } from '#shared/replies/conversation.ts';
import { lockKnownConversations, writeConversations } from '#shared/replies/store.ts';
import { type TakenAs, wantsAnswer } from '#shared/replies/taken-as.ts';
import { type AnswerMessage, fateOf, lookAgainMs } from './answer-fate.ts';

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
  /** How many of them never reached anybody, and no later one did instead, so that their conversations want somebody again. */
  lost: number;
}

/**
 * Looks what became of answers by hand that are due for it. The texts that one was to answer want an answer again when it
 * will not reach the person: a text of theirs made it void, the carrier refused it, it did not arrive, or nobody can say.
 * Not where somebody answered the same text again later, and that answer is not lost: they have that one, or will be asked
 * for when it is lost. Not where the person has stopped: to them nothing may go.
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
    const instead = await answeredAgain(tx, lost);
    await handOn(tx, instead);
    const missed = lost.filter(
      ({ messageId, phoneNumber }) => !suppressed.has(phoneNumber) && !instead.has(messageId),
    );
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

interface DueAnswer extends AnswerMessage {
  messageId: string;
  conversationId: string;
  phoneNumber: string;
  /** The newest text when it was written; null: it is from before that was kept. */
  replyId: string | null;
  answeredAt: Date;
}

/** What the carrier has said of the message of `answer`. Of statements that join `message`. */
const LOGGED = `LEFT JOIN LATERAL (
              SELECT status FROM attempt JOIN message_log USING (attempt_id)
               WHERE attempt.message_id = answer.message_id AND attempt.state = 'accepted'
               ORDER BY status_rank DESC LIMIT 1) AS logged ON message.state = 'sent'`;

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
       ${LOGGED}
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
 * Which of these that are lost have a later one to the same text which is not, by message: the newest of those. Conversations
 * are locked: nobody answers meanwhile.
 */
async function answeredAgain(tx: Transaction, lost: readonly DueAnswer[]): Promise<Map<string, string>> {
  if (lost.length === 0) return new Map();
  const { rows } = await tx.query<AnswerMessage & { messageId: string; later: string }>(
    `SELECT lost.message_id AS "messageId", answer.message_id AS later, message.state, logged.status
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[])
            AS lost(message_id, conversation_id, reply_id, answered_at)
       JOIN conversation_answer AS answer ON answer.conversation_id = lost.conversation_id
        AND answer.reply_id = lost.reply_id
        AND (answer.answered_at, answer.message_id) > (lost.answered_at, lost.message_id)
       LEFT JOIN message ON message.message_id = answer.message_id
       ${LOGGED}
      ORDER BY answer.answered_at, answer.message_id`,
    [
      lost.map(({ messageId }) => messageId),
      lost.map(({ conversationId }) => conversationId),
      lost.map(({ replyId }) => replyId),
      lost.map(({ answeredAt }) => answeredAt),
    ],
  );
  return new Map(
    rows.flatMap(({ later, messageId, state, status }): [string, string][] =>
      fateOf({ state, status }) === 'lost' ? [] : [[messageId, later]],
    ),
  );
}

/** What counted as answered by the first counts as answered by the second: it wants an answer again when that is lost. */
async function handOn(tx: Transaction, instead: ReadonlyMap<string, string>): Promise<void> {
  if (instead.size === 0) return;
  await tx.query(
    `UPDATE reply SET answered_by = instead.later
       FROM unnest($1::uuid[], $2::uuid[]) AS instead(message_id, later)
       JOIN conversation_answer AS answer USING (message_id)
       JOIN conversation USING (conversation_id)
      WHERE reply.phone_number = conversation.phone_number AND reply.answered_by = instead.message_id`,
    [[...instead.keys()], [...instead.values()]],
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
