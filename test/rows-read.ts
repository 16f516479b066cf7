import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';

/** Rows of a table that the work reads, by index or one after the other. Its transaction is committed. */
export async function rowsReadBy(
  pool: Pool,
  table: string,
  work: (tx: Transaction) => Promise<unknown>,
): Promise<number> {
  return await inTransaction(pool, async (tx) => {
    const read = async (): Promise<number> => {
      const { rows } = await tx.query<{ read: number }>(
        `SELECT (seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS read FROM pg_stat_xact_user_tables
          WHERE relname = $1`,
        [table],
      );
      return rows[0]?.read ?? 0;
    };
    // The session has not told yet what it read before.
    const before = await read();
    await work(tx);
    return (await read()) - before;
  });
}
