import { randomUUID } from 'node:crypto';
import { type Turn, turnDeduplicationId } from '#shared/contracts/turn.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { consentToAll } from '../driver/consents.ts';

/** What Florida allows of marketing to one phone in 24 hours, texts and calls together (test/driver/phones.ts). */
export const CAP = 3;

/**
 * What a campaign would have planned: messages and calls of marketing to people who consented to them in writing and
 * whose day it is, with a turn for every phone. Every message is a batch of its own: nothing pauses.
 */
export async function plan(
  database: Pool,
  {
    phones,
    messages,
    calls,
    sender,
    timeZone,
  }: {
    phones: readonly PhoneNumber[];
    /** Texts to each phone. */
    messages: number;
    /** Calls to each phone. */
    calls: number;
    sender: string;
    timeZone: string;
  },
): Promise<void> {
  const rows = phones.flatMap((phone) =>
    Array.from({ length: messages + calls }, (_, index) => ({
      id: randomUUID(),
      phone,
      ordinal: index + 1,
      channel: index < messages ? 'sms' : 'voice',
    })),
  );
  await inTransaction(database, async (tx) => {
    await tx.query(
      `INSERT INTO phone (phone_number, last_ordinal, time_zone)
       SELECT phone_number, $2, $3 FROM unnest($1::text[]) AS planned(phone_number)`,
      [phones, messages + calls, timeZone],
    );
    await consentToAll(tx, phones);
    await tx.query(
      `INSERT INTO message (message_id, phone_number, ordinal, lane, channel, intent, sender_number, body, batch_id,
                            cause_id, created_at)
       SELECT message_id, phone_number, ordinal, 'bulk', channel, 'marketing', $1,
              'Offer ' || ordinal || ' of the week', gen_random_uuid(), gen_random_uuid(), now()
         FROM unnest($2::uuid[], $3::text[], $4::bigint[], $5::text[])
              AS planned(message_id, phone_number, ordinal, channel)`,
      [
        sender,
        rows.map(({ id }) => id),
        rows.map(({ phone }) => phone),
        rows.map(({ ordinal }) => ordinal),
        rows.map(({ channel }) => channel),
      ],
    );
    const first = rows.filter(({ ordinal }) => ordinal === 1);
    await writeSlotOutbox(
      tx,
      'sender',
      first.map(({ id, phone }) => {
        const turn: Turn = { phoneNumber: phone, messageId: id, generation: 0 };
        return {
          kind: 'queue',
          target: 'sms-bulk.fifo',
          orderingKey: phone,
          deduplicationId: turnDeduplicationId(turn),
          body: JSON.stringify(turn),
        };
      }),
    );
  });
}
