import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { firstLoad } from './first-load.ts';
import { areFresh, type Inputs, inputsSchema, readInputs } from './inputs.ts';
import { withLock } from './lock.ts';
import { packFiles } from './pack.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CONFIG = join(ROOT, 'apps', 'console', 'vite.config.ts');
/** Where builds are kept that are not for an image, each in a folder of its own: another stack may still serve the last. */
const CACHE = join(ROOT, 'node_modules', '.cache', 'carillon', 'console');
const CURRENT = join(CACHE, 'current.json');
/** A build that nobody has made or found for so long is nobody's any more, in ms. */
const KEPT_MS = 7 * 24 * 60 * 60_000;

const currentSchema = z.object({ folder: z.string(), inputs: inputsSchema });

/** Builds into a folder, which may be there and is then replaced. Returns what it was built of. */
export async function buildInto(folder: string): Promise<Inputs> {
  // Only now: whoever finds a fresh build does not wait for the bundler to load.
  const { build } = await import('vite');
  const modules = new Set<string>();
  await build({
    configFile: CONFIG,
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true },
    plugins: [
      {
        name: 'carillon-inputs',
        buildEnd() {
          for (const id of this.getModuleIds()) modules.add(id.split('?')[0] ?? id);
        },
      },
    ],
  });
  await packFiles(folder);
  return readInputs(ROOT, modules);
}

/**
 * The folder of a build of the sources as they are: the last one while it is fresh, else a new one, of which `say` hears.
 * Of several callers at a time one builds and the others wait for it.
 */
export async function freshBuild(say: (line: string) => void): Promise<string> {
  await mkdir(CACHE, { recursive: true });
  return (
    (await current()) ??
    (await withLock(join(CACHE, 'building'), async () => (await current()) ?? buildNew(say)))
  );
}

async function current(): Promise<string | null> {
  try {
    const { folder, inputs } = currentSchema.parse(JSON.parse(await readFile(CURRENT, 'utf8')));
    await stat(join(folder, 'index.html'));
    return (await areFresh(ROOT, inputs)) ? folder : null;
  } catch {
    // Nothing was built yet, or what was built is gone.
    return null;
  }
}

async function buildNew(say: (line: string) => void): Promise<string> {
  const startedAt = performance.now();
  say('its sources have changed: it is being built');
  const folder = await mkdtemp(join(CACHE, 'build-'));
  const inputs = await buildInto(folder);
  const written = `${CURRENT}.${process.pid}`;
  await writeFile(written, JSON.stringify({ folder, inputs }));
  await rename(written, CURRENT);
  await removeOld(folder);
  const bytes = (await firstLoad(folder)).reduce((sum, each) => sum + each.bytes, 0);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  say(`built in ${seconds} s; its first screen takes ${Math.round(bytes / 1_000)} kB of script`);
  return folder;
}

async function removeOld(newest: string): Promise<void> {
  for (const name of await readdir(CACHE)) {
    const folder = join(CACHE, name);
    if (!name.startsWith('build-') || folder === newest) continue;
    const { mtimeMs } = await stat(folder);
    if (Date.now() - mtimeMs > KEPT_MS) await rm(folder, { recursive: true, force: true });
  }
}
