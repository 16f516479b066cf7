import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { messageOf } from '#shared/errors.ts';
import { keptFolder } from '../../console/build/kept-build.ts';
import type { Child } from '../child.ts';
import { startTask } from '../task.ts';
import { bundleBuild, bundleOf, ENTRIES } from './build.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const builtSchema = z.object({ folder: z.string() });

/** What Node is to run in the place of a module of ours, by its absolute path: its bundle, or itself where there is none. */
export type InBundle = (module: string) => { module: string; nodeOptions: readonly string[] };

export const asItIs: InBundle = (module) => ({ module, nodeOptions: [] });

/**
 * Bundles of the sources as they are now, made in a process of its own where they have changed (of which `started` hears).
 * Never rejects: when they cannot be made, `say` hears why, and everything runs from its sources.
 */
export async function inFreshBundle(
  say: (line: string) => void,
  started: (child: Child) => void,
): Promise<InBundle> {
  const folder = (await keptFolder(bundleBuild)) ?? (await built(say, started));
  if (folder === null) return asItIs;
  return (module) => {
    const entry = relative(ROOT, module).split(sep).join('/');
    return ENTRIES.includes(entry)
      ? { module: join(folder, bundleOf(entry)), nodeOptions: ['--enable-source-maps'] }
      : asItIs(module);
  };
}

async function built(say: (line: string) => void, started: (child: Child) => void): Promise<string | null> {
  const task = { name: 'bundle', module: MAIN, variable: 'BUNDLE', failure: 'they cannot be bundled' };
  const { child, done } = startTask({ ...task, heard: say }, {}, builtSchema, 'unavailable');
  started(child);
  try {
    return (await done).folder;
  } catch (error) {
    say(messageOf(error));
    return null;
  }
}
