import type { OutboundCall } from '#shared/contracts/message-log.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { SendingChannel } from '#shared/sending/channel.ts';

/** How long after a call began its carrier is asked what became of it, in ms: by then most of them have been told to be over. */
const FIRST_ASKED_MS = 120_000;

/** Calls, as the machinery of shared/sending has to know them. */
export const calls: SendingChannel = {
  channel: 'voice',
  producer: 'caller',
  logEntry: ({ attemptId, message }, carrier, answer, at) => {
    const record: OutboundCall = {
      type: 'OUTBOUND_CALL',
      messageId: message.messageId,
      attemptId,
      carrier,
      carrierMessageId: answer.carrierMessageId,
      phoneNumber: phoneNumber(message.phoneNumber),
      senderNumber: phoneNumber(message.senderNumber),
      body: message.body,
      status: answer.status,
      errorCode: answer.errorCode,
      sentAt: at.toISOString(),
    };
    return {
      kind: 'stream',
      target: 'message-log',
      orderingKey: message.phoneNumber,
      body: JSON.stringify(record),
    };
  },
  noteTaken: async (tx, taken) => {
    if (taken.length === 0) return;
    await tx.query(
      `UPDATE attempt SET next_look_at = clock_timestamp() + $2 * interval '1 millisecond'
        WHERE attempt_id = ANY ($1) AND state = 'accepted'`,
      [taken.map(({ attemptId }) => attemptId), FIRST_ASKED_MS],
    );
  },
};
