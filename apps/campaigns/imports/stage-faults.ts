import type { RowFault } from '#shared/imports/read-row.ts';
import type { Import } from '#shared/imports/store.ts';
import { CopyRows } from '#shared/postgres/copy.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** What is wrong with a row; the first fault of each has the whole row with it. */
export interface StagedFault extends RowFault {
  /** As the file has them; null: another fault has them, or the row could not be read. */
  cells: readonly string[] | null;
}

/** Keeps what is wrong with rows, for whoever mends the file. */
export async function stageFaults(
  tx: Transaction,
  { columns, importId }: Pick<Import, 'columns' | 'importId'>,
  faults: readonly StagedFault[],
): Promise<void> {
  const rows = new CopyRows();
  for (const { cells, phoneNumber, place, reason, rowNumber, value } of faults) {
    const whole = cells === null ? null : JSON.stringify(cells);
    rows.add([importId, rowNumber, place, columns[place] ?? null, reason, value, phoneNumber, whole]);
  }
  await rows.writeInto(
    tx,
    'import_fault (import_id, row_number, place, column_name, reason, value, phone_number, cells)',
  );
}
