import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { withLock } from './lock.ts';

describe('The lock of a build', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'carillon-build-lock-'));
    path = join(folder, 'building');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** As a process leaves it that was killed; null: before it said who it is. */
  async function leave(pid: number | null, at: Date): Promise<void> {
    await mkdir(path);
    if (pid !== null) await writeFile(join(path, 'pid'), String(pid));
    await utimes(path, at, at);
  }
  const longAgo = (): Date => new Date(Date.now() - 3_600_000);

  it('lets one at a time through, and nothing of it stays', async () => {
    let inside = 0;
    const work = async (n: number): Promise<number> => {
      inside += 1;
      assert.equal(inside, 1);
      await turn();
      inside -= 1;
      return n;
    };
    const done = await Promise.all([1, 2, 3].map((n) => withLock(path, () => work(n))));
    assert.deepEqual(done, [1, 2, 3]);
    await assert.rejects(
      withLock(path, () => Promise.reject(new Error('it does not build'))),
      /does not build/,
    );
    assert.deepEqual(await readdir(folder), []);
  });

  it('is taken over from a process that has ended', async () => {
    const ended = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(ended, 'exit');
    await leave(ended.pid ?? 0, new Date());
    assert.equal(await withLock(path, async () => 'built'), 'built');
  });

  it('is taken over when it is old, whoever has the id of its holder by now, or if nobody said who it is', async () => {
    await leave(process.pid, longAgo());
    assert.equal(await withLock(path, async () => 'built'), 'built');
    await leave(null, longAgo());
    assert.equal(await withLock(path, async () => 'built again'), 'built again');
  });
});
