import assert from 'node:assert/strict';
import { silentLogger } from '#shared/logger.ts';
import { createRedis } from '#shared/redis/client.ts';
import { eventually } from '#test/eventually.ts';
import { OwnRedis } from '#test/own-redis.ts';
import { sharedRateLimit } from './rate-limit.ts';

describe('The limit of requests', () => {
  let redis: OwnRedis;
  before(async () => {
    redis = await OwnRedis.start();
  });
  after(() => redis.remove());

  it('is one for all tasks, and of each caller; while Redis is away every task allows its share', async () => {
    const clients = [
      createRedis(redis.config, silentLogger),
      createRedis(redis.config, silentLogger),
    ] as const;
    try {
      await eventually(async () =>
        assert.deepEqual(
          clients.map(({ status }) => status),
          ['ready', 'ready'],
        ),
      );
      const [one, two] = [
        sharedRateLimit(clients[0], { perMinute: 6, tasks: 2 }),
        sharedRateLimit(clients[1], { perMinute: 6, tasks: 2 }),
      ];
      const allowed: boolean[] = [];
      for (const limit of [one, two, one, two, one, two, one, two])
        allowed.push((await limit('key a')).allowed);
      assert.deepEqual(allowed, [true, true, true, true, true, true, false, false]);
      const refused = await two('key a');
      assert.ok(refused.retryAfterSeconds >= 1 && refused.retryAfterSeconds <= 60);
      assert.match(refused.headers.ratelimit ?? '', /^"minute";r=0;t=\d+$/);
      assert.equal((await one('key b')).allowed, true);
      await redis.kill();
      const alone: boolean[] = [];
      for (let n = 0; n < 4; n += 1) alone.push((await one('key c')).allowed);
      assert.deepEqual(alone, [true, true, true, false]);
    } finally {
      for (const client of clients) client.disconnect();
    }
  });
});
