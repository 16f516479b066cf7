import type { Import } from '#shared/imports/store.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** Rows that are deleted in one transaction; records of a file, of which each may be hundreds of rows. */
const CLEARED_AT_ONCE = 20_000;
const RECORDS_AT_ONCE = 2_000;

/**
 * Deletes some of what is staged of an import: all of it once it has ended, else what a check leaves behind, and rows of
 * files that gave way to another. They are deleted where they lie: a plan that looks for their keys may compare each with
 * each. One that an erasure changes at this moment is left for the next time. Returns how many rows it were; 0: there are
 * none left.
 */
export async function clearStaged(
  tx: Transaction,
  { endedAt, importId, status, upload }: Import,
): Promise<number> {
  const isOver = endedAt !== null;
  const rows = await deleteSome(
    tx,
    `DELETE FROM import_row WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM import_row WHERE import_id = $1 AND ($3 OR upload < $4) LIMIT $2))`,
    [importId, RECORDS_AT_ONCE, isOver, upload],
  );
  // A commit has deleted each that it took, down to the last: to look for more would be to walk past all of them.
  const staged =
    status === 'committed'
      ? 0
      : await deleteSome(
          tx,
          `DELETE FROM import_contact WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM import_contact WHERE import_id = $1 LIMIT $2))`,
          [importId, CLEARED_AT_ONCE],
        );
  // Also what was counted beside by somebody who went on after the end.
  if (isOver) await tx.query('DELETE FROM import_beside WHERE import_id = $1', [importId]);
  return rows + staged + (isOver ? 0 : await clearFaults(tx, importId));
}

export const clearFaults = (tx: Transaction, importId: string): Promise<number> =>
  deleteSome(
    tx,
    `DELETE FROM import_fault WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM import_fault WHERE import_id = $1 LIMIT $2))`,
    [importId, CLEARED_AT_ONCE],
  );

const deleteSome = async (tx: Transaction, text: string, values: readonly unknown[]): Promise<number> =>
  (await tx.query(text, [...values])).rowCount ?? 0;
