import assert from 'node:assert/strict';
import pg from 'pg';
import { ManualClock, settle } from '#test/manual-clock.ts';
import type { Clock } from './clock.ts';
import { startDueRows } from './due-rows.ts';
import { CarillonError } from './errors.ts';
import { healthServer } from './health.ts';
import type { ShardRead } from './kinesis/shard-reader.ts';
import { ShardWorker } from './kinesis/shard-worker.ts';
import { type Liveness, LONGEST_SILENCE_MS, LoopWatch } from './liveness.ts';
import { silentLogger } from './logger.ts';
import { noMetrics } from './metrics.ts';
import { createSlotRelay } from './outbox/slot-relay.ts';
import type { Pool } from './postgres/pool.ts';
import { createLaneConsumer } from './sqs/lane-consumer.ts';
import { StandInQueue } from './sqs/stand-in-queue.ts';

/** What a loop asks of the world in one turn: answered, refused or never answered, as the test likes. */
type Answer = <T>(well: T) => Promise<T>;
const never: Answer = () => new Promise(() => undefined);
const well: Answer = async (answer) => answer;
const away: Answer = async () => {
  throw new CarillonError('unavailable', 'it is away');
};

interface Parts {
  clock: Clock;
  liveness: Liveness;
  onFailure(error: unknown): void;
  answer: Answer;
}

/** A database without connections: rows to every question. */
const database = (rows: () => Promise<unknown[]>): Pool =>
  Object.assign(new pg.Pool(), {
    query: async () => ({ rows: await rows(), rowCount: 0 }),
    connect: () => never(undefined),
  });

const LEFT_BEHIND = {
  id: 1,
  partition: 'shard-0',
  kind: 'stream',
  target: 'message-log',
  ordering_key: '+14155550101',
  deduplication_id: null,
  body: '{}',
};
const NOTHING: ShardRead = { records: [], atTip: true, behindMs: 0, ended: false };

const common = { logger: silentLogger, metrics: noMetrics };

function shardWorker(
  parts: Parts,
  asked: { read: Answer; outbox: Answer; left: unknown[]; publish: Answer; pushed?: boolean },
) {
  return new ShardWorker({
    ...common,
    ...parts,
    pool: database(() => asked.outbox(asked.left.splice(0))),
    scope: { consumer: 'log', source: 'message-log' },
    worker: 'a',
    lease: { shard: 'shard-0', epoch: 1 },
    definition: {
      consumer: 'log',
      stream: 'message-log',
      parse: (body) => body,
      apply: async () => ({ entries: [] }),
    },
    reader: {
      pushed: asked.pushed ?? false,
      read: () => asked.read(NOTHING),
      close: () => undefined,
    },
    publisher: { publish: () => asked.publish(undefined) },
    batchSize: 100,
    hinted: () => false,
    idleMs: () => 1_000,
    onLost: () => undefined,
    onEnded: () => undefined,
  });
}

function poll({ answer, ...parts }: Parts, maxInHand?: number): StandInQueue {
  const queue = new StandInQueue(parts.clock);
  const receive = queue.receive.bind(queue);
  queue.receive = async (options) => answer(await receive(options));
  createLaneConsumer({
    ...common,
    ...parts,
    queue,
    name: 'sms-bulk.fifo',
    visibilitySeconds: 30,
    handle: () => never(undefined),
    polls: 1,
    ...(maxInHand === undefined ? {} : { maxInHand }),
  });
  return queue;
}

const SHARD = /^the consumer log of shard-0 has not turned for/;

/** Every loop, at every place where it waits for somebody else. */
const loops: readonly { waitsFor: string; start(parts: Parts): unknown; called: RegExp }[] = [
  {
    waitsFor: 'a loop over due rows for the database',
    start: (parts) =>
      startDueRows({
        ...common,
        ...parts,
        name: 'held messages',
        batch: () => parts.answer({ handled: 0, nextInMs: null }),
        idleMs: 500,
      }),
    called: /^the loop over held messages has not turned for/,
  },
  {
    waitsFor: 'the worker of a shard for the stream',
    start: (parts) => shardWorker(parts, { read: parts.answer, outbox: well, left: [], publish: well }),
    called: SHARD,
  },
  {
    waitsFor: 'the worker of a shard for the database',
    start: (parts) => shardWorker(parts, { read: well, outbox: parts.answer, left: [], publish: well }),
    called: SHARD,
  },
  {
    waitsFor: 'the worker of a shard for the stream that it publishes to',
    start: (parts) =>
      shardWorker(parts, { read: well, outbox: well, left: [{ ...LEFT_BEHIND }], publish: parts.answer }),
    called: SHARD,
  },
  {
    waitsFor: 'the relay of an outbox for the database',
    start: (parts) =>
      createSlotRelay({
        ...common,
        ...parts,
        pool: database(() => parts.answer([])),
        producer: 'sender',
        instance: 'a',
        publisher: { publish: () => well(undefined) },
      }),
    called: /^the relay of the outbox has not turned for/,
  },
  {
    waitsFor: 'a poll of a queue for the queue',
    start: (parts) => poll(parts),
    called: /^a poll of sms-bulk\.fifo has not turned for/,
  },
];

describe('A service whose loop waits', () => {
  const failures: unknown[] = [];
  beforeEach(() => failures.splice(0));

  function watched(answer: Answer) {
    const clock = new ManualClock(undefined, () => 0);
    const liveness = new LoopWatch(clock);
    const parts: Parts = { clock, liveness, onFailure: (error) => failures.push(error), answer };
    return { clock, liveness, parts };
  }

  for (const { called, start, waitsFor } of loops) {
    it(`is not healthy when the answer never comes: ${waitsFor}`, async () => {
      const { clock, liveness, parts } = watched(never);
      start(parts);
      await settle();
      await clock.advance(LONGEST_SILENCE_MS);
      assert.deepEqual(await health(liveness), { status: 200, text: 'ok' });
      await clock.advance(1_000);
      const { status, text } = await health(liveness);
      assert.equal(status, 503);
      assert.match(text, called);
      assert.deepEqual(failures, []);
    });

    it(`is healthy while what it waits for is away, however long: ${waitsFor}`, async () => {
      const { clock, liveness, parts } = watched(away);
      start(parts);
      await settle();
      for (let minute = 0; minute < 30; minute += 1) {
        await clock.advance(60_000);
        assert.equal(liveness.hanging(), null);
      }
      assert.deepEqual(failures, []);
    });

    it(`is healthy while there is nothing to do: ${waitsFor}`, async () => {
      const { clock, liveness, parts } = watched(well);
      start(parts);
      await settle();
      for (let minute = 0; minute < 30; minute += 1) {
        await clock.advance(60_000);
        assert.equal(liveness.hanging(), null);
      }
      assert.deepEqual(failures, []);
    });
  }

  it('is healthy while records that are pushed do not come', async () => {
    const { clock, liveness, parts } = watched(never);
    shardWorker(parts, { read: never, outbox: well, left: [], publish: well, pushed: true });
    await settle();
    await clock.advance(3_600_000);
    assert.equal(liveness.hanging(), null);
  });

  it('is healthy while its hands are full of what a carrier does not take', async () => {
    const { clock, liveness, parts } = watched(well);
    const queue = poll(parts, 1);
    await queue.send([{ groupId: 'a', deduplicationId: '1', body: 'a1' }]);
    await settle();
    await clock.advance(3_600_000);
    assert.equal(queue.inFlight, 1);
    assert.equal(liveness.hanging(), null);
  });
});

/** What the process answers when ECS asks. */
async function health(loopWatch: LoopWatch): Promise<{ status: number; text: string }> {
  const server = healthServer({ hanging: () => loopWatch.hanging(), notReady: () => null });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const response = await fetch(`http://127.0.0.1:${address.port}/health`);
    return { status: response.status, text: await response.text() };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
