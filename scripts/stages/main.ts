import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Ended, runStages } from './stages.ts';

/**
 * `npm test`: every stage, each a command of package.json. What waits much (systems that start, browsers) runs beside what only
 * computes, so that no processor is idle. Ends with 1 when one is red.
 */
const ROWS = [['test:e2e'], ['test:int'], ['check', 'test:unit', 'test:infra']];

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
  ROWS,
  run,
  (text) => console.log(text),
  () => performance.now(),
);
process.exit(allPassed ? 0 : 1);
