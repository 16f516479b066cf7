import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';

/** What a build was made of: the hash of every file, by its path from the root of the product. */
export const inputsSchema = z.record(z.string(), z.string());
export type Inputs = z.infer<typeof inputsSchema>;

/** What decides beside the modules: how it is built, what is installed, what is copied. Paths from the root of the product. */
export interface Around {
  files: readonly string[];
  /** Every file of them, but for tests. */
  folders: readonly string[];
}

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
export async function readInputs(root: string, around: Around, modules: Iterable<string>): Promise<Inputs> {
  const own = [...modules]
    .map((module) => relative(root, module).split(sep).join('/'))
    .filter((path) => !path.startsWith('..') && !path.includes('node_modules/'));
  const found = await Promise.all(
    around.folders.map(async (folder) =>
      (await readdir(join(root, folder))).map((name) => `${folder}/${name}`),
    ),
  );
  const beside = found.flat().filter((path) => !path.endsWith('.test.ts'));
  const paths = [...new Set([...around.files, ...beside, ...own])].sort();
  const hashes = await Promise.all(paths.map(async (path) => [path, await hashOf(root, path)] as const));
  return Object.fromEntries(hashes.flatMap(([path, hash]) => (hash === null ? [] : [[path, hash]])));
}

/** Whether what was built of `inputs` is what would be built now. A file that is new counts when another one names it. */
export async function areFresh(root: string, around: Around, inputs: Inputs): Promise<boolean> {
  const paths = Object.keys(inputs);
  const now = await readInputs(
    root,
    around,
    paths.map((path) => join(root, path)),
  );
  return paths.length === Object.keys(now).length && paths.every((path) => now[path] === inputs[path]);
}
