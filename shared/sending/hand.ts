import type { Lane } from '#shared/contracts/turn.ts';

interface Holder {
  resolve(): void;
  reject(reason: unknown): void;
}

/** The queue entries that hold one phone's turn, and whether they only wait for time to pass. */
export class Hand {
  /** Came before the look that is going on, and are let go if it finds nothing. */
  #covered: Holder[] = [];
  /** Came after it began: what they are about may be too new for it. */
  #joined: Holder[] = [];
  #timer: AbortController | null = null;
  /** Replies once an entry of that queue is among them, or the phone's next message is of that lane. */
  lane: Lane = 'bulk';

  /** Resolves when a look that began later found nothing to send; rejects when the entry must go back. */
  join(): Promise<void> {
    return new Promise((resolve, reject) => this.#joined.push({ resolve, reject }));
  }

  get hasJoined(): boolean {
    return this.#joined.length > 0;
  }

  beginLook(): void {
    this.#covered.push(...this.#joined.splice(0));
  }

  /** The look found nothing to send. False: somebody joined meanwhile, and another look is due. */
  finishLook(): boolean {
    for (const holder of this.#covered.splice(0)) holder.resolve();
    return this.#joined.length === 0;
  }

  giveUp(reason: unknown): void {
    this.#timer?.abort();
    for (const holder of [...this.#covered.splice(0), ...this.#joined.splice(0)]) holder.reject(reason);
  }

  get waiting(): boolean {
    return this.#timer !== null;
  }

  /** The signal that ends the wait early. */
  startWaiting(): AbortSignal {
    this.#timer = new AbortController();
    return this.#timer.signal;
  }

  stopWaiting(): void {
    this.#timer?.abort();
    this.#timer = null;
  }
}
