import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { OutboundSms } from '#shared/contracts/message-log.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { senderAddress } from '#shared/phone/sender-address.ts';
import type { Answer, Attempted } from '#shared/sending/channel.ts';

/** The record of an accepted or refused attempt for the stream `message-log`. */
export function logEntry(
  { attemptId, message }: Attempted,
  carrier: CarrierName,
  answer: Answer,
  at: Date,
): OutboxEntry {
  const record: OutboundSms = {
    type: 'OUTBOUND_SMS',
    messageId: message.messageId,
    attemptId,
    carrier,
    carrierMessageId: answer.carrierMessageId,
    phoneNumber: phoneNumber(message.phoneNumber),
    senderNumber: senderAddress(message.senderNumber),
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
