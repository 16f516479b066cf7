import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { numbersGiven } from '../driver/trial.ts';
import { type PropertyRun, readPropertyRuns } from './property-run.ts';
import { type Kind, mochaArguments, propertyFiles, type Round, runsOf, told } from './rounds.ts';

/**
 * `npm run properties [-- --minutes N] [--times N] [--seed N] [--only unit|int]... [FILE]...`: properties with seeds that nobody has
 * tried, round after round until the minutes are over, each property with so many times its usual runs. The seed of the first round is
 * by chance unless it is given, each further round has the next. Ends with 1 when anything failed.
 */

const root = resolve(import.meta.dirname, '../..');
const {
  positionals,
  values: { minutes: minutesGiven, only, seed: seedGiven, times: timesGiven },
} = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string' },
    times: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string', multiple: true, default: ['unit', 'int'] },
  },
});
const given = Object.entries({ minutes: minutesGiven, times: timesGiven, seed: seedGiven });
const { minutes, seed, times } = numbersGiven(
  { minutes: 10, times: 10, seed: randomInt(1, 2 ** 31) },
  given.flatMap(([name, text]) => (text === undefined ? [] : [`--${name}=${text}`])),
);
const kinds = (['unit', 'int'] as const).filter((kind) => only.includes(kind));
const unknown = [
  ...only.filter((each) => each !== 'unit' && each !== 'int').map((each) => `--only ${each}`),
  ...positionals.filter((file) => !kinds.some((kind) => propertyFiles(root, kind).includes(file))),
];
if (unknown.length > 0) {
  console.error(
    `There is nothing to run for ${unknown.join(', ')}: --only takes unit or int, and files have properties.`,
  );
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'carillon-properties-'));
const endsAt = performance.now() + minutes * 60_000;
/** Tests with properties of each kind, once a round has shown which they are. */
const titles = new Map<Kind, ReadonlySet<string>>();
const all: PropertyRun[] = [];

for (let round = 0; round === 0 || performance.now() < endsAt; round += 1) {
  for (const kind of kinds) {
    const files = propertyFiles(root, kind).filter(
      (file) => positionals.length === 0 || positionals.includes(file),
    );
    if (files.length === 0) continue;
    const ran = await run(kind, files, seed + round);
    titles.set(kind, new Set(ran.properties.map(({ title }) => title)));
    all.push(...ran.properties);
    if (!ran.isGreen) process.exitCode = 1;
    console.log(`${kind}: ${told(ran)}`);
  }
}
rmSync(folder, { recursive: true });
const failures = all.filter(({ failure }) => failure !== null).length;
console.log(`${new Intl.NumberFormat('en').format(runsOf(all))} runs of properties, ${failures} failures`);

async function run(kind: Kind, files: readonly string[], ofRound: number): Promise<Round> {
  const report = join(folder, 'report');
  rmSync(report, { force: true });
  const mocha = ['node_modules/mocha/bin/mocha.js', ...mochaArguments(kind, files, titles.get(kind) ?? null)];
  const child = spawn(process.execPath, mocha, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      CARILLON_PROPERTY_SEED: `${ofRound}`,
      CARILLON_PROPERTY_RUNS: `${times}`,
      CARILLON_PROPERTY_REPORT: report,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code]: (number | null)[] = await once(child, 'close');
  const properties = existsSync(report) ? readPropertyRuns(readFileSync(report, 'utf8')) : [];
  return { seed: ofRound, times, properties, isGreen: code === 0, output };
}
