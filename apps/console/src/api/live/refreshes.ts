/** How often something shown is read again at most because something happened, in ms: many texts a second are one reading. */
export const LEAST_BETWEEN_MS = 4_000;

export interface RefreshParts {
  /** Time that passes, in ms. */
  now: () => number;
  /** Runs something later; returns how not to. */
  later: (what: () => void, ms: number) => () => void;
  /** Whether some of it is being read this moment. */
  isBusy: (what: string) => boolean;
  /** Reads what is shown of it again, but for what is being read. */
  refresh: (what: string) => void;
}

/**
 * Reads again what has changed: at once when it was long not read, else as soon as `leastMs` have passed since, once for all
 * that happened meanwhile. What is being read is let finish, and read again afterwards: it may have been read before it
 * changed. `what` names a set of paths, which all who show it share.
 */
export class Refreshes {
  readonly #parts: RefreshParts;
  readonly #readAt = new Map<string, number>();
  readonly #waiting = new Map<string, () => void>();

  constructor(parts: RefreshParts) {
    this.#parts = parts;
  }

  ask(what: string, leastMs = LEAST_BETWEEN_MS): void {
    if (this.#waiting.has(what)) return;
    const readAt = this.#readAt.get(what);
    const wait = readAt === undefined ? 0 : readAt + leastMs - this.#parts.now();
    if (wait > 0) this.#wait(what, leastMs, wait);
    else this.#read(what, leastMs);
  }

  /** Nothing is read any more. */
  stop(): void {
    for (const forget of this.#waiting.values()) forget();
    this.#waiting.clear();
  }

  #wait(what: string, leastMs: number, ms: number): void {
    const read = (): void => {
      this.#waiting.delete(what);
      this.#read(what, leastMs);
    };
    this.#waiting.set(what, this.#parts.later(read, ms));
  }

  #read(what: string, leastMs: number): void {
    const wasBusy = this.#parts.isBusy(what);
    this.#readAt.set(what, this.#parts.now());
    this.#parts.refresh(what);
    if (wasBusy) this.#wait(what, leastMs, leastMs);
  }
}
