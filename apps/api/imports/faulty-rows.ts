import { csvLine } from '#shared/csv/line.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

/** A row of the file that is faulty, with everything that is wrong with it. */
export interface FaultyRow {
  row: number;
  cells: string[] | null;
  faults: { place: number | null; column: string | null; reason: string; value: string | null }[];
}

/** Faulty rows in the order of the file, at most `limit` behind the line `after`. */
export async function listFaultyRows(
  db: Queryable,
  importId: string,
  { after, limit }: { after: number | null; limit: number },
): Promise<FaultyRow[]> {
  const { rows } = await db.query<FaultyRow>(
    `SELECT row_number AS row, (array_agg(cells) FILTER (WHERE cells IS NOT NULL))[1] AS cells,
            json_agg(json_build_object('place', CASE WHEN place >= 0 THEN place END, 'column', column_name, 'reason', reason,
                                       'value', value) ORDER BY place) AS faults
       FROM import_fault WHERE import_id = $1 AND row_number > $2
      GROUP BY row_number ORDER BY row_number LIMIT $3`,
    [importId, after ?? 0, limit],
  );
  return rows;
}

const PAGE_ROWS = 2_000;
/** What is said of a row behind its cells, in columns that no import takes for anything. */
const ADDED = ['carillon line', 'carillon faults'] as const;

/**
 * The same as CSV with the columns of the file, in the memory of one page. Of a row that was not kept there is what stood in
 * the cells that are wrong. Nothing in it is a formula.
 */
export async function* faultyRowsAsCsv(
  db: Queryable,
  importId: string,
  columns: readonly string[],
): AsyncGenerator<string> {
  yield csvLine([...columns.map((text) => ({ text })), ...ADDED]);
  let after: number | null = null;
  for (;;) {
    const rows: FaultyRow[] = await listFaultyRows(db, importId, { after, limit: PAGE_ROWS });
    if (rows.length === 0) return;
    yield rows.map((each) => lineOf(each, columns)).join('');
    after = rows.at(-1)?.row ?? null;
  }
}

function lineOf({ cells, faults, row }: FaultyRow, columns: readonly string[]): string {
  const whole = cells ?? columns.map((_, place) => faults.find((each) => each.place === place)?.value ?? '');
  const said = faults
    .map(({ column, reason }) => (column === null ? reason : `${column}: ${reason}`))
    .join('; ');
  return csvLine([...whole.map((text) => ({ text })), String(row), { text: said }]);
}
