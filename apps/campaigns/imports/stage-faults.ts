import type { RowFault } from '#shared/imports/read-row.ts';
import type { Import } from '#shared/imports/store.ts';
import { CopyRows } from '#shared/postgres/copy.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** Keeps what is wrong with rows, for whoever mends the file. */
export async function stageFaults(
  tx: Transaction,
  { columns, importId }: Pick<Import, 'columns' | 'importId'>,
  faults: readonly RowFault[],
): Promise<void> {
  const rows = new CopyRows();
  for (const { phoneNumber, place, reason, rowNumber, value } of faults) {
    rows.add([importId, rowNumber, place, columns[place] ?? null, reason, value, phoneNumber]);
  }
  await rows.writeInto(
    tx,
    'import_fault (import_id, row_number, place, column_name, reason, value, phone_number)',
  );
}
