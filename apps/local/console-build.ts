import { z } from 'zod';
import { messageOf } from '#shared/errors.ts';
import type { Child } from './child.ts';
import { startTask } from './task.ts';

const builtSchema = z.object({ folder: z.string() });

/**
 * The web console as files, built when its sources have changed. `folder` never rejects: null when it cannot be built,
 * which `say` hears with the reason; everything else runs without it.
 */
export function startConsoleBuild(
  module: string,
  say: (line: string) => void,
): { child: Child; folder: Promise<string | null> } {
  const { child, done } = startTask(
    { name: 'console', module, variable: 'CONSOLE_BUILD', failure: 'it cannot be built', heard: say },
    {},
    builtSchema,
    'unavailable',
  );
  const folder = done.then(
    (built) => built.folder,
    (error) => {
      say(messageOf(error));
      return null;
    },
  );
  return { child, folder };
}
