import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
  PutRecordCommand,
} from '@aws-sdk/client-kinesis';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { Redis } from 'ioredis';
import {
  createDatabase,
  createQueue,
  createStream,
  kinesisClient,
  redisUrl,
  sqsClient,
  stackFacts,
} from './stack.ts';

describe('the test stack', () => {
  it('gives each caller a migrated database of its own', async () => {
    const one = await createDatabase();
    const two = await createDatabase();
    try {
      await one.adminPool.query("INSERT INTO phone (phone_number) VALUES ('+14155550101')");
      const counts = await Promise.all(
        [one, two].map(async ({ adminPool }) => (await adminPool.query('SELECT FROM phone')).rowCount),
      );
      assert.deepEqual(counts, [1, 0]);
    } finally {
      await one.drop();
      await two.drop();
    }
  });

  it('removes a database that somebody is still connected to', async () => {
    const database = await createDatabase();
    const watcher = await createDatabase();
    try {
      const left = new (await import('pg')).default.Client({ connectionString: database.url });
      left.on('error', () => undefined);
      await left.connect();
      await database.drop();
      const { rowCount } = await watcher.adminPool.query('SELECT FROM pg_database WHERE datname = $1', [
        database.name,
      ]);
      assert.equal(rowCount, 0);
      await left.end();
    } finally {
      await watcher.drop();
    }
  });

  it('has a Redis that keeps what it is given', async () => {
    const redis = new Redis(redisUrl());
    try {
      await redis.set('stack-test', 'kept');
      assert.equal(await redis.get('stack-test'), 'kept');
    } finally {
      redis.disconnect();
    }
  });

  it('makes streams of its own with as many shards as asked, in order per key', async () => {
    const client = kinesisClient();
    try {
      const { streamName, prefix } = await createStream('dialog-commands', 2);
      assert.equal(streamName, `${prefix}dialog-commands`);
      const { Shards } = await client.send(new ListShardsCommand({ StreamName: streamName }));
      assert.equal(Shards?.length, 2);
      let shardId: string | undefined;
      for (const text of ['first', 'second']) {
        const put = await client.send(
          new PutRecordCommand({
            StreamName: streamName,
            PartitionKey: '+14155550101',
            Data: Buffer.from(text),
          }),
        );
        shardId = put.ShardId;
      }
      const { ShardIterator } = await client.send(
        new GetShardIteratorCommand({
          StreamName: streamName,
          ShardId: shardId,
          ShardIteratorType: 'TRIM_HORIZON',
        }),
      );
      const { Records } = await client.send(new GetRecordsCommand({ ShardIterator }));
      assert.deepEqual(
        Records?.map(({ Data }) => Buffer.from(Data ?? []).toString()),
        ['first', 'second'],
      );
    } finally {
      client.destroy();
    }
  });

  it('makes FIFO queues of its own that send to their dead-letter queue', async () => {
    const client = sqsClient();
    try {
      const queue = await createQueue('sms-replies.fifo', { visibilitySeconds: 0, maxReceives: 1 });
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl: queue.queueUrl, AttributeNames: ['All'] }),
      );
      assert.equal(Attributes?.DeduplicationScope, 'messageGroup');
      assert.equal(Attributes?.FifoThroughputLimit, 'perMessageGroupId');
      await client.send(
        new SendMessageCommand({
          QueueUrl: queue.queueUrl,
          MessageBody: 'turn',
          MessageGroupId: '+14155550101',
          MessageDeduplicationId: '1',
        }),
      );
      const receive = async (QueueUrl: string): Promise<(string | undefined)[]> => {
        const { Messages } = await client.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
        );
        return (Messages ?? []).map(({ Body }) => Body);
      };
      assert.deepEqual(await receive(queue.queueUrl), ['turn']);
      assert.deepEqual(await receive(queue.queueUrl), []);
      assert.deepEqual(await receive(queue.deadLetterUrl), ['turn']);
    } finally {
      client.destroy();
    }
  });

  it('listens on loopback only', async () => {
    const facts = stackFacts();
    const addresses = Object.values(networkInterfaces()).flatMap((rows) =>
      (rows ?? []).filter((row) => !row.internal && row.family === 'IPv4').map((row) => row.address),
    );
    const ports = [
      facts.postgres.port,
      ...[facts.redisUrl, facts.kinesisEndpoint, facts.sqsEndpoint].map((url) => Number(new URL(url).port)),
    ];
    for (const port of ports) {
      assert.equal(await accepts('127.0.0.1', port), true);
      for (const address of addresses)
        assert.equal(await accepts(address, port), false, `${address}:${port}`);
    }
  });
});

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (yes: boolean) => () => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
  });
}
