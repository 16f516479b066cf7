import type { Message } from './message-state.ts';
import { sameWords } from './same-words.ts';

/** What is known of a phone under its lock. */
export interface PhoneWork {
  /** A request is on its way, or was when its process died. */
  posting: boolean;
  /** Of these messages nobody knows yet whether the carrier has them. */
  ambiguous: readonly (Pick<Message, 'senderNumber' | 'body'> & { isTemplate: boolean })[];
  suppressed: boolean;
  /** Messages of this batch wait for so many ms more. */
  pause: { batchId: string; ms: number } | null;
  /** The first unsettled message of each intent that is not exempt. */
  heads: readonly Head[];
  /** The first message that is exempt from blocks and could go. */
  exempt: Message | null;
}

export interface Head {
  message: Message;
  /** Queued, or held until a time that has come. */
  ready: boolean;
  /** It is an answer, and would wait for longer than an answer to a newer text, which is behind it, stays one. */
  superseded: boolean;
}

export type Next =
  | {
      kind: 'send';
      message: Message;
      /** Of a planned message: the first answer behind it, which need not wait where this one waits for its pace. */
      answer?: Message;
    }
  /** This one, and what belongs to it, must make way for the answer to a newer text. */
  | { kind: 'supersede'; message: Message }
  /** Nothing may go for so many ms. */
  | { kind: 'wait'; ms: number }
  /** Whoever recorded the request on its way will look again. */
  | { kind: 'busy' }
  /** Nothing to send, or nothing that may go before something else happens, which brings a turn of its own. */
  | { kind: 'nothing' };

/**
 * What a phone may send next. By ordinal, whatever the lane of the turn, with these exceptions:
 * - one request at a time: while one is on its way, nothing;
 * - an ambiguous message stops everything behind it, a held one what is behind it of its own intent;
 * - but a held lesson of a campaign only itself: such a message is no head (`readPhoneWork`);
 * - a held answer does not stop the answer to a newer text for longer than that stays one: it makes way;
 * - a planned message that waits for its pace does not stop the answer behind it;
 * - a suppressed phone gets nothing;
 * - none of that stops a confirmation of an opt-out or an answer to HELP, which pass what is stopped;
 * - but not an ambiguous message of the same words: in the carrier's list nobody could tell one from the other.
 */
export function nextOf(work: PhoneWork): Next {
  if (work.posting) return { kind: 'busy' };
  const heads = work.suppressed || work.ambiguous.length > 0 ? [] : work.heads;
  const superseded = heads.find((head) => head.superseded);
  if (superseded) return { kind: 'supersede', message: superseded.message };
  const candidates = heads.filter(({ ready }) => ready).map(({ message }) => message);
  const { exempt } = work;
  if (exempt && !work.ambiguous.some((asked) => sameWords(asked, exempt))) candidates.push(exempt);
  const [message, ...behind] = candidates.sort((a, b) => a.ordinal - b.ordinal);
  if (!message) return { kind: 'nothing' };
  const pauses = ({ batchId }: Message): boolean =>
    work.pause !== null && work.pause.ms > 0 && work.pause.batchId === batchId;
  if (work.pause && pauses(message)) return { kind: 'wait', ms: work.pause.ms };
  const answer =
    message.lane === 'bulk' ? behind.find((each) => each.lane === 'replies' && !pauses(each)) : undefined;
  return { kind: 'send', message, ...(answer ? { answer } : {}) };
}
