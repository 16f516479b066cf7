import { replaceBetween } from '../scripts/generated-docs.ts';
import { type Aim, type Cell, type Row, shown, type Taken } from './figures.ts';

/** Of a run: figures, and what the machine and the repository were when it began. */
export interface Published extends Taken {
  /** As `git describe --always --dirty` has it; empty where nobody can tell. */
  version: string;
  /** What else the machine did: how much of its processors was taken right before the run began. */
  load: string;
}

/** By benchmark. */
export type Kept = Readonly<Record<string, Published>>;

/**
 * The page docs/benchmarks.md with the figures that are kept: between `<!-- NAME -->` and `<!-- /NAME -->` those of each
 * benchmark, between `<!-- aims -->` and `<!-- /aims -->` what each was to reach. The rest is left as it is. Throws when figures
 * have no place on it.
 */
export const pageWith = (page: string, kept: Kept): string =>
  Object.entries(kept).reduce(
    (filled, [name, figures]) => replaceBetween(filled, name, figuresOf(figures)),
    replaceBetween(page, 'aims', aimsOf(Object.values(kept))),
  );

const aimsOf = (kept: readonly Published[]): string =>
  tableOf(
    kept.flatMap(({ aims, benchmark }) =>
      aims.map(({ against, aim, measured, reached }: Aim, index) => ({
        benchmark: index === 0 ? `[${benchmark}](#${benchmark})` : '',
        'ours against': against,
        aim,
        'last figure': measured,
        reached: reached ? 'yes' : '**no**, see there',
      })),
    ),
  );

function figuresOf({ command, config, date, load, machine, tables, version }: Published): string {
  const settings = Object.entries(config).map(([name, value]) => `${name} ${shown(value)}`);
  const of = version === '' ? '' : ` of ${version}`;
  return [
    `\`${command}\`${of}, ${dayOf(date)}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ` +
      `Node ${machine.node.slice(1)}, load before: ${load}; ${settings.join(', ')}.`,
    ...tables.map(
      (table) => (table.caption === undefined ? '' : `${table.caption}:\n\n`) + tableOf(table.rows),
    ),
  ]
    .join('\n\n')
    .trimEnd();
}

/** A day, with the minute where that is kept. */
const dayOf = (date: string): string =>
  date.includes('T') ? `${date.slice(0, 10)} ${date.slice(11, 16)} UTC` : date;

function tableOf(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const line = (cells: readonly Cell[]): string =>
    `| ${cells.map((cell) => shown(cell).replaceAll('|', '\\|')).join(' | ')} |\n`;
  return [
    line(columns),
    `|${'---|'.repeat(columns.length)}\n`,
    ...rows.map((row) => line(columns.map((column) => row[column] ?? ''))),
  ]
    .join('')
    .trimEnd();
}
