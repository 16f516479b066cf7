import type { Import, ImportCounts } from '#shared/imports/store.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/**
 * Finds, among the next external ids of staged rows, those that two numbers have: the first row of the file keeps one,
 * the others are faulty. So is one that belongs to another contact. It looks at all that is staged, so that it does not
 * matter which batch a row came in. Returns the last id that was looked at; null: there are no more.
 */
export async function checkExternalIds(
  tx: Transaction,
  { columns, counts, importId, mapping, reached }: Import,
  limit: number,
): Promise<{ to: string | null; counts: ImportCounts }> {
  const from = reached?.[0] ?? '';
  const place = mapping.indexOf('external_id');
  const { rows: bounds } = await tx.query<{ external_id: string | null }>(
    `SELECT max(external_id) AS external_id
       FROM (SELECT external_id FROM import_contact
              WHERE import_id = $1 AND external_id > $2 ORDER BY external_id LIMIT $3) AS part`,
    [importId, from, limit],
  );
  const to = bounds[0]?.external_id ?? null;
  if (to === null) return { to, counts };
  const { rows } = await tx.query<{ faulty: number; matched: number }>(
    `WITH part AS (
       SELECT phone_number, external_id, row_number, min(row_number) OVER (PARTITION BY external_id) AS first
         FROM import_contact WHERE import_id = $1 AND external_id > $2 AND external_id <= $3),
     wrong AS MATERIALIZED ( -- nearly always none: nobody is looked for among the staged before
       SELECT part.*, contact.contact_id IS NOT NULL AS is_taken
         FROM part LEFT JOIN contact
              ON contact.external_id = part.external_id AND contact.phone_number <> part.phone_number
        WHERE part.row_number <> part.first OR contact.contact_id IS NOT NULL),
     gone AS (
       DELETE FROM import_contact AS staged USING wrong
        WHERE staged.import_id = $1 AND staged.phone_number = wrong.phone_number
       RETURNING staged.is_known, wrong.*),
     told AS (
       INSERT INTO import_fault (import_id, row_number, place, column_name, reason, value, phone_number)
       SELECT $1, row_number, $4, $5,
              CASE WHEN is_taken THEN 'belongs to a contact with another number'
                   ELSE 'stands on row ' || first || ' already, with another number' END,
              left(external_id, 120), phone_number
         FROM gone)
     SELECT count(*)::int AS faulty, (count(*) FILTER (WHERE is_known))::int AS matched FROM gone`,
    [importId, from, to, place, columns[place] ?? null],
  );
  const { faulty = 0, matched = 0 } = rows[0] ?? {};
  return {
    to,
    counts: {
      ...counts,
      valid: counts.valid - faulty,
      faulty: counts.faulty + faulty,
      matched: counts.matched - matched,
    },
  };
}
