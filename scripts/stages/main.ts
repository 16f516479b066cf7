import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Ended, type Phase, runStages } from './stages.ts';

/**
 * `npm test`: every stage, each a command of package.json. Ends with 1 when one is red. End-to-end tests have the machine to
 * themselves: systems and browsers whose steps are waited for would be starved beside what only computes.
 */
const PHASES: readonly Phase[] = [[['check', 'test:unit', 'test:infra'], ['test:int']], [['test:e2e']]];

/** Stages that run now, with what each has printed so far. */
const running = new Map<string, { pid: number | undefined; output: string }>();

// Whoever ends this ends the systems, databases and browsers of its tests with it, and sees what they had come to.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    for (const [stage, { output, pid }] of running) {
      console.log(`\n=== ${stage}, ended by ${signal}\n${output.trimEnd()}\n`);
      if (pid !== undefined) process.kill(-pid, signal);
    }
    process.exit(1);
  });
}

async function run(stage: string): Promise<Ended> {
  const child = spawn('npm', ['run', '--silent', stage], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, which can be ended as a whole.
    detached: process.platform !== 'win32',
    shell: process.platform === 'win32',
  });
  const ran = { pid: child.pid, output: '' };
  running.set(stage, ran);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      ran.output += text;
    });
  }
  const [code]: (number | null)[] = await once(child, 'close');
  running.delete(stage);
  return { code: code ?? null, output: ran.output };
}

const allPassed = await runStages(
  PHASES,
  run,
  (text) => console.log(text),
  () => performance.now(),
);
process.exit(allPassed ? 0 : 1);
