import { readErasedSince } from '#shared/erasure/erased.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { Import } from '#shared/imports/store.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { stageFaults } from './stage-faults.ts';

/**
 * Those of these phones whose people were erased since the upload of the file began: an erasure finds what is staged, but not what
 * comes out of a file while it looks. Whoever was erased before is somebody new to a file that comes after.
 */
export const readErasedSinceUpload = (
  tx: Transaction,
  { createdAt, uploadAt }: Pick<Import, 'createdAt' | 'uploadAt'>,
  phones: readonly string[],
  pseudonyms: Pseudonyms,
): Promise<ReadonlySet<string>> => readErasedSince(tx, phones, uploadAt ?? createdAt, pseudonyms);

/** Not by a column, nor by the row: the place of what is found after the check. */
const AFTER_CHECK = -2;

/** Leaves of valid rows what an erasure leaves of staged ones: that they were somebody's who was erased, by which they are counted. */
export const tellErased = (tx: Transaction, of: Import, rowNumbers: readonly number[]): Promise<void> =>
  stageFaults(
    tx,
    of,
    rowNumbers.map((rowNumber) => ({
      ...{ rowNumber, place: AFTER_CHECK, reason: 'is of somebody who was erased' },
      ...{ value: null, phoneNumber: null, cells: null },
    })),
  );

/**
 * Drops staged rows of these phones that are of people who were erased since the upload; their phones are locked. Returns the phones
 * that are left.
 */
export async function dropErased(
  tx: Transaction,
  of: Import,
  phones: readonly string[],
  pseudonyms: Pseudonyms,
): Promise<readonly string[]> {
  const erased = await readErasedSinceUpload(tx, of, phones, pseudonyms);
  if (erased.size === 0) return phones;
  const { rows } = await tx.query<{ row_number: number }>(
    'DELETE FROM import_contact WHERE import_id = $1 AND phone_number = ANY ($2) RETURNING row_number',
    [of.importId, [...erased]],
  );
  await tellErased(
    tx,
    of,
    rows.map(({ row_number }) => row_number),
  );
  return phones.filter((phone) => !erased.has(phone));
}
