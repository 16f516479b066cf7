import type { Clock } from '#shared/clock.ts';
import { beforeStart, type Child, startChild, untilServing } from '../../apps/local/child.ts';
import type { ProcessPlan } from '../../apps/local/process-plan.ts';

const START_MS = 60_000;
const STOP_MS = 10_000;

/** Planned processes that a test runs without a supervisor. */
export class Children {
  readonly #clock: Clock;
  readonly #children: Child[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when it serves. Rejects with all that it printed when it ends before, or does not begin to. */
  async start(plan: ProcessPlan): Promise<void> {
    const lines: string[] = [];
    await beforeStart(plan, (line) => lines.push(line));
    const child = startChild(plan, (line) => lines.push(line));
    this.#children.push(child);
    await untilServing(plan, child, START_MS, this.#clock).catch((error: Error) => {
      throw new Error(`${error.message}\n${lines.join('\n')}`, { cause: error });
    });
  }

  /** Ends all that were started, whether they serve or not. */
  async stop(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop(STOP_MS)));
  }
}

/** Resolves when all have ended well, and rejects when one has not: but not before the last has ended. */
export async function allSettled(work: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
}
