import assert from 'node:assert/strict';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { eventually } from '#test/eventually.ts';
import { JournalConsumers, numbered } from '#test/stack/journal-consumers.ts';
import { mergeShards, splitShard } from '#test/stack/resharding.ts';
import { createStream, kinesisClient } from '#test/stack/stack.ts';
import { FanOutKinesis, fanOutClient } from '#test/stand-ins/fan-out.ts';
import { emulatorSource } from '#test/stand-ins/shard-source.ts';
import type { StreamConsumer, StreamConsumerDeps } from './consumer.ts';
import type { WakeHints } from './wake-hints.ts';

const PACE = { callIntervalMs: 20, takeOverMs: 100, silenceMs: 15_000 };

/** Hints that nobody may want. */
const unwanted: WakeHints = {
  publish: () => assert.fail('a hint was published'),
  subscribe: () => assert.fail('somebody waits for hints'),
  connected: () => assert.fail('somebody asks for hints'),
  close: () => undefined,
};

describe('A stream consumer that reads by enhanced fan-out', () => {
  let consumers: JournalConsumers;
  let server: FanOutKinesis;
  let kinesis: KinesisClient;
  /** What the stand-in polls the emulator with. */
  let emulator: KinesisClient;

  beforeEach(async () => {
    consumers = await JournalConsumers.create();
    emulator = kinesisClient();
    server = new FanOutKinesis(emulatorSource(emulator), { ...PACE, heartbeatMs: 100 });
    kinesis = fanOutClient(await server.listen());
  });
  afterEach(async () => {
    await consumers.end();
    kinesis.destroy();
    server.close();
    emulator.destroy();
  });

  const start = (worker: string, change: Partial<StreamConsumerDeps> = {}): StreamConsumer =>
    consumers.start(worker, {
      fanOut: {
        kinesis,
        consumerArn: `arn:aws:kinesis:us-east-1:000000000000:stream/${consumers.streamName}/consumer/test:1`,
        pace: PACE,
      },
      hints: unwanted,
      ...change,
    });
  const processed = (count: number): Promise<void> =>
    eventually(async () => assert.equal((await consumers.journal()).length, count));
  const outboxIsEmpty = (): Promise<void> =>
    eventually(async () => {
      const { rowCount } = await consumers.database.adminPool.query('SELECT FROM outbox');
      assert.equal(rowCount, 0);
    });

  it('processes each record once and in order, whatever breaks its subscriptions, and leaves nothing behind', async () => {
    ({ streamName: consumers.streamName } = await createStream('dialog-commands'));
    const called = new Set<string | undefined>();
    consumers.kinesis.middlewareStack.add(
      (next, { commandName }) =>
        (input) => {
          called.add(commandName);
          return next(input);
        },
      { step: 'initialize' },
    );
    await consumers.put(...numbered(30));
    start('a');
    await processed(30);
    await outboxIsEmpty();
    const faults = [
      () => server.reset(),
      () => server.expire(),
      () => server.fail('InternalFailureException'),
      () => server.refusals.push('LimitExceededException', 'KMSThrottlingException'),
      () => server.fail('ResourceInUseException'),
      () => server.reset(),
    ];
    for (const [i, fault] of faults.entries()) {
      const puts = consumers.put(...numbered(20, 30 + i * 20));
      fault();
      await puts;
      await processed(50 + i * 20);
    }
    await consumers.requireEachOnceInOrder(150);
    await outboxIsEmpty();
    assert.deepEqual(
      consumers.published.map(({ body }) => body),
      await consumers.journal(),
    );
    assert.deepEqual([...called].sort(), ['ListShardsCommand', 'PutRecordCommand'], 'it polled');
  });

  it('ends its subscriptions when it hands its shards over, and goes on where another was', async () => {
    ({ streamName: consumers.streamName } = await createStream('dialog-commands', 4));
    const a = start('a');
    await eventually(async () => assert.equal(server.subscribed.length, 4));
    const b = start('b');
    await eventually(async () => assert.deepEqual([a.shards().length, b.shards().length], [2, 2]));
    await consumers.put(...numbered(40));
    await processed(40);
    await b.stop();
    await eventually(async () => assert.equal(a.shards().length, 4));
    await consumers.put(...numbered(20, 40));
    await processed(60);
    await a.stop();
    await eventually(async () => assert.deepEqual(server.subscribed, []));
    await consumers.put(...numbered(20, 60));
    start('c');
    await processed(80);
    await consumers.requireEachOnceInOrder(80);
  });

  it('takes over from an owner that is dead but still subscribed', async () => {
    ({ streamName: consumers.streamName } = await createStream('dialog-commands'));
    const { promise: hanging, resolve: goOn } = Promise.withResolvers<void>();
    start('dead', { publisher: { publish: () => hanging }, heartbeatMs: 60_000, discoverMs: 60_000 });
    await consumers.put(...numbered(5));
    await processed(5);
    start('heir');
    await consumers.put(...numbered(5, 5));
    await processed(10);
    await eventually(async () => assert.equal(consumers.published.length, 10));
    goOn();
    await consumers.requireEachOnceInOrder(10);
  });

  it('finishes shards that were split or merged, and keeps the order of every key', async () => {
    ({ streamName: consumers.streamName } = await createStream('dialog-commands', 1));
    start('a');
    start('b');
    await consumers.put(...numbered(20));
    await splitShard(consumers.kinesis, consumers.streamName);
    const puts = consumers.put(...numbered(20, 20));
    server.reset();
    await puts;
    await mergeShards(consumers.kinesis, consumers.streamName);
    await consumers.put(...numbered(20, 40));
    await processed(60);
    await consumers.requireEachOnceInOrder(60);
    await eventually(async () => {
      const { rows } = await consumers.database.adminPool.query<{ finished: string }>(
        'SELECT count(finished_at) AS finished FROM lease',
      );
      assert.equal(Number(rows[0]?.finished), 3);
    });
    await eventually(async () => assert.equal(server.subscribed.length, 1));
  });
});
