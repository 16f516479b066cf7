import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contextFiles } from './context-files.ts';
import { patternsOf } from './docker-ignore.ts';
import { copiesOf, instructionsOf } from './dockerfile.ts';

export interface SourceFile {
  /** From the root of the context. */
  path: string;
  content: Uint8Array;
}

/**
 * The tag of an image, from what it is built from: equal sources give an equal tag in whatever order they come, any
 * other ones another. Tags of the repository cannot be overwritten, so a tag that does not follow the content would
 * have the second build refused.
 */
export function imageTag(files: readonly SourceFile[]): string {
  const hash = createHash('sha256');
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  for (const { path, content } of sorted) {
    // Lengths first: what ends one file cannot pass for the beginning of the next.
    hash.update(JSON.stringify([path, content.length])).update(content);
  }
  return `source-${hash.digest('hex').slice(0, 32)}`;
}

/** The tag of the image that the Dockerfile in `root` makes: of itself and of all that it copies from the context. */
export async function imageTagOf(root: string): Promise<string> {
  const read = async (path: string): Promise<SourceFile> => ({
    path,
    content: await readFile(join(root, path)),
  });
  const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8');
  const patterns = patternsOf(await readFile(join(root, '.dockerignore'), 'utf8'));
  const sources = copiesOf(instructionsOf(dockerfile))
    .filter(({ from }) => from === null)
    .flatMap((copy) => copy.sources);
  const copied = await Promise.all(
    [...new Set(sources)].map((source) => contextFiles(root, source, patterns)),
  );
  return imageTag(await Promise.all(['Dockerfile', ...new Set(copied.flat())].map(read)));
}
