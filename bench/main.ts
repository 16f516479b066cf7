import { execFileSync, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Taken } from './figures.ts';
import { type Kept, pageWith } from './page.ts';

/**
 * Runs benchmarks, one after another, each in a process of its own: all of them, or those that are named.
 *
 *   npm run bench [-- NAME ...] [--quick] [--publish] [OPTION ...]
 *
 * Each prints its tables and writes bench/results/NAME.json. With --publish its figures become those of docs/benchmarks.json
 * and of the page docs/benchmarks.md as soon as it has ended; what was measured with --quick is not published. Further options are
 * handed to each: `-- memory --minutes 40`. Ends with 1 when one fails, which it does when a result of the work itself is wrong,
 * and with 2 when it is asked for what there is not.
 */
const folder = fileURLToPath(new URL('.', import.meta.url));
const results = join(folder, 'results');
const docs = fileURLToPath(new URL('../docs/', import.meta.url));

/** How long is looked at what others do before a benchmark begins, when nothing of ours runs. */
const LOOK_MS = 3_000;

const given = process.argv.slice(2);
const publishes = given.includes('--publish');
const from = given.findIndex((argument) => argument.startsWith('--'));
const names = from < 0 ? given : given.slice(0, from);
const options = (from < 0 ? [] : given.slice(from)).filter((argument) => argument !== '--publish');

const known = (await readdir(folder))
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace(/\.bench\.ts$/, ''))
  .sort();
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${known.join(', ')}`);
  process.exit(2);
}
if (publishes && options.includes('--quick')) {
  console.error('What was measured with --quick is not published: leave out one of the two.');
  process.exit(2);
}

const version = versionNow();
await mkdir(results, { recursive: true });
for (const name of names.length > 0 ? names : known) {
  const file = join(results, `${name}.json`);
  const load = await loadNow();
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn(process.execPath, [join(folder, `${name}.bench.ts`), ...options, '--json', file], {
      stdio: 'inherit',
    });
    child.once('error', reject);
    child.once('exit', (status) => resolve(status ?? 1));
  });
  if (code !== 0) {
    console.error(`benchmark ${name} failed`);
    process.exitCode = code === 2 ? 2 : 1;
  } else if (publishes) await keep(JSON.parse(await readFile(file, 'utf8')), load);
}

/** Of the tree that is measured; empty where git is not there or this is no repository. */
function versionNow(): string {
  try {
    const described = execFileSync('git', ['describe', '--always', '--dirty', '--exclude', '*'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return described.toString().trim();
  } catch {
    return '';
  }
}

/** What others take of the processors: of an average over a minute the benchmark before would be the most. */
async function loadNow(): Promise<string> {
  const taken = (): number =>
    cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  const [before, began] = [taken(), performance.now()];
  await delay(LOOK_MS);
  const busy = (taken() - before) / (performance.now() - began);
  return `${busy.toFixed(1)} of ${cpus().length} processors taken`;
}

/** In place of what was kept of that benchmark. */
async function keep(taken: Taken, load: string): Promise<void> {
  const json = join(docs, 'benchmarks.json');
  const page = join(docs, 'benchmarks.md');
  const before: Kept = JSON.parse(await readFile(json, 'utf8'));
  const kept: Kept = { ...before, [taken.benchmark]: { ...taken, version, load } };
  const inOrder = Object.fromEntries(Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(json, `${JSON.stringify(inOrder, null, 2)}\n`);
  await writeFile(page, pageWith(await readFile(page, 'utf8'), inOrder));
}
