import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mochaGlobalSetup, mochaGlobalTeardown } from '../driver/prepared-data.ts';
import { numbersGiven } from '../driver/trial.ts';
import { reportOf } from './report.ts';
import { scenarios } from './scenarios.ts';
import { runTrial } from './trial.ts';

/**
 * `npm run faults [-- --seed N] [--only NAME]...`: phones chat with a running system and a campaign is under way to them while
 * one thing after the other goes wrong. Ends with 1 when anything was lost, repeated, out of order, against a STOP or outside of
 * hours, after the whole story of each phone concerned. A run of everything writes docs/faults.md and docs/faults.json.
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
}).finally(mochaGlobalTeardown);
const seconds = Math.round((performance.now() - began) / 1_000);
const report = reportOf(outcomes, {
  seconds,
  seed,
  cores: cpus().length,
  node: process.version,
  day: new Date().toISOString().slice(0, 10),
});
console.log(report.tables);
const faults = outcomes.flatMap((outcome) => outcome.faults.map((fault) => `${outcome.name}: ${fault}`));
if (faults.length > 0) {
  console.error(faults.join('\n\n'));
  process.exitCode = 1;
} else if (only.length === 0) {
  const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
  await writeFile(`${docs}faults.md`, report.page);
  await writeFile(
    `${docs}faults.json`,
    `${JSON.stringify({ seed, seconds, scenarios: outcomes }, null, 2)}\n`,
  );
}
