import { type Lane, queueFor, type Turn, turnDeduplicationId } from '#shared/contracts/turn.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { SendingChannel } from './channel.ts';
import { failInvalidPhones } from './invalid-numbers.ts';

/**
 * Gives each of these phones a turn in every lane in which it has queued messages of the channel, through the outbox. The phones are
 * locked. Those whose number is invalid get none: what they have unsent fails. The message that names the turn gets a
 * new generation, so that SQS does not take the entry for a repetition of one it saw within five minutes. A turn too
 * many is harmless: whoever has it finds nothing to send.
 */
export async function giveTurns(
  tx: Transaction,
  phones: readonly string[],
  { channel, producer }: Pick<SendingChannel, 'channel' | 'producer'>,
): Promise<void> {
  const valid = await failInvalidPhones(tx, phones);
  if (valid.length === 0) return;
  const { rows } = await tx.query<{
    message_id: string;
    phone_number: string;
    lane: Lane;
    generation: number;
    first: boolean;
  }>(
    `WITH queued AS (
       SELECT message_id, row_number() OVER (PARTITION BY phone_number, lane ORDER BY ordinal) = 1 AS first
         FROM message WHERE phone_number = ANY ($1) AND state = 'queued' AND channel = $2)
     UPDATE message
        SET queued_at = clock_timestamp(), generation = generation + (CASE WHEN queued.first THEN 1 ELSE 0 END)
       FROM queued WHERE message.message_id = queued.message_id
     RETURNING message.message_id, message.phone_number, message.lane, message.generation, queued.first`,
    [valid, channel],
  );
  await writeSlotOutbox(
    tx,
    producer,
    rows
      .filter(({ first }) => first)
      .map((row) => {
        const turn: Turn = {
          phoneNumber: phoneNumber(row.phone_number),
          messageId: row.message_id,
          generation: row.generation,
        };
        return {
          kind: 'queue',
          target: queueFor(channel, row.lane),
          orderingKey: row.phone_number,
          deduplicationId: turnDeduplicationId(turn),
          body: JSON.stringify(turn),
        };
      }),
  );
}
