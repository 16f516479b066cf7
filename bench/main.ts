import { spawn } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Runs benchmarks, one after another, each in a process of its own: all of them, or those that are named.
 *
 *   npm run bench [-- NAME ...] [--quick]
 *
 * Each prints a table and writes bench/results/NAME.json. Ends with 1 when one fails, which it does when a result of
 * the work itself is wrong.
 */
const folder = fileURLToPath(new URL('.', import.meta.url));
const results = join(folder, 'results');
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'));

const known = (await readdir(folder))
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace(/\.bench\.ts$/, ''))
  .sort();
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${known.join(', ')}`);
  process.exit(2);
}

await mkdir(results, { recursive: true });
for (const name of names.length > 0 ? names : known) {
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [join(folder, `${name}.bench.ts`), ...flags, '--json', join(results, `${name}.json`)],
      { stdio: 'inherit' },
    );
    child.once('error', reject);
    child.once('exit', (status) => resolve(status ?? 1));
  });
  if (code !== 0) {
    console.error(`benchmark ${name} failed`);
    process.exitCode = 1;
  }
}
