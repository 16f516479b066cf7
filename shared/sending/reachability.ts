import { messageOf } from '#shared/errors.ts';
import { isTransientDatabaseError } from '#shared/postgres/pool.ts';
import type { FifoQueue } from '#shared/sqs/fifo-queue.ts';
import { ClaimInDoubt } from './claim.ts';

/** What the last use of the database and of each queue found out about reaching them. Nothing is asked for its sake. */
export class Reachability {
  readonly #unreachable = new Map<string, string>();

  /** Why one of them could not be reached when it was last used; null: all could. */
  get fault(): string | null {
    for (const [what, why] of this.#unreachable) return `${what} cannot be reached: ${why}`;
    return null;
  }

  /** Runs work on the database, and gives or throws what it does. Faults of data or statements say nothing. */
  async database<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#unreachable.delete('the database');
      return result;
    } catch (error) {
      const cause = error instanceof ClaimInDoubt ? error.cause : error;
      if (isTransientDatabaseError(cause)) this.#unreachable.set('the database', messageOf(cause));
      throw error;
    }
  }

  /** The queue, whose receives are watched. One that is aborted says nothing. */
  queue(name: string, queue: FifoQueue): FifoQueue {
    const what = `queue ${name}`;
    return {
      receive: async (options) => {
        try {
          const received = await queue.receive(options);
          this.#unreachable.delete(what);
          return received;
        } catch (error) {
          if (!options.signal.aborted) this.#unreachable.set(what, messageOf(error));
          throw error;
        }
      },
      delete: (receipts) => queue.delete(receipts),
      changeVisibility: (receipts, seconds) => queue.changeVisibility(receipts, seconds),
      send: (entries) => queue.send(entries),
    };
  }
}
