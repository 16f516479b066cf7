import type { Transaction } from './pool.ts';

/**
 * Has the rest of the transaction look rows up by keys, in the order of keys, one by one. For work in parts on tables that
 * are large, or were filled a moment ago, so that statistics know nothing of their rows: PostgreSQL might read and sort all
 * that is left for every part, and the whole would cost as the square of its size. Not for statements that join what has no
 * key: each would be compared with each.
 */
export async function readByKey(tx: Transaction): Promise<void> {
  await tx.query(
    `SELECT set_config(name, 'off', true)
       FROM unnest('{enable_seqscan, enable_bitmapscan, enable_sort, enable_hashjoin, enable_mergejoin}'::text[]) AS of(name)`,
  );
}
