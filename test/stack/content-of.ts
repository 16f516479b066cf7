import assert from 'node:assert/strict';
import type { Pool } from '#shared/postgres/pool.ts';

/** What gives all rows of all tables, as one hash for each. */
export async function lookOver(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ look: string }>(
    `SELECT string_agg(
              format('SELECT %L, md5(string_agg(t::text, '','' ORDER BY t::text)) FROM %I.%I AS t', tablename, schemaname, tablename),
              ' UNION ALL ' ORDER BY tablename) AS look
       FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  return rows[0]?.look ?? '';
}

/** All rows of all tables, as one value: what has no effect does not change it. */
export async function contentOf(pool: Pool, look: string): Promise<string> {
  // By name: with some hundred tables, parsing takes longer than looking.
  const { rows } = await pool.query({ name: 'content', text: look, rowMode: 'array' });
  assert.ok(rows.length > 10);
  return JSON.stringify(rows);
}
