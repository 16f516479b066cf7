import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type CsvError, type Info, parse } from 'csv-parse';
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
 * The rows of a CSV file of which nobody knows whether it has a header, in the memory of a few rows. A first row without
 * a digit is one, and left out. `done` gets the file's hash once it was read to its end. Rejects with the error of a file
 * that cannot be read to its end.
 */
export async function* fileRows(
  file: InputFile,
  reject: Reject,
  done: (provenance: Provenance) => void,
): AsyncGenerator<FileRow> {
  const hash = createHash('sha256');
  const hashed = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of file.open()) {
      const bytes = Buffer.from(chunk);
      hash.update(bytes);
      yield bytes;
    }
  };
  const parser = parse({
    bom: true,
    info: true,
    max_record_size: LONGEST_ROW_BYTES,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    trim: true,
    on_skip: (error: CsvError | undefined) => {
      reject({ line: lineOf(error), reason: `${file.name}: not a row: ${error?.message ?? 'unreadable'}` });
      return undefined;
    },
  });
  const source = Readable.from(hashed());
  source.on('error', (error) => parser.destroy(error));
  let first = true;
  for await (const { record, info } of source.pipe(parser) as AsyncIterable<Parsed>) {
    const isHeader = first && !record.some((cell) => /\d/.test(cell));
    first = false;
    if (!isHeader) yield { line: info.lines, cells: record };
  }
  done({ name: file.name, sha256: hash.digest('hex') });
}

interface Parsed {
  record: string[];
  info: Info;
}

const lineOf = (error: CsvError | undefined): number =>
  error !== undefined && 'lines' in error && typeof error.lines === 'number' ? error.lines : 0;
