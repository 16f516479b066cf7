import type { Clock } from '#shared/clock.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import { finishLease, lockLease } from '#shared/leases/store.ts';
import { type Liveness, unwatched, type WatchedLoop } from '#shared/liveness.ts';
import type { Logger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import { publishableParts } from '#shared/outbox/parts.ts';
import type { Publisher } from '#shared/outbox/publish.ts';
import { deletePublished, readOutbox } from '#shared/outbox/read.ts';
import type { OutboxRow } from '#shared/outbox/write.ts';
import { Pause } from '#shared/pause.ts';
import { inTransaction, isTransientDatabaseError } from '#shared/postgres/pool.ts';
import type { StreamRecord } from './definition.ts';
import { type Batch, parseAhead } from './parse-ahead.ts';
import { type BatchDeps, type BatchResult, processBatch } from './process-batch.ts';
import { NOTHING_YET, type ShardRead, type ShardReader } from './shard-reader.ts';

export interface ShardWorkerOptions<T> extends BatchDeps<T> {
  reader: ShardReader;
  publisher: Publisher;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** Most records of one transaction. */
  batchSize: number;
  /** Whether somebody will say when there are new records. Not asked of a reader that waits by itself. */
  hinted(): boolean;
  /** Pause between reads that find nothing, unless woken, in ms. Not asked of a reader that waits by itself. */
  idleMs(): number;
  /** The lease is gone: the worker has stopped by itself and had no further effect. */
  onLost(): void;
  /** The shard was read to its end and is finished. */
  onEnded(): void;
  onFailure(error: unknown): void;
  /** Told of every turn; left out: nobody watches. */
  liveness?: Liveness;
}

/** Rows read back at once from an outbox that an earlier owner left. */
const LEFTOVER_LIMIT = 1_000;
const RETRY_MS = { first: 100, most: 5_000 };

/**
 * Works on one leased shard until stopped:
 *
 *   publishing what an earlier owner left -> reading <-> processing -> ended
 *                                               \-> idle (until a hint or a pause; never where the reader waits)
 *
 * Order on the way out: a batch's outbox is published, and acknowledged, before the next batch is processed; an
 * earlier owner's before anything new. Reading ahead overlaps with publishing, parsing ahead with both and with the
 * transaction of the batch before; nothing else overlaps. Published rows are deleted by the next batch's transaction,
 * or when idle.
 */
export class ShardWorker<T> {
  readonly #options: ShardWorkerOptions<T>;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #published: OutboxRow[] = [];
  /** The oldest record in hand that is not committed. */
  #waiting: StreamRecord | null = null;
  readonly #pause: Pause;
  /** A read is under way that has brought nothing yet. */
  #reading = false;
  readonly #loop: WatchedLoop;

  constructor(options: ShardWorkerOptions<T>) {
    this.#options = options;
    this.#pause = new Pause(options.clock);
    this.#loop = (options.liveness ?? unwatched).watch(
      `the consumer ${options.scope.consumer} of ${options.lease.shard}`,
    );
    this.#done = this.#run()
      .finally(() => this.#loop.end())
      // Before the lease is given away, so that the next owner finds nothing in its way.
      .finally(() => options.reader.close())
      .catch((error: unknown) => {
        if (error instanceof CarillonError && error.code === 'lease_lost') options.onLost();
        // While stopping, whatever could not be done is left to the next owner: everything needed is committed.
        else if (this.#stop.signal.aborted)
          options.logger.warn({ err: error }, `stopped with: ${messageOf(error)}`);
        else options.onFailure(error);
      });
  }

  /** Records may have arrived. */
  hint(): void {
    this.#pause.cut();
  }

  /** Finishes the batch in flight, publishes what it left, resolves. The lease may be given away then. */
  stop(): Promise<void> {
    this.#stop.abort();
    this.#pause.cut();
    return this.#done;
  }

  async #run(): Promise<void> {
    await this.#publishLeftovers();
    let next: Promise<ShardRead> | null = null;
    let announced = false;
    while (!this.#stop.signal.aborted) {
      const read = await (next ?? this.#read());
      next = null;
      const { batchSize, definition } = this.#options;
      for await (const batch of parseAhead(definition, read.records, batchSize)) {
        if (this.#stop.signal.aborted) break;
        const rows = await this.#process(batch);
        const isLast = batch.records.at(-1) === read.records.at(-1);
        if (isLast && !this.#isCaughtUp(read) && !this.#stop.signal.aborted) next = this.#read();
        // A read-ahead that fails is awaited by the next turn of the loop; until then it must not count as unhandled.
        next?.catch(() => undefined);
        await this.#publish(rows);
      }
      if (read.ended && !this.#stop.signal.aborted) return this.#finish();
      if (this.#options.reader.pushed) {
        next ??= this.#read();
        next.catch(() => undefined);
        // It waits for records to come: time to tidy, as when idle.
        if (this.#reading) await this.#deletePublished();
        continue;
      }
      if (read.records.length > 0) announced = false;
      // Short of the tip the next read follows at the pace of the budget, found this one something or not. So it does,
      // once, when records were announced and none was there: a stream may show them a moment after it accepted them.
      if (!read.atTip || (read.records.length > 0 && !this.#isCaughtUp(read))) continue;
      if (announced) announced = false;
      else announced = await this.#idle();
    }
    await this.#deletePublished();
  }

  /**
   * Whether to wait for a hint instead of reading on. A read that finds nothing is not free: it puts off the next one,
   * and with it the answer to whoever texts in between.
   */
  #isCaughtUp(read: ShardRead): boolean {
    return read.ended || (read.atTip && !this.#options.reader.pushed && this.#options.hinted());
  }

  async #publishLeftovers(): Promise<void> {
    const { pool, scope, lease } = this.#options;
    for (;;) {
      const rows = await this.#retry('reading the outbox', () =>
        readOutbox(pool, scope.consumer, [lease.shard], LEFTOVER_LIMIT),
      );
      if (rows.length === 0) return;
      await this.#publish(rows);
      await this.#deletePublished();
    }
  }

  async #read(): Promise<ShardRead> {
    this.#pause.reset();
    this.#reading = true;
    try {
      const read = await this.#retry(
        'reading the stream',
        () => {
          // What is pushed comes when there is something: its reader renews the subscription by itself.
          if (this.#options.reader.pushed) this.#loop.rest();
          return this.#options.reader.read(this.#stop.signal);
        },
        true,
      );
      this.#loop.beat();
      if (read.behindMs !== null) this.#observeAge(read.behindMs);
      return read;
    } catch (error) {
      if (this.#stop.signal.aborted) return NOTHING_YET;
      throw error;
    } finally {
      this.#reading = false;
    }
  }

  async #process({ records, understood }: Batch<T>): Promise<OutboxRow[]> {
    const { clock, scope } = this.#options;
    const rows: OutboxRow[] = [];
    let left = records;
    const onCommit = (result: BatchResult, last: StreamRecord): void => {
      // Among what a commit without an answer left is what earlier parts did.
      rows.push(...result.rows.filter(({ id }) => !rows.some((row) => row.id === id)));
      left = left.slice(left.indexOf(last) + 1);
      this.#published = [];
      this.#note(result);
      this.#options.definition.committed?.();
    };
    const began = clock.monotonic();
    this.#waiting = records[0] ?? null;
    // After a failure only the rest is processed again: parts of a halved batch commit one by one.
    await this.#retry('processing a batch', () =>
      left === records
        ? processBatch(this.#options, records, this.#published, onCommit, understood)
        : processBatch(this.#options, left, this.#published, onCommit),
    );
    const { metrics } = this.#options;
    metrics.observe('RecordsProcessed', records.length, { Consumer: scope.consumer });
    metrics.observe('BatchSize', records.length, { Consumer: scope.consumer });
    metrics.observe('BatchMilliseconds', clock.monotonic() - began, { Consumer: scope.consumer });
    this.#observeWait();
    this.#waiting = null;
    return rows;
  }

  /** How long the oldest record in hand has been waiting: also told while it cannot be processed. */
  #observeWait(): void {
    if (this.#waiting)
      this.#observeAge(this.#options.clock.machineTime().getTime() - this.#waiting.arrivedAt.getTime());
  }

  #observeAge(ms: number): void {
    const { metrics, scope } = this.#options;
    metrics.observe('IteratorAgeMilliseconds', Math.max(0, ms), { Consumer: scope.consumer });
  }

  #note({ setAside }: BatchResult): void {
    const { logger, metrics, scope } = this.#options;
    for (const { record, state, reason } of setAside) {
      metrics.observe(state === 'parked' ? 'RecordsParked' : 'RecordsQuarantined', 1, {
        Consumer: scope.consumer,
      });
      logger.error(
        { ...scope, state, reason, sequenceNumber: record.sequenceNumber, partitionKey: record.partitionKey },
        'a record was set aside',
      );
    }
  }

  /** In parts, so that what is acknowledged stays so when a later part has to be repeated. */
  async #publish(rows: readonly OutboxRow[]): Promise<void> {
    for (const part of publishableParts(rows)) {
      await this.#retry('publishing', () => this.#options.publisher.publish(part.map((row) => row.entry)));
      this.#options.metrics.observe('OutboxPublished', part.length, {});
      this.#published.push(...part);
    }
  }

  async #deletePublished(): Promise<void> {
    if (this.#published.length === 0) return;
    const { pool, scope } = this.#options;
    await this.#retry('tidying the outbox', () => deletePublished(pool, scope.consumer, this.#published));
    this.#published = [];
  }

  async #finish(): Promise<void> {
    const { lease, onEnded, pool, scope, worker } = this.#options;
    await this.#deletePublished();
    const finished = await this.#retry('finishing the shard', () =>
      inTransaction(pool, async (tx) => {
        if (!(await lockLease(tx, scope, worker, lease))) {
          throw new CarillonError('lease_lost', `the lease of shard ${lease.shard} is somebody else's`);
        }
        return finishLease(tx, scope, lease.shard);
      }),
    );
    if (!finished) throw new Error(`shard ${lease.shard} has ended but its outbox is not empty`);
    onEnded();
  }

  /** Waits for the next look; says whether a hint ended the wait. */
  async #idle(): Promise<boolean> {
    if (this.#pause.isCut) return true;
    await this.#deletePublished();
    return this.#stop.signal.aborted ? false : this.#pause.wait(this.#options.idleMs());
  }

  /**
   * Repeats what failed for a passing reason, with growing pauses, until it succeeds. While stopping it gives up at
   * the next failure: the next owner does it again from what is committed.
   */
  async #retry<R>(doing: string, work: () => Promise<R>, anyError = false): Promise<R> {
    const { clock, logger, metrics, scope, lease } = this.#options;
    for (let tries = 0; ; tries += 1) {
      this.#loop.beat();
      try {
        return await work();
      } catch (error) {
        const passing =
          anyError || isTransientDatabaseError(error) || (error instanceof CarillonError && error.retryable);
        if (!passing || this.#stop.signal.aborted) throw error;
        metrics.observe('ConsumerRetries', 1, { Consumer: scope.consumer });
        logger.warn(
          { ...scope, shard: lease.shard, err: error, tries },
          `${doing} failed: ${messageOf(error)}`,
        );
        const ceiling = Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** tries);
        await clock.sleep(ceiling / 2 + (clock.random() * ceiling) / 2, this.#stop.signal);
      }
    }
  }
}
