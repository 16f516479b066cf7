import {
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-kinesis';
import type { Clock } from '#shared/clock.ts';
import type { ReadBudget } from './shard-limits.ts';
import { NOTHING_YET, type ShardRead, type ShardReader, streamRecord } from './shard-reader.ts';

/**
 * Reads one shard from a checkpoint on, within a budget. An iterator lives five minutes; one that expired, or whose
 * read failed, is replaced by a new one at the last record that was returned.
 */
export class PollingReader implements ShardReader {
  readonly pushed = false;
  readonly #kinesis: KinesisClient;
  readonly #clock: Clock;
  readonly #budget: ReadBudget;
  readonly #streamName: string;
  readonly #shard: string;
  readonly #limit: number;
  #after: string | null;
  #iterator: string | null = null;

  constructor(options: {
    kinesis: KinesisClient;
    clock: Clock;
    budget: ReadBudget;
    streamName: string;
    shard: string;
    /** Sequence number to go on after; null: from the oldest record. */
    after: string | null;
    /** Most records of one read. */
    limit: number;
  }) {
    this.#kinesis = options.kinesis;
    this.#clock = options.clock;
    this.#budget = options.budget;
    this.#streamName = options.streamName;
    this.#shard = options.shard;
    this.#after = options.after;
    this.#limit = options.limit;
  }

  /** The next records, as soon as the budget allows a read. May be none. Throws what Kinesis throws, for a later try. */
  async read(signal: AbortSignal): Promise<ShardRead> {
    await this.#pay(signal);
    this.#iterator ??= await this.#freshIterator();
    this.#budget.spendRead();
    let answer: Awaited<ReturnType<typeof this.getRecords>>;
    try {
      answer = await this.getRecords(this.#iterator);
    } catch (error) {
      // Another consumer was faster. The budget has been spent, so the next try waits its turn.
      if (error instanceof ProvisionedThroughputExceededException) return NOTHING_YET;
      this.#iterator = null;
      if (error instanceof ExpiredIteratorException) return this.read(signal);
      throw error;
    }
    const found = answer.Records ?? [];
    const records = found.map((record) => streamRecord(record, this.#clock));
    const bytes = found.reduce((sum, { Data }) => sum + (Data?.byteLength ?? 0), 0);
    this.#budget.spendBytes(bytes);
    this.#after = records.at(-1)?.sequenceNumber ?? this.#after;
    this.#iterator = answer.NextShardIterator ?? null;
    return {
      records,
      // A read that is full may have left some behind, whatever an emulator says about the distance to the tip.
      behindMs: answer.MillisBehindLatest ?? null,
      atTip: answer.MillisBehindLatest === 0 && records.length < this.#limit,
      ended: answer.NextShardIterator === undefined || answer.NextShardIterator === null,
    };
  }

  /** Nothing to give back: an iterator is only a place. */
  close(): void {
    this.#iterator = null;
  }

  private getRecords(iterator: string) {
    return this.#kinesis.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: this.#limit }));
  }

  async #pay(signal: AbortSignal): Promise<void> {
    for (let wait = this.#budget.wait(); wait > 0; wait = this.#budget.wait()) {
      await this.#clock.sleep(wait, signal);
    }
  }

  async #freshIterator(): Promise<string> {
    const { ShardIterator } = await this.#kinesis.send(
      new GetShardIteratorCommand({
        StreamName: this.#streamName,
        ShardId: this.#shard,
        ...(this.#after === null
          ? { ShardIteratorType: 'TRIM_HORIZON' as const }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, StartingSequenceNumber: this.#after }),
      }),
    );
    if (ShardIterator === undefined) throw new Error(`no iterator for shard ${this.#shard}`);
    return ShardIterator;
  }
}
