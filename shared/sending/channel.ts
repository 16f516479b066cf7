import type { Channel } from '#shared/compliance/touch.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { ServiceName } from '#shared/topology.ts';
import type { Message } from './message-state.ts';

/** A request, and the message that it was about. */
export interface Attempted {
  attemptId: string;
  message: Pick<Message, 'messageId' | 'phoneNumber' | 'senderNumber' | 'body' | 'mediaUrls'>;
}

/** What a carrier said of one. */
export interface Answer {
  /** Null: it did not take it. */
  carrierMessageId: string | null;
  status: string;
  errorCode: string | null;
  /** As far as the carrier says. */
  segments: number | null;
}

/**
 * What texts and calls each do in a way of their own, from a phone's turn to the record of what its carrier answered. All
 * else of that way is the same for both. Each channel has its own line at a phone: a text waits for no call, nor the
 * reverse; both lock the phone, obey the same suppressions and share its frequency caps.
 */
export interface SendingChannel {
  channel: Channel;
  /** In whose outbox turns and records are written. */
  producer: ServiceName;
  /** What the message log gets of an accepted or refused attempt. */
  logEntry(attempted: Attempted, carrier: CarrierName, answer: Answer, at: Date): OutboxEntry;
  /** In the transaction that records it: what the carrier took. `now`: business time. */
  noteTaken(tx: Transaction, taken: readonly Taken[], now: Date): Promise<void>;
}

export interface Taken {
  attemptId: string;
  senderNumber: string;
  segments: number;
}
