import type { Lane } from '#shared/contracts/turn.ts';

/** Phones that may be claimed, each once; those of the lane of replies come first, each lane in order of arrival. */
export class ReadyPhones {
  readonly #replies = new Set<string>();
  readonly #bulk = new Set<string>();

  get size(): number {
    return this.#replies.size + this.#bulk.size;
  }

  /** A phone that is ready in the other lane already stays or becomes one of replies. */
  add(phone: string, lane: Lane): void {
    if (lane === 'replies') {
      this.#bulk.delete(phone);
      this.#replies.add(phone);
    } else if (!this.#replies.has(phone)) this.#bulk.add(phone);
  }

  has(phone: string): boolean {
    return this.#replies.has(phone) || this.#bulk.has(phone);
  }

  delete(phone: string): void {
    this.#replies.delete(phone);
    this.#bulk.delete(phone);
  }

  /** Removes and returns the first `most` of them. */
  take(most: number): string[] {
    const phones: string[] = [];
    for (const lane of [this.#replies, this.#bulk]) {
      for (const phone of lane) {
        if (phones.length >= most) return phones;
        phones.push(phone);
        lane.delete(phone);
      }
    }
    return phones;
  }
}
