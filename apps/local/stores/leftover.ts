import { rm } from 'node:fs/promises';
import type { Clock } from '#shared/clock.ts';
import { readKept, writeKept } from '../kept-json.ts';
import { identityOf, type ProcessIdentity, processIdentitySchema, stillRuns } from '../process-identity.ts';

/** Notes which process runs on some files, so that a later run can end it when nobody else is left to. */
export async function noteProgram(recordFile: string, pid: number): Promise<void> {
  const identity = await identityOf(pid);
  if (identity) await writeKept(recordFile, identity);
}

/**
 * Ends what an earlier run left behind when everything, its guard included, was killed: a program that still runs on
 * the same files, and its pid file, which by now may name a stranger.
 */
export async function clearLeftover(
  files: { recordFile: string; pidFile: string },
  stopSignal: NodeJS.Signals,
  clock: Clock,
): Promise<'nothing' | 'a file' | 'a running program'> {
  const identity = await readKept(files.recordFile, processIdentitySchema);
  if (!identity) return 'nothing';
  const found = await stillRuns(identity);
  if (found) await end(identity, stopSignal, clock);
  await rm(files.pidFile, { force: true });
  await rm(files.recordFile, { force: true });
  return found ? 'a running program' : 'a file';
}

async function end(identity: ProcessIdentity, stopSignal: NodeJS.Signals, clock: Clock): Promise<void> {
  const steps = [
    [stopSignal, 5_000],
    ['SIGQUIT', 2_000],
    ['SIGKILL', 2_000],
  ] as const;
  for (const [signal, waitMs] of steps) {
    signalProcess(identity.pid, signal);
    const deadline = clock.monotonic() + waitMs;
    while (await stillRuns(identity)) {
      if (clock.monotonic() >= deadline) break;
      await clock.sleep(20);
    }
    if (!(await stillRuns(identity))) return;
  }
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
}
