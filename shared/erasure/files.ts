import { numbersInTornRow } from '#shared/consent/torn-row.ts';
import { unguarded } from '#shared/csv/line.ts';
import type { ImportOptions } from '#shared/imports/options.ts';
import type { PackedRow } from '#shared/imports/packed-rows.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { Pseudonym } from './pseudonyms.ts';
import { type IsTheirs, TAIL_DIGITS, theirNumber } from './their-number.ts';

/**
 * Rows of files that are on their way in, or that were faulty. A number stands there as somebody wrote it, so all rows are
 * read: the database looks for the last digits of the number, a part of a file in each statement, and what it finds is read
 * here as an import reads it, a few records at a time.
 */

/** Which imports may have rows: one that has ended for good is never looked at again. */
export const HAS_ROWS = 'due_at IS NOT NULL';

/** Lines of one statement: below its time-out. */
const LINES_AT_ONCE = 250_000;
/** Records, of some 100,000 characters at most, that are in memory. */
const RECORDS_AT_ONCE = 20;
const FAULTS_AT_ONCE = 500;

/** Digits as the reading of numbers knows them: of full width, and those of Arabic and of Persian. */
const DIGITS = ['０１２３４５６７８９', '٠١٢٣٤٥٦٧٨٩', '۰۱۲۳۴۵۶۷۸۹'];
/** Runs of all else go at once: one character at a time takes four times as long. */
const digitsIn = (text: string): string =>
  `translate(regexp_replace(${text}, '[^0-9${DIGITS.join('')}]+', '', 'g'), '${DIGITS.join('')}', '${'0123456789'.repeat(DIGITS.length)}')`;

type Reader = Pick<Transaction, 'query'>;

interface Part {
  importId: string;
  country: ImportOptions['country'];
  from: number;
  to: number;
}

/** What is staged, or what was wrong with it, in parts: each an import with the lines between two. */
async function partsOf(tx: Reader, table: 'import_row' | 'import_fault'): Promise<Part[]> {
  const { rows } = await tx.query<{ import_id: string; country: ImportOptions['country']; last: number }>(
    `SELECT import_id, coalesce(options ->> 'country', 'US') AS country, last FROM contact_import
      CROSS JOIN LATERAL (SELECT max(row_number) AS last FROM ${table} AS rows
                           WHERE rows.import_id = contact_import.import_id) AS file
      WHERE ${HAS_ROWS} AND last IS NOT NULL`,
  );
  return rows.flatMap(({ country, import_id: importId, last }) =>
    Array.from({ length: Math.ceil(last / LINES_AT_ONCE) }, (_, n) => ({
      ...{ importId, country },
      ...{ from: n * LINES_AT_ONCE, to: (n + 1) * LINES_AT_ONCE },
    })),
  );
}

/** Rows of one person that were found together. */
export interface FoundRows {
  importId: string;
  count: number;
}

interface ChangedRecord extends FoundRows {
  upload: number;
  row_number: number;
  /** As it is to be from now on; null: the record is that row alone. */
  cells: string | null;
}

export async function countOf(found: AsyncIterable<FoundRows>): Promise<number> {
  let sum = 0;
  for await (const { count } of found) sum += count;
  return sum;
}

type RowRecord =
  | { upload: number; row_number: number; row_count: number; cells: PackedRow[] }
  | { upload: number; row_number: number; row_count: null; cells: string[] };

const ERASED = 'is of somebody who was erased';

/** Records of staged files with rows of a person; with `lock`, they are held to the end of the transaction. */
export async function* rowsOfPerson(
  tx: Reader,
  phone: string,
  { lock = false }: { lock?: boolean } = {},
): AsyncGenerator<ChangedRecord> {
  for (const { country, from, importId, to } of await partsOf(tx, 'import_row')) {
    const isTheirs = theirNumber(phone, country);
    let behind = { row_number: 0, upload: 0 };
    for (;;) {
      const { rows } = await tx.query<RowRecord>(
        `SELECT upload, row_number, row_count, cells FROM import_row
          WHERE import_id = $1 AND row_number > $2 AND row_number <= $3 AND (row_number, upload) > ($5, $6)
            AND position($4 IN ${digitsIn('cells::text')}) > 0
          ORDER BY row_number, upload LIMIT $7 ${lock ? 'FOR UPDATE' : ''}`,
        [
          ...[importId, from, to, phone.slice(-TAIL_DIGITS)],
          ...[behind.row_number, behind.upload, RECORDS_AT_ONCE],
        ],
      );
      for (const record of rows) {
        const { row_number, upload } = record;
        const { cells, count } = withoutThem(record, isTheirs, { country, phone });
        if (count > 0) yield { importId, upload, row_number, cells, count };
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < RECORDS_AT_ONCE) break;
      behind = last;
    }
  }
}

function withoutThem(
  record: RowRecord,
  isTheirs: IsTheirs,
  { country, phone }: { country: ImportOptions['country']; phone: string },
): Pick<ChangedRecord, 'cells' | 'count'> {
  if (record.row_count === null) return { cells: null, count: isTheirs(record.cells.map(unguarded)) ? 1 : 0 };
  let count = 0;
  const rows = record.cells.map((row): PackedRow => {
    const [line, cells, fault, torn] = row;
    if (cells === null) {
      const numbers = numbersInTornRow(torn ?? [], 0, { country });
      const others = numbers.filter((number) => number !== phone);
      if (others.length === numbers.length) return row;
      count += 1;
      // Whoever else stands in it is to be left alone all the same.
      return [line, null, fault, others];
    }
    if (!isTheirs(cells.map(unguarded))) return row;
    count += 1;
    return [line, null, ERASED];
  });
  return { cells: count === 0 ? null : JSON.stringify(rows), count };
}

/** Makes each staged row of a person one that cannot be read; others of its record stay. Returns how many. */
export async function eraseRows(tx: Transaction, phone: string): Promise<number> {
  let erased = 0;
  for await (const { cells, count, importId, row_number, upload } of rowsOfPerson(tx, phone, {
    lock: true,
  })) {
    await tx.query(
      `UPDATE import_row SET cells = $4, fault = CASE WHEN row_count IS NULL THEN $5 ELSE fault END
        WHERE import_id = $1 AND upload = $2 AND row_number = $3`,
      [importId, upload, row_number, cells, ERASED],
    );
    erased += count;
  }
  return erased;
}

interface Fault {
  row_number: number;
  place: number;
  phone_number: string | null;
  value: string | null;
  cells: string[] | null;
}

interface FaultyRows extends FoundRows {
  rows: number[];
}

/** Faulty rows of a person, some at a time: those of their number, and those that have it in any cell. */
export async function* faultsOfPerson(tx: Reader, phone: string): AsyncGenerator<FaultyRows> {
  for (const { country, from, importId, to } of await partsOf(tx, 'import_fault')) {
    const isTheirs = theirNumber(phone, country);
    let behind = { row_number: 0, place: 0 };
    for (;;) {
      const { rows } = await tx.query<Fault>(
        `SELECT row_number, place, phone_number, value, cells FROM import_fault
          WHERE import_id = $1 AND row_number > $2 AND row_number <= $3 AND (row_number, place) > ($6, $7)
            AND (phone_number = $5 OR position($4 IN ${digitsIn(`concat(value, ' ', cells::text)`)}) > 0)
          ORDER BY row_number, place LIMIT $8`,
        [
          ...[importId, from, to, phone.slice(-TAIL_DIGITS), phone],
          ...[behind.row_number, behind.place, FAULTS_AT_ONCE],
        ],
      );
      const theirs = rows.filter(
        ({ cells, phone_number, value }) =>
          phone_number === phone || isTheirs((cells ?? [value ?? '']).map(unguarded)),
      );
      if (theirs.length > 0)
        yield { importId, count: theirs.length, rows: theirs.map(({ row_number }) => row_number) };
      const last = rows.at(-1);
      if (last === undefined || rows.length < FAULTS_AT_ONCE) break;
      behind = last;
    }
  }
}

/** Leaves of what was wrong with rows of a person that it was wrong. Returns how many faults. */
export async function eraseFaults(
  tx: Transaction,
  { phone, pseudonym }: { phone: string; pseudonym: Pseudonym },
): Promise<number> {
  let erased = 0;
  for await (const { count, importId, rows } of faultsOfPerson(tx, phone)) {
    // A row whose number is none may have theirs in another cell: it does not get their name. Its other faults are of the same row.
    await tx.query(
      `UPDATE import_fault
          SET value = NULL, cells = NULL, phone_number = CASE WHEN phone_number = $3 THEN $4 ELSE phone_number END
        WHERE import_id = $1 AND row_number = ANY ($2)`,
      [importId, rows, phone, pseudonym],
    );
    erased += count;
  }
  return erased;
}
