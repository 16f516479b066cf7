import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { CarillonError } from '#shared/errors.ts';
import { identityOf, processIdentitySchema, stillRuns } from './process-identity.ts';

const holderSchema = z.object({ process: processIdentitySchema, address: z.string() });
type Holder = z.infer<typeof holderSchema>;

export interface Lock {
  release(): Promise<void>;
}

/** While another one clears away what a dead holder left, which takes a few file operations. */
const TRIES = 40;
const PAUSE_MS = 25;

/**
 * One supervisor per data folder: a file with the holder's process id. A file whose process is gone, or is by now
 * another program, counts for nothing. Throws `invalid_configuration` naming the holder.
 * @param address where the holder can be seen.
 */
export async function takeLock(file: string, address: string): Promise<Lock> {
  const self = await identityOf(process.pid);
  if (!self) throw new Error('this process cannot be found in the list of processes');
  const holder = { process: self, address };
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    if (await create(file, holder)) return { release: () => rm(file, { force: true }) };
    const other = await holderIn(file);
    if (other && (await stillRuns(other.process))) {
      throw new CarillonError(
        'invalid_configuration',
        `Carillon already runs on this data (${other.address}, process ${other.process.pid}). ` +
          'Stop it, or start a second one with other values of CARILLON_DATA, CARILLON_PORT and CARILLON_CARRIER_PORT.',
      );
    }
    if (!(await removeStale(file, holder))) await delay(PAUSE_MS);
  }
  throw new CarillonError('invalid_configuration', `${file} cannot be taken: others start at the same time.`);
}

/** Whole or not at all, and only where there is none: nobody ever reads half of what a living process writes. */
async function create(file: string, content: Holder): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, JSON.stringify(content), { mode: 0o600 });
    await link(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Removes what a dead holder left, one at a time: of two that find it stale, the second would remove what the first has
 * put in its place. False: another one is at it.
 */
async function removeStale(file: string, self: Holder): Promise<boolean> {
  const turn = `${file}.turn`;
  if (!(await create(turn, self))) {
    const other = await holderIn(turn);
    // It died in the middle of these few lines.
    if (other && !(await stillRuns(other.process))) await rm(turn, { force: true });
    return false;
  }
  try {
    const left = await readFile(file, 'utf8').catch(() => null);
    const holder = left === null ? null : parseHolder(left);
    if (left !== null && !(holder && (await stillRuns(holder.process)))) await rm(file, { force: true });
    return true;
  } finally {
    await rm(turn, { force: true });
  }
}

async function holderIn(file: string): Promise<Holder | null> {
  return parseHolder(await readFile(file, 'utf8').catch(() => ''));
}

/** Null for a file that is unreadable or half written, as a crash leaves it. */
function parseHolder(text: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
