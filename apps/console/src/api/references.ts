/** A number of a person, and what stands for it in addresses, which end in logs. */
export interface Referred {
  phoneNumber: string;
  reference: string;
}

const REFERENCE = /^ph_[\w-]{22}$/;

export const isReference = (text: string): boolean => REFERENCE.test(text);

/** As many as one request takes. */
const MOST = 200;
/** So many are remembered; then all are asked for anew. */
const MOST_KNOWN = 10_000;

interface Waiting {
  given: string;
  resolve(referred: Referred): void;
  reject(error: unknown): void;
}

/**
 * Numbers and what stands for them, each asked for once. What is wanted in one moment is asked for together, in the body of a
 * request. `given`: a number as people write it, or a reference.
 */
export class References {
  readonly #ask: (phones: string[]) => Promise<Referred[]>;
  readonly #known = new Map<string, Promise<Referred>>();
  #waiting: Waiting[] = [];

  constructor(ask: (phones: string[]) => Promise<Referred[]>) {
    this.#ask = ask;
  }

  /** Rejects, as the API refuses it, for what is neither. */
  of(given: string): Promise<Referred> {
    const known = this.#known.get(given);
    if (known !== undefined) return known;
    if (this.#known.size > MOST_KNOWN) this.#known.clear();
    const asked = new Promise<Referred>((resolve, reject) => {
      this.#waiting.push({ given, resolve, reject });
      if (this.#waiting.length === 1) queueMicrotask(() => this.#askTogether());
    });
    this.#known.set(given, asked);
    asked.then(
      ({ phoneNumber, reference }) => {
        this.#known.set(phoneNumber, asked);
        this.#known.set(reference, asked);
      },
      // It may be no number, or there was no answer: whoever asks again is answered anew.
      () => this.#known.delete(given),
    );
    return asked;
  }

  #askTogether(): void {
    for (let waiting = this.#waiting.splice(0, MOST); waiting.length > 0; ) {
      void this.#askFor(waiting);
      waiting = this.#waiting.splice(0, MOST);
    }
  }

  async #askFor(waiting: readonly Waiting[]): Promise<void> {
    try {
      const referred = await this.#ask(waiting.map(({ given }) => given));
      waiting.forEach(({ reject, resolve }, at) => {
        const found = referred[at];
        if (found === undefined) reject(new Error('a number was asked for and not answered'));
        else resolve(found);
      });
    } catch (error) {
      const [first, ...others] = waiting;
      // One that is no number keeps none of the others from their answer.
      if (others.length === 0) first?.reject(error);
      else for (const each of waiting) void this.#askFor([each]);
    }
  }
}
