import { finished } from 'node:stream/promises';
import { from } from 'pg-copy-streams';
import type { Transaction } from './pool.ts';

/** A value of a row, in the text that PostgreSQL reads for the column's type. */
export type CopyValue = string | number | boolean | null;

/**
 * Rows for COPY, as text: much less work than parameters of an INSERT, for both sides. One buffer of them is held in
 * memory, so they are given by the batch. COPY knows no ON CONFLICT: whoever calls has seen to it that there is none.
 */
export class CopyRows {
  #text = '';
  #count = 0;

  /** Rows so far. */
  get count(): number {
    return this.#count;
  }

  /** Characters so far. */
  get length(): number {
    return this.#text.length;
  }

  add(values: readonly CopyValue[]): void {
    this.addLine(copyLine(values));
  }

  /** A row, or the beginning of one that was made before, with what follows it. */
  addLine(line: string, ...rest: readonly CopyValue[]): void {
    this.#text += rest.length === 0 ? `${line}\n` : `${line}\t${copyLine(rest)}\n`;
    this.#count += 1;
  }

  /** Writes them into `target`, a table with its columns: `import_row (import_id, row_number)`. */
  async writeInto(tx: Transaction, target: string): Promise<void> {
    if (this.#count === 0) return;
    const copy = tx.query(from(`COPY ${target} FROM STDIN`));
    const done = finished(copy);
    copy.end(Buffer.from(this.#text));
    await done;
  }
}

/** A row as COPY reads it, without its end. */
export function copyLine(values: readonly CopyValue[]): string {
  const cells = new Array<string>(values.length);
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at];
    cells[at] = value === null || value === undefined ? '\\N' : escaped(String(value));
  }
  // One flat text: what is added up piece by piece stays a tree of pieces, which the collector has to walk while it is kept.
  return cells.join('\t');
}

const SPECIAL = /[\\\t\n\r]/;

/** https://www.postgresql.org/docs/17/sql-copy.html, text format. */
function escaped(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
}

/** An array of texts as PostgreSQL reads it. */
export const arrayText = (texts: readonly string[]): string =>
  `{${texts.map((text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;
