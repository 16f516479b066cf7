import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mochaGlobalSetup, mochaGlobalTeardown } from '../driver/prepared-data.ts';
import { numbersGiven } from '../driver/trial.ts';
import { pageOf, type Reported, tablesOf } from './report.ts';
import { scenarios } from './scenarios.ts';
import { runTrial } from './trial.ts';

/**
 * `npm run faults [-- --seed N] [--only NAME]...`: phones chat with a running system and a campaign is under way to them while
 * one thing after the other goes wrong. Ends with 1 when anything was lost, repeated, out of order, against a STOP or outside of
 * hours, after the whole story of each phone concerned. What held is written to docs/faults.json and docs/faults.md.
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

const run = { day: new Date().toISOString().slice(0, 10), cores: cpus().length, node: process.version };
const began = performance.now();
await mochaGlobalSetup();
const outcomes = await runTrial({
  seed,
  scenarios: only.length === 0 ? scenarios : scenarios.filter(({ name }) => only.includes(name)),
  size: {
    chatting: 40,
    listening: 20,
    asleep: 5,
    messagesPerSecond: 1,
    thinkMs: { min: 500, max: 3_000 },
  },
  leastTexts: 200,
  length: 1,
  restMs: 240_000,
  withDisk: true,
  say: (line) => console.log(line),
  over: async (outcome) => {
    if (outcome.faults.length === 0) await keep({ ...outcome, ...run });
  },
}).finally(mochaGlobalTeardown);
console.log(tablesOf(outcomes.map((outcome) => ({ ...outcome, ...run }))));
console.log(`${Math.round((performance.now() - began) / 1_000)} s`);
const faults = outcomes.flatMap((outcome) => outcome.faults.map((fault) => `${outcome.name}: ${fault}`));
if (faults.length > 0) {
  console.error(faults.join('\n\n'));
  process.exitCode = 1;
}

/** Of each scenario the last run in which everything held is kept, and told on the page. */
async function keep(held: Reported): Promise<void> {
  const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
  const before: { scenarios: Reported[] } = JSON.parse(await readFile(`${docs}faults.json`, 'utf8'));
  const kept = new Map([...before.scenarios, held].map((outcome) => [outcome.name, outcome]));
  const all = scenarios.flatMap(({ name, says }) => {
    const outcome = kept.get(name);
    return outcome === undefined ? [] : [{ ...outcome, says }];
  });
  await writeFile(`${docs}faults.md`, pageOf(all));
  await writeFile(`${docs}faults.json`, `${JSON.stringify({ scenarios: all }, null, 2)}\n`);
}
