import { setTimeout as delay } from 'node:timers/promises';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import type { Pool } from '#shared/postgres/pool.ts';
import type { Stop } from './task.ts';

/** Least time between two reads of a shard, in ms: five a second is what it gives, and nobody else reads here. */
const READ_MS = 200;
/** Keys whose records are handled at the same time. */
const KEYS_AT_ONCE = 8;

/**
 * Reads a stream with the AWS SDK: all records of a read, those of a key one after another and eight keys at once, then
 * `settled`, then the checkpoint, which is where it goes on after a restart. Resharding is none of its business. `fail` is told
 * what it cannot go on from.
 */
export async function readStream(
  { kinesis, pool, streamName }: { kinesis: KinesisClient; pool: Pool; streamName: string },
  handle: (body: string) => Promise<void>,
  settled: () => Promise<void>,
  fail: (error: unknown) => void,
): Promise<Stop> {
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName: streamName }));
  let stopping = false;
  const loops = Shards.map(async ({ ShardId }) => {
    const shard = `${streamName}/${ShardId}`;
    const { rows } = await pool.query<{ sequence_number: string }>(
      'SELECT sequence_number FROM naive_checkpoint WHERE shard = $1',
      [shard],
    );
    const after = rows[0]?.sequence_number;
    const position =
      after === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' as const }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, StartingSequenceNumber: after };
    const begun = await kinesis.send(
      new GetShardIteratorCommand({ StreamName: streamName, ShardId, ...position }),
    );
    let iterator = begun.ShardIterator;
    while (!stopping && iterator !== undefined) {
      const next = delay(READ_MS);
      const { NextShardIterator, Records = [] } = await kinesis.send(
        new GetRecordsCommand({ ShardIterator: iterator, Limit: 1_000 }),
      );
      iterator = NextShardIterator;
      const last = Records.at(-1)?.SequenceNumber;
      if (last !== undefined) {
        const keys = [...Map.groupBy(Records, ({ PartitionKey }) => PartitionKey).values()];
        const lane = async (): Promise<void> => {
          for (let key = keys.pop(); key !== undefined; key = keys.pop()) {
            for (const { Data } of key) await handle(Buffer.from(Data ?? []).toString());
          }
        };
        await Promise.all(Array.from({ length: KEYS_AT_ONCE }, lane));
        await settled();
        await pool.query(
          `INSERT INTO naive_checkpoint VALUES ($1, $2)
           ON CONFLICT (shard) DO UPDATE SET sequence_number = excluded.sequence_number`,
          [shard, last],
        );
      }
      await next;
    }
  });
  for (const loop of loops) loop.catch(fail);
  return async () => {
    stopping = true;
    await Promise.allSettled(loops);
  };
}
