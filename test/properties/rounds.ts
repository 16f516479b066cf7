import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PropertyRun } from './property-run.ts';

/** Kinds of tests that have properties, each with a configuration of mocha's. */
export const KINDS = {
  unit: { files: '{apps,shared,infra,test,scripts}/**/*.unit.test.ts', config: '.mocharc.json' },
  int: { files: '{apps,shared,test}/**/*.int.test.ts', config: '.mocharc.int.json' },
} as const;

export type Kind = keyof typeof KINDS;

/** Tests of a kind that draw values, from the root of the product. */
export const propertyFiles = (root: string, kind: Kind): string[] =>
  globSync(KINDS[kind].files, { cwd: root, exclude: ['**/node_modules/**'] })
    .filter((file) => readFileSync(join(root, file), 'utf8').includes("from 'fast-check'"))
    .sort();

/** What one run of mocha was told and came to. */
export interface Round {
  seed: number;
  times: number;
  properties: readonly PropertyRun[];
  /** Whether mocha found nothing wrong, which may be something else than a property. */
  isGreen: boolean;
  output: string;
}

/** Arguments of mocha. `titles`: of tests that have properties; null: it is not known yet, and all of the files run. */
export const mochaArguments = (
  kind: Kind,
  files: readonly string[],
  titles: ReadonlySet<string> | null,
): string[] => [
  ...['--config', KINDS[kind].config, '--no-parallel'],
  ...(titles === null ? [] : ['--grep', `^(?:${[...titles].map((title) => escaped(title)).join('|')})$`]),
  ...files,
];

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const number = new Intl.NumberFormat('en');

export const runsOf = (properties: readonly PropertyRun[]): number =>
  properties.reduce((sum, { runs }) => sum + runs, 0);

/** One line for a round, and for each failure how it is had again. */
export function told({ isGreen, output, properties, seed, times }: Round): string {
  const failed = properties.filter(({ failure }) => failure !== null);
  const word = isGreen ? 'held' : failed.length > 0 ? `${failed.length} FAILED` : 'something else FAILED';
  const runs = number.format(runsOf(properties));
  const lines = [`seed ${seed}, ${times} times: ${properties.length} properties, ${runs} runs: ${word}`];
  for (const { failure, file, runs: tried, title } of failed) {
    lines.push(
      `\n  ${file}`,
      `    ${title}`,
      `    { seed: ${failure?.seed}, path: '${failure?.path}' }, at run ${tried}; again:`,
      `    CARILLON_PROPERTY_SEED=${seed} CARILLON_PROPERTY_RUNS=${times} npx mocha --config ${configOf(file)} ${file}`,
    );
  }
  return isGreen ? lines.join('\n') : `${lines.join('\n')}\n\n${failuresIn(output)}\n`;
}

const configOf = (file: string): string =>
  file.endsWith('.int.test.ts') ? KINDS.int.config : KINDS.unit.config;

/** What mocha says of failures, at its end; all of it, where it did not come so far. */
function failuresIn(output: string): string {
  const at = output.search(/^ {2}\d+ failing$/m);
  return at < 0 ? output : output.slice(at);
}
