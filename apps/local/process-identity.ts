import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';

/** A process as it can be found again: ids are used again, starting times with them are not. */
export const processIdentitySchema = z.object({ pid: z.int().positive(), startedAt: z.string().min(1) });
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** Null when there is no process with this id. */
export async function identityOf(pid: number): Promise<ProcessIdentity | null> {
  const startedAt = process.platform === 'linux' ? await startInProc(pid) : await startInPs(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** Whether the very process still runs. */
export async function stillRuns(identity: ProcessIdentity): Promise<boolean> {
  return (await identityOf(identity.pid))?.startedAt === identity.startedAt;
}

/** Boot, and clock ticks from it to the start (proc(5), field 22 of stat). A zombie no longer runs. */
async function startInProc(pid: number): Promise<string | null> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The second field is the program's name in brackets and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[19] === undefined ? null : `${boot.trim()} ${fields[19]}`;
  } catch {
    // No such process.
    return null;
  }
}

const startInPs = (pid: number): Promise<string | null> =>
  promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).then(
    ({ stdout }) => stdout.trim() || null,
    () => null,
  );
