/** Some entries, and how many of them come of the start of a drill. */
export interface Portion {
  count: number;
  planned: number;
}

/**
 * What waits in a queue or on a stream, in order of arrival. Amounts are fractions of entries, because the simulation
 * moves rates and not single messages. Times are seconds of the day.
 */
export class Backlog {
  readonly #arrivals: { at: number; count: number; planned: number }[] = [];
  #first = 0;
  #size = 0;
  /** Entries taken, by the whole seconds that they had waited. */
  readonly #waited: number[] = [];

  get size(): number {
    return this.#size;
  }

  /** `planned`: how many of them come of a drill's start and not of a text. */
  add({ count, planned }: Portion, at: number): void {
    if (count <= 0) return;
    this.#arrivals.push({ at, count, planned });
    this.#size += count;
  }

  /** Takes the oldest entries, at most `most`. */
  take(most: number, at: number): Portion {
    const taken = { count: 0, planned: 0 };
    for (
      let head = this.#arrivals[this.#first];
      head && taken.count < most;
      head = this.#arrivals[this.#first]
    ) {
      const count = Math.min(head.count, most - taken.count);
      const planned = (head.planned * count) / head.count;
      const wait = Math.floor(at - head.at);
      this.#waited[wait] = (this.#waited[wait] ?? 0) + count;
      taken.count += count;
      taken.planned += planned;
      head.count -= count;
      head.planned -= planned;
      if (head.count < 1e-9) this.#first += 1;
    }
    this.#size = this.#first === this.#arrivals.length ? 0 : this.#size - taken.count;
    return taken;
  }

  /** How long the oldest entry has waited, in seconds; 0 when none waits. */
  age(at: number): number {
    const head = this.#arrivals[this.#first];
    return head ? at - head.at : 0;
  }

  /** Seconds within which the given share of all entries taken so far had been taken. */
  waitOf(share: number): number {
    const total = this.#waited.reduce((sum, count) => sum + (count ?? 0), 0);
    let seen = 0;
    for (let wait = 0; wait < this.#waited.length; wait += 1) {
      seen += this.#waited[wait] ?? 0;
      if (seen >= total * share) return wait;
    }
    return 0;
  }

  /** The longest wait of an entry that was taken. */
  get longestWait(): number {
    return Math.max(0, this.#waited.length - 1);
  }
}
