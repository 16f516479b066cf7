import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { basename } from 'node:path';

/** What a table holds: text, or a number as it was measured. */
export type Cell = string | number;

/** Of a table, by column. */
export type Row = Readonly<Record<string, Cell>>;

export interface Table {
  /** Above it, where a benchmark has several. */
  caption?: string;
  /** Columns are the keys of its rows, in the order in which they first appear. */
  rows: readonly Row[];
}

/** What a benchmark is to reach, and what it did. */
export interface Aim {
  against: string;
  aim: string;
  measured: string;
  reached: boolean;
}

/** What a benchmark came to: what `npm run bench` prints, and what docs/benchmarks.md shows of the last run that was published. */
export interface Figures {
  /** As its file: log-persister. */
  benchmark: string;
  config: Row;
  tables: readonly Table[];
  aims: readonly Aim[];
}

/** Figures, and what they are worth nothing without. */
export interface Taken extends Figures {
  command: string;
  /** UTC, ISO 8601; of figures from before they were kept the day alone. */
  date: string;
  machine: { cores: number; memoryGiB: number; node: string };
}

/**
 * Prints figures and, where a file is named, writes them to it as JSON, with the command, the machine and the time at which they
 * were taken.
 */
export async function publish(figures: Figures, jsonFile: string | undefined): Promise<void> {
  console.log(`\n${figures.benchmark}  ${JSON.stringify(figures.config)}`);
  for (const { caption, rows } of figures.tables) {
    if (caption !== undefined) console.log(`\n${caption}`);
    console.table(rows);
  }
  for (const { against, aim, measured, reached } of figures.aims)
    console.log(`${reached ? 'reached' : 'NOT REACHED'}: ${against}: ${measured}, aim ${aim}`);
  if (jsonFile === undefined) return;
  const taken: Taken = {
    ...figures,
    command: commandOf(process.argv),
    date: new Date().toISOString(),
    machine: {
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
  };
  await writeFile(jsonFile, `${JSON.stringify(taken, null, 2)}\n`);
}

/** As somebody types it who wants the same again: without where results are written. */
export function commandOf(argv: readonly string[]): string {
  const [, file = '', ...rest] = argv;
  const at = rest.indexOf('--json');
  const kept = at < 0 ? rest : rest.toSpliced(at, 2);
  return ['node', `bench/${basename(file)}`, ...kept].join(' ');
}

/** Numbers as people read them: 12,345 and 0.25. */
export function shown(cell: Cell): string {
  return typeof cell === 'number' ? cell.toLocaleString('en-US', { maximumFractionDigits: 2 }) : cell;
}
