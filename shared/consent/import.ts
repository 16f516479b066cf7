import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { importedChangeId } from '#shared/identity.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import type { ConsentChange } from './change.ts';
import { type CsvRow, csvRows, type RejectedRow } from './csv-rows.ts';
import { type ImportKind, importColumns, readRow } from './import-row.ts';
import { recordConsents, type Telling } from './record.ts';

export interface Import {
  kind: ImportKind;
  /** Who imports it: kept with every change. */
  actor: string;
  /** Where national numbers are read as such. */
  country: 'US' | 'CA' | 'MX';
  /** For rows that do not say when: business time. */
  now: Date;
  telling: Telling;
  /** Called for every row that is not taken in. Those that are no CSV come a little before their turn. */
  reject: (row: RejectedRow) => void;
  /** Rows of one transaction. */
  batch?: number;
}

export interface Imported {
  /** Rows that changed something. */
  recorded: number;
  /** Rows that an import of the same file had brought before. */
  known: number;
  rejected: number;
}

/** Few enough for one statement well below its time-out, enough to make their number cheap. */
const BATCH_ROWS = 2_000;

/**
 * Takes in a list of suppressions or of consents of any length, in the memory of one batch. `file` is read twice: once
 * for the hash that names it, so that the same file, also after an import that broke off, brings nothing twice.
 *
 * Rows are merged set-wise, each batch in one transaction under the locks of its phones; what is committed stays when a
 * later batch fails. An import never lifts a suppression: an opt-in of somebody who is blocked is kept in the history
 * and changes nothing.
 */
export async function importConsents(pool: Pool, file: () => Readable, wanted: Import): Promise<Imported> {
  const { actor, country, now, telling, batch: size = BATCH_ROWS } = wanted;
  const name = await contentHash(file());
  const imported: Imported = { recorded: 0, known: 0, rejected: 0 };
  const reject = (row: RejectedRow): void => {
    imported.rejected += 1;
    wanted.reject(row);
  };
  const flush = async (changes: readonly ConsentChange[]): Promise<void> => {
    const { recorded } = await inTransaction(pool, (tx) => recordConsents(tx, changes, telling));
    imported.recorded += recorded.length;
    imported.known += changes.length - recorded.length;
  };
  let batch: ConsentChange[] = [];
  for await (const row of csvRows(file(), importColumns[wanted.kind], reject)) {
    const read = readRow(row, { kind: wanted.kind, country, now, actor, changeId: idOf(name, row) });
    if (read.kind === 'rejected') {
      reject({ line: row.line, reason: read.reason });
      continue;
    }
    batch.push(read.change);
    if (batch.length < size) continue;
    await flush(batch);
    batch = [];
  }
  if (batch.length > 0) await flush(batch);
  return imported;
}

const idOf = (file: string, { line }: CsvRow): string => importedChangeId(file, line);

async function contentHash(source: Readable): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of source) hash.update(chunk);
  return hash.digest('hex');
}
