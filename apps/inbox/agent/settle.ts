import { AGENT, type AgentReason } from '#shared/agent/answers.ts';
import type { Responded, ResponderName } from '#shared/agent/responder.ts';
import type { Clock } from '#shared/clock.ts';
import type { GateConfig } from '#shared/compliance/gate-config.ts';
import { storable } from '#shared/contracts/storable-text.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { freeFrom } from '#shared/gate/free-from.ts';
import { rule } from '#shared/gate/judge.ts';
import { agentMessageId } from '#shared/identity.ts';
import { writeMessages } from '#shared/messages/write.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import { lockPhones } from '#shared/phone/lock-phones.ts';
import { phoneNumber as asPhoneNumber } from '#shared/phone/phone-number.ts';
import { senderAddress } from '#shared/phone/sender-address.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { insertAnswer, markTexts } from '#shared/replies/answered.ts';
import { active, type Conversation, leftByAgent } from '#shared/replies/conversation.ts';
import { lockConversation, writeConversations } from '#shared/replies/store.ts';
import { asksForWords } from '#shared/texts/texts.ts';
import type { ServiceName } from '#shared/topology.ts';
import type { Claimed } from './claim.ts';
import { type Look, look } from './look.ts';
import { type Known, readSituation } from './read-situation.ts';

/** What came of asking a responder. */
export interface Answered {
  source: ResponderName;
  input: string;
  turns: number;
  responded: Responded | null;
  /** Made fit for SMS; null: there is nothing to send. */
  body: string | null;
  answerMs: number;
  /** Why people have to answer, whatever was said; null: nothing speaks against it. */
  fault: {
    reason: Extract<AgentReason, 'failed' | 'timed_out' | 'interrupted' | 'empty' | 'too_many'>;
    detail: string;
  } | null;
}

export interface SettleParts {
  pool: Pool;
  clock: Clock;
  pseudonyms: Pseudonyms;
  gate: GateConfig;
  /** The service in whose slot outbox the turn of the phone leaves. */
  producer: ServiceName;
  limits: { answersPerHour: number };
}

export type Settled = 'sent' | 'drafted' | 'handed_over' | 'silent' | 'overtaken' | 'waits' | 'lost';

/**
 * Ends what this task has in hand, in one transaction under the locks on the phone and the conversation: looks once more
 * whether the answer may go, and writes it, the turn of the phone, and what became of the text. `answered` null: nobody was
 * asked, and the look alone decides. `lost`: it is not ours any more, and nothing was written. An answer is written once: its
 * message has an id that derives from the text.
 */
export const settle = (claimed: Claimed, answered: Answered | null, parts: SettleParts): Promise<Settled> =>
  inTransaction(parts.pool, async (tx) => {
    // Phones before conversations: an erasure holds the phone when it comes to the conversation.
    await lockPhones(tx, [claimed.phoneNumber]);
    const conversation = await lockConversation(tx, claimed.conversationId);
    if (!(await isOurs(tx, claimed))) throw new NotOurs();
    const { clock, limits, pseudonyms } = parts;
    const now = clock.now();
    const known = conversation === null ? null : await readSituation(tx, claimed, { now, pseudonyms });
    if (conversation === null || known === null) {
      return end(tx, claimed, answered, { state: 'overtaken', reason: 'erased', now });
    }
    const looked = look(known, now, limits);
    switch (looked.kind) {
      case 'wait':
        return 'waits';
      case 'overtaken':
      case 'hand_over': {
        await leave(tx, claimed, conversation);
        const state = looked.kind === 'overtaken' ? 'overtaken' : 'handed_over';
        return end(tx, claimed, answered, { state, reason: looked.reason, now });
      }
      case 'ask':
      case 'ask_for_words':
        // What was asked before the responder's turn, or in its place, is no answer to the other.
        if (answered === null || isOfAnother(looked, answered)) return 'waits';
        return answer(tx, claimed, answered, { conversation, known, looked, now, parts });
    }
  }).catch((error: unknown) => {
    if (error instanceof NotOurs) return 'lost';
    throw error;
  });

const isOfAnother = (looked: Look, { body }: Answered): boolean =>
  (looked.kind === 'ask_for_words') !== (body !== null && asksForWords(body));

/** Takes the transaction back, with the row that the lock made where the person was erased meanwhile. */
class NotOurs extends Error {}

interface Scene {
  conversation: Conversation;
  known: Known;
  looked: Extract<Look, { kind: 'ask' | 'ask_for_words' }>;
  now: Date;
  parts: SettleParts;
}

async function answer(tx: Transaction, claimed: Claimed, answered: Answered, scene: Scene): Promise<Settled> {
  const { conversation, looked, now } = scene;
  const { body, fault, responded } = answered;
  const outcome = responded?.outcome ?? null;
  const toPeople = async (reason: AgentReason, detail: string | null): Promise<Settled> => {
    await leave(tx, claimed, conversation);
    return end(tx, claimed, answered, { state: 'handed_over', reason, detail, now });
  };
  if (fault !== null) return toPeople(fault.reason, fault.detail);
  if (outcome === null) return toPeople('failed', null);
  if (outcome.kind === 'hand_over') return toPeople(outcome.reason, null);
  if (outcome.kind === 'nothing') {
    if (looked.mode === 'automatic') await close(tx, claimed, scene, null);
    return end(tx, claimed, answered, { state: 'silent', now });
  }
  if (body === null) return toPeople('empty', null);
  if (looked.mode === 'draft') {
    await leave(tx, claimed, conversation);
    return end(tx, claimed, answered, { state: 'drafted', now });
  }
  const messageId = agentMessageId(claimed.replyId);
  const refusal = await send(tx, claimed, { messageId, body }, scene);
  if (refusal !== null) return toPeople('gate', refusal);
  await close(tx, claimed, scene, messageId);
  return end(tx, claimed, answered, { state: 'sent', messageId, now });
}

/** Writes the message and the turn of its phone, as of somebody's answer; else the rule of the gate that is against it. */
async function send(
  tx: Transaction,
  { phoneNumber: phone, replyId }: Claimed,
  { body, messageId }: { messageId: string; body: string },
  { known, now, parts }: Scene,
): Promise<string | null> {
  const { clock, gate, producer, pseudonyms } = parts;
  const phoneNumber = asPhoneNumber(phone);
  const batchId = clock.newId();
  const causedAt = known.text.receivedAt;
  const [ruling] = await rule(
    tx,
    [
      {
        messageId,
        phoneNumber,
        channel: 'sms',
        freeFrom: freeFrom(known.ourNumber, null),
        intent: 'reply',
        batchId,
        campaignId: null,
        topic: null,
        causedAt,
        notAfter: null,
        decided: null,
      },
    ],
    { now, config: gate, pseudonyms },
  );
  if (ruling === undefined || ruling.decision.verdict !== 'send')
    return ruling?.decision.rule ?? 'no verdict';
  const turns = await writeMessages(
    tx,
    [
      {
        batchId,
        phoneNumber,
        causedAt,
        timeZone: null,
        isTimeZoneNew: false,
        byHand: true,
        messages: [
          {
            messageId,
            lane: 'replies',
            intent: 'reply',
            senderNumber: senderAddress(known.ourNumber),
            body,
            mediaUrls: [],
            causeId: replyId,
          },
        ],
      },
    ],
    now,
  );
  await writeSlotOutbox(tx, producer, turns);
  return null;
}

/** The texts up to this one are answered, by that message or by nothing; people have what is left, or nobody has anything. */
async function close(
  tx: Transaction,
  { conversationId: id, phoneNumber, replyId }: Claimed,
  { conversation, now }: Scene,
  messageId: string | null,
): Promise<void> {
  if (messageId !== null) {
    await insertAnswer(tx, { messageId, conversationId: id, by: AGENT, at: now, replyId, lookAt: now });
  }
  const left = messageId === null ? conversation : active(conversation, now);
  await writeConversations(tx, [leftByAgent(left, 'closed')]);
  await markTexts(tx, { id, phoneNumber }, { answered: { by: messageId }, upTo: replyId, now });
  await tx.query(
    `UPDATE conversation SET state = 'open', version = version + 1
      WHERE conversation_id = $1 AND state = 'closed' AND waiting > 0`,
    [id],
  );
}

/** Gives people a conversation that the agent has. One that it only makes a draft in is theirs all the time. */
async function leave(tx: Transaction, { mode }: Claimed, conversation: Conversation): Promise<void> {
  const left = mode === 'automatic' ? leftByAgent(conversation, 'open') : conversation;
  if (left !== conversation) await writeConversations(tx, [left]);
}

/** Locks what this task has in hand. False: somebody else has it, or it is settled. */
async function isOurs(tx: Transaction, { claim, replyId }: Claimed): Promise<boolean> {
  const { rowCount } = await tx.query(
    `SELECT FROM agent_answer WHERE reply_id = $1 AND claim = $2 AND state = 'due' FOR UPDATE`,
    [replyId, claim],
  );
  return rowCount === 1;
}

interface End {
  state: Exclude<Settled, 'waits' | 'lost'>;
  reason?: AgentReason;
  detail?: string | null;
  messageId?: string;
  now: Date;
}

async function end(
  tx: Transaction,
  { replyId }: Claimed,
  answered: Answered | null,
  { detail, messageId, now, reason, state }: End,
): Promise<End['state']> {
  const responded = answered?.responded ?? null;
  const outcome = responded?.outcome;
  const isErased = reason === 'erased';
  await tx.query(
    `UPDATE agent_answer
        SET state = $2, reason = $3, detail = $4, due_at = NULL, claim = NULL, claimed_until = NULL, source = $5,
            source_version = $6, topic = $7, input = $8, turns = $9, output = $10, body = $11, first_ms = $12,
            answer_ms = $13, input_tokens = $14, output_tokens = $15, message_id = $16,
            settled_at = CASE WHEN $2 = 'drafted' THEN NULL ELSE $17::timestamptz END
      WHERE reply_id = $1`,
    [
      replyId,
      state,
      reason ?? null,
      detail == null ? null : storable(detail),
      answered?.source ?? null,
      responded?.version ?? null,
      outcome === undefined || outcome.kind === 'nothing' ? null : outcome.topic,
      isErased ? null : (answered?.input ?? null),
      answered?.turns ?? null,
      isErased || outcome?.kind !== 'answer' ? null : storable(outcome.text),
      isErased ? null : (answered?.body ?? null),
      responded?.firstMs ?? null,
      answered === null ? null : Math.round(answered.answerMs),
      responded?.usage?.inputTokens ?? null,
      responded?.usage?.outputTokens ?? null,
      messageId ?? null,
      now,
    ],
  );
  return state;
}
