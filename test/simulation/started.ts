import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compileCache } from '../compile-cache.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

export interface SeedSaid {
  seed: number;
  digest: string;
  faults: number;
  /** How often a task was stopped. */
  stopped: number;
  /** The planted bug that was on. */
  bug?: string;
  /** It shows the bug, after so many seeds. */
  after?: number;
}

export interface Ended {
  code: number;
  output: string;
  /** Of each seed, in their order. */
  seeds: SeedSaid[];
}

/** Runs the simulation as a process of its own, which puts stand-ins in the place of modules. */
export function simulate(...options: string[]): Promise<Ended> {
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
