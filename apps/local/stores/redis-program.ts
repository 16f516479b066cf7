import { access, constants, mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { CarillonError, messageOf } from '#shared/errors.ts';
import { withLock } from '../../console/build/lock.ts';
import { unpackedLibraries, unpackedServer, unpackRedis } from './redis-packages.ts';

/** A Redis or Valkey server that can be started here. */
export interface RedisProgram {
  command: string;
  argv0: string;
  environment: Record<string, string>;
}

/**
 * A server on the PATH (Valkey first), else one unpacked into `cache` before, else on Debian and Ubuntu one fetched
 * now. Needs the network only the first time. Throws `invalid_configuration` with the one command to run.
 */
export async function findRedis(options: {
  /** The PATH variable. */
  searchPath: string;
  /** Absolute folder for the unpacked program; kept between runs. */
  cache: string;
  /** Told once before something is fetched. */
  onFetch: () => void;
}): Promise<RedisProgram> {
  for (const name of ['valkey-server', 'redis-server']) {
    for (const folder of options.searchPath.split(delimiter)) {
      if (folder !== '' && (await isExecutable(join(folder, name))))
        return { command: join(folder, name), argv0: name, environment: {} };
    }
  }
  if (!(await isExecutable(unpackedServer(options.cache)))) {
    const apt = await onPath(options.searchPath, ['apt-get', 'dpkg', 'dpkg-deb', 'ldd']);
    if (!apt) throw noRedis('');
    try {
      await mkdir(dirname(options.cache), { recursive: true });
      // Several stacks that start on a fresh clone fetch it once.
      await withLock(`${options.cache}.fetching`, async () => {
        if (await isExecutable(unpackedServer(options.cache))) return;
        options.onFetch();
        await unpackRedis(options.cache, { PATH: options.searchPath });
      });
    } catch (error) {
      throw noRedis(` Fetching it failed: ${messageOf(error)}`);
    }
  }
  return {
    command: unpackedServer(options.cache),
    argv0: 'redis-server',
    environment: { LD_LIBRARY_PATH: (await unpackedLibraries(options.cache)).join(':') },
  };
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

async function onPath(searchPath: string, names: readonly string[]): Promise<boolean> {
  for (const name of names) {
    const found = await Promise.all(
      searchPath.split(delimiter).map((folder) => isExecutable(join(folder, name))),
    );
    if (!found.includes(true)) return false;
  }
  return true;
}

const INSTALL: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'brew install valkey',
  linux: 'sudo apt-get install redis-server   (or: sudo dnf install valkey, apk add valkey)',
};

const noRedis = (detail: string): CarillonError =>
  new CarillonError(
    'invalid_configuration',
    `Carillon needs Redis or Valkey, and there is none on this machine.${detail}\n` +
      `Run: ${INSTALL[process.platform] ?? 'install Redis or Valkey'}\n` +
      'or name a running server: CARILLON_REDIS_URL=redis://127.0.0.1:6379',
  );
