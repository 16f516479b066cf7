import { type KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis';
import type { ShardToLease } from '#shared/leases/store.ts';

/** All shards of a stream that still hold records, closed ones included, with the shards they descend from. */
export async function listShards(kinesis: KinesisClient, streamName: string): Promise<ShardToLease[]> {
  const shards: ShardToLease[] = [];
  let token: string | undefined;
  do {
    const answer = await kinesis.send(
      new ListShardsCommand(token === undefined ? { StreamName: streamName } : { NextToken: token }),
    );
    for (const { ShardId, ParentShardId, AdjacentParentShardId } of answer.Shards ?? []) {
      if (ShardId === undefined) throw new Error('Kinesis listed a shard without an id');
      const parents = [ParentShardId, AdjacentParentShardId].filter((parent) => parent !== undefined);
      shards.push({ shard: ShardId, parents });
    }
    token = answer.NextToken;
  } while (token !== undefined);
  return shards;
}
