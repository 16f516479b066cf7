import { CarillonError } from '#shared/errors.ts';
import { type CsvRow, csvRows } from './rows.ts';

/** What a list has: names in lower case, with underscores. */
export interface Columns {
  required: readonly string[];
  optional: readonly string[];
}

/** Some rows of a file with a header, as they came. */
export interface TablePart {
  /** Where in a row each column of the file is. */
  columns: ReadonlyMap<string, number>;
  rows: readonly CsvRow[];
}

/**
 * The rows of a CSV file with a header, as `csvRows` has them; all are as wide as the header. Names of columns may be
 * written with capitals, spaces or hyphens. A file without a line has none.
 *
 * Rejects with `invalid_record`, before any row, when the header lacks a required column, names one twice or has one that
 * is not known: a misspelt column would lose what stands in it.
 */
export async function* csvTable(
  source: AsyncIterable<Uint8Array | string>,
  known: Columns,
  longestRowBytes: number,
): AsyncGenerator<TablePart> {
  let columns: ReadonlyMap<string, number> | null = null;
  for await (const rows of csvRows(source, { longestRowBytes, sameWidth: true })) {
    if (columns !== null) yield { columns, rows };
    else {
      const [header, ...others] = rows;
      columns = columnsOf(header, known);
      if (others.length > 0) yield { columns, rows: others };
    }
  }
}

function columnsOf(header: CsvRow | undefined, { required, optional }: Columns): ReadonlyMap<string, number> {
  if (header === undefined) throw new Error('there is a part without a row');
  if (header.fault !== null) {
    throw new CarillonError('invalid_record', `line ${header.line} is no header: ${header.fault}`);
  }
  const names = header.cells.map((name) => name.toLowerCase().replaceAll(/[\s-]+/g, '_'));
  const faults = [
    ...required.filter((name) => !names.includes(name)).map((name) => `column ${name} is missing`),
    ...names
      .filter((name) => !required.includes(name) && !optional.includes(name))
      .map((name) => `column ${JSON.stringify(name)} is not known`),
    ...names.filter((name, at) => names.indexOf(name) !== at).map((name) => `column ${name} stands twice`),
  ];
  if (faults.length > 0) {
    throw new CarillonError(
      'invalid_record',
      `${faults.join('; ')}. Columns: ${required.join(', ')}; optional: ${optional.join(', ')}`,
    );
  }
  return new Map(names.map((name, at) => [name, at]));
}
