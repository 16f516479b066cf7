import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { LONGEST_ROW_BYTES } from '#shared/consent/import-row.ts';
import { type CsvRow, csvRows } from '#shared/csv/rows.ts';
import { CarillonError } from '#shared/errors.ts';
import { RowPacker, type RowRecord } from '#shared/imports/packed-rows.ts';
import type { Import } from '#shared/imports/store.ts';
import { InTurn } from '#shared/in-turn.ts';
import { CopyRows } from '#shared/postgres/copy.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { Problem } from '../http/problem.ts';
import { MAX_COLUMNS } from './schemas.ts';

export interface StagedFile {
  columns: string[];
  rows: number;
  bytes: number;
  /** SHA-256 of the whole file. */
  hash: string;
}

/** Rows, and characters of them, of one transaction. */
const BATCH_ROWS = 5_000;
const BATCH_CHARACTERS = 2_000_000;
interface Batch {
  records: CopyRows;
  rows: number;
}

/** More than any list has; ids of rows stay small. */
export const MAX_ROWS = 10_000_000;

/**
 * Stages the rows of a file as they come, in the memory of two batches: one is written while the next is read. Each batch
 * is a transaction that first sees to it that this upload is still the one that counts; a newer one, or an import that has
 * ended, makes it reject with a conflict. Rows that cannot be read are staged with their fault.
 */
export async function stageFile(
  pool: Pool,
  { importId, kind, upload }: Pick<Import, 'importId' | 'kind' | 'upload'>,
  pieces: AsyncIterable<Buffer>,
  now: () => Date,
): Promise<StagedFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  async function* hashed(): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      hash.update(piece);
      bytes += piece.length;
      yield piece;
    }
  }
  const write = async ({ records, rows }: Batch): Promise<void> =>
    inTransaction(pool, async (tx) => {
      const { rowCount } = await tx.query(
        `UPDATE contact_import SET file_rows = file_rows + $3, updated_at = $4
          WHERE import_id = $1 AND upload = $2 AND status = 'uploading'`,
        [importId, upload, rows, now()],
      );
      if (rowCount !== 1) throw gaveWay();
      await records.writeInto(tx, 'import_row (import_id, upload, row_number, row_count, cells)');
    });
  const writer = new InTurn(write);
  let columns: string[] | null = null;
  let rows = 0;
  try {
    const packer = new RowPacker({ keepsTorn: kind === 'suppressions' });
    let batch: Batch = { records: new CopyRows(), rows: 0 };
    const add = (record: RowRecord): void => {
      batch.records.add([importId, upload, record.line, record.rows, record.packed]);
      batch.rows += record.rows;
    };
    for await (const part of csvRows(hashed(), { longestRowBytes: LONGEST_ROW_BYTES, sameWidth: true })) {
      for (const row of part) {
        if (columns === null) {
          columns = headerOf(row);
          continue;
        }
        rows += 1;
        const record = packer.add(row);
        if (record === null) continue;
        add(record);
        if (batch.rows < BATCH_ROWS && batch.records.length < BATCH_CHARACTERS) continue;
        if (rows > MAX_ROWS)
          throw new Problem('too_large', `The file has more than ${MAX_ROWS} rows. Send it in parts.`);
        await writer.give(batch);
        batch = { records: new CopyRows(), rows: 0 };
      }
      // What has arrived is read without a pause otherwise, and nothing that was asked of the database gets on.
      await setImmediate();
    }
    const rest = packer.end();
    if (rest !== null) add(rest);
    if (batch.rows > 0) await writer.give(batch);
    await writer.settled();
  } catch (error) {
    // What is under way has to end before the answer: it would be written after it.
    await writer.settled().catch(() => undefined);
    if (error instanceof CarillonError && error.code === 'invalid_record') {
      throw new Problem('invalid_request', `This is no CSV that can be read: ${error.message}.`, {
        cause: error,
      });
    }
    throw error;
  }
  if (columns === null) {
    throw new Problem('invalid_request', 'The file is empty: its first line names the columns.');
  }
  return { columns, rows, bytes, hash: hash.digest('hex') };
}

export const gaveWay = (): Problem =>
  new Problem('conflict', 'Another file was sent for this import meanwhile, or it was cancelled.');

function headerOf({ cells, fault, line }: CsvRow): string[] {
  if (fault !== null) throw new Problem('invalid_request', `Line ${line} is no header: it ${fault}.`);
  if (cells.every((cell) => cell === '')) {
    throw new Problem('invalid_request', 'The first line names no column.');
  }
  if (cells.length > MAX_COLUMNS) {
    throw new Problem('invalid_request', `The file has more than ${MAX_COLUMNS} columns.`);
  }
  return cells.map((cell) => cell.slice(0, 200));
}
