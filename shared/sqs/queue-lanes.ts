import type { Clock } from '#shared/clock.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';
import type { EntryResult, FifoQueue, QueueEntry } from './fifo-queue.ts';

export interface QueueLanesOptions {
  queue: FifoQueue;
  /** For errors and the log. */
  name: string;
  clock: Clock;
  logger: Logger;
  /** How long an entry may wait for its acknowledgement, in ms. */
  patienceMs?: number;
  /** Requests in flight. */
  maxInFlight?: number;
}

/** Limits of one SendMessageBatch: entries, and bytes below the 1 MiB that all bodies may have together. */
const MAX_ENTRIES = 10;
const MAX_BYTES = 1_000_000;
const BACKOFF_MS = { first: 50, most: 2_000 };
const PATIENCE_MS = 8_000;
const MAX_IN_FLIGHT = 8;

interface Item {
  entry: QueueEntry;
  bytes: number;
  deadline: number;
  resolve(): void;
  reject(error: Error): void;
}

/** Entries of one group that wait, in order; the head may be in flight. */
interface Lane {
  items: Item[];
  failures: number;
}

/**
 * One queue's entries on their way. A group is `ready` when it has a head that is neither in flight nor backing off.
 *
 * A request takes the heads of up to ten ready groups, one entry per group: SQS keeps the order inside a batch, but
 * entries of a batch fail one by one, so a second entry of a group could be accepted although the first was not.
 * Under load requests are in flight anyway and entries gather behind them, so batches fill by themselves.
 */
export class QueueLanes {
  readonly #options: QueueLanesOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #ready = new Set<string>();
  #requests = 0;
  #scheduled = false;
  #onDrained: (() => void)[] = [];

  constructor(options: QueueLanesOptions) {
    this.#options = options;
  }

  put(entry: QueueEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      const item: Item = {
        entry,
        bytes: Buffer.byteLength(entry.body),
        deadline: this.#options.clock.monotonic() + (this.#options.patienceMs ?? PATIENCE_MS),
        resolve,
        reject,
      };
      const lane = this.#lanes.get(entry.groupId);
      if (lane) lane.items.push(item);
      else {
        this.#lanes.set(entry.groupId, { items: [item], failures: 0 });
        this.#ready.add(entry.groupId);
        this.#schedule();
      }
    });
  }

  drained(): Promise<void> {
    if (this.#lanes.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onDrained.push(resolve));
  }

  /** Sends after the current turn of the event loop, so that calls made together share a request. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const most = this.#options.maxInFlight ?? MAX_IN_FLIGHT;
      while (this.#ready.size > 0 && this.#requests < most) void this.#send(this.#takeBatch());
    });
  }

  #takeBatch(): Item[] {
    const batch: Item[] = [];
    let bytes = 0;
    for (const groupId of this.#ready) {
      const head = this.#lane(groupId).items[0];
      if (!head) throw new Error('a ready group has no entry');
      bytes += head.bytes;
      if (batch.length === MAX_ENTRIES || (batch.length > 0 && bytes > MAX_BYTES)) break;
      this.#ready.delete(groupId);
      batch.push(head);
    }
    return batch;
  }

  async #send(batch: readonly Item[]): Promise<void> {
    this.#requests += 1;
    const results = await this.#request(batch);
    this.#requests -= 1;
    batch.forEach((item, index) => {
      const result = results[index] ?? NO_ANSWER;
      if (result.ok) this.#accepted(item);
      else this.#failed(item, result);
    });
    if (this.#ready.size > 0) this.#schedule();
    if (this.#lanes.size === 0) for (const resolve of this.#onDrained.splice(0)) resolve();
  }

  /** A request that failed as a whole is a failure of each entry. */
  async #request(batch: readonly Item[]): Promise<EntryResult[]> {
    const { logger, name, queue } = this.#options;
    try {
      return await queue.send(batch.map(({ entry }) => entry));
    } catch (error) {
      const reason = messageOf(error);
      logger.warn({ queue: name, entries: batch.length, err: error }, `sending is repeated: ${reason}`);
      return batch.map(() => ({ ok: false, lasting: false, reason }));
    }
  }

  #lane(groupId: string): Lane {
    const lane = this.#lanes.get(groupId);
    if (!lane) throw new Error('an entry in flight has no lane');
    return lane;
  }

  #accepted(item: Item): void {
    const { groupId } = item.entry;
    const lane = this.#lane(groupId);
    lane.items.shift();
    lane.failures = 0;
    if (lane.items.length > 0) this.#ready.add(groupId);
    else this.#lanes.delete(groupId);
    item.resolve();
  }

  /** The head stays the head: it is tried again after a pause, until its time is up. */
  #failed(item: Item, { lasting, reason }: { lasting: boolean; reason: string }): void {
    const { clock } = this.#options;
    const { groupId } = item.entry;
    if (lasting || clock.monotonic() >= item.deadline) {
      this.#giveUp(groupId, lasting ? 'invalid_record' : 'unavailable', reason);
      return;
    }
    const lane = this.#lane(groupId);
    const ceiling = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** lane.failures);
    lane.failures += 1;
    void clock.sleep(ceiling / 2 + (clock.random() * ceiling) / 2).then(() => {
      this.#ready.add(groupId);
      this.#schedule();
    });
  }

  /** The entries behind a failed one go with it: none may overtake its repetition. */
  #giveUp(groupId: string, code: 'invalid_record' | 'unavailable', reason: string): void {
    const { items } = this.#lane(groupId);
    this.#lanes.delete(groupId);
    items.forEach((item, position) => {
      const own = position === 0 ? code : 'unavailable';
      item.reject(new CarillonError(own, `queue ${this.#options.name} did not accept an entry: ${reason}`));
    });
  }
}

const NO_ANSWER: EntryResult = { ok: false, lasting: false, reason: 'no answer' };
