import type { OvertakenReason } from '#shared/agent/answers.ts';
import type { AgentMode } from '#shared/agent/modes.ts';
import type { HandOverReason, Turn } from '#shared/agent/responder.ts';
import { standsAside } from '#shared/agent/stand-aside.ts';
import type { ConversationState } from '#shared/replies/conversation.ts';
import type { TakenAs } from '#shared/replies/taken-as.ts';
import { asksForWords } from '#shared/texts/texts.ts';

/** A text that the agent was given, with what decides whether it may still answer. */
export interface Situation {
  /** That it was given in. */
  givenAs: 'draft' | 'automatic';
  /** That holds now. */
  mode: AgentMode;
  text: { id: string; body: string; mediaUrls: readonly string[]; receivedAt: Date; isAnswered: boolean };
  turns: readonly Turn[];
  /** Texts before it that nobody has answered: an answer to it would be one to them. */
  unanswered: readonly { body: string; mediaUrls: readonly string[] }[];
  conversation: { state: ConversationState; isAssigned: boolean };
  /** Newest text of the conversation. */
  newest: { id: string; taken: TakenAs | null };
  isSuppressed: boolean;
  /** Answers that the agent sent by itself in this conversation within the last hour. */
  answersInHour: number;
}

export type Look =
  | { kind: 'ask'; mode: 'draft' | 'automatic' }
  /** No responder is asked: the person is, for words. */
  | { kind: 'ask_for_words'; mode: 'automatic' }
  /** The dialog has not said yet what becomes of a newer text. */
  | { kind: 'wait' }
  | { kind: 'hand_over'; reason: HandOverReason }
  | { kind: 'overtaken'; reason: OvertakenReason };

const UNLIMITED = { answersPerHour: Number.MAX_SAFE_INTEGER };

/** Why only people may answer one of these texts; null: nothing speaks against an answer. */
function reasonOf(unanswered: Situation['unanswered']): HandOverReason | null {
  for (const { body, mediaUrls } of unanswered) {
    const reason = standsAside({ text: body, mediaUrls, turns: [], answersInHour: 0 }, UNLIMITED);
    if (reason !== null) return reason;
  }
  return null;
}

/** After this an answer to a text keeps hours: a person decides about it. As in the gate. */
const REPLY_MS = 15 * 60_000;

/**
 * Whether the agent may answer, before the responder is asked and again before its answer goes. Nothing goes to somebody who
 * has stopped, nothing where people have the conversation, nothing to a text that is not the newest any more, or behind one
 * that is for people. Pure.
 */
export function look(situation: Situation, now: Date, limits: { answersPerHour: number }): Look {
  const { answersInHour, conversation, givenAs, isSuppressed, mode, newest, text, turns } = situation;
  if (isSuppressed) return { kind: 'overtaken', reason: 'stopped' };
  if (mode === 'off') return { kind: 'overtaken', reason: 'turned_off' };
  if (text.isAnswered) return { kind: 'overtaken', reason: 'person_answered' };
  const as = givenAs === 'draft' ? 'draft' : mode;
  if (givenAs === 'automatic' && (conversation.state !== 'pending' || conversation.isAssigned)) {
    return { kind: 'overtaken', reason: 'taken_over' };
  }
  if (newest.id !== text.id) {
    if (newest.taken === null) return { kind: 'wait' };
    return newest.taken === 'people'
      ? { kind: 'overtaken', reason: 'newer_text' }
      : { kind: 'hand_over', reason: 'wrote_again' };
  }
  if (
    as === 'automatic' &&
    asksOnce(situation) &&
    answersInHour < limits.answersPerHour &&
    isInTime(situation, now)
  ) {
    return { kind: 'ask_for_words', mode: as };
  }
  const aside =
    standsAside(
      { text: text.body, mediaUrls: text.mediaUrls, turns, answersInHour },
      as === 'draft' ? UNLIMITED : limits,
    ) ?? reasonOf(situation.unanswered);
  if (aside !== null) return { kind: 'hand_over', reason: aside };
  if (as === 'automatic' && !isInTime(situation, now)) {
    return { kind: 'hand_over', reason: 'too_late' };
  }
  return { kind: 'ask', mode: as };
}

const isInTime = ({ text }: Situation, now: Date): boolean =>
  now.getTime() - text.receivedAt.getTime() < REPLY_MS;

const isWordless = ({ body, mediaUrls }: Situation['unanswered'][number]): boolean =>
  mediaUrls.length > 0 && body.trim() === '';

/**
 * Whether the person is asked for words: they sent a picture or the like without any, and so is everything before it that
 * nobody has answered, and they were not asked yet. Who sends pictures all the same is for people.
 */
const asksOnce = ({ text, turns, unanswered }: Situation): boolean =>
  isWordless(text) &&
  unanswered.every(isWordless) &&
  !turns.some((turn) => turn.from === 'us' && asksForWords(turn.text));
