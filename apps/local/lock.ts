import { open, readFile, rename, rm } from 'node:fs/promises';
import { z } from 'zod';
import { CarillonError } from '#shared/errors.ts';
import { identityOf, processIdentitySchema, stillRuns } from './process-identity.ts';

const holderSchema = z.object({ process: processIdentitySchema, address: z.string() });

export interface Lock {
  release(): Promise<void>;
}

/**
 * One supervisor per data folder: a file with the holder's process id. A file whose process is gone, or is by now
 * another program, counts for nothing. Throws `invalid_configuration` naming the holder.
 * @param address where the holder can be seen.
 */
export async function takeLock(file: string, address: string): Promise<Lock> {
  const self = await identityOf(process.pid);
  if (!self) throw new Error('this process cannot be found in the list of processes');
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (await create(file, { process: self, address })) return { release: () => rm(file, { force: true }) };
    const other = await holderIn(file);
    if (other && (await stillRuns(other.process))) {
      throw new CarillonError(
        'invalid_configuration',
        `Carillon already runs on this data (${other.address}, process ${other.process.pid}). ` +
          'Stop it, or start a second one with other values of CARILLON_DATA, CARILLON_PORT and CARILLON_CARRIER_PORT.',
      );
    }
    await removeStale(file);
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

/** Of two that find the file stale, one may already have replaced it: what was moved away is looked at again. */
async function removeStale(file: string): Promise<void> {
  const aside = `${file}.${process.pid}`;
  await rename(file, aside).catch(() => undefined);
  const holder = await holderIn(aside);
  if (holder && (await stillRuns(holder.process))) await rename(aside, file);
  else await rm(aside, { force: true });
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
