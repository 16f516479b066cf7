import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mochaGlobalSetup, mochaGlobalTeardown } from '../driver/prepared-data.ts';
import { numbersGiven } from '../driver/trial.ts';
import { keptOf, pageOf, type Reported, tablesOf } from './report.ts';
import { scenarios } from './scenarios.ts';
import { type Outcome, runTrial } from './trial.ts';

/**
 * `npm run faults [-- --seed N] [--only NAME]...`: phones chat with a running system and a campaign is under way to them while
 * one thing after the other goes wrong. Ends with 1 when anything was lost, repeated, out of order, against a STOP or outside of
 * hours, after the whole story of each phone concerned. Every run is written to docs/faults.json, and docs/faults.md made anew.
 */
const { only, seed: seedGiven } = parseArgs({
  options: { only: { type: 'string', multiple: true, default: [] }, seed: { type: 'string' } },
}).values;
const { seed } = numbersGiven({ seed: 20_261_121 }, seedGiven === undefined ? [] : [`--seed=${seedGiven}`]);
const unknown = only.filter((name) => !scenarios.some((scenario) => scenario.name === name));
if (unknown.length > 0) {
  const known = scenarios.map(({ name }) => name).join(', ');
  throw new Error(`there is no scenario ${unknown.join(', ')}, but ${known}`);
}

/** Read before anything is written: docs of this run are no change of what ran. */
const machine = { version: versionHere(), cores: cpus().length, node: process.version };
const done: Reported[] = [];
const began = performance.now();
await mochaGlobalSetup();
const outcomes = await runTrial({
  seed,
  scenarios: only.length === 0 ? scenarios : scenarios.filter(({ name }) => only.includes(name)),
  size: {
    chatting: 40,
    listening: 20,
    asleep: 5,
    waiting: 20,
    called: 12,
    messagesPerSecond: 1,
    thinkMs: { min: 500, max: 3_000 },
  },
  leastTexts: 200,
  length: 1,
  restMs: 240_000,
  withDisk: true,
  say: (line) => console.log(line),
  over: async (outcome) => {
    done.push(await keep(outcome));
  },
}).finally(mochaGlobalTeardown);
console.log(tablesOf(done));
console.log(`${Math.round((performance.now() - began) / 1_000)} s`);
const faults = outcomes.flatMap((outcome) => outcome.faults.map((fault) => `${outcome.name}: ${fault}`));
if (faults.length > 0) {
  console.error(faults.join('\n\n'));
  process.exitCode = 1;
}

/** Keeps a run, whatever it found, and makes the page anew. */
async function keep(outcome: Outcome): Promise<Reported> {
  const at = `${new Date().toISOString().slice(0, 19)}Z`;
  const kept = keptOf(outcome, { ...machine, at, day: at.slice(0, 10) });
  const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
  const before: { runs: Reported[] } = JSON.parse(await readFile(`${docs}faults.json`, 'utf8'));
  const runs = [...before.runs, kept];
  await writeFile(`${docs}faults.md`, pageOf(runs, scenarios));
  await writeFile(`${docs}faults.json`, `${JSON.stringify({ runs }, null, 2)}\n`);
  return kept;
}

/** As `git describe --always --dirty` has it; what earlier runs wrote to docs/faults.* is no change. Empty where nobody can tell. */
function versionHere(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      encoding: 'utf8',
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const version = git('describe', '--always', '--exclude', '*');
    const changed = git(
      'status',
      '--porcelain',
      '--',
      ':/',
      ':(exclude,top)docs/faults.md',
      ':(exclude,top)docs/faults.json',
    );
    return changed === '' ? version : `${version}-dirty`;
  } catch {
    return '';
  }
}
