import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataFolder } from './place.ts';

describe('The data folder', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'carillon-place-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('is made with its logs, as often as it is opened', async () => {
    const path = join(folder, 'not', 'there');
    for (let n = 0; n < 2; n += 1) await openDataFolder(path);
    assert.deepEqual(await readdir(path), ['logs']);
  });

  it('is refused with the setting that names it where nothing can be written', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await assert.rejects(openDataFolder(file), {
      code: 'invalid_configuration',
      message: new RegExp(`^CARILLON_DATA is ${file}: nothing can be written there .*CARILLON_DATA\\.$`),
    });
  });

  it('is refused where nothing can be made at all, and not waited for', async () => {
    // Of Linux; elsewhere there is no such place, and nobody may make one at the root.
    const path = '/proc/carillon/data';
    await assert.rejects(openDataFolder(path), {
      code: 'invalid_configuration',
      message: new RegExp(`^CARILLON_DATA is ${path}: nothing can be written there `),
    });
  });
});
