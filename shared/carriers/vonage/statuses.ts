import type { MessageStatus } from '../status.ts';

/**
 * Vonage's words for what became of a message, in ours. The Messages API's:
 * https://developer.vonage.com/en/messages/concepts/messages-status-callbacks
 * and the SMS API's: https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts
 */
const words: Readonly<Record<string, MessageStatus>> = {
  submitted: 'sent',
  delivered: 'delivered',
  read: 'read',
  rejected: 'failed',
  undeliverable: 'undelivered',
  accepted: 'sent',
  buffered: 'sending',
  expired: 'undelivered',
  failed: 'undelivered',
};

/** A word that no table knows stays as it came. */
export const statusOf = (word: string): string => words[word.toLowerCase()] ?? word;
