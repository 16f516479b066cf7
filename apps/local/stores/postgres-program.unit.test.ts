import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireReach } from './postgres-program.ts';

describe("PostgreSQL's folder, when root starts it as somebody else", () => {
  let folder: string;
  const other = { uid: 65_534, gid: 65_534 };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'carillon-reach-'));
    await chmod(folder, 0o755);
    await mkdir(join(folder, 'home', 'data'), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is refused behind a closed folder, with the folder and what to do', async () => {
    await chmod(join(folder, 'home'), 0o700);
    await assert.rejects(requireReach(join(folder, 'home', 'data', 'postgres'), other), (error: Error) => {
      assert.ok(error.message.includes(`the folder ${join(folder, 'home')} is closed`), error.message);
      assert.ok(error.message.includes(`chmod o+x ${join(folder, 'home')}`), error.message);
      return true;
    });
  });

  it('is accepted behind folders that others may pass through, even if they may not list them', async () => {
    await chmod(join(folder, 'home'), 0o711);
    await requireReach(join(folder, 'home', 'data', 'postgres'), other);
  });
});
