import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { areFresh, type Inputs, readInputs } from './inputs.ts';

const AROUND = {
  files: ['package-lock.json', 'apps/console/vite.config.ts', 'apps/console/index.html'],
  folders: ['apps/console/public', 'apps/console/build'],
};
const SCREEN = 'apps/console/src/home.tsx';
const FILES = [
  'package-lock.json',
  'apps/console/vite.config.ts',
  'apps/console/index.html',
  'apps/console/public/icon.svg',
  'apps/console/build/build.ts',
  SCREEN,
];

/** Nobody names the one, and the other only tests. */
const OTHERS = ['apps/console/src/unused.tsx', 'apps/console/build/build.unit.test.ts'];

describe('A build that is kept', () => {
  let root: string;
  let inputs: Inputs;

  async function write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'carillon-inputs-'));
    for (const path of FILES) await write(path, path);
    for (const path of OTHERS) await write(path, path);
    const modules = [SCREEN, 'node_modules/react/index.js'].map((path) => join(root, path));
    inputs = await readInputs(root, AROUND, [...modules, '\0virtual']);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('is of what was bundled and of what decides how, and of no package', () => {
    assert.deepEqual(Object.keys(inputs).sort(), [...FILES].sort());
  });

  it('is fresh until one of its files has changed', async () => {
    assert.equal(await areFresh(root, AROUND, inputs), true);
    for (const path of OTHERS) await write(path, 'changed');
    assert.equal(await areFresh(root, AROUND, inputs), true);
    for (const path of FILES) {
      await write(path, 'changed');
      assert.equal(await areFresh(root, AROUND, inputs), false, path);
      await write(path, path);
    }
    assert.equal(await areFresh(root, AROUND, inputs), true);
  });

  it('is stale when one of its files is gone, or there is one more to copy', async () => {
    await rm(join(root, SCREEN));
    assert.equal(await areFresh(root, AROUND, inputs), false);
    await write(SCREEN, SCREEN);
    await write('apps/console/public/robots.txt', 'new');
    assert.equal(await areFresh(root, AROUND, inputs), false);
  });
});
