import type { Import, ImportCounts } from '#shared/imports/store.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/**
 * Rows of one batch that are kept as a whole, and records of the file that may be read for it: where more are faulty than
 * that, it is not single rows that somebody mends.
 */
const KEPT_WHOLE = 2_000;

/**
 * Finds, among the next external ids of staged rows, those that two numbers have: the first row of the file keeps one,
 * the others are faulty. So is one that belongs to another contact. It looks at all that is staged, so that it does not
 * matter which batch a row came in. Returns the last id that was looked at; null: there are no more.
 */
export async function checkExternalIds(
  tx: Transaction,
  { columns, counts, importId, mapping, reached, upload }: Import,
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
     whole AS MATERIALIZED ( -- each record of the file is taken apart once, however many of its rows are wrong
       SELECT (one ->> 0)::int AS row_number, one -> 1 AS cells
         FROM (SELECT DISTINCT record.row_number
                 FROM (SELECT row_number FROM gone ORDER BY row_number LIMIT $6) AS wanted
                CROSS JOIN LATERAL (SELECT row_number FROM import_row
                                     WHERE import_id = $1 AND upload = $7 AND row_number <= wanted.row_number
                                     ORDER BY row_number DESC LIMIT 1) AS record) AS found
         JOIN import_row AS record ON record.import_id = $1 AND record.upload = $7
              AND record.row_number = found.row_number AND record.row_count IS NOT NULL
        CROSS JOIN LATERAL json_array_elements(record.cells) AS each(one)),
     told AS (
       INSERT INTO import_fault (import_id, row_number, place, column_name, reason, value, phone_number, cells)
       SELECT $1, gone.row_number, $4, $5,
              CASE WHEN is_taken THEN 'belongs to a contact with another number'
                   ELSE 'stands on row ' || first || ' already, with another number' END,
              left(external_id, 120), phone_number, whole.cells
         FROM gone LEFT JOIN whole ON whole.row_number = gone.row_number)
     SELECT count(*)::int AS faulty, (count(*) FILTER (WHERE is_known))::int AS matched FROM gone`,
    [importId, from, to, place, columns[place] ?? null, KEPT_WHOLE, upload],
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
