import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { queueOf, turnDeduplicationId } from '#shared/contracts/turn.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { OutgoingMessage } from './messages.ts';

/** The messages of one batch of events, in their order. */
export interface MessagesOfBatch {
  batch: Pick<DialogEventBatch, 'batchId' | 'phoneNumber' | 'origin' | 'profileBefore' | 'profileAfter'>;
  messages: readonly OutgoingMessage[];
}

/**
 * Writes messages as rows, in order per phone number, and returns the turns to queue: one per batch and lane. Time zones
 * of profiles go with them to the phones' rows, where the gate reads them.
 *
 * The phones' rows are locked in the order of their numbers, as everywhere, and stay locked to the end of the
 * transaction: ordinals of one phone are given out in the order of commits. A message that exists already (its id
 * derives from its event) keeps its row.
 */
export async function writeMessages(
  tx: Transaction,
  work: readonly MessagesOfBatch[],
  now: Date,
): Promise<OutboxEntry[]> {
  const rows = work.flatMap(({ batch, messages }) =>
    messages.map((message, position) => ({ batch, message, opensBatch: position === 0 })),
  );
  const last = await reserveOrdinals(tx, phonesOf(work));
  if (rows.length === 0) return [];
  const next = new Map<string, number>();
  const ordinals = rows.map(({ batch: { phoneNumber } }) => {
    const ordinal = next.get(phoneNumber) ?? (last.get(phoneNumber) ?? 0) + 1;
    next.set(phoneNumber, ordinal + 1);
    return ordinal;
  });
  await tx.query(
    `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, media_urls,
                          batch_id, cause_id, caused_at, opens_batch, created_at)
     SELECT message_id, phone_number, ordinal, lane, intent, sender_number, body,
            ARRAY(SELECT jsonb_array_elements_text(media_urls)), batch_id, cause_id, caused_at, opens_batch, $13
       FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
                   $8::jsonb[], $9::uuid[], $10::uuid[], $11::timestamptz[], $12::boolean[])
            AS written(message_id, phone_number, ordinal, lane, intent, sender_number, body, media_urls,
                       batch_id, cause_id, caused_at, opens_batch)
     ON CONFLICT (message_id) DO NOTHING`,
    [
      rows.map(({ message }) => message.messageId),
      rows.map(({ batch }) => batch.phoneNumber),
      ordinals,
      rows.map(({ message }) => message.lane),
      rows.map(({ message }) => message.intent),
      rows.map(({ message }) => message.senderNumber),
      rows.map(({ message }) => message.body),
      rows.map(({ message }) => JSON.stringify(message.mediaUrls)),
      rows.map(({ batch }) => batch.batchId),
      rows.map(({ message }) => message.eventId),
      rows.map(({ batch: { origin } }) => (origin.kind === 'reply' ? origin.receivedAt : null)),
      rows.map(({ opensBatch }) => opensBatch),
      now,
    ],
  );
  return work.flatMap(turnsOf);
}

/** What a phone's row takes from the batches of one transaction. */
interface PhoneUpdate {
  /** Ordinals that its messages need. */
  messages: number;
  /** As the newest profile has it; null: nothing is known, or nothing new. */
  timeZone: string | null;
}

/** Phones with messages, and those whose time zone changed. */
function phonesOf(work: readonly MessagesOfBatch[]): Map<string, PhoneUpdate> {
  const phones = new Map<string, PhoneUpdate>();
  for (const { batch, messages } of work) {
    const { phoneNumber, profileBefore, profileAfter } = batch;
    const moved = profileAfter.timezone !== profileBefore.timezone;
    const known = phones.get(phoneNumber);
    if (messages.length === 0 && !moved && !known) continue;
    phones.set(phoneNumber, {
      messages: (known?.messages ?? 0) + messages.length,
      timeZone: profileAfter.timezone,
    });
  }
  return phones;
}

/**
 * Locks the phones' rows as `lockPhones` does, and with the same statement reserves their ordinals; returns the last one
 * that was taken before.
 */
async function reserveOrdinals(
  tx: Transaction,
  updates: ReadonlyMap<string, PhoneUpdate>,
): Promise<Map<string, number>> {
  if (updates.size === 0) return new Map();
  const phones = [...updates.keys()].sort();
  const { rows } = await tx.query<{ phone_number: string; last_ordinal: number }>(
    `INSERT INTO phone AS known (phone_number, last_ordinal, time_zone)
     SELECT phone_number, count, time_zone
       FROM unnest($1::text[], $2::bigint[], $3::text[]) AS wanted(phone_number, count, time_zone)
      ORDER BY phone_number
     ON CONFLICT (phone_number) DO UPDATE
        SET last_ordinal = known.last_ordinal + excluded.last_ordinal,
            time_zone = coalesce(excluded.time_zone, known.time_zone)
     RETURNING phone_number, last_ordinal`,
    [
      phones,
      phones.map((phone) => updates.get(phone)?.messages ?? 0),
      phones.map((phone) => updates.get(phone)?.timeZone ?? null),
    ],
  );
  return new Map(
    rows.map((row) => [row.phone_number, row.last_ordinal - (updates.get(row.phone_number)?.messages ?? 0)]),
  );
}

/** One entry per lane that the batch has messages in, named after the first of them. */
function turnsOf({ batch, messages }: MessagesOfBatch): OutboxEntry[] {
  const lanes = [...new Set(messages.map(({ lane }) => lane))];
  return lanes.flatMap((lane) => {
    const first = messages.find((message) => message.lane === lane);
    if (!first) return [];
    const turn = { phoneNumber: batch.phoneNumber, messageId: first.messageId, generation: 0 };
    return [
      {
        kind: 'queue' as const,
        target: queueOf[lane],
        orderingKey: batch.phoneNumber,
        deduplicationId: turnDeduplicationId(turn),
        body: JSON.stringify(turn),
      },
    ];
  });
}
