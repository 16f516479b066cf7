import type { PackedRow } from '#shared/imports/packed-rows.ts';
import type { Import } from '#shared/imports/store.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

export const SAMPLE_ROWS = 5;

/** The first rows of a file that is staged, in their order; none: the file is not there, or not any more. */
export async function sampleRows(
  db: Queryable,
  { importId, upload }: Pick<Import, 'importId' | 'upload'>,
): Promise<{ row: number; cells: string[] | null }[]> {
  const { rows } = await db.query<{ packed: PackedRow }>(
    `SELECT packed
       FROM (SELECT cells FROM import_row
              WHERE import_id = $1 AND upload = $2 AND row_count IS NOT NULL ORDER BY row_number LIMIT 1) AS first
      CROSS JOIN LATERAL json_array_elements(cells) WITH ORDINALITY AS each(packed, place)
      WHERE place <= $3 ORDER BY place`,
    [importId, upload, SAMPLE_ROWS],
  );
  return rows.map(({ packed: [row, cells] }) => ({ row, cells: cells === null ? null : [...cells] }));
}
