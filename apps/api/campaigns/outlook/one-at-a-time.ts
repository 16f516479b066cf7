import { Problem } from '../../http/problem.ts';

/** Requests that wait for their turn; more are refused. */
export const MOST_WAITING = 10;

/**
 * Lets one piece of work run at a time, in the order in which it came: what costs much memory and a connection for
 * seconds leaves both to everything else that the task does.
 */
export class OneAtATime {
  readonly #waiting: (() => void)[] = [];
  #isBusy = false;

  /** Resolves or rejects as the work does. Throws `unavailable` when too many wait already. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isBusy) await this.#turn();
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The turn is handed on: nobody who comes meanwhile takes it.
      if (next === undefined) this.#isBusy = false;
      else next();
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= MOST_WAITING) {
      throw new Problem('unavailable', 'Too many look at large audiences just now. Try again in a moment.', {
        headers: { 'retry-after': '5' },
      });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
