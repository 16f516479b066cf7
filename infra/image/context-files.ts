import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isIgnored } from './docker-ignore.ts';

/**
 * Files that `COPY source` takes from the context in `root`: their paths from there, sorted. Rejects when there are
 * none, as a build would.
 */
export async function contextFiles(
  root: string,
  source: string,
  patterns: readonly string[],
): Promise<string[]> {
  const path = join(root, source);
  const files = (await stat(path)).isDirectory()
    ? (await readdir(path, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [path];
  const kept = files.map((file) => relative(root, file)).filter((file) => !isIgnored(file, patterns));
  if (kept.length === 0) throw new Error(`COPY ${source}: nothing of it is in the context`);
  return kept.sort();
}
