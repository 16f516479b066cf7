import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { systemClock } from '#shared/clock.ts';
import { silentLogger } from '#shared/logger.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { Pool, Queryable } from '#shared/postgres/pool.ts';
import { createRedis, type RedisClient } from '#shared/redis/client.ts';
import { eventually } from '#test/eventually.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, redisUrl, type TestDatabase } from '#test/stack/stack.ts';
import { consentChange } from './change.ts';
import { recordConsent } from './record.ts';
import { SuppressionCache } from './suppression-cache.ts';

const PERSON = phoneNumber('+14155550101');
const OTHER = phoneNumber('+14155550102');

describe('The suppression cache', () => {
  let database: TestDatabase;
  let pool: Pool;
  let redis: Redis;
  let cache: SuppressionCache;
  let reads: (readonly string[])[];
  let prefix: string;
  /** PostgreSQL, whose reads are noted, and wait after they were answered. */
  let db: Queryable;
  let afterRead: () => Promise<void>;

  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
    redis = new Redis(redisUrl());
    await eventually(async () => assert.equal(redis.status, 'ready'));
  });
  after(async () => {
    redis.disconnect();
    await database.drop();
  });
  beforeEach(async () => {
    await emptyTables(pool, 'consent_change, consent_standing, suppression');
    prefix = `t${randomUUID()}`;
    cache = createCache();
    reads = [];
    afterRead = async () => undefined;
    // The part of a pool that is used: text and values.
    const query = async (text: string, values: [string[]]) => {
      reads.push(values[0]);
      const result = await pool.query(text, values);
      await afterRead();
      return result;
    };
    db = { query } as unknown as Queryable;
  });

  const createCache = (more: { markMs?: number; redis?: RedisClient } = {}): SuppressionCache =>
    new SuppressionCache({
      redis,
      clock: systemClock(),
      logger: silentLogger,
      pseudonyms: testPseudonyms,
      prefix,
      ...more,
    });
  const change = (status: 'opted_out' | 'opted_in', phone = PERSON) =>
    recordConsent(
      pool,
      consentChange({
        changeId: randomUUID(),
        phoneNumber: phone,
        status,
        method: 'sms',
        requestedAt: new Date(),
        cause: 'test',
      }),
      { teller: null, now: new Date(), cache, pseudonyms: testPseudonyms },
    );
  const blocked = async (...phones: string[]): Promise<string[]> =>
    [...(await cache.read(db, phones))].filter(([, scopes]) => scopes.length > 0).map(([phone]) => phone);
  const keysOf = () => redis.keys(`${prefix}:*`);
  /** As a test of a lost Redis: only this test's keys, because others share the server. */
  const flush = async () => {
    const keys = await keysOf();
    if (keys.length > 0) await Promise.all(keys.map((key) => redis.del(key)));
  };
  /** Runs `meanwhile` when the next read of PostgreSQL has its answer, and before the answer is used. */
  const duringRead = (meanwhile: () => Promise<void>): void => {
    afterRead = async () => {
      afterRead = async () => undefined;
      await meanwhile();
    };
  };

  it('answers for a batch of any size, and knows both answers afterwards', async () => {
    const phones = Array.from({ length: 500 }, (_, n) => `+1415555${String(n).padStart(4, '0')}`);
    await change('opted_out', OTHER);
    assert.deepEqual(await blocked(...phones), [OTHER]);
    assert.deepEqual(await blocked(...phones), [OTHER]);
    assert.equal(reads.length, 1, 'the second time PostgreSQL is not asked');
  });

  it('hears of a STOP and of a START', async () => {
    assert.deepEqual(await blocked(PERSON), []);
    await change('opted_out');
    assert.deepEqual(await blocked(PERSON), [PERSON]);
    await change('opted_in');
    assert.deepEqual(await blocked(PERSON), []);
    assert.deepEqual(reads.length, 3);
  });

  it('does not keep an answer that was read before a STOP committed', async () => {
    duringRead(async () => {
      await change('opted_out');
    });
    assert.deepEqual(await blocked(PERSON), [], 'the answer of then');
    assert.deepEqual(await blocked(PERSON), [PERSON]);
  });

  it('does not keep an answer that was read while a STOP was being committed', async () => {
    const done = await cache.changing([PERSON]);
    assert.deepEqual(await blocked(PERSON), []);
    await change('opted_out');
    await done();
    assert.deepEqual(await blocked(PERSON), [PERSON]);
  });

  it('does not keep an answer whose lease was lost with Redis, nor one that was written after the mark was', async () => {
    duringRead(flush);
    await blocked(PERSON);
    assert.deepEqual(await keysOf(), []);
    const done = await cache.changing([PERSON]);
    await flush();
    assert.deepEqual(await blocked(PERSON), []);
    assert.equal((await keysOf()).length, 1, 'without the mark the reader wrote');
    await pool.query(
      `INSERT INTO suppression (phone_number, change_id, source, reason, added_at)
       VALUES ($1, gen_random_uuid(), 'user_opt_out', 'test', now())`,
      [PERSON],
    );
    await done();
    assert.deepEqual(await blocked(PERSON), [PERSON]);
  });

  it("lets only one of two readers write, and takes away nobody else's mark", async () => {
    duringRead(async () => {
      assert.deepEqual(await blocked(PERSON), []);
      assert.deepEqual(
        await keysOf()
          .then((keys) => Promise.all(keys.map((key) => redis.get(key))))
          .then((values) => values.map((value) => value?.charAt(0))),
        ['L'],
      );
    });
    await blocked(PERSON);
    const first = await cache.changing([PERSON]);
    const second = await cache.changing([PERSON]);
    await first();
    await blocked(PERSON);
    await blocked(PERSON);
    assert.equal(reads.length, 4, 'the second change is still in progress: nothing is kept');
    await second();
    await blocked(PERSON);
    await blocked(PERSON);
    assert.equal(reads.length, 5);
  });

  it('is right again by itself when whoever changed something died before saying that it was done', async () => {
    cache = createCache({ markMs: 50 });
    await blocked(PERSON);
    await cache.changing([PERSON]);
    await change('opted_out');
    await cache.changing([PERSON]);
    await eventually(async () => assert.deepEqual(await keysOf(), []));
    assert.deepEqual(await blocked(PERSON), [PERSON]);
  });

  it('asks PostgreSQL when Redis is gone, and a STOP is recorded all the same', async () => {
    const gone = createRedis(
      { REDIS_HOST: '127.0.0.1', REDIS_PORT: 1, REDIS_TLS: false, REDIS_CLUSTER: false },
      silentLogger,
    );
    try {
      cache = createCache({ redis: gone });
      await change('opted_out');
      assert.deepEqual(await blocked(PERSON, OTHER), [PERSON]);
      assert.deepEqual(await blocked(PERSON, OTHER), [PERSON]);
      assert.equal(reads.length, 2);
    } finally {
      gone.disconnect();
    }
  });

  it('fails when neither knows: nobody is taken for somebody who may be written to', async () => {
    duringRead(() => Promise.reject(new Error('the database is gone')));
    await assert.rejects(cache.read(db, [PERSON]), /the database is gone/);
  });
});
