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
  /**
   * In how many ms the next row is due (none or less: it is), null when there is none: one statement that locks nothing. Asked
   * before every batch, which it spares while nothing is due: most looks of most loops find nothing. Left out: a batch finds out.
   */
  nextInMs?(): Promise<number | null>;
  /** Longest pause between looks, in ms: other tasks add rows. A jump of business time ends it. */
  idleMs: number;
  clock: Clock;
  logger: Logger;
  /** Told of every turn; left out: nobody watches. */
  liveness?: Liveness;
  /** For errors that only a fresh process can mend. */
  onFailure(error: unknown): void;
}

/** In how many ms something is due by business time, for `nextInMs`. */
export const inMsOf = (due: Date | null, clock: Pick<Clock, 'now'>): number | null =>
  due === null ? null : due.getTime() - clock.now().getTime();

export interface DueRows {
  /** Looks at once, also when it looks just now: something has become due. */
  wake(): void;
  /** Ends after the batch in hand. */
  stop(): Promise<void>;
}

const LEAST_PAUSE_MS = 20;
/** Pause after a batch that found what is due in the hands of others, in ms. */
const BUSY_MS = 200;

/** Whether the same work may succeed later as it is: what it needs is away. */
export const isPassing = (error: unknown): boolean =>
  isTransientDatabaseError(error) || (error instanceof CarillonError && error.retryable);

export function startDueRows(options: DueRowsOptions): DueRows {
  const { clock, logger } = options;
  const pause = new Pause(clock);
  let stopping = false;
  const forgetJumps = clock.onJump(() => pause.cut());

  const pauseOf = (nextInMs: number | null): number =>
    Math.max(LEAST_PAUSE_MS, Math.min(options.idleMs, nextInMs ?? options.idleMs));

  async function pauseAfterLook(): Promise<number> {
    try {
      const inMs = options.nextInMs === undefined ? 0 : await options.nextInMs();
      if (inMs === null || inMs > 0) return pauseOf(inMs);
      const { handled, nextInMs } = await options.batch();
      if (handled > 0) return LEAST_PAUSE_MS;
      return pauseOf(options.nextInMs === undefined ? nextInMs : BUSY_MS);
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
      const ms = await pauseAfterLook();
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
