import assert from 'node:assert/strict';
import {
  type KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { systemClock } from '#shared/clock.ts';
import { CarillonError } from '#shared/errors.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import { eventually } from '#test/eventually.ts';
import { createDatabase, createStream, kinesisClient, type TestDatabase } from '#test/stack/stack.ts';
import { type StreamConsumer, type StreamConsumerDeps, startStreamConsumer } from './consumer.ts';
import type { StreamConsumerDefinition } from './definition.ts';

/** Each record is one line of a journal, and one entry that leaves. */
const definition: StreamConsumerDefinition<string> = {
  consumer: 'test',
  stream: 'dialog-commands',
  parse: (body) => body,
  apply: async (tx, parsed) => {
    await tx.query(
      `INSERT INTO journal (key, body)
       SELECT key, body FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS r(key, body, n) ORDER BY n`,
      [parsed.map(({ partitionKey }) => partitionKey), parsed.map(({ value }) => value)],
    );
    return {
      entries: parsed.map(({ value, partitionKey }) => ({
        kind: 'stream' as const,
        target: 'dialog-events' as const,
        orderingKey: partitionKey,
        body: value,
      })),
    };
  },
};

describe('A stream consumer', () => {
  const clock = systemClock();
  let database: TestDatabase;
  let kinesis: KinesisClient;
  let streamName: string;
  let published: OutboxEntry[];
  let running: StreamConsumer[];
  let failures: unknown[];

  beforeEach(async () => {
    database = await createDatabase();
    await database.adminPool.query('CREATE TABLE journal (n serial, key text, body text)');
    kinesis = kinesisClient();
    published = [];
    running = [];
    failures = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((consumer) => consumer.stop()));
    kinesis.destroy();
    await database.drop();
    assert.deepEqual(failures, []);
  });

  function start(worker: string, change: Partial<StreamConsumerDeps> = {}): StreamConsumer {
    const consumer = startStreamConsumer(definition, {
      kinesis,
      nameOf: () => streamName,
      pool: database.adminPool,
      publisher: {
        publish: async (entries) => {
          published.push(...entries);
        },
      },
      hints: null,
      worker,
      clock,
      logger: silentLogger,
      metrics: noMetrics,
      onFailure: (error) => failures.push(error),
      batchSize: 10,
      consumers: 1,
      leaseMs: 1_500,
      heartbeatMs: 100,
      discoverMs: 300,
      ...change,
    });
    running.push(consumer);
    return consumer;
  }
  async function put(...lines: [key: string, body: string][]): Promise<void> {
    for (const [key, body] of lines) {
      await kinesis.send(
        new PutRecordCommand({ StreamName: streamName, PartitionKey: key, Data: Buffer.from(body) }),
      );
    }
  }
  const journal = async (): Promise<string[]> =>
    (await database.adminPool.query<{ body: string }>('SELECT body FROM journal ORDER BY n')).rows.map(
      ({ body }) => body,
    );
  const numbered = (count: number, from = 0): [string, string][] =>
    Array.from({ length: count }, (_, i) => [`+1415555010${i % 5}`, String(from + i)]);

  it('processes records in order and publishes what they leave, in order', async () => {
    ({ streamName } = await createStream('dialog-commands'));
    await put(...numbered(35));
    start('a');
    await eventually(async () => assert.equal((await journal()).length, 35));
    assert.deepEqual(
      await journal(),
      numbered(35).map(([, body]) => body),
    );
    await eventually(async () =>
      assert.deepEqual(
        published.map(({ body }) => body),
        await journal(),
      ),
    );
    await eventually(async () => {
      const { rowCount } = await database.adminPool.query('SELECT FROM outbox');
      assert.equal(rowCount, 0);
    });
  });

  it('goes on where it was after a stop, without doing anything twice', async () => {
    ({ streamName } = await createStream('dialog-commands'));
    await put(...numbered(12));
    const first = start('a');
    await eventually(async () => assert.equal((await journal()).length, 12));
    await first.stop();
    await put(...numbered(8, 12));
    start('b');
    await eventually(async () => assert.equal((await journal()).length, 20));
    assert.deepEqual(
      await journal(),
      numbered(20).map(([, body]) => body),
    );
  });

  it('publishes what a crashed owner left before anything new', async () => {
    ({ streamName } = await createStream('dialog-commands'));
    await put(...numbered(5));
    // The first owner commits, hangs while publishing and never renews again: as if it had died there.
    const { promise: hanging, reject: giveUp } = Promise.withResolvers<void>();
    start('crashed', {
      publisher: { publish: () => hanging },
      heartbeatMs: 60_000,
      discoverMs: 60_000,
    });
    await eventually(async () => assert.equal((await journal()).length, 5));
    await put(...numbered(5, 5));
    start('heir');
    await eventually(async () => assert.equal(published.length, 10));
    giveUp(new CarillonError('unavailable', 'the end of the test'));
    assert.deepEqual(
      published.map(({ body }) => body),
      numbered(10).map(([, body]) => body),
    );
    assert.deepEqual(
      await journal(),
      numbered(10).map(([, body]) => body),
    );
  });

  it('divides shards with a second worker, and takes over all of them when it leaves', async () => {
    ({ streamName } = await createStream('dialog-commands', 4));
    const a = start('a');
    await eventually(async () => assert.equal(a.shards().length, 4));
    const b = start('b');
    await eventually(async () => assert.deepEqual([a.shards().length, b.shards().length], [2, 2]));
    await put(...numbered(40));
    await eventually(async () => assert.equal((await journal()).length, 40));
    await b.stop();
    await eventually(async () => assert.equal(a.shards().length, 4));
    await put(...numbered(20, 40));
    await eventually(async () => assert.equal((await journal()).length, 60));
  });

  it('keeps the order of every key across a split and a merge of shards, with two workers', async () => {
    ({ streamName } = await createStream('dialog-commands', 1));
    start('a');
    start('b');
    await put(...numbered(20));
    const [shard] = (await kinesis.send(new ListShardsCommand({ StreamName: streamName }))).Shards ?? [];
    await kinesis.send(
      new SplitShardCommand({
        StreamName: streamName,
        ShardToSplit: shard?.ShardId,
        NewStartingHashKey: (2n ** 127n).toString(),
      }),
    );
    const open = async (): Promise<string[]> =>
      ((await kinesis.send(new ListShardsCommand({ StreamName: streamName }))).Shards ?? [])
        .filter(({ SequenceNumberRange }) => SequenceNumberRange?.EndingSequenceNumber === undefined)
        .map(({ ShardId }) => ShardId ?? '');
    await eventually(async () => assert.equal((await open()).length, 2));
    await put(...numbered(20, 20));
    const [left, right] = await open();
    await kinesis.send(
      new MergeShardsCommand({ StreamName: streamName, ShardToMerge: left, AdjacentShardToMerge: right }),
    );
    await eventually(async () => assert.equal((await open()).length, 1));
    await put(...numbered(20, 40));
    await eventually(async () => assert.equal((await journal()).length, 60));
    const rows = (
      await database.adminPool.query<{ key: string; body: string }>(
        'SELECT key, body FROM journal ORDER BY n',
      )
    ).rows;
    for (const phone of new Set(rows.map(({ key }) => key))) {
      const bodies = rows.filter(({ key }) => key === phone).map(({ body }) => Number(body));
      assert.deepEqual(
        bodies,
        [...bodies].sort((x, y) => x - y),
      );
    }
    assert.equal(new Set(rows.map(({ body }) => body)).size, 60);
  });
});
