import { addSentSegments } from '#shared/senders/limits.ts';
import type { SendingChannel, Taken } from '#shared/sending/channel.ts';
import { logEntry } from './log-entry.ts';

/** Texts, as the machinery of shared/sending has to know them. */
export const texts: SendingChannel = {
  channel: 'sms',
  producer: 'sender',
  logEntry,
  noteTaken: (tx, taken, now) => addSentSegments(tx, segmentsBySender(taken), now),
};

function segmentsBySender(taken: readonly Taken[]): Map<string, number> {
  const sent = new Map<string, number>();
  for (const { segments, senderNumber } of taken) {
    sent.set(senderNumber, (sent.get(senderNumber) ?? 0) + segments);
  }
  return sent;
}
