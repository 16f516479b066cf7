import { overtake } from '#shared/agent/answers.ts';
import { readModes } from '#shared/agent/modes.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { type Conversation, withAgent } from '#shared/replies/conversation.ts';

/** A text that nobody but people can answer, as far as is known now. */
export interface ForPeople {
  replyId: string;
  phoneNumber: string;
  ourNumber: string;
  campaignId: string | null;
}

/**
 * Gives the agent the texts that it may answer, in the transaction that finds that nothing else does, and returns the
 * conversations as they are then. Those of them alone that are the newest of their conversation: what came before is part of
 * what was said. Drafts are made of any; an answer goes by itself only in conversations that are in nobody's hands: which were
 * closed, or the agent's already, and have no assignee. The conversations are locked, by their numbers `before` and `after`
 * this batch.
 */
export async function giveToAgent(
  tx: Transaction,
  texts: readonly ForPeople[],
  conversations: { before: ReadonlyMap<string, Conversation>; after: ReadonlyMap<string, Conversation> },
  now: Date,
): Promise<Map<string, Conversation>> {
  const after = new Map(conversations.after);
  const newest = texts.flatMap((text) => {
    const known = after.get(text.phoneNumber);
    return known?.lastReplyId === text.replyId ? [{ ...text, conversationId: known.conversationId }] : [];
  });
  const modes = await readModes(tx, newest);
  const wanted = newest.flatMap((text, n) => {
    const [before, known] = [conversations.before.get(text.phoneNumber), after.get(text.phoneNumber)];
    const mode = modes[n] ?? 'off';
    return mode === 'off' || before === undefined || known === undefined
      ? []
      : [{ text, mode, before, known }];
  });
  if (wanted.length === 0) return after;
  const hands = await readHands(
    tx,
    wanted.map(({ known }) => known.conversationId),
  );
  const given = wanted.filter(({ before, known, mode }) => {
    if (mode === 'draft') return true;
    const { agentHas, isAssigned } = hands.get(known.conversationId) ?? { agentHas: false, isAssigned: true };
    return !isAssigned && (before.state === 'closed' || (before.state === 'pending' && agentHas));
  });
  await insertGiven(tx, given, now);
  await overtake(
    tx,
    given.map(({ known }) => known.conversationId),
    { reason: 'newer_text', now, but: given.map(({ text }) => text.replyId) },
  );
  for (const { known, mode } of given)
    if (mode === 'automatic') after.set(known.phoneNumber, withAgent(known));
  return after;
}

interface Hands {
  isAssigned: boolean;
  /** Whether the agent works on something in it. */
  agentHas: boolean;
}

async function readHands(tx: Transaction, conversationIds: readonly string[]): Promise<Map<string, Hands>> {
  const { rows } = await tx.query<Hands & { id: string }>(
    `SELECT conversation_id AS id, assignee IS NOT NULL AS "isAssigned",
            EXISTS (SELECT FROM agent_answer
                     WHERE agent_answer.conversation_id = conversation.conversation_id AND agent_answer.state = 'due'
                       AND agent_answer.mode = 'automatic') AS "agentHas"
       FROM conversation WHERE conversation_id = ANY ($1)`,
    [conversationIds],
  );
  return new Map(rows.map(({ id, ...hands }) => [id, hands]));
}

async function insertGiven(
  tx: Transaction,
  given: readonly { text: ForPeople; mode: string; known: Conversation }[],
  now: Date,
): Promise<void> {
  if (given.length === 0) return;
  await tx.query(
    `INSERT INTO agent_answer (reply_id, conversation_id, phone_number, our_number, campaign_id, mode, given_at, due_at)
     SELECT reply_id, conversation_id, phone_number, our_number, campaign_id, mode, $7, $7
       FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[])
            AS given(reply_id, conversation_id, phone_number, our_number, campaign_id, mode)
     ON CONFLICT (reply_id) DO NOTHING`,
    [
      given.map(({ text }) => text.replyId),
      given.map(({ known }) => known.conversationId),
      given.map(({ text }) => text.phoneNumber),
      given.map(({ text }) => text.ourNumber),
      given.map(({ text }) => text.campaignId),
      given.map(({ mode }) => mode),
      now,
    ],
  );
}
