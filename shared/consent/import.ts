import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { CsvRow, RejectedRow } from '#shared/csv/rows.ts';
import { csvTable } from '#shared/csv/table.ts';
import { importedChangeId } from '#shared/identity.ts';
import { InTurn } from '#shared/in-turn.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import type { ConsentChange } from './change.ts';
import { type ImportKind, importColumns, LONGEST_ROW_BYTES, readRow } from './import-row.ts';
import type { Telling } from './record.ts';
import { recordListed } from './record-list.ts';

export interface Import {
  kind: ImportKind;
  /** Who imports it: kept with every change. */
  actor: string;
  /** Where national numbers are read as such. */
  country: 'US' | 'CA' | 'MX';
  /** For rows that do not say when: business time. */
  now: Date;
  telling: Telling;
  /** Called for every row that is not taken in, in their order. */
  reject: (row: RejectedRow) => void;
  /** Called for every row that is taken in, but not as it says, with what is wrong with it. */
  note: (row: RejectedRow) => void;
  /** Rows of one transaction. */
  batch?: number;
}

export interface Imported {
  /** Changes that were recorded: one for a row, of a row with a cell too many or too few one for each number in it. */
  recorded: number;
  /** Changes that an import of the same file had brought before, and that still hold. */
  known: number;
  /** Rows that were taken in otherwise than they say: recorded or known. */
  noted: number;
  rejected: number;
}

/** Few enough for one statement well below its time-out, enough to make their number cheap. */
const BATCH_ROWS = 5_000;

/**
 * Takes in a list of suppressions or of consents of any length, in the memory of two batches. `file` is read twice: once
 * for the hash that names it, so that the same file, also after an import that broke off, brings nothing twice.
 *
 * Rows are merged set-wise, each batch in one transaction under the locks of its phones, one after another; the next one
 * is read meanwhile. What is committed stays when a later batch fails. An import never lifts a suppression: an opt-in of
 * somebody who is blocked is kept in the history and changes nothing. A suppression that was lifted since the same file was
 * taken in is recorded anew: whoever gives a list wants everybody on it left alone.
 */
export async function importConsents(pool: Pool, file: () => Readable, wanted: Import): Promise<Imported> {
  const { actor, country, kind, now, telling, batch: size = BATCH_ROWS } = wanted;
  const name = await contentHash(file());
  const imported: Imported = { recorded: 0, known: 0, noted: 0, rejected: 0 };
  const changesOf = (columns: ReadonlyMap<string, number>, row: CsvRow): ConsentChange[] => {
    const changeIdOf = (nth: number): string => importedChangeId(name, row.line, nth);
    const read = readRow(row, columns, { kind, country, now, actor, changeIdOf });
    if (read.kind === 'changes') {
      if (read.notes.length > 0) {
        imported.noted += 1;
        wanted.note({ line: row.line, reason: read.notes.join('; ') });
      }
      return [...read.changes];
    }
    imported.rejected += 1;
    wanted.reject({ line: row.line, reason: read.reason });
    return [];
  };
  const record = async (changes: readonly ConsentChange[]): Promise<void> => {
    const recorded = await inTransaction(pool, (tx) => recordListed(tx, kind, changes, telling));
    imported.recorded += recorded;
    imported.known += changes.length - recorded;
  };
  const recorder = new InTurn(record);
  try {
    let batch: ConsentChange[] = [];
    for await (const { columns, rows } of csvTable(file(), importColumns[kind], LONGEST_ROW_BYTES)) {
      for (const row of rows) {
        batch.push(...changesOf(columns, row));
        if (batch.length < size) continue;
        await recorder.give(batch);
        batch = [];
      }
    }
    if (batch.length > 0) await recorder.give(batch);
  } finally {
    await recorder.settled();
  }
  return imported;
}

async function contentHash(source: Readable): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of source) hash.update(chunk);
  return hash.digest('hex');
}
