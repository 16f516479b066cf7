import type { Clock } from './clock.ts';

/**
 * Whether the loops that do a service's work still turn. A loop says so at every turn, whether the turn did something,
 * found nothing or failed: every request to a database, stream, queue or carrier has a time-out of less than half a
 * minute, so that an outage turns loops more slowly and silences none. A task is replaced because it hangs, never
 * because something that it needs is away: that would start every task again and again until it is back.
 */
export interface WatchedLoop {
  /** A turn has begun or ended: heard of again. */
  beat(): void;
  /** Waits for something that may never come, as records that are pushed: not judged until the next beat. */
  rest(): void;
  /** Has ended by itself. */
  end(): void;
}

export interface Liveness {
  /** From now on expected to beat. `name` is for people. */
  watch(name: string, longestSilenceMs?: number): WatchedLoop;
}

/** Silence after which a loop hangs, in ms: ten times the longest request, with its pause after a failure. */
export const LONGEST_SILENCE_MS = 5 * 60_000;

/** Real time only: skipped business time is no silence. */
export class LoopWatch implements Liveness {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #loops = new Map<symbol, { name: string; longestMs: number; heardAt: number | null }>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  watch(name: string, longestSilenceMs = LONGEST_SILENCE_MS): WatchedLoop {
    const key = Symbol(name);
    const hear = (heardAt: number | null): void => {
      this.#loops.set(key, { name, longestMs: longestSilenceMs, heardAt });
    };
    hear(this.#clock.monotonic());
    return {
      beat: () => hear(this.#clock.monotonic()),
      rest: () => hear(null),
      end: () => {
        this.#loops.delete(key);
      },
    };
  }

  /** Which loop has been silent for too long, and for how long; null when all turn. */
  hanging(): string | null {
    const now = this.#clock.monotonic();
    for (const { name, longestMs, heardAt } of this.#loops.values()) {
      if (heardAt !== null && now - heardAt > longestMs)
        return `${name} has not turned for ${Math.round((now - heardAt) / 1_000)} s`;
    }
    return null;
  }
}

/** Where nobody watches: tests, tools. */
export const unwatched: Liveness = {
  watch: () => ({ beat: () => undefined, rest: () => undefined, end: () => undefined }),
};
