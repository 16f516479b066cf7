import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { queueOf, turnDeduplicationId } from '#shared/contracts/turn.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { OutgoingMessage } from './messages.ts';

/** The messages of one batch of events, in their order. */
export interface MessagesOfBatch {
  batch: Pick<DialogEventBatch, 'batchId' | 'phoneNumber' | 'origin'>;
  messages: readonly OutgoingMessage[];
}

/**
 * Writes messages as rows, in order per phone number, and returns the turns to queue: one per batch and lane.
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
    messages.map((message, position) => ({
      batch,
      message,
      answersTextOf: position === 0 && batch.origin.kind === 'reply' ? batch.origin.receivedAt : null,
    })),
  );
  if (rows.length === 0) return [];
  const last = await takeOrdinals(tx, countByPhone(rows.map(({ batch }) => batch.phoneNumber)));
  const next = new Map<string, number>();
  const ordinals = rows.map(({ batch: { phoneNumber } }) => {
    const ordinal = next.get(phoneNumber) ?? (last.get(phoneNumber) ?? 0) + 1;
    next.set(phoneNumber, ordinal + 1);
    return ordinal;
  });
  await tx.query(
    `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, media_urls,
                          batch_id, cause_id, answers_text_of, created_at)
     SELECT message_id, phone_number, ordinal, lane, intent, sender_number, body,
            ARRAY(SELECT jsonb_array_elements_text(media_urls)), batch_id, cause_id, answers_text_of,
            $12
       FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
                   $8::jsonb[], $9::uuid[], $10::uuid[], $11::timestamptz[])
            AS written(message_id, phone_number, ordinal, lane, intent, sender_number, body, media_urls,
                       batch_id, cause_id, answers_text_of)
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
      rows.map(({ answersTextOf }) => answersTextOf),
      now,
    ],
  );
  return work.flatMap(turnsOf);
}

/** Reserves so many ordinals per phone number; returns the last one that was taken before. */
async function takeOrdinals(
  tx: Transaction,
  counts: ReadonlyMap<string, number>,
): Promise<Map<string, number>> {
  const phones = [...counts.keys()].sort();
  const { rows } = await tx.query<{ phone_number: string; last_ordinal: number }>(
    `INSERT INTO phone AS known (phone_number, last_ordinal)
     SELECT phone_number, count FROM unnest($1::text[], $2::bigint[]) AS wanted(phone_number, count)
      ORDER BY phone_number
     ON CONFLICT (phone_number) DO UPDATE SET last_ordinal = known.last_ordinal + excluded.last_ordinal
     RETURNING phone_number, last_ordinal`,
    [phones, phones.map((phone) => counts.get(phone) ?? 0)],
  );
  return new Map(
    rows.map((row) => [row.phone_number, row.last_ordinal - (counts.get(row.phone_number) ?? 0)]),
  );
}

function countByPhone(phones: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const phone of phones) counts.set(phone, (counts.get(phone) ?? 0) + 1);
  return counts;
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
