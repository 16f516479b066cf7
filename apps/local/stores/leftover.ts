import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Clock } from '#shared/clock.ts';

/**
 * Ends what an earlier run left behind when everything, its guard included, was killed: a program that still runs on
 * the same files, or only its pid file. The id in the file may by now belong to a stranger, who is left alone.
 */
export async function clearLeftover(
  leftover: { pidFile: string; mark: string; stopSignal: NodeJS.Signals },
  clock: Clock,
): Promise<'none' | 'stale file removed' | 'program ended'> {
  const pid = await pidIn(leftover.pidFile);
  if (pid === null) return 'none';
  const commandLine = await commandLineOf(pid);
  if (!commandLine?.includes(leftover.mark)) {
    await rm(leftover.pidFile, { force: true });
    return 'stale file removed';
  }
  for (const [signal, waitMs] of [
    [leftover.stopSignal, 5_000],
    ['SIGQUIT', 2_000],
    ['SIGKILL', 2_000],
  ] as const) {
    if (!signalProcess(pid, signal) || (await endsWithin(pid, waitMs, clock))) break;
  }
  await rm(leftover.pidFile, { force: true });
  return 'program ended';
}

/** Whether a process with this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The command line of a process, or null when there is none (or it cannot be found out). */
export async function commandLineOf(pid: number): Promise<string | null> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
  } catch {
    // Not Linux, or no such process: ps knows both.
    return promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).then(
      ({ stdout }) => stdout.trim() || null,
      () => null,
    );
  }
}

async function pidIn(file: string): Promise<number | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  const pid = Number(text?.split('\n')[0]?.trim());
  return Number.isInteger(pid) && pid > 1 ? pid : null;
}

function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // It ended between the look and the signal.
    return false;
  }
}

async function endsWithin(pid: number, ms: number, clock: Clock): Promise<boolean> {
  const deadline = clock.monotonic() + ms;
  while (isAlive(pid)) {
    if (clock.monotonic() >= deadline) return false;
    await clock.sleep(20);
  }
  return true;
}
