import assert from 'node:assert/strict';
import {
  type KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { eventually } from '#test/eventually.ts';

/** Splits the only open shard of a stream in the middle; resolves when both halves take records. */
export async function splitShard(kinesis: KinesisClient, StreamName: string): Promise<void> {
  const [shard] = await openShards(kinesis, StreamName);
  const NewStartingHashKey = (2n ** 127n).toString();
  await kinesis.send(new SplitShardCommand({ StreamName, ShardToSplit: shard, NewStartingHashKey }));
  await eventually(async () => assert.equal((await openShards(kinesis, StreamName)).length, 2));
}

/** Merges the two open shards of a stream; resolves when one takes records. */
export async function mergeShards(kinesis: KinesisClient, StreamName: string): Promise<void> {
  const [left, right] = await openShards(kinesis, StreamName);
  await kinesis.send(new MergeShardsCommand({ StreamName, ShardToMerge: left, AdjacentShardToMerge: right }));
  await eventually(async () => assert.equal((await openShards(kinesis, StreamName)).length, 1));
}

async function openShards(kinesis: KinesisClient, StreamName: string): Promise<string[]> {
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }));
  return Shards.filter(
    ({ SequenceNumberRange }) => SequenceNumberRange?.EndingSequenceNumber === undefined,
  ).map(({ ShardId }) => ShardId ?? '');
}
