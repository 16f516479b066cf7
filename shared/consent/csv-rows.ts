import type { Readable } from 'node:stream';
import { type CsvError, type Info, parse } from 'csv-parse';
import { storable } from '#shared/contracts/storable-text.ts';
import { CarillonError } from '#shared/errors.ts';

/** A line of a file that is not taken in, and why. Lines count from 1, the header included. */
export interface RejectedRow {
  line: number;
  reason: string;
}

export interface CsvRow {
  line: number;
  /** By column; an empty cell is absent. */
  cells: ReadonlyMap<string, string>;
}

/** No cell, and no row, of a list of people is larger; a file without line ends must not fill the memory. */
const LONGEST_ROW_BYTES = 256 * 1024;

/**
 * The rows of a CSV file (RFC 4180, UTF-8, with a header), one after another, in the memory of a few rows. A row that is
 * no CSV is given to `reject` and left out. Rejects with `invalid_record` when the header lacks a required column or
 * has one that is not known: a misspelt column would lose what stands in it.
 */
export async function* csvRows(
  source: Readable,
  columns: { required: readonly string[]; optional: readonly string[] },
  reject: (row: RejectedRow) => void,
): AsyncGenerator<CsvRow> {
  const parser = parse({
    bom: true,
    columns: (header: string[]) => checkedHeader(header, columns),
    info: true,
    max_record_size: LONGEST_ROW_BYTES,
    skip_empty_lines: true,
    skip_records_with_error: true,
    trim: true,
    on_skip: (error: CsvError | undefined) => {
      reject({ line: lineOf(error), reason: `not a row of this file: ${error?.message ?? 'unreadable'}` });
      return undefined;
    },
  });
  // Ends the parser with the file's own error, so that half a file is not taken for a whole one.
  source.on('error', (error) => parser.destroy(error));
  for await (const { record, info } of source.pipe(parser) as AsyncIterable<Parsed>) {
    const cells = Object.entries(record).filter(([, value]) => value !== '');
    yield { line: info.lines, cells: new Map(cells.map(([name, value]) => [name, storable(value)])) };
  }
}

interface Parsed {
  record: Record<string, string>;
  info: Info;
}

function checkedHeader(
  header: readonly string[],
  { required, optional }: { required: readonly string[]; optional: readonly string[] },
): string[] {
  const names = header.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  );
  const missing = required.filter((name) => !names.includes(name));
  const unknown = names.filter((name) => !required.includes(name) && !optional.includes(name));
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  const faults = [
    ...missing.map((name) => `column ${name} is missing`),
    ...unknown.map((name) => `column ${JSON.stringify(name)} is not known`),
    ...twice.map((name) => `column ${name} stands twice`),
  ];
  if (faults.length === 0) return names;
  throw new CarillonError(
    'invalid_record',
    `${faults.join('; ')}. Columns: ${required.join(', ')}; optional: ${optional.join(', ')}`,
  );
}

const lineOf = (error: CsvError | undefined): number =>
  error !== undefined && 'lines' in error && typeof error.lines === 'number' ? error.lines : 0;

/** Begins what a spreadsheet would compute instead of show (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * One line of CSV. A text that a spreadsheet would take for a formula gets an apostrophe in front; `plain` cells (what we
 * made ourselves: phone numbers, instants, words) stay as they are.
 */
export const csvLine = (cells: readonly ({ text: string | null } | string | null)[]): string =>
  `${cells
    .map((cell) => {
      if (cell === null || typeof cell === 'string') return quoted(cell ?? '');
      const text = cell.text ?? '';
      return quoted(FORMULA.test(text) ? `'${text}` : text);
    })
    .join(',')}\r\n`;

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The text as it was before `csvLine` put an apostrophe in front of it. */
export const unguarded = (text: string): string =>
  text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text;
