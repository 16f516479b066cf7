import type { CsvRow } from '#shared/csv/rows.ts';

/**
 * Rows of a file as they are staged: many in one record, because a record of its own costs a row more than all else that is done
 * to it there. In their order; the record is known by the line of its first.
 */
export type PackedRow =
  | readonly [line: number, cells: readonly string[]]
  /** `torn`: of a list of suppressions, as in `CsvRow`. */
  | readonly [line: number, cells: null, fault: string, torn?: readonly string[]];

/** A record of `import_row`. */
export interface RowRecord {
  line: number;
  rows: number;
  /** JSON: a list of `PackedRow`. */
  packed: string;
}

/** Rows of one record; characters, where rows are long. */
export const ROWS_OF_RECORD = 500;
const CHARACTERS_OF_RECORD = 100_000;

/** Packs rows as they come. */
export class RowPacker {
  readonly #keepsTorn: boolean;
  #rows: PackedRow[] = [];
  #characters = 0;

  /** `keepsTorn`: whether what stands in rows that are none is asked for later. */
  constructor({ keepsTorn }: { keepsTorn: boolean }) {
    this.#keepsTorn = keepsTorn;
  }

  /** The record that this row makes full; null: it is not full. */
  add({ cells, fault, line, torn }: CsvRow): RowRecord | null {
    const kept = this.#keepsTorn ? torn : undefined;
    if (fault === null) this.#rows.push([line, cells]);
    else this.#rows.push(kept === undefined ? [line, null, fault] : [line, null, fault, kept]);
    for (const cell of kept ?? cells) this.#characters += cell.length;
    const isFull = this.#rows.length >= ROWS_OF_RECORD || this.#characters >= CHARACTERS_OF_RECORD;
    return isFull ? this.end() : null;
  }

  /** What is left; null: nothing. */
  end(): RowRecord | null {
    const rows = this.#rows;
    const [first] = rows;
    if (first === undefined) return null;
    this.#rows = [];
    this.#characters = 0;
    return { line: first[0], rows: rows.length, packed: JSON.stringify(rows) };
  }
}
