import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { csvRows } from '#shared/csv/rows.ts';
import type { Provenance, Reject } from './source.ts';

/** A file to be read once, from its beginning. */
export interface InputFile {
  name: string;
  open(): Readable;
}

export interface FileRow {
  line: number;
  cells: readonly string[];
}

/** Longer rows are none of these lists: a file without line ends must not fill the memory. */
const LONGEST_ROW_BYTES = 4_096;

/**
 * The rows of a CSV file of which nobody knows whether it has a header, some at a time. A first row without a digit is
 * one, and left out. `done` gets the file's hash once it was read to its end. Rejects with the error of a file that
 * cannot be read to its end.
 */
export async function* fileRows(
  file: InputFile,
  reject: Reject,
  done: (provenance: Provenance) => void,
): AsyncGenerator<readonly FileRow[]> {
  const hash = createHash('sha256');
  const hashed = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of file.open()) {
      const bytes = Buffer.from(chunk);
      hash.update(bytes);
      yield bytes;
    }
  };
  let isFirst = true;
  for await (const rows of csvRows(hashed(), { longestRowBytes: LONGEST_ROW_BYTES, sameWidth: false })) {
    const read: FileRow[] = [];
    for (const { line, cells, fault } of rows) {
      const isHeader = isFirst && fault === null && !cells.some((cell) => /\d/.test(cell));
      isFirst = false;
      if (fault !== null) reject({ line, reason: `${file.name}: ${fault}` });
      else if (!isHeader) read.push({ line, cells });
    }
    yield read;
  }
  done({ name: file.name, sha256: hash.digest('hex') });
}
