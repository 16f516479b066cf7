import { CsvError, Parser } from 'csv-parse';
import { CarillonError } from '#shared/errors.ts';

/** A row as it stands in a file, or why it cannot be read. */
export interface CsvRow {
  /** On which it begins, from 1; the header is one as well. */
  line: number;
  /** None where there is a fault. Without NUL, which PostgreSQL refuses. */
  cells: readonly string[];
  /** Null: it could be read. */
  fault: string | null;
  /**
   * Of a row that is wider or narrower than the first, or has a quote too few: what stands between its separators, of which nobody knows in which
   * columns it belongs. Left out where it is longer than a row may be.
   */
  torn?: readonly string[];
}

/** A line of a file that is not taken in, and why. */
export interface RejectedRow {
  line: number;
  reason: string;
}

export interface CsvOptions {
  /** No row is larger. More than that is held in memory only until a chunk of the source is read. */
  longestRowBytes: number;
  /** Whether every row has as many cells as the first. */
  sameWidth: boolean;
}

/**
 * The rows of a CSV file (RFC 4180, UTF-8, with or without BOM) in their order, by the chunk of the source: in constant
 * memory, and without the cost of a turn of the event loop for each. Cells are separated by what separates the first
 * line: commas, semicolons or tabs. They may hold line breaks where they are quoted; empty lines are left out.
 *
 * A fault costs one line and no more: whatever a quote that is not closed has swallowed is read again, line by line.
 *
 * Rejects with `invalid_record` for a file that is no UTF-8 at its beginning (UTF-16), and with the source's own error
 * where it cannot be read to its end: half a file is never taken for a whole one.
 */
export async function* csvRows(
  source: AsyncIterable<Uint8Array | string>,
  options: CsvOptions,
): AsyncGenerator<readonly CsvRow[]> {
  const cutter = new RowCutter(options);
  for await (const chunk of source) {
    const rows = await cutter.take(Buffer.from(chunk));
    if (rows.length > 0) yield rows;
  }
  const rows = await cutter.end();
  if (rows.length > 0) yield rows;
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const UTF_16 = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];
const [TAB, LF, VT, FF, CR, SPACE, QUOTE] = [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x22];
const BLANK: ReadonlySet<number | undefined> = new Set([LF, VT, FF, CR, SPACE]);
const LINE_ENDS = ['\r\n', '\n', '\r'].map((end) => Buffer.from(end));
const EMPTY = Buffer.alloc(0);

/** What is wrong with a row that the parser took for one. */
interface Fault {
  words: string;
  /** It has another width than the first, and that is all. */
  isTorn: boolean;
}

/** A line at fault: so much of it as a row may have. */
interface LeftOut {
  line: number;
  fault: string;
  pieces: Buffer[];
  bytes: number;
}

/** Thrown out of the parser at a row of more lines than one that is as no row should be: a quote may be missing. */
class Swallowed extends Error {}

/**
 * Cuts what comes in chunks into rows. The parser stops at the first fault; the line at fault is left out then, and a new
 * parser goes on behind it.
 */
class RowCutter {
  readonly #options: CsvOptions;
  /** Null before the first line is known. */
  #separator: string | null = null;
  #parser: Parser | null = null;
  /** What the parser has been given, but for rows that were cut off in earlier chunks. */
  #held: Buffer = EMPTY;
  /** Where `held` begins in what the parser was given. */
  #base = 0;
  /** Where the next row begins in `held`, and on which line of the file; empty lines before it included. */
  #at = 0;
  #line = 1;
  /** The parser's own count of lines at the end of the last row. It counts a quoted CRLF twice. */
  #parserLines = 0;
  #width: number | null = null;
  /** A line at fault whose end is still to come; null: there is none. */
  #leftOut: LeftOut | null = null;
  #rows: CsvRow[] = [];

  constructor(options: CsvOptions) {
    this.#options = options;
  }

  /** The rows that end in this chunk. */
  async take(chunk: Buffer): Promise<readonly CsvRow[]> {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    if (this.#separator === null) {
      const first = firstLineOf(this.#held);
      if (first === null && this.#held.length <= this.#options.longestRowBytes) return [];
      this.#begin(first);
    }
    if (!this.#takePlain(false)) await this.#read(chunk, false);
    return this.#taken();
  }

  /** The rows that the end of the file ends. */
  async end(): Promise<readonly CsvRow[]> {
    if (this.#separator === null) this.#begin(null);
    if (!this.#takePlain(true)) await this.#read(EMPTY, true);
    return this.#taken();
  }

  /**
   * Takes all rows that are complete where no quote is: then every line is a row, and every separator separates. It costs a
   * fraction of the parser's work, byte by byte, and comes to the same. False: there may be a quote, or a row that is too
   * long to wait for its end.
   */
  #takePlain(isLast: boolean): boolean {
    const held = this.#held;
    if (this.#leftOut !== null || held.includes(QUOTE)) return false;
    const end = isLast ? held.length : plainEnd(held);
    if (held.length - end > this.#options.longestRowBytes) return false;
    // What it has been given of a row that has not ended is held still.
    this.#parser = null;
    const text = held.toString('utf8', 0, end);
    const separator = this.#separator ?? ',';
    const hasNul = text.includes('\0');
    for (const line of text.split(LINE_END)) {
      const cells = line.split(separator).map(trimmed);
      const isEmpty = cells.length === 1 && cells[0] === '';
      if (!isEmpty) {
        const fault = this.#faultOf(cells, this.#lengthOf(line));
        this.#width ??= cells.length;
        this.#add(hasNul ? withoutNul(cells) : cells, fault);
      }
      this.#line += 1;
    }
    // What is behind the last line break is no line yet.
    this.#line -= 1;
    this.#at = end;
    return true;
  }

  /** Bytes of a line with its end, where they may be too many. */
  #lengthOf(line: string): number {
    const most = this.#options.longestRowBytes;
    return line.length * 3 + 2 <= most ? 0 : Buffer.byteLength(line) + 1;
  }

  #taken(): readonly CsvRow[] {
    const rows = this.#rows;
    this.#rows = [];
    this.#cutOff(this.#at);
    return rows;
  }

  #begin(firstLine: Buffer | null): void {
    if (UTF_16.some((mark) => this.#held.subarray(0, mark.length).equals(mark))) {
      throw new CarillonError('invalid_record', 'the file is UTF-16: save it as CSV in UTF-8');
    }
    this.#separator = separatorOf(firstLine ?? this.#held);
    if (this.#held.subarray(0, BOM.length).equals(BOM)) this.#held = this.#held.subarray(BOM.length);
  }

  async #read(chunk: Buffer, isLast: boolean): Promise<void> {
    if (this.#leftOut !== null && !this.#leaveLineOut(this.#leftOut, isLast)) return;
    let bytes = this.#parser === null ? this.#held : chunk;
    for (;;) {
      const fault = await this.#parse(bytes, isLast);
      if (fault === null) return;
      this.#skipEmptyLines();
      this.#parser = null;
      if (!this.#leaveLineOut({ line: this.#line, fault, pieces: [], bytes: 0 }, isLast)) return;
      bytes = this.#held;
    }
  }

  /** What is wrong with the row at which the parser stopped; null: it has taken all. */
  async #parse(bytes: Buffer, isLast: boolean): Promise<string | null> {
    this.#parser ??= this.#newParser();
    const parser = this.#parser;
    const error = await new Promise<Error | null>((resolve) => {
      const done = (cause?: Error | null): void => resolve(cause ?? null);
      if (isLast) parser.once('finish', done).once('error', done).end(bytes);
      else parser.write(bytes, done);
    });
    if (error !== null) return this.#wordsFor(error);
    return this.#held.length - this.#at > this.#options.longestRowBytes ? this.#tooLong() : null;
  }

  #newParser(): Parser {
    this.#base = 0;
    this.#parserLines = 0;
    const parser = new Parser({
      delimiter: this.#separator ?? ',',
      record_delimiter: LINE_ENDS,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      on_record: (cells: string[], { bytes, lines }: { bytes: number; lines: number }) => {
        this.#cut(cells, bytes - this.#base, lines);
        // Nothing passes through the stream: rows are taken by the chunk.
        return null;
      },
    });
    // Whoever writes to it hears of the same error.
    parser.on('error', () => undefined);
    return parser;
  }

  /** A row that ends at `end` in `held`. Throws where the lines that it spans may be rows of their own. */
  #cut(cells: string[], end: number, parserLines: number): void {
    const isPlain = parserLines - this.#parserLines === 1;
    if (!isPlain) this.#skipEmptyLines();
    const lines = isPlain ? 1 : lineBreaks(this.#held.subarray(this.#at, end));
    const fault = this.#faultOf(cells, end - this.#at);
    if (fault !== null && lines > 1) throw new Swallowed(fault.words);
    this.#width ??= cells.length;
    this.#add(withoutNul(cells), fault);
    this.#at = end;
    this.#line += lines;
    this.#parserLines = parserLines;
  }

  #add(cells: readonly string[], fault: Fault | null): void {
    const line = this.#line;
    if (fault === null) this.#rows.push({ line, cells, fault });
    else this.#rows.push({ line, cells: [], fault: fault.words, ...(fault.isTorn ? { torn: cells } : {}) });
  }

  #faultOf(cells: readonly string[], bytes: number): Fault | null {
    if (bytes > this.#options.longestRowBytes) return { words: this.#tooLong(), isTorn: false };
    const width = this.#options.sameWidth ? (this.#width ?? cells.length) : cells.length;
    if (cells.length === width) return null;
    return { words: `has ${cells.length} cells where the first row has ${width}`, isTorn: true };
  }

  #tooLong(): string {
    return `is longer than ${this.#options.longestRowBytes} bytes: a quote that is not closed, or no list`;
  }

  #wordsFor(error: Error): string {
    if (error instanceof Swallowed) return `${error.message}; is a quote missing?`;
    if (!(error instanceof CsvError)) throw error;
    const words = FAULTS.get(error.code);
    if (words === undefined) throw error;
    return words;
  }

  #skipEmptyLines(): void {
    const from = this.#at;
    const isEmpty = (byte: number | undefined): boolean =>
      byte === TAB ? this.#separator !== '\t' : BLANK.has(byte);
    while (isEmpty(this.#held[this.#at])) this.#at += 1;
    this.#line += lineBreaks(this.#held.subarray(from, this.#at));
  }

  /** Goes behind the end of this line. False: it is still to come, or there is none because the file ends. */
  #leaveLineOut(leftOut: LeftOut, isLast: boolean): boolean {
    const end = lineEnd(this.#held, this.#at);
    // What follows a CR says where the line ends.
    const isKnown = end !== null && (isLast || end < this.#held.length || this.#held[end - 1] === LF);
    const upTo = isKnown || end === null ? (end ?? this.#held.length) : end - 1;
    this.#keep(leftOut, this.#held.subarray(this.#at, upTo));
    this.#leftOut = isKnown || isLast ? null : leftOut;
    if (this.#leftOut === null) this.#addLeftOut(leftOut);
    if (isKnown) this.#line += 1;
    this.#cutOff(upTo);
    return isKnown;
  }

  /** Keeps a piece of a line at fault; of one that is too long nothing. */
  #keep(leftOut: LeftOut, piece: Buffer): void {
    leftOut.bytes += piece.length;
    if (leftOut.bytes > this.#options.longestRowBytes) leftOut.pieces = [];
    else leftOut.pieces.push(Buffer.from(piece));
  }

  #addLeftOut({ bytes, fault, line, pieces }: LeftOut): void {
    const isWhole = bytes <= this.#options.longestRowBytes;
    const text = Buffer.concat(pieces).toString('utf8').replaceAll('"', ' ').trim();
    const torn = isWhole ? withoutNul(text.split(this.#separator ?? ',').map((cell) => cell.trim())) : null;
    this.#rows.push({ line, cells: [], fault, ...(torn === null ? {} : { torn }) });
  }

  /** Forgets the beginning of what is held. */
  #cutOff(length: number): void {
    this.#held = this.#held.subarray(length);
    this.#base += length;
    this.#at = 0;
  }
}

/** What the parser finds, in words that help to find it. */
const FAULTS: ReadonlyMap<string, string> = new Map([
  [
    'CSV_INVALID_CLOSING_QUOTE',
    'a quote is closed before the end of its cell: write two for one that is meant',
  ],
  ['CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE', 'there is something between a quote and the end of its cell'],
  [
    'INVALID_OPENING_QUOTE',
    'a quote stands in a cell that does not begin with one: quote the cell, write two for it',
  ],
  ['CSV_QUOTE_NOT_CLOSED', 'a quote is not closed'],
]);

/** Up to the first line break that is not quoted; null: there is none. */
function firstLineOf(bytes: Buffer): Buffer | null {
  let quoted = false;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === QUOTE) quoted = !quoted;
    else if (!quoted && (bytes[at] === LF || bytes[at] === CR)) return bytes.subarray(0, at);
  }
  return null;
}

/** What most often stands between cells of a line; a comma where nothing does. */
function separatorOf(line: Buffer): string {
  const counts = new Map([',', ';', '\t'].map((separator) => [separator.charCodeAt(0), 0]));
  let quoted = false;
  for (const byte of line) {
    if (byte === QUOTE) quoted = !quoted;
    const count = counts.get(byte);
    if (!quoted && count !== undefined) counts.set(byte, count + 1);
  }
  const [[most] = [0x2c]] = [...counts].sort(([, a], [, b]) => b - a);
  return String.fromCharCode(most);
}

const LINE_END = /\r\n|\n|\r/;

/** Behind the last line break of which all is there: a CR at the end may be half of one. */
function plainEnd(bytes: Buffer): number {
  const cr = bytes.lastIndexOf(CR, -2);
  return Math.max(bytes.lastIndexOf(LF), cr) + 1;
}

/** What the parser leaves of a cell; asked of nearly none. */
function trimmed(cell: string): string {
  const [first, last] = [cell.charCodeAt(0), cell.charCodeAt(cell.length - 1)];
  const isPlain = first > SPACE && first < 0x80 && last > SPACE && last < 0x80;
  return isPlain ? cell : cell.trim();
}

/** LF, CR and CRLF are one each. */
function lineBreaks(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) count += 1;
  }
  return count;
}

/** Where the line after this one begins; null: this one does not end here. */
function lineEnd(bytes: Buffer, from: number): number | null {
  for (let at = from; at < bytes.length; at += 1) {
    if (bytes[at] === LF) return at + 1;
    if (bytes[at] === CR) return bytes[at + 1] === LF ? at + 2 : at + 1;
  }
  return null;
}

const withoutNul = (cells: string[]): string[] =>
  cells.some((cell) => cell.includes('\0')) ? cells.map((cell) => cell.replaceAll('\0', '')) : cells;
