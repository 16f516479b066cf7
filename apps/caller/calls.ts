import type { OutboundCall } from '#shared/contracts/message-log.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { SendingChannel } from '#shared/sending/channel.ts';

/**
 * Calls, as the machinery of shared/sending has to know them. Their carrier is asked what became of one `firstAskedMs` after it
 * began: by then most of them have been told to be over.
 */
export const callsChannel = (firstAskedMs: number): SendingChannel => ({
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
      [taken.map(({ attemptId }) => attemptId), firstAskedMs],
    );
  },
});
