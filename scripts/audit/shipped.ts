import { z } from 'zod';

/**
 * What of the installed packages reaches production: what the image is made of, and what the web console is made of, which
 * the image carries as files and not as packages.
 */

const names = z.record(z.string(), z.string()).optional();
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      dependencies: names,
      optionalDependencies: names,
      peerDependencies: names,
    }),
  ),
});
export type Lock = z.infer<typeof lockSchema>;

export const parseLock = (text: string): Lock => lockSchema.parse(JSON.parse(text));

/** Folders of node_modules that reach production. `bundled`: names of packages that modules of the console import. */
export function shippedFolders({ packages }: Lock, bundled: Iterable<string>): Set<string> {
  const shipped = new Set(
    Object.entries(packages).flatMap(([folder, { dev }]) => (folder === '' || dev === true ? [] : [folder])),
  );
  const waiting = [...bundled].map((name) => `node_modules/${name}`);
  const seen = new Set<string>();
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const found = packages[folder];
    if (found === undefined || seen.has(folder)) continue;
    seen.add(folder);
    const wanted = { ...found.dependencies, ...found.optionalDependencies, ...found.peerDependencies };
    for (const name of Object.keys(wanted)) waiting.push(...nearest(packages, folder, name));
  }
  return new Set([...shipped, ...seen]);
}

/** Where Node looks for a package, seen from a folder: the nearest node_modules that has it. */
function nearest(packages: Lock['packages'], from: string, name: string): string[] {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const folder = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (Object.hasOwn(packages, folder)) return [folder];
    if (at === '') return [];
  }
}

/** Packages that a module imports by name. */
export const packagesIn = (source: string): string[] =>
  [...source.matchAll(/(?:from\s+|import\s*\(?\s*)['"]([^'"]+)['"]/g)].flatMap(([, specifier = '']) => {
    if (/^(?:[./#]|node:)/.test(specifier)) return [];
    return [
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    ];
  });
