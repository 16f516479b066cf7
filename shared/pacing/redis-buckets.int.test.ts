import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Channel } from '#shared/compliance/touch.ts';
import { readConfig } from '#shared/config.ts';
import { silentLogger } from '#shared/logger.ts';
import { createRedis, type RedisClient, redisSettings } from '#shared/redis/client.ts';
import { bucketsOf } from '#shared/senders/limits.ts';
import { runs } from '#test/properties/runs.ts';
import { redisUrl } from '#test/stack/stack.ts';
import { type BucketState, bucketOf, type PacedRequest, takeTokens } from './buckets.ts';
import { takeFromRedis } from './redis-buckets.ts';

describe('Buckets in Redis', () => {
  let redis: RedisClient;
  before(async () => {
    const { hostname, port } = new URL(redisUrl());
    const config = readConfig(redisSettings, {
      REDIS_HOST: hostname,
      REDIS_PORT: port,
      REDIS_CLUSTER: 'true',
    });
    redis = createRedis(config, silentLogger);
    await new Promise((resolve) => redis.once('ready', resolve));
  });
  after(() => redis.disconnect());

  /** Keys of a test's own, in one slot. */
  const names = (): ((name: string) => string) => {
    const tag = randomUUID();
    return (name) => `pace:{${tag}}:${name}`;
  };
  const someRequest = fc.record({
    cost: fc.integer({ min: 1, max: 11 }),
    lane: fc.constantFrom('replies' as const, 'bulk' as const),
    names: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
  });
  const rates: Readonly<Record<string, number>> = { a: 1, b: 3.75, c: 100 };

  it('of several accounts are asked together, and each message hears of its own', async () => {
    const [first, second] = [names(), names()];
    const of = (limits: PacedRequest['limits'], lane: PacedRequest['lane'] = 'bulk'): PacedRequest => ({
      cost: 1,
      lane,
      limits,
    });
    const slow = [bucketOf(first('account'), 1)];
    const quick = [bucketOf(second('account'), 100), bucketOf(second('number'), 100)];
    const now = 1_700_000_000_000;
    const requests = [
      of(slow, 'replies'),
      of(quick, 'replies'),
      of([]),
      of(slow, 'replies'),
      of(quick, 'replies'),
    ];
    const waits = await takeFromRedis(redis, requests, [of(quick)], now);
    const alone = new Map<string, BucketState>();
    assert.deepEqual(waits, takeTokens(alone, requests, now, [of(quick)]));
    assert.deepEqual([waits[0], waits[1], waits[2], waits[4]], [0, 0, 0, 0]);
    // What is given back to one account is not lost where the next messages are of another.
    await takeFromRedis(redis, [of(quick)], [of(slow)], now);
    await assert.rejects(takeFromRedis(redis, [of([...slow, ...quick])], [], now), /buckets of/);
  });

  it('answer as those in memory do, for any messages at any time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            afterMs: fc.integer({ min: 0, max: 3_000 }),
            requests: fc.array(someRequest, { minLength: 1, maxLength: 8 }),
            back: fc.array(someRequest, { maxLength: 3 }),
          }),
          { minLength: 1, maxLength: 10 },
        ),
        async (calls) => {
          const nameOf = names();
          const states = new Map<string, BucketState>();
          const request = ({ cost, lane, names: named }: (typeof calls)[0]['requests'][0]): PacedRequest => ({
            cost,
            lane,
            limits: named.map((name) => bucketOf(nameOf(name), rates[name] ?? 1)),
          });
          let now = 1_700_000_000_000;
          for (const { afterMs, back, requests } of calls) {
            now += afterMs;
            const expected = takeTokens(states, requests.map(request), now, back.map(request));
            const answered = await takeFromRedis(redis, requests.map(request), back.map(request), now);
            for (const [index, wait] of answered.entries()) {
              // Levels are written with nine digits.
              assert.ok(Math.abs(wait - (expected[index] ?? Number.NaN)) <= 1, `${answered} for ${expected}`);
              assert.equal(wait === 0, expected[index] === 0);
            }
          }
        },
      ),
      { numRuns: runs(60) },
    );
  });

  it('keep the time of the server where none is given, and forget what nobody asked for a day', async () => {
    const key = names()('n');
    const limits = [bucketOf(key, 10)];
    const waits = await takeFromRedis(redis, [{ cost: 1, lane: 'replies', limits }], []);
    assert.deepEqual(waits, [0]);
    const at = Number(await redis.hget(key, 'at'));
    assert.ok(Math.abs(at - Date.now()) < 60_000);
    const left = await redis.pttl(key);
    assert.ok(left > 86_000_000 && left <= 86_400_000);
  });

  it('never let texts touch what calls may do, nor the reverse', async () => {
    const asked = fc.record({
      channel: fc.constantFrom<Channel>('sms', 'voice'),
      cost: fc.integer({ min: 1, max: 5 }),
      afterMs: fc.integer({ min: 0, max: 500 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { minLength: 2, maxLength: 25 }), async (all) => {
        /** Waits of one channel, with or without the other beside it. Numbers of a run's own, at one account. */
        const waitsOf = async (channel: Channel, withOther: boolean): Promise<number[]> => {
          const own = randomUUID();
          const sender = {
            senderNumber: own,
            rate: 3,
            pool: own,
            poolRate: 2,
            halted: false,
            dayLeft: null,
            poolDayLeft: null,
            carrier: 'twilio' as const,
            carrierPaused: false,
            dayCap: null,
            poolDayCap: null,
            sentToday: 0,
            canCall: true,
            dayEnds: new Date(0),
          };
          const waits: number[] = [];
          let now = 1_700_000_000_000;
          for (const { afterMs, channel: of, cost } of all) {
            now += afterMs;
            if (of !== channel && !withOther) continue;
            // Without the account's, which other runs share.
            const limits = bucketsOf(sender, { carrier: 'twilio', channel: of, accountRate: 1e6 }).slice(1);
            const [wait = -1] = await takeFromRedis(redis, [{ cost, lane: 'bulk', limits }], [], now);
            if (of === channel) waits.push(wait);
          }
          return waits;
        };
        for (const channel of ['sms', 'voice'] as const) {
          assert.deepEqual(await waitsOf(channel, true), await waitsOf(channel, false));
        }
        const keysOf = (channel: Channel) =>
          bucketsOf(undefined, { carrier: 'twilio', channel, accountRate: 1 }).map(({ key }) => key);
        assert.notDeepEqual(keysOf('sms'), keysOf('voice'));
      }),
      { numRuns: runs(20) },
    );
  });

  it('reject when the server does not know what it is asked', async () => {
    const key = names()('n');
    await redis.set(key, 'a text');
    await assert.rejects(takeFromRedis(redis, [{ cost: 1, lane: 'bulk', limits: [bucketOf(key, 1)] }], []));
  });
});
