import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { OutboundSms } from '#shared/contracts/message-log.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { Message } from './message-state.ts';

/** A request, and the message that it was about. */
export interface Attempted {
  attemptId: string;
  message: Pick<Message, 'messageId' | 'phoneNumber' | 'senderNumber' | 'body' | 'mediaUrls'>;
}

/** The record of an accepted or refused attempt for the stream `message-log`. */
export function logEntry(
  { attemptId, message }: Attempted,
  carrier: CarrierName,
  answer: Pick<OutboundSms, 'carrierMessageId' | 'status' | 'errorCode' | 'segments'>,
  at: Date,
): OutboxEntry {
  const record: OutboundSms = {
    type: 'OUTBOUND_SMS',
    messageId: message.messageId,
    attemptId,
    carrier,
    carrierMessageId: answer.carrierMessageId,
    phoneNumber: phoneNumber(message.phoneNumber),
    senderNumber: phoneNumber(message.senderNumber),
    body: message.body,
    mediaUrls: [...message.mediaUrls],
    status: answer.status,
    errorCode: answer.errorCode,
    segments: answer.segments,
    sentAt: at.toISOString(),
  };
  return {
    kind: 'stream',
    target: 'message-log',
    orderingKey: message.phoneNumber,
    body: JSON.stringify(record),
  };
}
