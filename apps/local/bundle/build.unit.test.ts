import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { services } from '#shared/topology.ts';
import { bundle, bundleOf, ENTRIES } from './build.ts';

/** What a module of the sample says: where it is, what it shares with another, and where it was when something went wrong. */
const SAYS = `
import { count } from './shared.ts';
import legacy from './legacy.cjs';
interface Said { url: string }
const said: Said = { url: import.meta.url };
console.log(JSON.stringify({ ...said, count: count(), folder: legacy.folder, stack: new Error('here').stack }));
`;

describe('The bundle of the services', () => {
  let root: string;
  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'carillon-bundle-')));
    await mkdir(join(root, 'apps'));
    for (const name of ['one', 'two']) await writeFile(join(root, 'apps', `${name}.ts`), SAYS);
    await writeFile(
      join(root, 'apps', 'shared.ts'),
      'let n = 0;\nexport const count = (): number => {\n  n += 1;\n  return n;\n};\n',
    );
    await writeFile(join(root, 'apps', 'legacy.cjs'), 'module.exports = { folder: __dirname };\n');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('has every service, each under a name of its own', () => {
    for (const { entry } of Object.values(services)) assert.ok(ENTRIES.includes(entry), entry);
    assert.equal(new Set(ENTRIES.map(bundleOf)).size, ENTRIES.length);
  });

  it('runs as the sources do: modules know where they lie, and stacks name lines of the sources', async () => {
    const out = join(root, 'out');
    const entries = ['apps/one.ts', 'apps/two.ts'];
    const inputs = await bundle(root, entries, out);
    assert.deepEqual(inputs.map((path) => path.slice(root.length + 1)).sort(), [
      'apps/legacy.cjs',
      'apps/one.ts',
      'apps/shared.ts',
      'apps/two.ts',
    ]);
    for (const entry of entries) {
      const { stdout } = await promisify(execFile)(process.execPath, [
        '--enable-source-maps',
        join(out, bundleOf(entry)),
      ]);
      const said = JSON.parse(stdout);
      assert.equal(said.url, pathToFileURL(join(root, entry)).href);
      assert.equal(said.folder, join(root, 'apps'));
      assert.equal(said.count, 1);
      assert.match(said.stack, new RegExp(`${entry.replace('.', '\\.')}:6:`));
    }
  });
});
