import assert from 'node:assert/strict';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { type Clock, systemClock } from '#shared/clock.ts';
import { eventually } from '#test/eventually.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { FanOutKinesis, type FanOutTimes, fanOutClient } from '#test/stand-ins/fan-out.ts';
import { MemoryShard } from '#test/stand-ins/shard-source.ts';
import { FanOutReader, subscribeWith } from './fan-out-reader.ts';
import { NOTHING_YET, type ShardRead } from './shard-reader.ts';

const ARN = 'arn:aws:kinesis:us-east-1:123456789012:stream/s/consumer/c:1700000000';
const QUICK = { callIntervalMs: 5, takeOverMs: 30 };

describe('A shard that is read by enhanced fan-out, with the SDK and over HTTP/2', () => {
  let shard: MemoryShard;
  let server: FanOutKinesis;
  let kinesis: KinesisClient;
  const readers: FanOutReader[] = [];
  const never = new AbortController().signal;

  async function start(times: Partial<FanOutTimes> = {}, source = shard.source): Promise<void> {
    // A timer may end a millisecond early: of intervals as short as these it would be refused for that.
    const least = { callIntervalMs: QUICK.callIntervalMs - 2, takeOverMs: QUICK.takeOverMs - 2 };
    server = new FanOutKinesis(source, { ...least, heartbeatMs: 20, ...times });
    kinesis = fanOutClient(await server.listen());
  }
  beforeEach(() => {
    shard = new MemoryShard();
  });
  afterEach(() => {
    for (const reader of readers.splice(0)) reader.close();
    kinesis.destroy();
    server.close();
  });

  function reader(clock: Clock = systemClock(), after: string | null = null): FanOutReader {
    const one = new FanOutReader({
      subscribe: subscribeWith(kinesis, ARN, 'shard-0'),
      clock,
      shard: 'shard-0',
      after,
      pace: { ...QUICK, silenceMs: 15_000 },
    });
    readers.push(one);
    return one;
  }
  /** Reads until a read is as wanted; gives the bodies on the way. */
  async function readUntil(from: FanOutReader, wanted: (read: ShardRead) => boolean): Promise<string[]> {
    const bodies: string[] = [];
    for (;;) {
      const read = await from.read(never);
      bodies.push(...read.records.map(({ body }) => body));
      if (wanted(read)) return bodies;
    }
  }
  const some = (read: ShardRead): boolean => read.records.length > 0;

  it('gives records as they arrive, and events without any: how far behind it is, is always told', async () => {
    await start();
    shard.put('one', 'two');
    const one = reader();
    assert.deepEqual(await readUntil(one, some), ['one', 'two']);
    const quiet = await one.read(never);
    assert.deepEqual(quiet, { records: [], atTip: true, behindMs: 0, ended: false });
    shard.put('three');
    assert.deepEqual(await readUntil(one, some), ['three']);
  });

  it('carries number, key, text and time of a record', async () => {
    await start();
    shard.put('Grüße');
    const read = await reader().read(never);
    assert.deepEqual(read.records, [
      {
        sequenceNumber: '8',
        partitionKey: '+14155550101',
        body: 'Grüße',
        arrivedAt: new Date('2026-03-02T15:00:00Z'),
      },
    ]);
  });

  it('goes on where it was after a reset in the middle, and returns nothing twice that is sent twice', async () => {
    await start();
    shard.repeats = 3;
    shard.put('one', 'two', 'three');
    const one = reader();
    assert.deepEqual(await readUntil(one, some), ['one', 'two', 'three']);
    server.reset();
    shard.put('four');
    assert.deepEqual(await readUntil(one, some), ['four']);
    assert.deepEqual(
      server.calls.map(({ after }) => after),
      [null, '10'],
    );
  });

  it('subscribes anew when the time of a subscription is over, which is no error', async () => {
    await start({ lifeMs: 50 });
    const one = reader();
    shard.put('one');
    assert.deepEqual(await readUntil(one, some), ['one']);
    await readUntil(one, () => server.calls.length === 3);
    shard.put('two');
    assert.deepEqual(await readUntil(one, some), ['two']);
  });

  it('ends at the end of a closed shard, also when that is all that is left', async () => {
    await start();
    shard.put('last');
    shard.close('shard-1', 'shard-2');
    assert.deepEqual(await readUntil(reader(), ({ ended }) => ended), ['last']);
    const again = reader(systemClock(), '8');
    assert.deepEqual(await readUntil(again, ({ ended }) => ended), []);
  });

  for (const exception of ['InternalFailureException', 'KMSThrottlingException', 'ResourceInUseException']) {
    it(`throws ${exception} of a subscription, and goes on after it`, async () => {
      await start();
      const one = reader();
      shard.put('one');
      assert.deepEqual(await readUntil(one, some), ['one']);
      server.fail(exception);
      await assert.rejects(
        async () => {
          for (;;) await one.read(never);
        },
        { name: exception },
      );
      shard.put('two');
      assert.deepEqual(await readUntil(one, some), ['two']);
    });
  }

  for (const refusal of ['ResourceNotFoundException', 'AccessDeniedException']) {
    it(`throws ${refusal} of a call, and calls again when asked`, async () => {
      await start();
      server.refusals.push(refusal);
      const one = reader();
      await assert.rejects(one.read(never), { name: refusal });
      shard.put('one');
      assert.deepEqual(await readUntil(one, some), ['one']);
    });
  }

  for (const refusal of ['LimitExceededException', 'ResourceInUseException']) {
    it(`waits for its turn after ${refusal}, and throws it when a hand-over cannot explain it any more`, async () => {
      await start();
      const explained = QUICK.takeOverMs / QUICK.callIntervalMs + 2;
      server.refusals.push(...Array.from({ length: explained + 1 }, () => refusal));
      const one = reader();
      for (let i = 0; i < explained; i += 1) assert.equal(await one.read(never), NOTHING_YET);
      await assert.rejects(one.read(never), { name: refusal });
      shard.put('one');
      assert.deepEqual(await readUntil(one, some), ['one']);
    });
  }

  it('takes over from an owner that is still subscribed, which is told so', async () => {
    await start();
    const old = reader();
    shard.put('one');
    assert.deepEqual(await readUntil(old, some), ['one']);
    const heir = reader();
    assert.deepEqual(await readUntil(heir, some), ['one']);
    await assert.rejects(
      async () => {
        for (;;) await old.read(never);
      },
      { name: 'ResourceInUseException' },
    );
  });

  it('ends its subscription at the server when closed, and when the read is aborted', async () => {
    await start();
    const one = reader();
    await one.read(never);
    assert.deepEqual(server.subscribed, ['shard-0']);
    one.close();
    const gone = (): Promise<void> => eventually(async () => assert.deepEqual(server.subscribed, []));
    await gone();
    const two = reader();
    await readUntil(two, ({ behindMs }) => behindMs !== null);
    server.silent = true;
    const stop = new AbortController();
    const waiting = (async () => {
      for (;;) await two.read(stop.signal);
    })();
    stop.abort();
    await assert.rejects(waiting, { name: 'AbortError' });
    await gone();
  });

  it('gives up a subscription that says nothing, whether from its start or later', async () => {
    await start({ callIntervalMs: 0, takeOverMs: 0, heartbeatMs: 600_000 });
    const clock = new ManualClock();
    const one = reader(clock);
    async function giveUp(reading: Promise<ShardRead>): Promise<void> {
      await eventually(async () => assert.equal(clock.sleeping, 1));
      await Promise.all([
        assert.rejects(reading, { code: 'unavailable', message: /silent for 15000 ms/ }),
        clock.advance(15_000),
      ]);
      await clock.advance(QUICK.takeOverMs);
    }
    server.silent = true;
    const first = one.read(never);
    await eventually(async () => assert.equal(server.calls.length, 1));
    await giveUp(first);
    server.silent = false;
    shard.put('one');
    assert.deepEqual(await readUntil(one, some), ['one']);
    server.silent = true;
    await giveUp(one.read(never));
    server.silent = false;
    shard.put('two');
    assert.deepEqual(await readUntil(one, some), ['two']);
  });

  it('is sent no more than it asks for: what nobody reads stays with the sender', async () => {
    const large = 'x'.repeat(100_000);
    let made = 0;
    // A shard that never runs out of records, an event each.
    await start({}, async (stream, name, after) => {
      const read = await shard.source(stream, name, after);
      return async () => {
        shard.put(`${made} ${large}`);
        made += 1;
        return read();
      };
    });
    const one = reader();
    const bodies: string[] = [];
    while (bodies.length < 50) bodies.push(...(await one.read(never)).records.map(({ body }) => body));
    assert.deepEqual(
      bodies.map((body) => Number(body.split(' ')[0])),
      Array.from({ length: bodies.length }, (_, i) => i),
    );
    assert.ok(made <= bodies.length + 20, `${made} events were made, and ${bodies.length} read`);
  });

  it('does not believe an event that says neither how the shard goes on nor that it ends', async () => {
    await start();
    const one = reader();
    await one.read(never);
    server.say({ Records: [], MillisBehindLatest: 0 });
    await assert.rejects(
      async () => {
        for (;;) await one.read(never);
      },
      { code: 'unavailable', message: /neither goes on nor ends/ },
    );
  });
});
