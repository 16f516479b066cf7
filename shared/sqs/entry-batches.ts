import type { Clock } from '#shared/clock.ts';
import { messageOf } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';
import type { EntryResult } from './fifo-queue.ts';

/** What became of one entry of a batch call. */
export type EntryAnswer =
  | 'done'
  /** The queue does not know the receipt any more: the entry is not ours. */
  | 'refused'
  /** No usable answer, also after repetitions: it may have been done or not. */
  | 'unavailable';

export interface EntryBatchesOptions {
  /** One call for at most ten receipts. */
  call(receipts: readonly string[]): Promise<EntryResult[]>;
  /** For the log: what the call does. */
  doing: string;
  clock: Clock;
  logger: Logger;
  /** Calls that one entry may take part in, the first included. */
  tries: number;
  maxInFlight?: number;
  /**
   * How long fewer than ten wait for others to share their call, in ms; left out: until the next turn of the event loop.
   * Calls are paid for one by one.
   */
  gatherMs?: number;
}

const MAX_ENTRIES = 10;
const BACKOFF_MS = { first: 50, most: 1_000 };

interface Item {
  receipt: string;
  failures: number;
  resolve(answer: EntryAnswer): void;
}

/**
 * Gathers single requests about received entries (delete, extend, release) into batch calls of ten. Entries of a
 * batch are answered one by one; what failed for a passing reason is repeated, alone. There is no order between
 * entries that are asked for at the same time: a caller that needs one waits for each answer.
 */
export class EntryBatches {
  readonly #options: EntryBatchesOptions;
  readonly #waiting: Item[] = [];
  #inFlight = 0;
  #scheduled = false;

  constructor(options: EntryBatchesOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  ask(receipt: string): Promise<EntryAnswer> {
    return new Promise((resolve) => this.#add({ receipt, failures: 0, resolve }));
  }

  #add(item: Item): void {
    this.#waiting.push(item);
    this.#schedule();
  }

  #schedule(): void {
    const { clock, gatherMs } = this.#options;
    // Full calls need not wait for what gathers behind them.
    if (gatherMs !== undefined && this.#waiting.length >= MAX_ENTRIES) this.#startCalls(MAX_ENTRIES);
    if (this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    const start = (): void => {
      this.#scheduled = false;
      this.#startCalls(1);
    };
    if (gatherMs === undefined) setImmediate(start);
    else void clock.sleep(gatherMs).then(start);
  }

  /** Calls with at least so many entries. */
  #startCalls(least: number): void {
    while (this.#waiting.length >= least && this.#inFlight < (this.#options.maxInFlight ?? 8)) {
      void this.#call(this.#waiting.splice(0, MAX_ENTRIES));
    }
  }

  async #call(batch: readonly Item[]): Promise<void> {
    this.#inFlight += 1;
    const answers = await this.#answers(batch);
    this.#inFlight -= 1;
    batch.forEach((item, index) => {
      const answer = answers[index] ?? 'unavailable';
      if (answer === 'unavailable') this.#again(item);
      else item.resolve(answer);
    });
    if (this.#waiting.length > 0) this.#schedule();
  }

  async #answers(batch: readonly Item[]): Promise<EntryAnswer[]> {
    try {
      const results = await this.#options.call(batch.map(({ receipt }) => receipt));
      return results.map((result) => {
        if (result.ok) return 'done';
        return result.lasting ? 'refused' : 'unavailable';
      });
    } catch (error) {
      this.#options.logger.warn(
        { entries: batch.length, err: error },
        `${this.#options.doing} failed: ${messageOf(error)}`,
      );
      return batch.map(() => 'unavailable');
    }
  }

  #again(item: Item): void {
    item.failures += 1;
    if (item.failures >= this.#options.tries) {
      item.resolve('unavailable');
      return;
    }
    const { clock } = this.#options;
    const ceiling = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** item.failures);
    void clock.sleep(ceiling / 2 + (clock.random() * ceiling) / 2).then(() => this.#add(item));
  }
}
