import { randomUUID } from 'node:crypto';
import { writeMessages } from '#shared/messages/write.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { type CallScript, transcriptOf } from '#shared/voice/call-script.ts';
import { consentToAll } from './consents.ts';

/**
 * What campaigns of both channels would have planned: texts and calls of marketing to people who consented to both in
 * writing and whose day it is, written as every service writes them. Each is a batch of its own: nothing pauses.
 */
export async function planBoth(
  database: Pool,
  parts: {
    phones: readonly PhoneNumber[];
    textsEach: number;
    callsEach: number;
    script: CallScript;
    sender: string;
    timeZone: string;
  },
): Promise<void> {
  const { callsEach, phones, script, textsEach, timeZone } = parts;
  const senderNumber = phoneNumber(parts.sender);
  const transcript = transcriptOf(script);
  await inTransaction(database, async (tx) => {
    await consentToAll(tx, phones);
    // The first of everybody, then the second: everybody has some waiting behind it.
    const rounds = Array.from({ length: Math.max(textsEach, callsEach) }, (_, round) => round);
    const work = rounds.flatMap((round) =>
      phones.flatMap((phone) => [
        ...(round < textsEach ? [{ phone, body: `Offer ${round + 1} of the week`, call: null }] : []),
        ...(round < callsEach ? [{ phone, body: transcript, call: script }] : []),
      ]),
    );
    const turns = await writeMessages(
      tx,
      work.map(({ body, call, phone }) => ({
        batchId: randomUUID(),
        phoneNumber: phone,
        causedAt: null,
        timeZone,
        isTimeZoneNew: true,
        messages: [
          {
            messageId: randomUUID(),
            lane: 'bulk',
            intent: 'marketing',
            senderNumber,
            body,
            mediaUrls: [],
            causeId: randomUUID(),
            ...(call === null ? {} : { call }),
          },
        ],
      })),
      new Date(),
    );
    for (const producer of ['sender', 'caller'] as const) {
      const target = producer === 'caller' ? 'voice.fifo' : 'sms-bulk.fifo';
      await writeSlotOutbox(
        tx,
        producer,
        turns.filter((turn) => turn.target === target),
      );
    }
  });
}
