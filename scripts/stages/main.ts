import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Ended, type Phase, runStages } from './stages.ts';

/**
 * `npm test`: every stage, each a command of package.json. Ends with 1 when one is red. End-to-end tests have the machine to
 * themselves: systems and browsers whose steps are waited for would be starved beside what only computes.
 */
const PHASES: readonly Phase[] = [[['check', 'test:unit', 'test:infra'], ['test:int']], [['test:e2e']]];

async function run(stage: string): Promise<Ended> {
  const child = spawn('npm', ['run', '--silent', stage], {
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code]: (number | null)[] = await once(child, 'close');
  return { code: code ?? null, output };
}

const allPassed = await runStages(
  PHASES,
  run,
  (text) => console.log(text),
  () => performance.now(),
);
process.exit(allPassed ? 0 : 1);
