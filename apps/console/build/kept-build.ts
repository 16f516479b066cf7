import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Around, areFresh, type Inputs, inputsSchema, readInputs } from './inputs.ts';
import { withLock } from './lock.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** A build that nobody has made or found for so long is nobody's any more, in ms. */
const KEPT_MS = 7 * 24 * 60 * 60_000;

/** `root`: of the tree that was built. What is built may name it: in a copy of the tree it is another, and is built anew. */
const currentSchema = z.object({ root: z.string(), folder: z.string(), inputs: inputsSchema });

/** What is built of sources when they have changed, and is kept in the cache until then. */
export interface KeptBuild {
  /** Of its folder in the cache, where each build has one of its own: another stack may still run the last. */
  name: string;
  around: Around;
  /** A file that every build of it has. */
  sign: string;
  /** Builds into a folder that is there and empty, and gives the absolute paths of the modules that it was made of. */
  build(folder: string): Promise<Iterable<string>>;
}

const cacheOf = ({ name }: KeptBuild): string => join(ROOT, 'node_modules', '.cache', 'carillon', name);
const currentOf = (kept: KeptBuild): string => join(cacheOf(kept), 'current.json');

/** The folder of the last build while the sources are what it was made of, else null. Loads no bundler. */
export async function keptFolder(kept: KeptBuild): Promise<string | null> {
  try {
    const { folder, inputs, root } = currentSchema.parse(JSON.parse(await readFile(currentOf(kept), 'utf8')));
    if (root !== ROOT) return null;
    await stat(join(folder, kept.sign));
    return (await areFresh(ROOT, kept.around, inputs)) ? folder : null;
  } catch {
    // Nothing was built yet, or what was built is gone.
    return null;
  }
}

/**
 * The folder of a build of the sources as they are: the last one while it is fresh, else a new one, which `building` hears
 * of before. Of several callers at a time, in any process, one builds and the others wait for it.
 */
export async function freshFolder(kept: KeptBuild, building: () => void): Promise<string> {
  await mkdir(cacheOf(kept), { recursive: true });
  const build = async (): Promise<string> => (await keptFolder(kept)) ?? (await buildNew(kept, building));
  return (await keptFolder(kept)) ?? (await withLock(join(cacheOf(kept), 'building'), build));
}

async function buildNew(kept: KeptBuild, building: () => void): Promise<string> {
  building();
  const folder = await mkdtemp(join(cacheOf(kept), 'build-'));
  const inputs: Inputs = await readInputs(ROOT, kept.around, await kept.build(folder));
  const written = `${currentOf(kept)}.${process.pid}`;
  await writeFile(written, JSON.stringify({ root: ROOT, folder, inputs }));
  await rename(written, currentOf(kept));
  await removeOld(cacheOf(kept), folder);
  return folder;
}

async function removeOld(cache: string, newest: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const folder = join(cache, name);
    if (!name.startsWith('build-') || folder === newest) continue;
    const { mtimeMs } = await stat(folder);
    if (Date.now() - mtimeMs > KEPT_MS) await rm(folder, { recursive: true, force: true });
  }
}
