import type { GuardedProgram } from './stores/guard.ts';

/**
 * One process of the local stack, as data: what runs, and how to tell that it serves. SIGTERM asks it to end, and it
 * ends by itself when whoever started it is gone: a module of ours hears so from its IPC channel, another program is
 * ended by its guard.
 */
export type ProcessPlan = (NodeModule | { program: GuardedProgram }) & {
  name: string;
  /** Null once it serves, else why not. Never rejects; may take up to `PROBE_MS`. */
  probe(): Promise<string | null>;
  /** For a process whose event loop can be told from its readiness: when it counts as hung. */
  hang?: HangRule;
};

export interface NodeModule {
  /** Absolute path of the module that Node runs. */
  module: string;
  /** The whole environment of the process; nothing is inherited. */
  environment: Readonly<Record<string, string>>;
  /** Of Node itself. */
  nodeOptions?: readonly string[];
}

/** Halves of 2 MiB instead of 16: 6 MiB less of an idle emulator, whose garbage dies young all the same. */
export const SMALL_YOUNG_GENERATION = ['--max-semi-space-size=2'];

/** A process that has answered before and then does not for `afterMs` is killed and started again. */
export interface HangRule {
  /** Null when it answers, else why not; under the same terms as `probe`. */
  probe(): Promise<string | null>;
  afterMs: number;
}

/** Longest time that one look at a process may take, in ms. */
export const PROBE_MS = 2_000;

/** A probe that awaits `look` and gives what it threw as the reason. */
export async function probing(look: () => Promise<unknown>): Promise<string | null> {
  try {
    await look();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
