import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
  PutRecordCommand,
} from '@aws-sdk/client-kinesis';
import type { StreamName } from '#shared/topology.ts';
import { localKinesis } from '../../apps/local/stores/kinesis-streams.ts';

/** Everything on a stream from its oldest record on; in order within a shard. */
export async function recordsOf(endpoint: string, stream: string): Promise<string[]> {
  const client = localKinesis(endpoint);
  try {
    const { Shards } = await client.send(new ListShardsCommand({ StreamName: stream }));
    const bodies: string[] = [];
    for (const { ShardId } of Shards ?? []) {
      const first = await client.send(
        new GetShardIteratorCommand({ StreamName: stream, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
      );
      let iterator = first.ShardIterator;
      while (iterator !== undefined) {
        const read = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 10_000 }));
        const records = read.Records ?? [];
        if (records.length === 0 && (read.MillisBehindLatest ?? 0) === 0) break;
        bodies.push(...records.map(({ Data }) => Buffer.from(Data ?? []).toString()));
        iterator = read.NextShardIterator;
      }
    }
    return bodies;
  } finally {
    client.destroy();
  }
}

/** Puts one record as it is, as a producer with a fault would. */
export async function putRecord(
  endpoint: string,
  stream: StreamName,
  key: string,
  body: string | Uint8Array,
): Promise<void> {
  const client = localKinesis(endpoint);
  await client
    .send(new PutRecordCommand({ StreamName: stream, PartitionKey: key, Data: Buffer.from(body) }))
    .finally(() => client.destroy());
}
