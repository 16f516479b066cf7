import { type KinesisClient, PutRecordsCommand, type PutRecordsResultEntry } from '@aws-sdk/client-kinesis';
import type { Clock } from '#shared/clock.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';
import type { StreamName } from '#shared/topology.ts';

/** Puts records on streams, in order per partition key. */
export interface StreamProducer {
  /**
   * Resolves when the stream has accepted the record. Records with one key are accepted in the order of the calls;
   * records of different keys share requests. Rejects with a CarillonError `unavailable` when the stream did not
   * accept it within the producer's patience; then everything waiting behind it under the same key is rejected too,
   * so that nothing overtakes it. Whether an unacknowledged record is there after all is unknown: consumers
   * recognise a repetition.
   */
  put(stream: StreamName, partitionKey: string, body: string): Promise<void>;
  /** Waits for what is in flight, then refuses more. */
  close(): Promise<void>;
}

export interface StreamProducerOptions {
  kinesis: KinesisClient;
  /** The stream's name in this environment. */
  nameOf(stream: StreamName): string;
  clock: Clock;
  logger: Logger;
  /** Told after records were accepted, with the shards they went to: wakes consumers. */
  onAccepted?(stream: StreamName, shards: ReadonlySet<string>): void;
  onPutFailures?(count: number): void;
  /** How long a record may wait for its acknowledgement, in ms. */
  patienceMs?: number;
  /** Requests in flight per stream. */
  maxInFlight?: number;
}

/** Limits of one PutRecords request: records, and bytes below the 5 MiB that keys and bodies may have together. */
const MAX_RECORDS = 500;
const MAX_BYTES = 4_500_000;
const BACKOFF_MS = { first: 25, most: 1_000 };

interface Item {
  key: string;
  data: Uint8Array;
  deadline: number;
  resolve(): void;
  reject(error: Error): void;
}

/** Records of one key that wait, in order; the head may be in flight. */
interface Lane {
  items: Item[];
  inFlight: boolean;
  failures: number;
}

export function createStreamProducer(options: StreamProducerOptions): StreamProducer {
  const streams = new Map<StreamName, StreamLanes>();
  let closed = false;
  return {
    put(stream, partitionKey, body) {
      if (closed) return Promise.reject(new CarillonError('unavailable', 'the producer is closed'));
      let lanes = streams.get(stream);
      if (!lanes) {
        lanes = new StreamLanes(stream, options);
        streams.set(stream, lanes);
      }
      return lanes.put(partitionKey, body);
    },
    async close() {
      closed = true;
      await Promise.all([...streams.values()].map((lanes) => lanes.drained()));
    },
  };
}

/**
 * One stream's records on their way. A key is `ready` when it has a head that is neither in flight nor backing off;
 * a request takes the heads of up to 500 ready keys, one record per key, because PutRecords promises no order among
 * the records of one call. Under load requests are in flight anyway and records gather behind them, so batches grow
 * by themselves; an idle producer sends at once.
 */
class StreamLanes {
  readonly #stream: StreamName;
  readonly #options: StreamProducerOptions;
  readonly #patienceMs: number;
  readonly #maxInFlight: number;
  readonly #lanes = new Map<string, Lane>();
  readonly #ready = new Set<string>();
  #requests = 0;
  #scheduled = false;
  #onDrained: (() => void)[] = [];

  constructor(stream: StreamName, options: StreamProducerOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#patienceMs = options.patienceMs ?? 8_000;
    this.#maxInFlight = options.maxInFlight ?? 4;
  }

  put(key: string, body: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const item: Item = {
        key,
        data: Buffer.from(body),
        deadline: this.#options.clock.monotonic() + this.#patienceMs,
        resolve,
        reject,
      };
      const lane = this.#lanes.get(key);
      if (lane) lane.items.push(item);
      else {
        this.#lanes.set(key, { items: [item], inFlight: false, failures: 0 });
        this.#ready.add(key);
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
      while (this.#ready.size > 0 && this.#requests < this.#maxInFlight) void this.#send(this.#takeBatch());
    });
  }

  #takeBatch(): Item[] {
    const batch: Item[] = [];
    let bytes = 0;
    for (const key of this.#ready) {
      const lane = this.#lanes.get(key);
      const head = lane?.items[0];
      if (!lane || !head) throw new Error('a ready key has no record');
      bytes += head.data.byteLength + key.length;
      if (batch.length === MAX_RECORDS || (batch.length > 0 && bytes > MAX_BYTES)) break;
      this.#ready.delete(key);
      lane.inFlight = true;
      batch.push(head);
    }
    return batch;
  }

  async #send(batch: Item[]): Promise<void> {
    this.#requests += 1;
    const results = await this.#request(batch);
    this.#requests -= 1;
    const shards = new Set<string>();
    let failures = 0;
    batch.forEach((item, index) => {
      const result = results[index];
      if (result?.SequenceNumber !== undefined) {
        if (result.ShardId !== undefined) shards.add(result.ShardId);
        this.#accepted(item);
      } else {
        failures += 1;
        this.#failed(item, result?.ErrorCode ?? result?.ErrorMessage ?? 'no answer');
      }
    });
    if (shards.size > 0) this.#options.onAccepted?.(this.#stream, shards);
    if (failures > 0) this.#options.onPutFailures?.(failures);
    if (this.#ready.size > 0) this.#schedule();
    if (this.#lanes.size === 0) for (const resolve of this.#onDrained.splice(0)) resolve();
  }

  /** One result per record of the batch; a request that failed as a whole is a failure of each. */
  async #request(batch: readonly Item[]): Promise<PutRecordsResultEntry[]> {
    try {
      const answer = await this.#options.kinesis.send(
        new PutRecordsCommand({
          StreamName: this.#options.nameOf(this.#stream),
          Records: batch.map(({ key, data }) => ({ PartitionKey: key, Data: data })),
        }),
        // Whatever the connection does, a request ends: it must not keep its records past their time, nor its place.
        { abortSignal: AbortSignal.timeout(this.#patienceMs) },
      );
      return answer.Records ?? [];
    } catch (error) {
      this.#options.logger.warn(
        { stream: this.#stream, records: batch.length, err: error },
        `put failed and is repeated: ${messageOf(error)}`,
      );
      return batch.map(() => ({ ErrorMessage: messageOf(error) }));
    }
  }

  #accepted(item: Item): void {
    const lane = this.#lanes.get(item.key);
    if (!lane) throw new Error('a record in flight has no lane');
    lane.items.shift();
    lane.inFlight = false;
    lane.failures = 0;
    if (lane.items.length > 0) this.#ready.add(item.key);
    else this.#lanes.delete(item.key);
    item.resolve();
  }

  /** The head stays the head: it is tried again after a pause, until its time is up. */
  #failed(item: Item, reason: string): void {
    const { clock } = this.#options;
    const lane = this.#lanes.get(item.key);
    if (!lane) throw new Error('a record in flight has no lane');
    lane.inFlight = false;
    if (clock.monotonic() >= item.deadline) {
      this.#lanes.delete(item.key);
      for (const each of lane.items) {
        each.reject(
          new CarillonError('unavailable', `stream ${this.#stream} did not accept a record: ${reason}`),
        );
      }
      return;
    }
    const ceiling = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** lane.failures);
    lane.failures += 1;
    void clock.sleep(ceiling / 2 + (clock.random() * ceiling) / 2).then(() => {
      this.#ready.add(item.key);
      this.#schedule();
    });
  }
}
