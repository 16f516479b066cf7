import type { MessageStatus } from '../status.ts';

/**
 * Vonage's words for what became of a message, in ours. The Messages API's:
 * https://developer.vonage.com/en/messages/concepts/messages-status-callbacks
 * and the SMS API's: https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts
 */
const words: ReadonlyMap<string, MessageStatus> = new Map(
  Object.entries({
    submitted: 'sent',
    delivered: 'delivered',
    read: 'read',
    rejected: 'failed',
    undeliverable: 'undelivered',
    accepted: 'sent',
    buffered: 'sending',
    expired: 'undelivered',
    failed: 'undelivered',
  } as const),
);

/** A word that no table knows stays as it came. */
export const statusOf = (word: string): string => words.get(word.toLowerCase()) ?? word;
