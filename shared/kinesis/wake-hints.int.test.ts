import assert from 'node:assert/strict';
import type { Redis } from 'ioredis';
import { silentLogger } from '#shared/logger.ts';
import { createRedis } from '#shared/redis/client.ts';
import { eventually } from '#test/eventually.ts';
import { redisUrl } from '#test/stack/stack.ts';
import { createWakeHints, type WakeHints } from './wake-hints.ts';

describe('Wake hints over Redis', () => {
  let redis: Redis;
  let hints: WakeHints;

  beforeEach(async () => {
    const { hostname, port } = new URL(redisUrl());
    redis = createRedis({ REDIS_HOST: hostname, REDIS_PORT: Number(port), REDIS_TLS: false }, silentLogger);
    hints = createWakeHints(redis, silentLogger);
    await eventually(async () => assert.ok(redis.status === 'ready' && hints.connected()));
  });
  afterEach(() => {
    hints.close();
    redis.disconnect();
  });

  /** Publishes until something arrives: a subscription takes effect a moment after it was asked for. */
  const publishUntil = (arrived: () => boolean): Promise<void> =>
    eventually(async () => {
      hints.publish('message-log', new Set(['shard-1', 'shard-2']));
      assert.ok(arrived());
    });

  it('name the shards that got records, to those who listen to the stream', async () => {
    const heard = new Set<string>();
    const elsewhere: string[] = [];
    hints.subscribe('message-log', (shard) => heard.add(shard));
    hints.subscribe('dialog-events', (shard) => elsewhere.push(shard));
    await publishUntil(() => heard.size > 0);
    assert.deepEqual([...heard].sort(), ['shard-1', 'shard-2']);
    assert.deepEqual(elsewhere, []);
  });

  it('come again by themselves after the connection was cut', async () => {
    let heard = 0;
    hints.subscribe('message-log', () => {
      heard += 1;
    });
    await publishUntil(() => heard > 0);
    await redis.client('KILL', 'TYPE', 'pubsub');
    await eventually(async () => assert.ok(redis.status === 'ready' && hints.connected()));
    heard = 0;
    await publishUntil(() => heard > 0);
  });

  it('stop for those who do not want them any more', async () => {
    let unwanted = 0;
    let wanted = 0;
    const stop = hints.subscribe('message-log', () => {
      unwanted += 1;
    });
    hints.subscribe('message-log', () => {
      wanted += 1;
    });
    await publishUntil(() => wanted > 0);
    stop();
    const before = unwanted;
    wanted = 0;
    await publishUntil(() => wanted > 0);
    assert.equal(unwanted, before);
  });

  it('are dropped without an error while Redis is away', () => {
    redis.disconnect();
    hints.publish('message-log', new Set(['shard-1']));
  });
});
