import assert from 'node:assert/strict';
import { GetRecordsCommand, GetShardIteratorCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { ManualClock } from '#test/manual-clock.ts';
import { createStream, kinesisClient } from '#test/stack/stack.ts';
import { enforceWriteLimits } from './enforce-write-limits.ts';

describe('The write limits of a shard, enforced before an emulator', () => {
  it('let 1,000 records a second through and refuse the rest of a request record by record', async () => {
    const { streamName } = await createStream('limited');
    const clock = new ManualClock();
    const kinesis = kinesisClient();
    enforceWriteLimits(kinesis, clock);
    const put = (from: number, count: number) =>
      kinesis.send(
        new PutRecordsCommand({
          StreamName: streamName,
          Records: Array.from({ length: count }, (_, i) => ({
            PartitionKey: String(from + i),
            Data: Buffer.from(String(from + i)),
          })),
        }),
      );
    assert.equal((await put(0, 500)).FailedRecordCount, 0);
    assert.equal((await put(500, 400)).FailedRecordCount, 0);
    const third = await put(900, 300);
    assert.equal(third.FailedRecordCount, 200);
    assert.deepEqual(
      third.Records?.map(({ ErrorCode }) => ErrorCode),
      Array.from({ length: 300 }, (_, i) => (i < 100 ? undefined : 'ProvisionedThroughputExceededException')),
    );
    await clock.advance(200);
    assert.equal((await put(1_000, 200)).FailedRecordCount, 0);
    const { ShardIterator } = await kinesis.send(
      new GetShardIteratorCommand({
        StreamName: streamName,
        ShardId: 'shardId-000000000000',
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    const { Records } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
    assert.deepEqual(
      Records?.map(({ Data }) => Number(Buffer.from(Data ?? []).toString())),
      Array.from({ length: 1_200 }, (_, i) => i),
    );
    kinesis.destroy();
  });
});
