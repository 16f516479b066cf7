import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';

/** A record as an event carries it, before it is put into JSON. */
export interface SourceRecord {
  SequenceNumber: string;
  PartitionKey: string;
  Data: Uint8Array;
  ApproximateArrivalTimestamp: Date;
}

export interface SourceRead {
  records: SourceRecord[];
  /** How far behind the tip, in ms. */
  behindMs: number;
  /** At the end of a closed shard, the shards that follow upon it; else none. */
  children: string[];
}

/** What the fan-out stand-in sends: one shard after a position, read by read. Null: from its beginning. */
export type ShardSource = (
  streamName: string,
  shard: string,
  after: string | null,
) => Promise<() => Promise<SourceRead>>;

/** Shards of an emulator that only knows how to be polled. The client stays the caller's. */
export const emulatorSource =
  (kinesis: KinesisClient): ShardSource =>
  async (StreamName, ShardId, after) => {
    const start = await kinesis.send(
      new GetShardIteratorCommand({
        StreamName,
        ShardId,
        ...(after === null
          ? { ShardIteratorType: 'TRIM_HORIZON' as const }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, StartingSequenceNumber: after }),
      }),
    );
    let iterator = start.ShardIterator;
    return async () => {
      const answer = await kinesis.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 100 }));
      iterator = answer.NextShardIterator ?? undefined;
      return {
        records: (answer.Records ?? []).map((record) => ({
          SequenceNumber: record.SequenceNumber ?? '',
          PartitionKey: record.PartitionKey ?? '',
          Data: record.Data ?? new Uint8Array(),
          ApproximateArrivalTimestamp: record.ApproximateArrivalTimestamp ?? new Date(0),
        })),
        behindMs: answer.MillisBehindLatest ?? 0,
        children: iterator === undefined ? await childrenOf(kinesis, StreamName, ShardId) : [],
      };
    };
  };

async function childrenOf(kinesis: KinesisClient, StreamName: string, parent: string): Promise<string[]> {
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }));
  return Shards.flatMap(({ ShardId, ParentShardId, AdjacentParentShardId }) =>
    ShardId !== undefined && (ParentShardId === parent || AdjacentParentShardId === parent) ? [ShardId] : [],
  );
}

/** One shard in memory, whatever its name. */
export class MemoryShard {
  readonly #bodies: string[] = [];
  #children: string[] = [];
  /** Begin a subscription so many records before its position, as a service that delivers at least once may. */
  repeats = 0;

  put(...bodies: string[]): void {
    this.#bodies.push(...bodies);
  }

  close(...children: string[]): void {
    this.#children = children;
  }

  readonly source: ShardSource = async (_stream, _shard, after) => {
    let next = after === null ? 0 : Math.max(0, Number(after) - FIRST_NUMBER + 1 - this.repeats);
    return async () => {
      const from = next;
      next = this.#bodies.length;
      return {
        records: this.#bodies.slice(from).map((body, i) => ({
          SequenceNumber: String(FIRST_NUMBER + from + i),
          PartitionKey: '+14155550101',
          Data: Buffer.from(body),
          ApproximateArrivalTimestamp: new Date('2026-03-02T15:00:00Z'),
        })),
        behindMs: 0,
        children: this.#children,
      };
    };
  };
}

/** So that numbers with one digit more come soon: they are greater, though not in the order of text. */
const FIRST_NUMBER = 8;
