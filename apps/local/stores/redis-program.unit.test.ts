import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unpackedServer } from './redis-packages.ts';
import { findRedis } from './redis-program.ts';

describe('The Redis server of this machine', () => {
  let folder: string;
  let fetches: number;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'carillon-redis-'));
    fetches = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const program = async (path: string): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '#!/bin/sh\n');
    await chmod(path, 0o755);
  };
  const find = () =>
    findRedis({
      searchPath: [join(folder, 'a'), join(folder, 'b')].join(':'),
      cache: join(folder, 'cache'),
      onFetch: () => {
        fetches += 1;
      },
    });

  it('is Valkey on the PATH before Redis, wherever on it', async () => {
    await program(join(folder, 'a', 'redis-server'));
    await program(join(folder, 'b', 'valkey-server'));
    assert.equal((await find()).command, join(folder, 'b', 'valkey-server'));
  });

  it('is Redis on the PATH when there is no Valkey', async () => {
    await program(join(folder, 'b', 'redis-server'));
    assert.deepEqual(await find(), {
      command: join(folder, 'b', 'redis-server'),
      argv0: 'redis-server',
      environment: {},
    });
  });

  it('is the one unpacked earlier, with its libraries, without fetching anything', async () => {
    await program(unpackedServer(join(folder, 'cache')));
    const libraries = join(folder, 'cache', 'usr', 'lib', 'x86_64-linux-gnu');
    await mkdir(libraries, { recursive: true });
    const found = await find();
    assert.equal(found.argv0, 'redis-server');
    assert.ok(found.environment.LD_LIBRARY_PATH?.split(':').includes(libraries));
    assert.equal(fetches, 0);
  });

  it('is asked for with one command where it cannot be fetched', async () => {
    await assert.rejects(find(), (error: Error) => {
      assert.match(error.message, /Run: .*(apt-get|brew|install)/);
      assert.match(error.message, /CARILLON_REDIS_URL/);
      return true;
    });
    assert.equal(fetches, 0);
  });
});
