import { closeFence } from '#shared/erasure/fence.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { readFollowed } from '#shared/progress/rebuild-store.ts';
import { foldReports } from '#shared/reports/fold.ts';
import { readInFlight, writeReports } from '#shared/reports/store.ts';

/**
 * Reports worked out anew beside those that stand, in a schema whose tables have the same names: what folds events into reports,
 * and writes them, is what the consumer of events does it with. It follows those who have been followed since, round by round,
 * and only the last few behind the fence, so that nothing waits while all of history is read.
 */
const SCHEMA = 'report_rebuild';
/** People of one transaction, whose events are in memory at once. */
const PAGE = 100;

/**
 * Calls `work` in a transaction in which the reports beside (`report_rebuild.*`) are what the events say that progress has
 * followed, and in which progress stands still. What was made for it is gone afterwards.
 */
export async function withReportsOfEvents<T>(pool: Pool, work: (tx: Transaction) => Promise<T>): Promise<T> {
  await inTransaction(pool, make);
  try {
    // Those who were followed meanwhile are fewer from round to round.
    while ((await round(pool)) >= PAGE);
    return await inTransaction(pool, async (tx) => {
      await closeFence(tx);
      for (let after = ''; ; ) {
        const phones = await behindAfter(tx, after);
        const last = phones.at(-1);
        if (last === undefined) break;
        after = last;
        await followTogether(tx, phones);
      }
      return await work(tx);
    });
  } finally {
    await pool.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
  }
}

async function make(tx: Transaction): Promise<void> {
  await tx.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
  await tx.query(`CREATE SCHEMA ${SCHEMA}`);
  for (const table of ['drill_instance', 'drill_report', 'drill_wrong_answer']) {
    await tx.query(`CREATE UNLOGGED TABLE ${SCHEMA}.${table} (LIKE public.${table} INCLUDING ALL)`);
  }
  await tx.query(
    `CREATE UNLOGGED TABLE ${SCHEMA}.followed (phone_number text PRIMARY KEY, version bigint NOT NULL)`,
  );
}

/** Follows everybody who is behind. Returns how many that were. */
async function round(pool: Pool): Promise<number> {
  let count = 0;
  for (let after = ''; ; ) {
    const followed = await inTransaction(pool, async (tx) => {
      const phones = await behindAfter(tx, after);
      if (phones.length > 0) await followTogether(tx, phones);
      return phones;
    });
    const last = followed.at(-1);
    if (last === undefined) return count;
    after = last;
    count += followed.length;
  }
}

async function behindAfter(tx: Transaction, after: string): Promise<string[]> {
  const { rows } = await tx.query<{ phone_number: string }>(
    `SELECT phone_number FROM event_position LEFT JOIN ${SCHEMA}.followed USING (phone_number)
      WHERE consumer = 'progress' AND phone_number > $1 AND event_position.version > coalesce(followed.version, 0)
      ORDER BY phone_number LIMIT $2`,
    [after, PAGE],
  );
  return rows.map((row) => row.phone_number);
}

async function followTogether(tx: Transaction, phones: readonly string[]): Promise<void> {
  const { rows } = await tx.query<{ phone_number: string; version: number; since: number }>(
    `SELECT phone_number, event_position.version, coalesce(followed.version, 0) AS since
       FROM event_position LEFT JOIN ${SCHEMA}.followed USING (phone_number)
      WHERE consumer = 'progress' AND phone_number = ANY ($1)`,
    [phones],
  );
  const since = new Map(rows.map((row) => [row.phone_number, row.since]));
  const batches = await readFollowed(tx, new Map(rows.map((row) => [row.phone_number, row.version])));
  const fresh = [...batches.values()]
    .flat()
    .filter(({ phoneNumber, version }) => version > (since.get(phoneNumber) ?? 0));
  await tx.query(`SET LOCAL search_path TO ${SCHEMA}, public`);
  await writeReports(tx, foldReports(fresh, await readInFlight(tx, phones)));
  await tx.query(
    `INSERT INTO followed (phone_number, version)
     SELECT * FROM unnest($1::text[], $2::bigint[])
     ON CONFLICT (phone_number) DO UPDATE SET version = excluded.version`,
    [rows.map((row) => row.phone_number), rows.map((row) => row.version)],
  );
  await tx.query('SET LOCAL search_path TO public');
}
