import type { Clock } from './clock.ts';
import { CarillonError, messageOf } from './errors.ts';
import { type Liveness, LONGEST_SILENCE_MS, unwatched } from './liveness.ts';
import type { Logger } from './logger.ts';
import { Pause } from './pause.ts';
import { isTransientDatabaseError } from './postgres/pool.ts';

/**
 * The one loop behind everything that falls due: holds, reconciliations, sweeps. What is due lies in PostgreSQL; every
 * task of a service runs the loop, and the work itself claims rows with SKIP LOCKED, so that there is neither a leader
 * nor a timer that a restart would lose.
 */
export interface DueRowsOptions {
  /** For the log: what falls due. */
  name: string;
  /**
   * Handles one batch of what is due, and says how many rows it had and in how many ms the next is due, if that is
   * known. Called again at once while batches have rows.
   */
  batch(): Promise<{ handled: number; nextInMs: number | null }>;
  /** Longest pause between looks, in ms: other tasks add rows. A jump of business time ends it. */
  idleMs: number;
  clock: Clock;
  logger: Logger;
  /** Told of every turn; left out: nobody watches. */
  liveness?: Liveness;
  /** For errors that only a fresh process can mend. */
  onFailure(error: unknown): void;
}

export interface DueRows {
  /** Looks at once, also when it looks just now: something has become due. */
  wake(): void;
  /** Ends after the batch in hand. */
  stop(): Promise<void>;
}

const LEAST_PAUSE_MS = 20;

/** Whether the same work may succeed later as it is: what it needs is away. */
export const isPassing = (error: unknown): boolean =>
  isTransientDatabaseError(error) || (error instanceof CarillonError && error.retryable);

export function startDueRows(options: DueRowsOptions): DueRows {
  const { clock, logger } = options;
  const pause = new Pause(clock);
  let stopping = false;
  const forgetJumps = clock.onJump(() => pause.cut());

  async function pauseAfterBatch(): Promise<number> {
    try {
      const { handled, nextInMs } = await options.batch();
      if (handled > 0) return LEAST_PAUSE_MS;
      return Math.max(LEAST_PAUSE_MS, Math.min(options.idleMs, nextInMs ?? options.idleMs));
    } catch (error) {
      if (!isPassing(error)) throw error;
      logger.warn({ dueRows: options.name, err: error }, `due rows have to wait: ${messageOf(error)}`);
      return options.idleMs;
    }
  }

  const loop = (options.liveness ?? unwatched).watch(
    `the loop over ${options.name}`,
    LONGEST_SILENCE_MS + options.idleMs,
  );

  async function run(): Promise<void> {
    while (!stopping) {
      loop.beat();
      const ms = await pauseAfterBatch();
      // Up to a tenth longer, so that the tasks of a service do not all look at the same moment.
      if (!stopping) await pause.wait(ms * (1 + clock.random() / 10));
    }
  }

  const running = run()
    .catch((error: unknown) => options.onFailure(error))
    .finally(() => loop.end());
  return {
    wake: () => pause.cut(),
    stop: async () => {
      stopping = true;
      forgetJumps();
      pause.cut();
      await running;
    },
  };
}
