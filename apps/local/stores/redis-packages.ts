import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where the unpacked program lies in a cache folder: one program that is the server when called redis-server. */
export const unpackedServer = (cache: string): string => join(cache, 'usr', 'bin', 'redis-check-rdb');

/** Folders of unpacked libraries, for LD_LIBRARY_PATH. */
export async function unpackedLibraries(cache: string): Promise<string[]> {
  const folders: string[] = [];
  for (const base of [join(cache, 'usr', 'lib'), join(cache, 'lib')]) {
    const entries = await readdir(base, { withFileTypes: true }).catch(() => []);
    if (entries.length > 0) folders.push(base);
    for (const entry of entries)
      if (entry.isDirectory() && entry.name.endsWith('-linux-gnu')) folders.push(join(base, entry.name));
  }
  return folders;
}

/**
 * Debian and Ubuntu: downloads Redis and the libraries that this machine lacks, and unpacks them into `cache`.
 * Nothing is installed and no right of root is needed: package lists, cache and state are folders of our own.
 * Whole or not at all: the folder is renamed into place at the end. Rejects with apt's or dpkg's words.
 */
export async function unpackRedis(cache: string, env: { PATH: string }): Promise<void> {
  await mkdir(dirname(cache), { recursive: true });
  const work = await mkdtemp(`${cache}-`);
  try {
    const apt = await prepareApt(work, env);
    const root = join(work, 'root');
    await mkdir(root);
    let packages = ['redis-server', 'redis-tools'];
    const seen = new Set<string>();
    // The program's own libraries, then those of the libraries; real systems need two rounds at most.
    for (let round = 0; round < 4 && packages.length > 0; round += 1) {
      for (const name of packages) seen.add(name);
      const files = await apt.download(packages);
      for (const file of files) await run('dpkg', ['-x', file, root], { env });
      if (!(await lacksLibraries(root, env))) break;
      packages = (await librariesNeededBy(files, env)).filter((name) => !seen.has(name));
    }
    if (await lacksLibraries(root, env))
      throw new Error('a library of redis-server is in no package it depends on');
    // Another start may have been faster; its result is as good as ours.
    await rename(root, cache).catch(async () => access(unpackedServer(cache)));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function prepareApt(
  work: string,
  env: { PATH: string },
): Promise<{ download(packages: readonly string[]): Promise<string[]> }> {
  const folders = { lists: join(work, 'lists'), cache: join(work, 'cache'), files: join(work, 'files') };
  await mkdir(join(folders.lists, 'partial'), { recursive: true });
  await mkdir(join(folders.cache, 'archives', 'partial'), { recursive: true });
  await mkdir(folders.files);
  await writeFile(join(work, 'status'), '');
  const options = [
    `Dir::State::lists=${folders.lists}`,
    `Dir::State::status=${join(work, 'status')}`,
    `Dir::Cache=${folders.cache}`,
    'Dir::Log=',
    'Acquire::Languages=none',
    'Acquire::http::Timeout=20',
    // The sandbox user of apt could not write to our folders.
    'APT::Sandbox::User=',
  ].flatMap((option) => ['-o', option]);
  const aptEnv = { ...env, LC_ALL: 'C' };
  await run('apt-get', ['-q', ...options, 'update'], { env: aptEnv, cwd: folders.files });
  let known: string[] = [];
  return {
    download: async (packages) => {
      await run('apt-get', ['-q', ...options, 'download', ...packages], { env: aptEnv, cwd: folders.files });
      const all = await readdir(folders.files);
      const fresh = all.filter((file) => !known.includes(file));
      known = all;
      return fresh.map((file) => join(folders.files, file));
    },
  };
}

async function lacksLibraries(root: string, env: { PATH: string }): Promise<boolean> {
  const { stdout } = await run('ldd', [unpackedServer(root)], {
    env: { ...env, LC_ALL: 'C', LD_LIBRARY_PATH: (await unpackedLibraries(root)).join(':') },
  });
  return stdout.includes('not found');
}

/** Names of library packages in the Depends of these files: first alternatives, without what every system has. */
async function librariesNeededBy(files: readonly string[], env: { PATH: string }): Promise<string[]> {
  const names = new Set<string>();
  for (const file of files) {
    const { stdout } = await run('dpkg-deb', ['-f', file, 'Depends'], { env: { ...env, LC_ALL: 'C' } });
    for (const clause of stdout.split(',')) {
      const name = /^\s*([a-z0-9][a-z0-9+.-]*)/.exec(clause)?.[1];
      if (name && /^(?:lib|lua)/.test(name) && !/^(?:libc6|libgcc-s1|libstdc\+\+6)$/.test(name))
        names.add(name);
    }
  }
  return [...names];
}
