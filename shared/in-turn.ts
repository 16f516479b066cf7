/** Works on one thing while the next is made ready, and on no two at once. */
export class InTurn<T> {
  readonly #work: (thing: T) => Promise<void>;
  #underWay: Promise<void> = Promise.resolve();

  constructor(work: (thing: T) => Promise<void>) {
    this.#work = work;
  }

  /** Resolves when the work has begun, which is when that before it has ended; rejects as that did. */
  async give(thing: T): Promise<void> {
    await this.#underWay;
    this.#underWay = this.#work(thing);
    // Whoever gives the next one, or asks for the end, hears of it.
    this.#underWay.catch(() => undefined);
  }

  settled(): Promise<void> {
    return this.#underWay;
  }
}
