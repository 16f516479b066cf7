import { fileURLToPath } from 'node:url';
import { firstLoad } from './first-load.ts';
import { freshFolder, type KeptBuild } from './kept-build.ts';
import { packFiles } from './pack.ts';

const CONFIG = fileURLToPath(new URL('../vite.config.ts', import.meta.url));

const consoleBuild: KeptBuild = {
  name: 'console',
  around: {
    files: ['package-lock.json', 'apps/console/vite.config.ts', 'apps/console/index.html'],
    folders: ['apps/console/public', 'apps/console/build'],
  },
  sign: 'index.html',
  build: buildInto,
};

/** Builds into a folder, which may be there and is then replaced. Returns the modules that it was built of. */
export async function buildInto(folder: string): Promise<Iterable<string>> {
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
  return modules;
}

/** The folder of a build of the sources as they are: the last one while it is fresh, else a new one, of which `say` hears. */
export async function freshBuild(say: (line: string) => void): Promise<string> {
  let startedAt: number | undefined;
  const folder = await freshFolder(consoleBuild, () => {
    startedAt = performance.now();
    say('its sources have changed: it is being built');
  });
  if (startedAt !== undefined) {
    const bytes = (await firstLoad(folder)).reduce((sum, each) => sum + each.bytes, 0);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    say(`built in ${seconds} s; its first screen takes ${Math.round(bytes / 1_000)} kB of script`);
  }
  return folder;
}
