import type { Transaction } from '#shared/postgres/pool.ts';
import type { Message } from './message-state.ts';

/** A message that does not go yet, for a reason that is none of the gate's. `until`: business time. */
export interface Hold {
  message: Message;
  rule: string;
  until: Date;
}

/** Has messages, whose phones are locked, wait until then: they come back as due rows. */
export async function holdMessages(tx: Transaction, holds: readonly Hold[]): Promise<void> {
  if (holds.length === 0) return;
  await tx.query(
    `UPDATE message SET state = 'held', due_at = wanted.until, rule = wanted.rule
       FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS wanted(message_id, rule, until)
      WHERE message.message_id = wanted.message_id AND message.state IN ('queued', 'held')`,
    [
      holds.map(({ message }) => message.messageId),
      holds.map(({ rule }) => rule),
      holds.map(({ until }) => until),
    ],
  );
}
