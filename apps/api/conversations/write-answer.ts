import { lockPhones } from '#shared/phone/lock-phones.ts';
import { phoneNumber as asPhoneNumber } from '#shared/phone/phone-number.ts';
import { senderAddress } from '#shared/phone/sender-address.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { insertAnswer, markTexts } from '#shared/replies/answered.ts';
import { active, type Conversation } from '#shared/replies/conversation.ts';
import { lockConversation, writeConversations } from '#shared/replies/store.ts';
import { type Planned, type PlanParts, planMessage } from '../messages/plan.ts';
import { ruleAnswer } from './intent.ts';
import { known, noSuchConversation } from './read-operations.ts';

/** A conversation, locked. */
export async function locked(tx: Transaction, id: string): Promise<Conversation> {
  const conversation = await lockConversation(tx, id);
  if (conversation === null || conversation.activityAt === null) throw noSuchConversation();
  return conversation;
}

/** The same with its phone. Phones before conversations: an erasure holds the phone when it comes to the conversation. */
export async function lockedWithPhone(tx: Transaction, id: string): Promise<Conversation> {
  await lockPhones(tx, [asPhoneNumber((await known(tx, id)).phoneNumber)]);
  return locked(tx, id);
}

export interface AnswerByHand {
  messageId: string;
  body: string;
  mediaUrls: readonly string[];
  /** Who answers. */
  by: string;
  /** The newest text that they saw; null: all that are there. */
  upTo: string | null;
}

/** What became of an answer as it was written. */
export interface WrittenAnswer {
  planned: Planned;
  intent: string;
  from: string;
}

/**
 * Writes somebody's answer in a conversation, which is locked with its phone: from the number that they texted, judged by the
 * gate. The texts count as answered unless it is blocked, and whoever answers has the conversation.
 */
export async function writeAnswer(
  tx: Transaction,
  conversation: Conversation,
  { body, by, mediaUrls, messageId, upTo }: AnswerByHand,
  parts: PlanParts,
): Promise<WrittenAnswer> {
  const { conversationId: id, lastReplyId: replyId, lastTextAt: receivedAt, ourNumber } = conversation;
  if (replyId === null || receivedAt === null || ourNumber === null) throw noSuchConversation();
  const phoneNumber = asPhoneNumber(conversation.phoneNumber);
  const now = parts.clock.now();
  const answered = { replyId, receivedAt, ourNumber };
  const { intent } = await ruleAnswer(tx, phoneNumber, answered, parts);
  const senderNumber = senderAddress(ourNumber);
  const message = { messageId, intent, senderNumber, body, mediaUrls };
  const planned = await planMessage(tx, phoneNumber, message, parts, answered);
  const isBlocked = planned.verdict === 'blocked';
  await insertAnswer(tx, {
    messageId,
    conversationId: id,
    by,
    at: now,
    replyId,
    lookAt: isBlocked ? null : now,
  });
  await writeConversations(tx, [takenOver(active(conversation, now))]);
  await markTexts(tx, { id, phoneNumber }, { answered: isBlocked ? null : { by: messageId }, upTo, now });
  return { planned, intent, from: senderNumber };
}

/** Whoever answers has it: it is no longer put off, nor the agent's, and stays open. */
const takenOver = (conversation: Conversation): Conversation => ({
  ...conversation,
  openedFrom: null,
  ...(conversation.state === 'pending' || conversation.state === 'snoozed'
    ? { state: 'open', snoozedUntil: null }
    : {}),
});
