import { readSuppressed } from '#shared/consent/suppression.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { inTransaction, type Pool, type Queryable, type Transaction } from '#shared/postgres/pool.ts';
import { type Conversation, taken } from '#shared/replies/conversation.ts';
import { lockKnownConversations, writeConversations } from '#shared/replies/store.ts';
import type { TakenAs } from '#shared/replies/taken-as.ts';
import { writeTaken } from './store.ts';

/** How long the dialog has for a text, in ms. Less than the time in which an answer goes at any hour. */
export const UNTOLD_MS = 5 * 60_000;

export interface HandOverOptions {
  pool: Pool;
  pseudonyms: Pseudonyms;
  /** Business time. */
  now: Date;
  /** Texts of one transaction. */
  limit: number;
}

/**
 * Hands over to people what the dialog has said nothing about for UNTOLD_MS: it says nothing of some texts (of somebody whom
 * it held for opted out), may be behind, or may have set the command aside. What it says later still stands. Returns how
 * many texts.
 *
 * Under the locks on the conversations, as everything that marks their texts. Those that somebody else holds wait for the
 * next look. Any number of tasks may call it; idempotent.
 */
export function handOverUntold({ limit, now, pool, pseudonyms }: HandOverOptions): Promise<number> {
  return inTransaction(pool, async (tx) => {
    const conversations = await lockKnownConversations(tx, await conversationsDue(tx, now, limit));
    const byPhone = new Map([...conversations.values()].map((each) => [each.phoneNumber, each]));
    const phones = [...byPhone.keys()];
    const texts = await readUntold(tx, phones, now, limit);
    if (texts.length === 0) return 0;
    const suppressed = await readSuppressed(tx, phones, pseudonyms);
    const told = texts.map((text): { replyId: string; taken: TakenAs } => ({
      replyId: text.replyId,
      taken: suppressed.has(text.phoneNumber) ? 'stopped' : 'untold',
    }));
    await writeTaken(tx, told);
    const changed = new Map<string, Conversation>();
    for (const [n, text] of texts.entries()) {
      const known = changed.get(text.phoneNumber) ?? byPhone.get(text.phoneNumber);
      if (known === undefined) continue;
      changed.set(text.phoneNumber, taken(known, { before: null, now: told[n]?.taken ?? null }, text));
    }
    await writeConversations(tx, [...changed.values()]);
    return texts.length;
  });
}

async function conversationsDue(tx: Transaction, now: Date, limit: number): Promise<string[]> {
  const { rows } = await tx.query<{ conversation_id: string }>(
    `SELECT conversation_id FROM conversation
      WHERE phone_number IN (SELECT phone_number FROM reply WHERE untold_at <= $1 ORDER BY untold_at LIMIT $2)`,
    [now, limit],
  );
  return rows.map((row) => row.conversation_id);
}

interface UntoldText {
  replyId: string;
  phoneNumber: string;
  read: boolean;
  answered: boolean;
}

/** Texts that are due of these numbers, whose conversations are locked. */
async function readUntold(
  tx: Transaction,
  phones: readonly string[],
  now: Date,
  limit: number,
): Promise<UntoldText[]> {
  const { rows } = await tx.query<UntoldText>(
    `SELECT reply_id AS "replyId", phone_number AS "phoneNumber", read_at IS NOT NULL AS read,
            answered_at IS NOT NULL AS answered
       FROM reply WHERE untold_at <= $1 AND phone_number = ANY ($2) ORDER BY untold_at LIMIT $3`,
    [now, phones, limit],
  );
  return rows;
}

/** When the next text is handed over, unless the dialog says something before (business time); null: none is. */
export async function nextUntold(db: Queryable): Promise<Date | null> {
  const { rows } = await db.query<{ due_at: Date | null }>(
    'SELECT min(untold_at) AS due_at FROM reply WHERE untold_at IS NOT NULL',
  );
  return rows[0]?.due_at ?? null;
}
