import assert from 'node:assert/strict';
import { systemClock } from '#shared/clock.ts';
import { CarillonError } from '#shared/errors.ts';
import { LONGEST_SILENCE_MS, LoopWatch } from '#shared/liveness.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { eventually } from '#test/eventually.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { rowsReadBy } from '#test/rows-read.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import type { OutboxEntry } from './entry.ts';
import { hasRows } from './read.ts';
import { createSlotRelay, type SlotRelay } from './slot-relay.ts';
import { slotNames, slotOf, writeSlotOutbox } from './write.ts';

describe('The relay of a service outbox', () => {
  let database: TestDatabase;
  let pool: Pool;
  let relays: SlotRelay[];
  let failures: unknown[];

  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  after(() => database.drop());
  beforeEach(async () => {
    relays = [];
    failures = [];
    await emptyTables(pool, 'outbox, lease, lease_worker');
  });
  afterEach(async () => {
    await Promise.all(relays.map((relay) => relay.stop()));
    assert.deepEqual(failures, []);
  });

  function start(instance: string, publish: (entries: readonly OutboxEntry[]) => Promise<void>): SlotRelay {
    const relay = createSlotRelay({
      pool,
      producer: 'sender',
      instance,
      publisher: { publish },
      clock: systemClock(),
      logger: silentLogger,
      metrics: noMetrics,
      onFailure: (error) => failures.push(error),
      idleMs: 50,
      leaseMs: 1_500,
      heartbeatMs: 100,
    });
    relays.push(relay);
    return relay;
  }
  const write = (...lines: [phone: string, body: string][]) =>
    inTransaction(pool, (tx) =>
      writeSlotOutbox(
        tx,
        'sender',
        lines.map(([orderingKey, body]) => ({ kind: 'stream', target: 'message-log', orderingKey, body })),
      ),
    );
  const left = async (): Promise<number> => (await pool.query('SELECT FROM outbox')).rowCount ?? -1;
  const phone = (n: number): string => `+1415555${String(n).padStart(4, '0')}`;

  it('asks whether there is anything by index, whatever the statistics say of an outbox that is full of rows of others', async () => {
    await pool.query(
      `INSERT INTO outbox (producer, partition, kind, target, ordering_key, body)
       SELECT 'sender', lpad((n % 64)::text, 2, '0'), 'stream', 'message-log', '+14155550101', '{}' FROM generate_series(1, 20000) AS n`,
    );
    // By its statistics nearly every row is ours, and the first that is read will do.
    await pool.query('ANALYZE outbox');
    await pool.query(`UPDATE outbox SET producer = 'campaigns'`);
    let found: boolean | null = null;
    const read = await rowsReadBy(pool, 'outbox', async (tx) => {
      found = await hasRows(tx, 'sender', slotNames);
    });
    assert.deepEqual([found, read], [false, 0]);
    await write(['+14155550101', 'one']);
    assert.equal(await hasRows(pool, 'sender', slotNames), true);
    assert.equal(await hasRows(pool, 'sender', []), false);
  });

  it('publishes what transactions left, in order per phone, and empties the outbox', async () => {
    const published: OutboxEntry[] = [];
    const relay = start('a', async (entries) => {
      published.push(...entries);
    });
    for (let round = 0; round < 5; round += 1) {
      await write(...Array.from({ length: 20 }, (_, n): [string, string] => [phone(100 + n), String(round)]));
      relay.wake();
    }
    await eventually(async () => assert.equal(await left(), 0));
    for (let n = 0; n < 20; n += 1) {
      const bodies = published
        .filter(({ orderingKey }) => orderingKey === phone(100 + n))
        .map(({ body }) => body);
      assert.deepEqual(bodies, ['0', '1', '2', '3', '4']);
    }
  });

  it('keeps rows that could not be published, and publishes them when the stream is back', async () => {
    let away = true;
    let refused = 0;
    const published: string[] = [];
    start('a', async (entries) => {
      if (away) refused += entries.length;
      if (away) throw new CarillonError('unavailable', 'the stream is away');
      published.push(...entries.map(({ body }) => body));
    });
    await write([phone(101), 'x'], [phone(101), 'y']);
    await eventually(async () => assert.ok(refused > 0));
    assert.equal(await left(), 2);
    away = false;
    await eventually(async () => assert.deepEqual(published, ['x', 'y']));
    await eventually(async () => assert.equal(await left(), 0));
  });

  it('lets other slots go on while records of one are not taken, and keeps the order of each', async () => {
    const [stuck, free] = ['00', '01'].map((slot) =>
      Array.from({ length: 1_000 }, (_, n) => phone(n)).filter((each) => slotOf(each) === slot),
    );
    const [one, other] = [stuck?.[0], free?.[0]];
    assert.ok(one !== undefined && other !== undefined);
    const answer = Promise.withResolvers<void>();
    const published: string[] = [];
    await write([one, 'a'], [other, 'b'], [one, 'c'], [other, 'd']);
    start('a', async (entries) => {
      if (entries.some(({ orderingKey }) => orderingKey === one)) await answer.promise;
      published.push(...entries.map(({ body }) => body));
    });
    await eventually(async () => assert.equal(await left(), 2));
    assert.deepEqual(published, ['b', 'd']);
    answer.resolve();
    await eventually(async () => assert.equal(await left(), 0));
    assert.deepEqual(published, ['b', 'd', 'a', 'c']);
  });

  it('hangs, for whoever watches it, when the stream never answers', async () => {
    const clock = new ManualClock();
    const liveness = new LoopWatch(clock);
    const asked: (() => void)[] = [];
    await write([phone(101), 'x']);
    relays.push(
      createSlotRelay({
        pool,
        producer: 'sender',
        instance: 'a',
        publisher: { publish: () => new Promise((resolve) => asked.push(resolve)) },
        clock,
        logger: silentLogger,
        metrics: noMetrics,
        onFailure: (error) => failures.push(error),
        liveness,
      }),
    );
    await eventually(async () => assert.equal(asked.length, 1));
    await clock.advance(LONGEST_SILENCE_MS);
    assert.equal(liveness.hanging(), null);
    await clock.advance(1_000);
    assert.match(liveness.hanging() ?? '', /^the relay of the outbox has not turned for 301 s$/);
    for (const answer of asked) answer();
  });

  it('shares its slots with a second task, and takes over those of one that stops', async () => {
    const published: string[] = [];
    const publish = async (entries: readonly OutboxEntry[]) => {
      published.push(...entries.map(({ body }) => body));
    };
    const a = start('a', publish);
    await eventually(async () => assert.equal(a.slots().length, 64));
    const b = start('b', publish);
    await eventually(async () => assert.deepEqual([a.slots().length, b.slots().length], [32, 32]));
    await write(...Array.from({ length: 50 }, (_, n): [string, string] => [phone(n), String(n)]));
    await eventually(async () => assert.equal(published.length, 50));
    await b.stop();
    await eventually(async () => assert.equal(a.slots().length, 64));
  });

  it('spreads phones over all slots, always the same for one phone', () => {
    const counts = new Map(slotNames.map((slot) => [slot, 0]));
    for (let n = 0; n < 10_000; n += 1) {
      const slot = slotOf(phone(n));
      assert.equal(slotOf(phone(n)), slot);
      counts.set(slot, (counts.get(slot) ?? 0) + 1);
    }
    assert.equal(counts.size, 64);
    assert.ok(Math.min(...counts.values()) > 100);
  });
});
