import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compileCache } from '../compile-cache.ts';
import { type PlantedBug, plantedBugs } from './planted-bugs.ts';

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

  it('lose nothing, repeat nothing and keep every order, whatever goes wrong', async () => {
    const { code, output, seeds } = await simulate('--seeds', '200');
    assert.equal(code, 0, output);
    assert.equal(seeds.length, 200);
  });

  it('do the same again under the same seed, whatever ran before', async () => {
    const [together, alone] = await Promise.all([
      simulate('--first', '1', '--seeds', '4'),
      simulate('--seed', '4'),
    ]);
    assert.equal(together.seeds.at(-1)?.digest, alone.seeds[0]?.digest);
  });

  for (const bug of Object.keys(plantedBugs) as PlantedBug[]) {
    it(`are found out within 100 seeds: ${plantedBugs[bug].says}`, async () => {
      const { code, output, seeds } = await simulate('--plant', bug, '--seeds', '100');
      assert.equal(code, 1, `${seeds.length} seeds: ${output}`);
      assert.ok((seeds.at(-1)?.faults ?? 0) > 0, output);
    });
  }
});
