import type { Transaction } from './pool.ts';

/**
 * Has the rest of the transaction look rows up by keys, in the order of keys, one by one. For work in parts on tables that
 * were filled a moment ago: statistics know nothing of their rows. PostgreSQL takes them for few then, and reads and sorts all
 * that is left for every part, so that the whole would cost as the square of its size.
 */
export async function readByKey(tx: Transaction): Promise<void> {
  await tx.query(
    `SELECT set_config(name, 'off', true)
       FROM unnest('{enable_seqscan, enable_bitmapscan, enable_sort, enable_hashjoin, enable_mergejoin}'::text[]) AS of(name)`,
  );
}
