import type { _Record } from '@aws-sdk/client-kinesis';
import type { Clock } from '#shared/clock.ts';
import type { StreamRecord } from './definition.ts';

/**
 * One shard, read in its order from a checkpoint on. There are two ways: by asking (polling-reader.ts), within what the
 * shard gives to all who ask, and by being sent (fan-out-reader.ts), which belongs to one consumer alone.
 */
export interface ShardReader {
  /** Whether `read` waits by itself until there is something: then nobody pauses between reads or needs a hint. */
  readonly pushed: boolean;
  /**
   * What follows upon what was returned before. May be no records. One call at a time. Throws what Kinesis throws, or
   * CarillonError `unavailable`: nothing was lost, the next call goes on at the same place. Rejects when aborted.
   */
  read(signal: AbortSignal): Promise<ShardRead>;
  /** Gives back what it holds at Kinesis, so that another may read on. Nothing is read after it. */
  close(): void;
}

export interface ShardRead {
  records: StreamRecord[];
  /** Whether the read reached the tip of the shard: nothing more was there. */
  atTip: boolean;
  /** How far behind the tip it was, in ms; null: not told. */
  behindMs: number | null;
  /** The shard was closed and this was its end. */
  ended: boolean;
}

/** A read that was refused or cut short for a reason that passes: the next one may begin at once, and waits its turn. */
export const NOTHING_YET: ShardRead = { records: [], atTip: false, behindMs: null, ended: false };

const decoder = new TextDecoder();

/** A record as Kinesis hands it out, either way. Throws when it has no number: nothing could be kept of its place. */
export function streamRecord(record: _Record, clock: Clock): StreamRecord {
  if (record.SequenceNumber === undefined) throw new Error('Kinesis returned a record without a number');
  return {
    sequenceNumber: record.SequenceNumber,
    partitionKey: record.PartitionKey ?? '',
    body: decoder.decode(record.Data),
    arrivedAt: record.ApproximateArrivalTimestamp ?? clock.machineTime(),
  };
}
