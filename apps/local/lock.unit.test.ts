import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from './lock.ts';
import { identityOf } from './process-identity.ts';

describe('The lock of a data folder', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'carillon-lock-'));
    file = join(folder, 'supervisor.lock');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is held by one at a time, and refused with the address of the holder', async () => {
    const lock = await takeLock(file, 'http://localhost:8400');
    await assert.rejects(
      takeLock(file, 'http://localhost:8500'),
      /already runs on this data \(http:\/\/localhost:8400/,
    );
    await lock.release();
    await takeLock(file, 'http://localhost:8500');
  });

  it('goes to exactly one of many that ask at the same time, also when a dead holder left it', async () => {
    await writeFile(
      file,
      JSON.stringify({ process: { pid: process.pid, startedAt: 'long ago' }, address: 'x' }),
    );
    const asked = await Promise.allSettled(
      Array.from({ length: 12 }, (_, n) => takeLock(file, `http://localhost:${n}`)),
    );
    assert.equal(asked.filter(({ status }) => status === 'fulfilled').length, 1);
  });

  for (const [label, content] of [
    [
      'names a process that has the id of another by now',
      () => ({ pid: process.pid, startedAt: 'long ago' }),
    ],
    ['names a process that is gone', () => ({ pid: 2 ** 22 + 1, startedAt: 'x' })],
    ['is half written', () => undefined],
  ] as const) {
    it(`is taken over when it ${label}`, async () => {
      const holder = content();
      await writeFile(file, holder ? JSON.stringify({ process: holder, address: 'x' }) : '{"proc');
      await takeLock(file, 'http://localhost:8400');
      assert.deepEqual(await readdir(folder), ['supervisor.lock']);
    });
  }

  it('knows its own process', async () => {
    const self = await identityOf(process.pid);
    assert.equal(self?.pid, process.pid);
    assert.deepEqual(await identityOf(process.pid), self);
  });
});
