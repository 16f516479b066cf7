import type { Transaction } from '#shared/postgres/pool.ts';

/** Records that have not left, beyond which a service that makes its own work makes no more. */
const LONGEST_OUTBOX = 5_000;

/** Whether so much of a service's has not left yet. Reads no more rows than it takes to know. */
export async function isOutboxLong(tx: Transaction, producer: string): Promise<boolean> {
  const { rows } = await tx.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (SELECT FROM outbox WHERE producer = $1 LIMIT $2) AS waiting`,
    [producer, LONGEST_OUTBOX],
  );
  return (rows[0]?.count ?? 0) >= LONGEST_OUTBOX;
}
