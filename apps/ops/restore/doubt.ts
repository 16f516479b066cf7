import { lockKnownPhones } from '#shared/phone/lock-phones.ts';
import { inTransaction, type Pool, type Queryable, type Transaction } from '#shared/postgres/pool.ts';

/** Phones in one transaction. */
const BATCH = 200;

/** Of a row of `message`: nobody knows whether it had gone by `$1`. What answers a later text, or is due later, had not. */
export const IS_IN_DOUBT = `(message.state = 'queued' AND (message.caused_at IS NULL OR message.caused_at <= $1)
                            OR message.state = 'held' AND message.due_at <= $1)`;

/**
 * Goes once through the phones that have messages of which nobody knows whether they went, and has the sender ask the carrier about them. Returns
 * how many messages. `allowed` is asked before each transaction.
 */
export async function putInDoubt(
  pool: Pool,
  window: { since: Date; until: Date },
  allowed: () => Promise<void>,
): Promise<number> {
  let sum = 0;
  for await (const phones of doubtfulPhones(pool, window.until)) {
    await allowed();
    sum += await inTransaction(pool, (tx) => doubt(tx, phones, window));
  }
  return sum;
}

/** In the order of their numbers: behind the last of a page only what is not read yet is read. */
export async function* doubtfulPhones(db: Queryable, until: Date): AsyncGenerator<string[]> {
  let last = '';
  for (;;) {
    const { rows } = await db.query<{ phone_number: string }>(
      `SELECT DISTINCT phone_number FROM message
        WHERE state IN ('queued', 'held') AND ${IS_IN_DOUBT} AND phone_number > $2 ORDER BY phone_number LIMIT $3`,
      [until, last, BATCH],
    );
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end.phone_number;
    yield rows.map((row) => row.phone_number);
  }
}

async function doubt(
  tx: Transaction,
  phones: readonly string[],
  { since, until }: { since: Date; until: Date },
): Promise<number> {
  const locked = await lockKnownPhones(tx, phones);
  const { rowCount } = await tx.query(
    `WITH doubted AS (
       UPDATE message SET state = 'ambiguous', attempts = attempts + 1, due_at = NULL, rule = NULL
        WHERE phone_number = ANY ($3) AND ${IS_IN_DOUBT}
       RETURNING message_id, phone_number, sender_number, intent, channel)
     INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at, next_look_at,
                          touched_at, channel)
     SELECT gen_random_uuid(), message_id, phone_number, coalesce((SELECT carrier FROM sender WHERE sender.sender_number = doubted.sender_number), 'twilio'), sender_number,
            'ambiguous', $2, clock_timestamp(),
            -- It counts for frequency caps until the carrier says that it never had it.
            CASE WHEN intent = 'marketing' THEN $1::timestamptz END, channel
       FROM doubted`,
    [until, since, locked],
  );
  return rowCount ?? 0;
}
