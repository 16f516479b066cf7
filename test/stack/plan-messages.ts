import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Queryable } from '#shared/postgres/pool.ts';
import { sqsClient } from './stack.ts';

/** Plans messages to a phone and gives it a turn in the queue at `queueUrl` (of the bulk lane), as outbound does. */
export async function planMessages(
  db: Queryable,
  queueUrl: string,
  { phone, sender, bodies }: { phone: string; sender: string; bodies: readonly string[] },
): Promise<void> {
  const ids = bodies.map(() => randomUUID());
  const { rows } = await db.query<{ last_ordinal: number }>(
    `INSERT INTO phone AS p (phone_number, last_ordinal) VALUES ($1, $2)
     ON CONFLICT (phone_number) DO UPDATE SET last_ordinal = p.last_ordinal + $2 RETURNING last_ordinal`,
    [phone, bodies.length],
  );
  await db.query(
    `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id,
                          created_at, caused_at)
     SELECT message_id, $1, $2 + position, 'bulk', 'reply', $3, body, $4, $4, now(), now()
       FROM unnest($5::uuid[], $6::text[]) WITH ORDINALITY AS planned(message_id, body, position)`,
    [phone, (rows[0]?.last_ordinal ?? 0) - bodies.length, sender, randomUUID(), ids, bodies],
  );
  const sqs = sqsClient();
  await sqs
    .send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageGroupId: phone,
        MessageDeduplicationId: `${ids[0]}:0`,
        MessageBody: JSON.stringify({ phoneNumber: phone, messageId: ids[0], generation: 0 }),
      }),
    )
    .finally(() => sqs.destroy());
}
