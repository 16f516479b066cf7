import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';

/** What a build was made of: the hash of every file, by its path from the root of the product. */
export const inputsSchema = z.record(z.string(), z.string());
export type Inputs = z.infer<typeof inputsSchema>;

/** Files that decide beside the modules: what is installed, how it is built, what is copied. */
const ALWAYS = ['package-lock.json', 'apps/console/vite.config.ts', 'apps/console/index.html'];
const FOLDERS = ['apps/console/public', 'apps/console/build'];

/** Null: the file is gone. */
async function hashOf(root: string, path: string): Promise<string | null> {
  try {
    return createHash('sha256')
      .update(await readFile(join(root, path)))
      .digest('base64url');
  } catch {
    return null;
  }
}

/** The inputs of a build as they are now. `modules`: absolute paths of what was bundled; packages count by the lock file. */
export async function readInputs(root: string, modules: Iterable<string>): Promise<Inputs> {
  const own = [...modules]
    .map((module) => relative(root, module).split(sep).join('/'))
    .filter((path) => !path.startsWith('..') && !path.includes('node_modules/'));
  const around = await Promise.all(
    FOLDERS.map(async (folder) => (await readdir(join(root, folder))).map((name) => `${folder}/${name}`)),
  );
  const beside = around.flat().filter((path) => !path.endsWith('.test.ts'));
  const paths = [...new Set([...ALWAYS, ...beside, ...own])].sort();
  const hashes = await Promise.all(paths.map(async (path) => [path, await hashOf(root, path)] as const));
  return Object.fromEntries(hashes.flatMap(([path, hash]) => (hash === null ? [] : [[path, hash]])));
}

/** Whether what was built of `inputs` is what would be built now. A file that is new counts when another one names it. */
export async function areFresh(root: string, inputs: Inputs): Promise<boolean> {
  const now = await readInputs(
    root,
    Object.keys(inputs).map((path) => join(root, path)),
  );
  const paths = Object.keys(inputs);
  return paths.length === Object.keys(now).length && paths.every((path) => now[path] === inputs[path]);
}
