import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin } from 'rolldown';
import { services } from '#shared/topology.ts';
import type { KeptBuild } from '../../console/build/kept-build.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What starts often and loads much, by the path of its module from the root of the product. */
export const ENTRIES: readonly string[] = [
  ...Object.values(services).map(({ entry }) => entry),
  'apps/local/carrier/main.ts',
  'apps/local/set-up-main.ts',
  'apps/local/clock/skip-main.ts',
];

/** Of the bundle of an entry: `apps/sender/main.ts` is in `apps.sender.main.mjs`. */
export const bundleOf = (entry: string): string => `${entry.replace(/\.ts$/, '').replaceAll('/', '.')}.mjs`;

/**
 * The entries with everything that they load, in a few dozen files instead of a thousand: to find, read and link modules is
 * half of what a service costs a processor when it starts. What several entries load is in files that they share.
 */
export const bundleBuild: KeptBuild = {
  name: 'bundle',
  around: {
    files: ['package-lock.json', 'shared/topology.ts'],
    folders: ['apps/local/bundle', 'apps/console/build'],
  },
  sign: bundleOf('apps/api/main.ts'),
  build: (folder) => bundle(ROOT, ENTRIES, folder),
};

/** Bundles modules, given by their paths from `root`, into a folder; gives the absolute paths of all that went into it. */
export async function bundle(root: string, entries: readonly string[], folder: string): Promise<string[]> {
  // Only now: whoever finds a fresh bundle does not wait for the bundler to load.
  const { rolldown } = await import('rolldown');
  const bundler = await rolldown({
    cwd: root,
    input: Object.fromEntries(entries.map((entry) => [bundleOf(entry), join(root, entry)])),
    platform: 'node',
    // Optional, and not installed; files that are looked for where the package lies.
    external: ['pg-native', /^swagger-ui-dist/],
    plugins: [inItsPlace, withoutMapsOfPackages],
    logLevel: 'warn',
  });
  try {
    await bundler.write({
      dir: folder,
      format: 'esm',
      entryFileNames: '[name]',
      chunkFileNames: 'shared-[hash].mjs',
      sourcemap: true,
      sourcemapExcludeSources: true,
    });
    return await bundler.watchFiles;
  } finally {
    await bundler.close();
  }
}

/** A module that asks where it is hears where its source is: there are the files beside it. */
const inItsPlace: Plugin = {
  name: 'carillon-in-its-place',
  transform: {
    filter: { code: /import\.meta\.url|__dirname|__filename/, id: /\.[cm]?[jt]s$/ },
    handler: (code, id) => ({
      code: code
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
        .replaceAll(/\b__dirname\b/g, JSON.stringify(dirname(id)))
        .replaceAll(/\b__filename\b/g, JSON.stringify(id)),
      // Lines stay where they are.
      map: null,
    }),
  },
};

/** The map of our own lines is read at every start, and is all that anybody looks for in a stack. */
const withoutMapsOfPackages: Plugin = {
  name: 'carillon-without-maps-of-packages',
  transform: {
    filter: { id: /[\\/]node_modules[\\/]/ },
    handler: (code) => ({ code, map: { version: 3, sources: [], names: [], mappings: '' } }),
  },
};
