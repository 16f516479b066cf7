import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { numbersGiven } from '../driver/trial.ts';
import type { AimName } from './aims.ts';
import { runCampaign } from './campaign.ts';
import { reportOf } from './report.ts';

/**
 * `npm run faults [-- --seed N]`: 200 phones chat through a running system while its processes are killed in the gaps
 * between two effects. Writes docs/faults.md and docs/faults.json; ends with 1 when anything was lost, repeated, out
 * of order or against a STOP, after the whole story of each phone concerned.
 */
const { seed } = numbersGiven({ seed: 20_261_121 });

/** Every gap of every service, each at least twice, and several services in the same moment. */
const cycle: readonly (readonly AimName[])[] = [
  ['senderClaim', 'progressCommit'],
  ['gatewayPut', 'logInside'],
  ['senderOutcome', 'outboundCommit'],
  ['dialogCommit', 'logCommit'],
  ['senderRequest', 'gatewayPut'],
  ['outboundPublish'],
  ['inboxDialog'],
  ['dialogPublish', 'senderRequest'],
  ['inboxTexts'],
  ['progressPublish', 'gatewayPut'],
];

const began = performance.now();
const outcome = await runCampaign({
  seed,
  phones: 200,
  thinkMs: { min: 500, max: 3_000 },
  rounds: [...cycle, ...cycle],
  breakMs: 9_000,
  restMs: 180_000,
  say: (line) => console.log(line),
});
const seconds = Math.round((performance.now() - began) / 1_000);
const report = reportOf(outcome, { seconds, cores: cpus().length, node: process.version });
const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
console.log(report.table);
if (outcome.faults.length === 0) {
  await writeFile(`${docs}faults.md`, report.page);
  await writeFile(`${docs}faults.json`, `${JSON.stringify({ ...outcome, seconds }, null, 2)}\n`);
} else {
  console.error(outcome.faults.join('\n\n'));
  process.exitCode = 1;
}
