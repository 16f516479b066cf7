import type { Channel } from '#shared/compliance/touch.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { cancelTurnedOff } from '#shared/messages/cancel-turned-off.ts';
import { supersede } from '#shared/messages/supersede.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { type Head, type Next, nextOf } from './claim-rules.ts';
import { failInvalidMessages, sendable } from './invalid-numbers.ts';
import type { Message } from './message-state.ts';
import { readPhoneWork } from './phone-work.ts';

/** What a phone has to do once nothing is in its way that can be put out of it. */
export type Sendable = Exclude<Next, { kind: 'supersede' }>;

export interface NextSendable {
  next: Map<string, Sendable>;
  /** Messages that made way and will not go. */
  superseded: number;
}

/**
 * What each of these locked phones has to do next (see `nextOf`). A message that would be next but has an invalid number
 * fails here, so that it stops neither its phone nor the others of its claim; one that must make way does. Answers of the agent
 * that may not go any more are cancelled before they stop anything or have anything make way.
 */
export async function nextSendable(
  tx: Transaction,
  phones: readonly string[],
  { now, channel, pseudonyms }: { now: Date; channel: Channel; pseudonyms: Pseudonyms },
): Promise<NextSendable> {
  let superseded = 0;
  // The agent answers texts by texts.
  let mayBeTurnedOff = channel === 'sms';
  for (;;) {
    const work = await readPhoneWork(tx, phones, now, channel, pseudonyms);
    if (mayBeTurnedOff) {
      mayBeTurnedOff = false;
      const answering = [...work].flatMap(([phone, { heads }]) => (heads.some(isReply) ? [phone] : []));
      if (answering.length > 0 && (await cancelTurnedOff(tx, answering)) > 0) continue;
    }
    const next = new Map<string, Sendable>();
    const invalid: string[] = [];
    const makeWay: Message[] = [];
    for (const phone of phones) {
      const known = work.get(phone);
      const each: Next = known ? nextOf(known) : { kind: 'nothing' };
      if (each.kind === 'supersede') makeWay.push(each.message);
      else next.set(phone, each);
      if (each.kind === 'send' && !sendable(each.message.phoneNumber, each.message.senderNumber, channel)) {
        invalid.push(each.message.messageId);
      }
    }
    if (invalid.length === 0 && makeWay.length === 0) return { next, superseded };
    await failInvalidMessages(tx, invalid);
    if (makeWay.length > 0) superseded += await supersede(tx, makeWay, now);
  }
}

const isReply = ({ message }: Head): boolean => message.intent === 'reply';
