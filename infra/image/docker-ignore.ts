import { matchesGlob } from 'node:path';

/**
 * Whether a .dockerignore leaves out a file (its path from the root of the context): the last pattern that matches it
 * or a folder above it decides; `!` takes in again.
 * https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function isIgnored(path: string, patterns: readonly string[]): boolean {
  const parts = dotted(path).split('/');
  const withParents = parts.map((_, at) => parts.slice(0, at + 1).join('/'));
  let ignored = false;
  for (const pattern of patterns) {
    const takesIn = pattern.startsWith('!');
    const glob = dotted(takesIn ? pattern.slice(1) : pattern);
    if (withParents.some((one) => matchesGlob(one, glob))) ignored = !takesIn;
  }
  return ignored;
}

/** For Docker a star matches a name that begins with a dot; for Node's globs it does not: another sign stands for it. */
const dotted = (path: string): string => path.replaceAll(/(?<=^|\/)\.(?=\w)/g, '\u2024');

/** The patterns of a .dockerignore, in order. */
export const patternsOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
