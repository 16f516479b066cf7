import { isForPeople, mayTurnOut, type TakenAs, wantsAnswer } from './taken-as.ts';

/**
 * A conversation: everything that is texted between us and one number. It has sessions, which end when nothing was said for
 * a day, and a state that people and texts move:
 *
 *   closed, snoozed --a text for people--> open <--somebody decides--> pending, snoozed, closed
 *                     an answer is lost
 *   ^-----------------------------------------/  ^----snoozed_until--------------|
 *      the dialog answers the text after all
 *
 * Texts that the dialog answers change no state: whoever takes part in lessons is in nobody's way.
 */
export const conversationStates = ['open', 'pending', 'snoozed', 'closed'] as const;
export type ConversationState = (typeof conversationStates)[number];

export type OpenedFrom = { state: 'closed' } | { state: 'snoozed'; until: Date };

export interface Conversation {
  conversationId: string;
  phoneNumber: string;
  state: ConversationState;
  snoozedUntil: Date | null;
  /**
   * What it was when a text opened it of which the dialog still had to say what becomes of it. Null: it is open for what is
   * in it, or as somebody decided.
   */
  openedFrom: OpenedFrom | null;
  /** Texts for people that nobody has looked at. */
  unread: number;
  /** Texts that somebody has to answer. */
  waiting: number;
  /** Newest text, by the time at which it came in. */
  lastReplyId: string | null;
  lastTextAt: Date | null;
  /** That it went to: answers come from it. */
  ourNumber: string | null;
  /** That it belongs to. */
  campaignId: string | null;
  /** The sessions are numbered from 1. */
  session: number;
  sessionAt: Date | null;
  activityAt: Date | null;
}

/** A text as its conversation sees it. */
export interface HeardText {
  replyId: string;
  ourNumber: string;
  campaignId: string | null;
  receivedAt: Date;
}

/** A session ends when nothing was said for so long. */
export const SESSION_MS = 24 * 3_600_000;

/** Something was said, in a text or in somebody's answer: in the session under way, or in a new one. Pure. */
export function active(conversation: Conversation, at: Date): Conversation {
  const { activityAt, session } = conversation;
  if (activityAt === null || at.getTime() - activityAt.getTime() > SESSION_MS)
    return { ...conversation, session: session + 1, sessionAt: at, activityAt: at };
  return at > activityAt ? { ...conversation, activityAt: at } : conversation;
}

/** A text came in; what became of it is told apart (`taken`). One that comes late changes nothing of what is newer. Pure. */
export function heard(conversation: Conversation, text: HeardText): Conversation {
  const now = active(conversation, text.receivedAt);
  if (conversation.lastTextAt !== null && text.receivedAt < conversation.lastTextAt) return now;
  return {
    ...now,
    lastReplyId: text.replyId,
    lastTextAt: text.receivedAt,
    ourNumber: text.ourNumber,
    campaignId: text.campaignId,
  };
}

/** What people have done about a text already. */
export interface Attended {
  read: boolean;
  answered: boolean;
}

/**
 * It is known what became of a text of the conversation, of which `before` was known until then. What people have looked at
 * or answered before counts for them no more. Pure.
 */
export function taken(
  conversation: Conversation,
  { before, now }: { before: TakenAs | null; now: TakenAs | null },
  { answered, read }: Attended,
): Conversation {
  const change = (is: (each: TakenAs | null) => boolean): number => Number(is(now)) - Number(is(before));
  const calls = wantsAnswer(now) ? !answered : isForPeople(now) && !read;
  const counted = {
    ...conversation,
    unread: conversation.unread + (read ? 0 : change(isForPeople)),
    waiting: conversation.waiting + (answered ? 0 : change(wantsAnswer)),
  };
  if (calls) return mayTurnOut(now) ? opened(counted) : { ...opened(counted), openedFrom: null };
  return isForPeople(before) && !isForPeople(now) ? asBefore(counted) : counted;
}

/** Open, and what it was before kept; one that was opened by an earlier text keeps what it was then. */
function opened(conversation: Conversation): Conversation {
  const { snoozedUntil, state } = conversation;
  if (state === 'closed') return { ...conversation, state: 'open', openedFrom: { state } };
  if (state !== 'snoozed' || snoozedUntil === null) return conversation;
  return { ...conversation, state: 'open', snoozedUntil: null, openedFrom: { state, until: snoozedUntil } };
}

/** What it was before a text opened it that was for nobody after all: unless something is there to be done. */
function asBefore(conversation: Conversation): Conversation {
  const { openedFrom, unread, waiting } = conversation;
  if (openedFrom === null || unread > 0 || waiting > 0) return conversation;
  const snoozedUntil = openedFrom.state === 'snoozed' ? openedFrom.until : null;
  return { ...conversation, state: openedFrom.state, snoozedUntil, openedFrom: null };
}

/** An answer did not reach the person: `texts` of theirs want one again, and somebody is to see what became of it. Pure. */
export function wantsAgain(conversation: Conversation, texts: number): Conversation {
  return { ...opened(conversation), waiting: conversation.waiting + texts, openedFrom: null };
}

/** The agent has it. Pure. */
export const withAgent = (conversation: Conversation): Conversation => ({
  ...conversation,
  state: 'pending',
  snoozedUntil: null,
  openedFrom: null,
});

/** The agent is done with it: people have it where they are to answer, else nobody has anything to do in it. Pure. */
export const leftByAgent = (conversation: Conversation, next: 'open' | 'closed'): Conversation =>
  conversation.state === 'pending' ? { ...conversation, state: next } : conversation;
