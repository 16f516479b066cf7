import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { silentLogger } from '#shared/logger.ts';
import { createRedis, createSubscriber, type RedisClient } from '#shared/redis/client.ts';
import { eventually } from '#test/eventually.ts';
import { redisUrl } from '#test/stack/stack.ts';
import { createWakeHints, type WakeHints } from './wake-hints.ts';

/** Channels are of the whole Redis, which other test files use too: these are ours. */
const ours = randomUUID();
const [ONE, TWO] = [`${ours}-1`, `${ours}-2`];
const isOurs = (shard: string): boolean => shard.startsWith(ours);

describe('Wake hints over Redis', () => {
  let redis: RedisClient;
  let hints: WakeHints;
  let subscriber: Redis;

  beforeEach(async () => {
    const { hostname, port } = new URL(redisUrl());
    const config = {
      REDIS_HOST: hostname,
      REDIS_PORT: Number(port),
      REDIS_TLS: false,
      REDIS_CLUSTER: true,
    };
    redis = createRedis(config, silentLogger);
    subscriber = createSubscriber(config, silentLogger);
    subscriber.options.connectionName = ours;
    hints = createWakeHints(redis, subscriber, silentLogger);
    await eventually(async () => assert.equal(redis.status, 'ready'));
  });
  afterEach(() => {
    hints.close();
    redis.disconnect();
  });

  /** Publishes until something arrives: a subscription takes effect a moment after it was asked for. */
  const publishUntil = (arrived: () => boolean, shards = [ONE, TWO]): Promise<void> =>
    eventually(async () => {
      hints.publish('message-log', new Set(shards));
      assert.ok(arrived());
    });

  it('name the shards that got records, to those who listen to the stream', async () => {
    const heard = new Set<string>();
    const elsewhere: string[] = [];
    hints.subscribe('message-log', (shard) => heard.add(shard));
    hints.subscribe('dialog-events', (shard) => elsewhere.push(shard));
    await publishUntil(() => heard.has(ONE));
    assert.deepEqual([...heard].filter(isOurs).sort(), [ONE, TWO]);
    assert.deepEqual(elsewhere.filter(isOurs), []);
  });

  it('come again by themselves after the connection was cut', async () => {
    const heard = new Set<string>();
    hints.subscribe('message-log', (shard) => heard.add(shard));
    await publishUntil(() => heard.has(ONE));
    const admin = new Redis(redisUrl());
    const list = await admin.call('CLIENT', 'LIST', 'TYPE', 'pubsub');
    const connection = String(list)
      .split('\n')
      .find((line) => line.includes(`name=${ours} `));
    const id = Number(/^id=(\d+)/.exec(connection ?? '')?.[1]);
    assert.equal(await admin.client('KILL', 'ID', id).finally(() => admin.disconnect()), 1);
    const afterTheCut = `${ours}-after-the-cut`;
    await publishUntil(() => heard.has(afterTheCut), [afterTheCut]);
  });

  it('stop for those who do not want them any more', async () => {
    const unwanted = new Set<string>();
    const wanted = new Set<string>();
    const stop = hints.subscribe('message-log', (shard) => unwanted.add(shard));
    hints.subscribe('message-log', (shard) => wanted.add(shard));
    await publishUntil(() => wanted.has(ONE), [ONE]);
    stop();
    await publishUntil(() => wanted.has(TWO), [TWO]);
    assert.deepEqual([unwanted.has(ONE), unwanted.has(TWO)], [true, false]);
  });

  it('take no connection of their own until somebody wants them', async () => {
    assert.equal(hints.connected(), false);
    hints.publish('message-log', new Set([ONE]));
    assert.equal(subscriber.status, 'wait');
    hints.subscribe('message-log', () => undefined);
    await eventually(async () => assert.ok(hints.connected()));
  });

  it('are dropped without an error while Redis is away', () => {
    redis.disconnect();
    hints.publish('message-log', new Set([ONE]));
  });
});
