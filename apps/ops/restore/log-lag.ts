import { GetRecordsCommand, GetShardIteratorCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { listShards } from '#shared/kinesis/shards.ts';
import type { Pool } from '#shared/postgres/pool.ts';

/** The consumer that makes the message log of its stream, and how far it may be behind for the log to be gone by, in ms. */
const CONSUMER = 'log';
const SOURCE = 'message-log';
const MOST_BEHIND_MS = 5_000;
/** Reads of one shard that find nothing and have not come to its end: Kinesis answers so where there are gaps. */
const MOST_READS = 20;

/**
 * Why the message log is not to be gone by yet: its consumer has not executed what has stood in its stream for longer than that, in some
 * shard. Null: it has. Reads one record behind each checkpoint. Rejects with what Kinesis rejects with.
 */
export async function whyLogIsBehind(
  pool: Pool,
  { kinesis, now, streamName }: { kinesis: KinesisClient; streamName: string; now: () => Date },
): Promise<string | null> {
  const { rows } = await pool.query<{ shard: string; checkpoint: string | null; is_finished: boolean }>(
    `SELECT shard, checkpoint, finished_at IS NOT NULL AS is_finished FROM lease WHERE consumer = $1 AND source = $2`,
    [CONSUMER, SOURCE],
  );
  const leases = new Map(rows.map((row) => [row.shard, row]));
  for (const { shard } of await listShards(kinesis, streamName)) {
    const lease = leases.get(shard);
    if (lease?.is_finished === true) continue;
    const at = { kinesis, streamName, shard, after: lease?.checkpoint ?? null };
    const behindMs = await behindOf(at, now);
    if (behindMs > MOST_BEHIND_MS)
      return `the service log is ${Math.ceil(behindMs / 1_000)} s behind in ${SOURCE} (${shard}): what it has not read would be sent again. Wait until its age is below ${MOST_BEHIND_MS / 1_000} s`;
  }
  return null;
}

/** How long the first record behind a checkpoint has stood in its shard; 0: there is none. */
async function behindOf(
  {
    after,
    kinesis,
    shard,
    streamName,
  }: { kinesis: KinesisClient; streamName: string; shard: string; after: string | null },
  now: () => Date,
): Promise<number> {
  const first = await kinesis.send(
    new GetShardIteratorCommand({
      StreamName: streamName,
      ShardId: shard,
      ...(after === null
        ? { ShardIteratorType: 'TRIM_HORIZON' as const }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, StartingSequenceNumber: after }),
    }),
  );
  let iterator = first.ShardIterator;
  let behindMs = 0;
  for (let reads = 0; iterator !== undefined && reads < MOST_READS; reads += 1) {
    const read = await kinesis.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 1 }));
    const [record] = read.Records ?? [];
    if (record !== undefined) {
      const arrivedAt = record.ApproximateArrivalTimestamp;
      return arrivedAt === undefined ? Number.POSITIVE_INFINITY : now().getTime() - arrivedAt.getTime();
    }
    behindMs = read.MillisBehindLatest ?? 0;
    if (behindMs === 0) return 0;
    iterator = read.NextShardIterator ?? undefined;
  }
  // A closed shard was read to its end.
  return iterator === undefined ? 0 : behindMs;
}
