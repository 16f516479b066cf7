import { createHash } from 'node:crypto';
import {
  DescribeStreamSummaryCommand,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  ProvisionedThroughputExceededException,
  PutRecordsCommand,
  type PutRecordsResultEntry,
} from '@aws-sdk/client-kinesis';
import type { Running, World } from './world.ts';

export interface Stored {
  key: string;
  body: string;
  sequence: number;
  at: Date;
}

interface Shard {
  id: string;
  /** Of hashes of keys: from, and up to but without. */
  from: bigint;
  to: bigint;
  /** None: it was there from the beginning; two: they were merged. */
  parents: readonly string[];
  closed: boolean;
  records: Stored[];
}

const ALL = 2n ** 128n;
const ITERATOR_MS = 300_000;
/** Of reads of restless streams, those that bring nothing: Kinesis says that it is behind, and nothing else. */
const NOTHING = 0.4;

/**
 * Kinesis in memory: records in order per shard, of several that may be split and merged; puts that fail for single records, as a
 * whole, or only seem to; iterators that expire; reads that are throttled, or bring nothing though there is more.
 */
export class Streams {
  readonly #world: World;
  readonly #shards = new Map<string, Shard[]>();
  readonly #iterators = new Map<string, { stream: string; shard: string; next: number; until: number }>();
  #sequence = 0;
  #iteratorCount = 0;
  readonly #restless: (() => number) | null;

  /** `streams`: how many shards each has. `restless`: drawn for reads that bring nothing though there is more; null: none does. */
  constructor(
    world: World,
    streams: Readonly<Record<string, number>>,
    restless: (() => number) | null = null,
  ) {
    this.#world = world;
    this.#restless = restless;
    for (const [name, count] of Object.entries(streams)) {
      const width = ALL / BigInt(count);
      this.#shards.set(
        name,
        Array.from({ length: count }, (_, index) =>
          shard(index, BigInt(index) * width, index === count - 1 ? ALL : BigInt(index + 1) * width, []),
        ),
      );
    }
  }

  /** All records, in the order in which they were accepted. */
  bodies(stream: string): string[] {
    return this.#of(stream)
      .flatMap(({ records }) => records)
      .sort((a, b) => a.sequence - b.sequence)
      .map(({ body }) => body);
  }

  /** Splits an open shard in two. */
  split(stream: string): void {
    const shards = this.#of(stream);
    const open = this.#world.pick(shards.filter(({ closed }) => !closed));
    if (open === undefined) return;
    open.closed = true;
    const middle = (open.from + open.to) / 2n;
    shards.push(
      shard(shards.length, open.from, middle, [open.id]),
      shard(shards.length + 1, middle, open.to, [open.id]),
    );
    this.#world.scheduler.note(`${open.id} of ${stream} is split`);
  }

  /** Merges two open shards that lie side by side; where there is one alone, nothing happens. */
  merge(stream: string, random: () => number): void {
    const shards = this.#of(stream);
    const open = shards.filter(({ closed }) => !closed).sort((a, b) => (a.from < b.from ? -1 : 1));
    const at = Math.floor(random() * (open.length - 1));
    const [lower, upper] = open.slice(at, at + 2);
    if (lower === undefined || upper === undefined) return;
    lower.closed = true;
    upper.closed = true;
    shards.push(shard(shards.length, lower.from, upper.to, [lower.id, upper.id]));
    this.#world.scheduler.note(`${lower.id} and ${upper.id} of ${stream} are merged`);
  }

  client(task: Running): KinesisClient {
    return {
      send: (command: unknown) => this.#send(task, command),
      destroy: () => undefined,
      middlewareStack: { add: () => undefined },
    } as unknown as KinesisClient;
  }

  #send(task: Running, command: unknown): Promise<unknown> {
    if (command instanceof PutRecordsCommand) {
      const { Records = [], StreamName = '' } = command.input;
      return this.#world.request(task, `puts ${Records.length} on ${StreamName}`, {
        changes: true,
        refused: unreachable,
        effect: () => this.#put(StreamName, Records),
      });
    }
    if (command instanceof GetRecordsCommand) {
      const { Limit = 10_000, ShardIterator = '' } = command.input;
      return this.#world.request(task, 'gets records', {
        // Whoever is stopped now has in hand, when it goes on, what others have done meanwhile.
        changes: this.#hasMore(ShardIterator),
        refused: throttled,
        effect: () => this.#get(ShardIterator, Limit),
      });
    }
    if (command instanceof GetShardIteratorCommand) {
      const { ShardId = '', ShardIteratorType, StartingSequenceNumber, StreamName = '' } = command.input;
      const after = ShardIteratorType === 'TRIM_HORIZON' ? 0 : Number(StartingSequenceNumber);
      return this.#world.request(task, 'asks for an iterator', {
        changes: false,
        refused: unreachable,
        effect: () => {
          const { records } = this.#find(StreamName, ShardId);
          const next = records.findIndex(({ sequence }) => sequence > after);
          return { ShardIterator: this.#iterator(StreamName, ShardId, next < 0 ? records.length : next) };
        },
      });
    }
    if (command instanceof ListShardsCommand) {
      const { StreamName = '' } = command.input;
      return this.#world.request(task, `lists shards of ${StreamName}`, {
        changes: false,
        refused: unreachable,
        effect: () => ({
          Shards: this.#of(StreamName).map(({ id, parents: [parent, adjacent] }) => ({
            ShardId: id,
            ...(parent === undefined ? {} : { ParentShardId: parent }),
            ...(adjacent === undefined ? {} : { AdjacentParentShardId: adjacent }),
          })),
        }),
      });
    }
    if (command instanceof DescribeStreamSummaryCommand) {
      return this.#world.request(task, 'describes a stream', {
        changes: false,
        refused: unreachable,
        effect: () => ({}),
      });
    }
    throw new Error('Kinesis is asked for something that the simulation does not know');
  }

  #put(
    stream: string,
    records: readonly { PartitionKey?: string | undefined; Data?: Uint8Array | undefined }[],
  ): {
    Records: PutRecordsResultEntry[];
    FailedRecordCount: number;
  } {
    const results = records.map(({ Data, PartitionKey = '' }): PutRecordsResultEntry => {
      // Of one request, some are taken and some are not.
      if (this.#world.chance(this.#world.weather.refused)) {
        return { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'Rate exceeded' };
      }
      const hash = BigInt(`0x${createHash('md5').update(PartitionKey).digest('hex')}`);
      const its = this.#of(stream).find(({ closed, from, to }) => !closed && from <= hash && hash < to);
      if (its === undefined) throw new Error('no shard takes this key');
      this.#sequence += 1;
      its.records.push({
        key: PartitionKey,
        body: Buffer.from(Data ?? []).toString(),
        sequence: this.#sequence,
        at: this.#world.time(),
      });
      return { SequenceNumber: number(this.#sequence), ShardId: its.id };
    });
    return {
      Records: results,
      FailedRecordCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
    };
  }

  #get(iterator: string, limit: number) {
    const place = this.#iterators.get(iterator);
    if (place === undefined) throw new Error('an iterator of nobody');
    if (place.until < this.#world.now || this.#world.chance(this.#world.weather.refused)) {
      throw new ExpiredIteratorException({ message: 'Iterator expired', $metadata: {} });
    }
    const its = this.#find(place.stream, place.shard);
    // Now and then it shows less than it has.
    const few = this.#world.chance(this.#world.weather.slow) ? 1 : limit;
    const most = this.#restless !== null && this.#restless() < NOTHING ? 0 : few;
    const records = its.records.slice(place.next, place.next + most);
    const next = place.next + records.length;
    const atEnd = next >= its.records.length;
    return {
      Records: records.map(({ at, body, key, sequence }) => ({
        SequenceNumber: number(sequence),
        PartitionKey: key,
        Data: Buffer.from(body),
        ApproximateArrivalTimestamp: at,
      })),
      MillisBehindLatest: atEnd ? 0 : 1_000,
      ...(its.closed && atEnd ? {} : { NextShardIterator: this.#iterator(place.stream, place.shard, next) }),
    };
  }

  #hasMore(iterator: string): boolean {
    const place = this.#iterators.get(iterator);
    return place !== undefined && this.#find(place.stream, place.shard).records.length > place.next;
  }

  #iterator(stream: string, shardId: string, next: number): string {
    this.#iteratorCount += 1;
    const name = `iterator-${this.#iteratorCount}`;
    this.#iterators.set(name, { stream, shard: shardId, next, until: this.#world.now + ITERATOR_MS });
    return name;
  }

  #of(stream: string): Shard[] {
    const shards = this.#shards.get(stream);
    if (shards === undefined) throw new Error(`there is no stream ${stream}`);
    return shards;
  }

  #find(stream: string, id: string): Shard {
    const its = this.#of(stream).find((each) => each.id === id);
    if (its === undefined) throw new Error(`${stream} has no shard ${id}`);
    return its;
  }
}

const shard = (index: number, from: bigint, to: bigint, parents: readonly string[]): Shard => ({
  id: `shardId-${String(index).padStart(12, '0')}`,
  from,
  to,
  parents,
  closed: false,
  records: [],
});

/** As Kinesis's: decimal digits, of which more make a greater number. */
const number = (sequence: number): string => String(sequence);

const unreachable = (): Error =>
  Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
const throttled = (): Error =>
  new ProvisionedThroughputExceededException({ message: 'Rate exceeded', $metadata: {} });
