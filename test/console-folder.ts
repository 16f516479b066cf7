import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { compileCache } from './compile-cache.ts';

const BUILD = fileURLToPath(new URL('../apps/console/build/main.ts', import.meta.url));
const builtSchema = z.object({ folder: z.string() });

/** The folder of the console as it is built of its sources now: a fresh build is found, and not made again. */
export async function consoleFolder(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [BUILD], {
    env: { ...process.env, ...compileCache() },
  });
  return builtSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).folder;
}
