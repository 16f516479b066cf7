import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Mocha over the files, in a process of its own that loads `preload` first, as do the processes that it starts. */
export function mochaWith(
  preload: URL,
  files: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const child = spawn(
    process.execPath,
    ['node_modules/mocha/bin/mocha.js', '--config', '.mocharc.infra.json', ...files],
    {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: `--import=${fileURLToPath(preload)}` },
      stdio: ['ignore', 'pipe', 'pipe'],
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
    child.once('close', (code) => resolve({ code, output }));
  });
}
