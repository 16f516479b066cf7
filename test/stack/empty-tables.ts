import type { Pool } from '#shared/postgres/pool.ts';

/** What empties a set of tables in the database of a pool: read from its catalogue once. */
const statements = new WeakMap<Pool, Map<string, string>>();

/**
 * Removes all rows of these tables, and of every table that refers to one of them: what TRUNCATE ... CASCADE does, which
 * makes new files for each table and each of its indexes and makes every session read the catalogue again. As there,
 * who still writes is waited for, and no trigger fires. `pool`: of the superuser. `tables`: with commas between them.
 */
export async function emptyTables(pool: Pool, tables: string): Promise<void> {
  const known = statements.get(pool) ?? new Map<string, string>();
  statements.set(pool, known);
  const statement = known.get(tables) ?? (await statementFor(pool, tables));
  known.set(tables, statement);
  await pool.query(statement);
}

/** Several statements in one: PostgreSQL runs them as one transaction. */
async function statementFor(pool: Pool, tables: string): Promise<string> {
  const { rows } = await pool.query<{ name: string }>(
    `WITH RECURSIVE emptied AS (
       SELECT trim(name)::regclass AS relation FROM unnest(string_to_array($1, ',')) AS given (name)
       UNION
       SELECT conrelid::regclass FROM pg_constraint JOIN emptied ON confrelid = relation
        WHERE contype = 'f' AND conparentid = 0
     )
     SELECT relation::text AS name FROM emptied`,
    [tables],
  );
  const all = rows.map(({ name }) => name);
  return [
    'SET LOCAL session_replication_role = replica',
    `LOCK TABLE ${all.join(', ')}`,
    ...all.map((name) => `DELETE FROM ${name}`),
  ].join(';\n');
}
