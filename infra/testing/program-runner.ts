import { spawn } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SHORT_LIVED } from '#test/short-lived.ts';
import type { Program } from './evaluate.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const RUNNER = fileURLToPath(import.meta.resolve('@pulumi/pulumi/cmd/run/index.js'));
const LEAN = fileURLToPath(import.meta.resolve('./lean-runner.ts'));

/**
 * Runs a program in Pulumi's own language runner (`@pulumi/pulumi/cmd/run`), as Pulumi's CLI does. Resolves with how it
 * failed and what it printed, or null.
 */
export function runByItself(program: Program, address: string): Promise<string | null> {
  const child = spawn(
    process.execPath,
    [
      ...SHORT_LIVED,
      `--import=${LEAN}`,
      RUNNER,
      `--project=${program.project}`,
      `--stack=${program.stack}`,
      '--organization=organization',
      `--root-directory=${ROOT}`,
      `--pwd=${dirname(program.entry)}`,
      '--parallel=64',
      ...(program.mode === 'preview' ? ['--dry-run'] : []),
      `--monitor=${address}`,
      `--engine=${address}`,
      basename(program.entry),
    ],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        NODE_COMPILE_CACHE: `${ROOT}node_modules/.cache/carillon/infra`,
        // A test may load modules in another way, for both sides alike.
        ...(process.env.NODE_OPTIONS === undefined ? {} : { NODE_OPTIONS: process.env.NODE_OPTIONS }),
        PULUMI_CONFIG: JSON.stringify(program.config),
        ...program.hooksWith,
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(program.secretKeys),
      },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      resolve(code === 0 ? null : `${output.trim()}\nit ended with ${code}`.trim()),
    );
  });
}
