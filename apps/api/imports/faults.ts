import { csvLine } from '#shared/csv/line.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

export interface Fault {
  row: number;
  place: number;
  column: string | null;
  reason: string;
  value: string | null;
}

/** Where a page of faults ended. */
export type FaultPosition = Pick<Fault, 'row' | 'place'>;

/** What is wrong with a file, in the order of its rows, at most `limit` behind `after`. */
export async function listFaults(
  db: Queryable,
  importId: string,
  after: FaultPosition | null,
  limit: number,
): Promise<Fault[]> {
  const { rows } = await db.query<Fault>(
    `SELECT row_number AS row, place, column_name AS column, reason, value FROM import_fault
      WHERE import_id = $1 AND (row_number, place) > ($2, $3) ORDER BY row_number, place LIMIT $4`,
    [importId, after?.row ?? 0, after?.place ?? -2, limit],
  );
  return rows;
}

const PAGE_ROWS = 5_000;

/** The same as CSV, in the memory of one page. Nothing in it is a formula. */
export async function* faultsAsCsv(db: Queryable, importId: string): AsyncGenerator<string> {
  yield csvLine(['row', 'column', 'reason', 'value']);
  let after: FaultPosition | null = null;
  for (;;) {
    const faults: Fault[] = await listFaults(db, importId, after, PAGE_ROWS);
    if (faults.length === 0) return;
    yield faults
      .map(({ column, reason, row, value }) =>
        csvLine([String(row), { text: column }, { text: reason }, { text: value }]),
      )
      .join('');
    after = faults.at(-1) ?? null;
  }
}
