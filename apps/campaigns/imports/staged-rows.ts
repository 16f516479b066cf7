import { type PackedRow, ROWS_OF_RECORD } from '#shared/imports/packed-rows.ts';
import type { Import } from '#shared/imports/store.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** A record of `import_row`: many rows (`row_count`), or one by itself, as earlier versions staged them. */
type StagedRecord =
  | { row_number: number; row_count: number; cells: PackedRow[] | null; fault: string | null }
  | { row_number: number; row_count: null; cells: string[] | null; fault: string | null };

/**
 * Reads the staged rows of a file in their order, from behind a line on, in batches of `limit` rows; the last one may have fewer.
 * While a batch is in use, the next records are asked for. The import's row is locked.
 */
export class StagedRows {
  readonly #tx: Transaction;
  readonly #import: Pick<Import, 'importId' | 'upload'>;
  readonly #limit: number;
  /** Rows before this line have been taken. */
  #behind: number;
  #held: PackedRow[] = [];
  #records: Promise<StagedRecord[]>;

  constructor(
    tx: Transaction,
    staged: Pick<Import, 'importId' | 'upload'>,
    { behind, limit }: { behind: number; limit: number },
  ) {
    this.#tx = tx;
    this.#import = staged;
    this.#limit = limit;
    this.#behind = behind;
    this.#records = this.#ask(
      `row_number >= coalesce((SELECT max(row_number) FROM import_row
                                WHERE import_id = $1 AND upload = $2 AND row_number <= $3), 0)`,
      behind,
    );
  }

  /** The next rows; none: there are no more. Asks for those behind them, unless it is `last`. */
  async next({ last }: { last: boolean }): Promise<readonly PackedRow[]> {
    for (;;) {
      const records = await this.#records;
      const end = records.at(-1)?.row_number;
      for (const record of records) this.#hold(record);
      const isEnough = this.#held.length >= this.#limit || end === undefined;
      this.#records =
        end === undefined || (isEnough && last) ? Promise.resolve([]) : this.#ask('row_number > $3', end);
      // Whoever awaits it hears of it; until then a batch before it may fail first.
      this.#records.catch(() => undefined);
      if (!isEnough) continue;
      const rows = this.#held.slice(0, this.#limit);
      this.#held = this.#held.slice(this.#limit);
      return rows;
    }
  }

  /** What was asked for has been answered. */
  async settled(): Promise<void> {
    await this.#records.catch(() => undefined);
  }

  #hold({ cells, fault, row_count: count, row_number: line }: StagedRecord): void {
    if (count === null || cells === null) {
      // Of a record of many nothing is cleared but by an earlier version, all at once.
      const row: PackedRow =
        count === null && cells !== null ? [line, cells] : [line, null, fault ?? 'cannot be read'];
      if (line > this.#behind) this.#held.push(row);
      return;
    }
    for (const row of cells) if (row[0] > this.#behind) this.#held.push(row);
  }

  async #ask(which: string, line: number): Promise<StagedRecord[]> {
    const { importId, upload } = this.#import;
    const { rows } = await this.#tx.query<StagedRecord>(
      `SELECT row_number, row_count, cells, fault FROM import_row
        WHERE import_id = $1 AND upload = $2 AND ${which} ORDER BY row_number LIMIT $4`,
      [importId, upload, line, Math.ceil(this.#limit / ROWS_OF_RECORD) + 1],
    );
    return rows;
  }
}
