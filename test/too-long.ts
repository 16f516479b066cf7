import type { Pool } from '#shared/postgres/pool.ts';

/**
 * While the work is under way every statement that writes such a row of the table ends as one that took too long, without
 * anybody having to wait for that. `row`: a condition in SQL on NEW.
 */
export async function takingTooLong(
  owner: Pool,
  { row, table }: { table: string; row: string },
  work: () => Promise<void>,
): Promise<void> {
  await owner.query(
    `CREATE FUNCTION takes_too_long() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'canceling statement due to statement timeout' USING ERRCODE = 'query_canceled'; END $$`,
  );
  try {
    await owner.query(
      `CREATE TRIGGER takes_too_long BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW WHEN (${row})
       EXECUTE FUNCTION takes_too_long()`,
    );
    await work();
  } finally {
    await owner.query('DROP FUNCTION takes_too_long CASCADE');
  }
}
