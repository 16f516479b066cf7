import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compileCache } from '../compile-cache.ts';

/** Few, as each takes thousands of statements; `npm run simulate` takes any number. */
const SEEDS = 10;
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

interface Ended {
  code: number;
  output: string;
  /** Of each seed, in their order. */
  seeds: { seed: number; digest: string; faults: number }[];
}

/** Runs it as a process of its own, which puts stand-ins in the place of modules. */
function simulate(...options: string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [MAIN, ...options],
      { env: { ...process.env, ...compileCache() }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        if (typeof code !== 'number') return reject(error);
        const lines = stdout.split('\n');
        resolve({
          code,
          output: `${stdout}\n${stderr}`,
          seeds: lines.flatMap((line) => (line.startsWith('{"seed"') ? [JSON.parse(line)] : [])),
        });
      },
    );
  });
}

describe('The services in one process, in simulated time,', function () {
  this.timeout(600_000);

  it('lose nothing, repeat nothing and keep every order, and do the same again under the same seed, whatever ran before', async () => {
    const together = await simulate('--seeds', String(SEEDS));
    assert.equal(together.code, 0, together.output);
    assert.equal(together.seeds.length, SEEDS);
    const alone = await simulate('--seed', String(SEEDS));
    assert.equal(alone.seeds[0]?.digest, together.seeds.at(-1)?.digest);
  });
});
