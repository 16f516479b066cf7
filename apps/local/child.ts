import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Clock } from '#shared/clock.ts';
import type { NodeModule, ProcessPlan } from './process-plan.ts';
import { clearTheWay, startGuarded } from './stores/guard.ts';

/** Types are stripped once, not at every start: saves 50 ms and 18 MiB per process. */
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/carillon/node', import.meta.url));

/** How long the output of a process that is gone may keep coming. */
const LAST_WORDS_MS = 300;

/** How a process ended: its exit code, or the signal that ended it. */
export type Ending = { code: number | null; signal: NodeJS.Signals | null };

/** One run of a planned process. */
export interface Child {
  readonly pid: number | undefined;
  /** Resolves when the process is gone and its output is read to the end; never rejects. */
  readonly ended: Promise<Ending>;
  /** Asks with SIGTERM, and kills after `graceMs`. Resolves with `ended`. */
  stop(graceMs: number): Promise<Ending>;
  kill(): void;
}

/** A process group of its own: a Ctrl-C in the terminal reaches us alone, and we end the others in order. */
const OWN_GROUP = { detached: true };

/** What comes before a start: nothing that an earlier run left behind may answer in its place. */
export async function beforeStart(plan: ProcessPlan, onLine: (line: string) => void): Promise<void> {
  if ('program' in plan) await clearTheWay(plan.program, onLine);
}

/** Starts the process with a channel whose end tells it that we are gone. */
export function startChild(plan: ProcessPlan, onLine: (line: string) => void): Child {
  const child = 'program' in plan ? startGuarded(plan.program, OWN_GROUP, onLine) : startNode(plan);
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine);
  }
  const ended = new Promise<Ending>((resolve) => {
    child.once('error', (error) => {
      onLine(`cannot be started: ${error.message}`);
      resolve({ code: null, signal: null });
    });
    child.once('close', (code, signal) => resolve({ code, signal }));
    // A program that outlives its killed guard for a moment keeps the pipes open: then there is no close.
    child.once('exit', (code, signal) => {
      setTimeout(() => {
        for (const stream of [child.stdout, child.stderr]) stream?.destroy();
        resolve({ code, signal });
      }, LAST_WORDS_MS).unref();
    });
  });
  return {
    pid: child.pid,
    ended,
    stop: async (graceMs) => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      const ending = await ended;
      clearTimeout(timer);
      return ending;
    },
    kill: () => killNow(child),
  };
}

const startNode = ({ environment, module, nodeOptions = [] }: NodeModule): ChildProcess =>
  spawn(process.execPath, ['--disable-warning=DEP0169', ...nodeOptions, module], {
    ...OWN_GROUP,
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });

function killNow(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
}

/** Waits until the probe finds that it serves. Rejects with the last reason, or with how the process ended. */
export async function untilServing(
  plan: ProcessPlan,
  child: Child,
  timeoutMs: number,
  clock: Clock,
): Promise<void> {
  const deadline = clock.monotonic() + timeoutMs;
  let ending: Ending | undefined;
  void child.ended.then((value) => {
    ending = value;
  });
  for (;;) {
    const reason = await plan.probe();
    if (reason === null) return;
    if (ending) throw new Error(`${plan.name} ended at once (${describeEnding(ending)})`);
    if (clock.monotonic() > deadline)
      throw new Error(`${plan.name} is not ready after ${timeoutMs} ms: ${reason}`);
    await clock.sleep(25);
  }
}

export const describeEnding = ({ code, signal }: Ending): string =>
  signal ? `signal ${signal}` : code === null ? 'could not be started' : `exit code ${code}`;
