import type { Clock } from './clock.ts';

/**
 * A pause of a loop that somebody else can end early: there is work, or the loop shall stop. A cut that comes while
 * nobody waits counts for the next wait, so none is lost between a look at the work and the wait.
 */
export class Pause {
  readonly #clock: Clock;
  #cut = false;
  #waiting: AbortController | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the next wait would end at once. */
  get isCut(): boolean {
    return this.#cut;
  }

  /** Ends the wait in progress, or the next one. */
  cut(): void {
    this.#cut = true;
    this.#waiting?.abort();
  }

  /** Forgets a cut that came before: what it announced is about to be looked at. */
  reset(): void {
    this.#cut = false;
  }

  /** Resolves after real `ms`, or at the cut; says whether it was cut. One wait at a time. */
  async wait(ms: number): Promise<boolean> {
    const waiting = new AbortController();
    this.#waiting = waiting;
    try {
      if (!this.#cut) await this.#clock.sleep(ms, waiting.signal);
      return this.#cut;
    } catch (error) {
      if (!waiting.signal.aborted) throw error;
      return true;
    } finally {
      this.#cut = false;
      this.#waiting = null;
    }
  }
}
