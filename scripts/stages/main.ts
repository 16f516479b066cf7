import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { getPriority, setPriority } from 'node:os';
import { type Ended, runStages } from './stages.ts';

/**
 * `npm test`: every stage, each a command of package.json. Ends with 1 when one is red. Systems and browsers wait much; what only
 * computes runs beside them, so that no processor of two is idle, and one stage at a time, so that nothing is starved.
 */
const ROWS = [['test:e2e'], ['check', 'test:unit', 'test:infra', 'test:int']];

/**
 * What gives way, and how far. A browser goes through the console for minutes, one step after the other: it would still do so
 * when all else has ended. What gives way ends with many short files.
 */
const NICE: Readonly<Record<string, number>> = { check: 5, 'test:unit': 5, 'test:infra': 5, 'test:int': 5 };

async function run(stage: string): Promise<Ended> {
  const child = spawn('npm', ['run', '--silent', stage], {
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  const nice = NICE[stage] ?? 0;
  // What it starts has the same.
  if (nice > 0 && child.pid !== undefined) setPriority(child.pid, Math.min(19, getPriority() + nice));
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
