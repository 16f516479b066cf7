import { open, readFile, rename, rm } from 'node:fs/promises';
import { z } from 'zod';
import { CarillonError } from '#shared/errors.ts';
import { commandLineOf, isAlive } from './stores/leftover.ts';

const holderSchema = z.object({ pid: z.int(), address: z.string(), mark: z.string() });

export interface Lock {
  release(): Promise<void>;
}

/**
 * One supervisor per data folder: a file with the holder's process id. A file whose process is gone, or is by now
 * another program, counts for nothing. Throws `invalid_configuration` naming the holder.
 * @param mark part of our own command line, by which a later run knows us.
 */
export async function takeLock(file: string, holder: { address: string; mark: string }): Promise<Lock> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (await create(file, { pid: process.pid, ...holder }))
      return { release: () => rm(file, { force: true }) };
    const other = await holderIn(file);
    if (other && isAlive(other.pid) && (await commandLineOf(other.pid))?.includes(other.mark)) {
      throw new CarillonError(
        'invalid_configuration',
        `Carillon already runs on this data (${other.address}, process ${other.pid}). ` +
          'Stop it, or start a second one with other values of CARILLON_DATA, CARILLON_PORT and CARILLON_CARRIER_PORT.',
      );
    }
    // Taken aside before it goes, so that of two that find it stale only one removes it.
    await rename(file, `${file}.stale-${process.pid}`).catch(() => undefined);
    await rm(`${file}.stale-${process.pid}`, { force: true });
  }
  throw new CarillonError('invalid_configuration', `${file} cannot be taken: others start at the same time.`);
}

async function create(file: string, content: z.infer<typeof holderSchema>): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(JSON.stringify(content));
    await handle.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Null for a file that is unreadable or half written, as a crash leaves it. */
async function holderIn(file: string): Promise<z.infer<typeof holderSchema> | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
