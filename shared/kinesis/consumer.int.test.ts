import assert from 'node:assert/strict';
import { CarillonError } from '#shared/errors.ts';
import { eventually } from '#test/eventually.ts';
import { JournalConsumers, numbered } from '#test/stack/journal-consumers.ts';
import { mergeShards, splitShard } from '#test/stack/resharding.ts';
import { createStream } from '#test/stack/stack.ts';

describe('A stream consumer', () => {
  let consumers: JournalConsumers;

  beforeEach(async () => {
    consumers = await JournalConsumers.create();
  });
  afterEach(() => consumers.end());

  it('processes records in order and publishes what they leave, in order', async () => {
    ({ streamName: consumers.streamName } = await createStream('dialog-commands'));
    await consumers.put(...numbered(35));
    consumers.start('a');
    await eventually(async () => assert.equal((await consumers.journal()).length, 35));
    assert.deepEqual(
      await consumers.journal(),
      numbered(35).map(([, body]) => body),
    );
    await eventually(async () =>
      assert.deepEqual(
        consumers.published.map(({ body }) => body),
        await consumers.journal(),
      ),
    );
    await eventually(async () => {
      const { rowCount } = await consumers.database.adminPool.query('SELECT FROM outbox');
      assert.equal(rowCount, 0);
    });
  });

  it('goes on where it was after a stop, without doing anything twice', async () => {
    ({ streamName: consumers.streamName } = await createStream('dialog-commands'));
    await consumers.put(...numbered(12));
    const first = consumers.start('a');
    await eventually(async () => assert.equal((await consumers.journal()).length, 12));
    await first.stop();
    await consumers.put(...numbered(8, 12));
    consumers.start('b');
    await eventually(async () => assert.equal((await consumers.journal()).length, 20));
    assert.deepEqual(
      await consumers.journal(),
      numbered(20).map(([, body]) => body),
    );
  });

  it('publishes what a crashed owner left before anything new', async () => {
    ({ streamName: consumers.streamName } = await createStream('dialog-commands'));
    await consumers.put(...numbered(5));
    // The first owner commits, hangs while publishing and never renews again: as if it had died there.
    const { promise: hanging, reject: giveUp } = Promise.withResolvers<void>();
    consumers.start('crashed', {
      publisher: { publish: () => hanging },
      heartbeatMs: 60_000,
      discoverMs: 60_000,
    });
    await eventually(async () => assert.equal((await consumers.journal()).length, 5));
    await consumers.put(...numbered(5, 5));
    consumers.start('heir');
    await eventually(async () => assert.equal(consumers.published.length, 10));
    giveUp(new CarillonError('unavailable', 'the end of the test'));
    assert.deepEqual(
      consumers.published.map(({ body }) => body),
      numbered(10).map(([, body]) => body),
    );
    assert.deepEqual(
      await consumers.journal(),
      numbered(10).map(([, body]) => body),
    );
  });

  it('divides shards with a second worker, and takes over all of them when it leaves', async () => {
    ({ streamName: consumers.streamName } = await createStream('dialog-commands', 4));
    const a = consumers.start('a');
    await eventually(async () => assert.equal(a.shards().length, 4));
    const b = consumers.start('b');
    await eventually(async () => assert.deepEqual([a.shards().length, b.shards().length], [2, 2]));
    await consumers.put(...numbered(40));
    await eventually(async () => assert.equal((await consumers.journal()).length, 40));
    await b.stop();
    await eventually(async () => assert.equal(a.shards().length, 4));
    await consumers.put(...numbered(20, 40));
    await eventually(async () => assert.equal((await consumers.journal()).length, 60));
  });

  it('keeps the order of every key across a split and a merge of shards, with two workers', async () => {
    ({ streamName: consumers.streamName } = await createStream('dialog-commands', 1));
    consumers.start('a');
    consumers.start('b');
    await consumers.put(...numbered(20));
    await splitShard(consumers.kinesis, consumers.streamName);
    await consumers.put(...numbered(20, 20));
    await mergeShards(consumers.kinesis, consumers.streamName);
    await consumers.put(...numbered(20, 40));
    await eventually(async () => assert.equal((await consumers.journal()).length, 60));
    await consumers.requireEachOnceInOrder(60);
  });
});
