import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { systemClock } from '#shared/clock.ts';
import { createPublisher, type Publish } from '#shared/live-events/publish.ts';
import { KEPT } from '#shared/live-events/stream.ts';
import { silentLogger } from '#shared/logger.ts';
import { createPool } from '#shared/postgres/pool.ts';
import { createBlockingClient, createRedis, type RedisClient } from '#shared/redis/client.ts';
import { eventually } from '#test/eventually.ts';
import { OwnRedis } from '#test/own-redis.ts';
import { createDatabase, redisUrl, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';
import { MAX_STREAMS_EACH } from './operations.ts';
import { type LiveEvents, startLiveEvents } from './start.ts';
import { listenTo, type TestListener } from './test-client.ts';

interface Task {
  api: TestApi;
  live: LiveEvents;
  stop(): Promise<void>;
}

describe('Live events', () => {
  let database: TestDatabase;
  let redis: RedisClient;
  let key: string;
  let publish: Publish;
  const closing: (() => unknown)[] = [];

  const shared = () => {
    const { hostname, port } = new URL(redisUrl());
    return { REDIS_HOST: hostname, REDIS_PORT: Number(port), REDIS_TLS: false, REDIS_CLUSTER: true };
  };
  before(async () => {
    database = await createDatabase();
  });
  beforeEach(async () => {
    key = `test-live-events-${randomUUID()}`;
    redis = createRedis(shared(), silentLogger);
    closing.push(() => redis.disconnect());
    await eventually(async () => assert.equal(redis.status, 'ready'));
    publish = createPublisher(redis, silentLogger, key);
    closing.push(() => redis.del(key).catch(() => undefined));
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  after(() => database.drop());

  async function startTask(config = shared(), own = redis): Promise<Task> {
    const clock = systemClock();
    const reader = createBlockingClient(config, silentLogger);
    const onFailure = (error: unknown): never => assert.fail(String(error));
    const pool = createPool({ ...database.configFor('api'), max: 2 }, () => undefined);
    const live = startLiveEvents({
      pool,
      redis: own,
      reader,
      clock,
      logger: silentLogger,
      onFailure,
      key,
    });
    const api = await startTestApi(database, { hub: live.hub });
    const stop = async (): Promise<void> => {
      await live.stop();
      await api.stop();
      await pool.end();
    };
    closing.push(stop);
    return { api, live, stop };
  }

  async function listen(task: Task, query = '', lastEventId?: string): Promise<TestListener> {
    const listener = await listenTo(`${task.api.url}/v1/events${query}`, {
      key: await task.api.key('viewer'),
      ...(lastEventId === undefined ? {} : { lastEventId }),
    });
    closing.push(() => listener.close());
    return listener;
  }
  const values = (listener: TestListener): unknown[] =>
    listener.events
      .filter(({ event }) => event === 'update')
      .map(({ data }) => JSON.parse(data))
      .filter(({ topic }) => topic !== 'system')
      .map(({ payload }) => payload.value);
  const resets = (listener: TestListener): number =>
    listener.events.filter(({ event }) => event === 'reset').length;
  const hears = (listener: TestListener, expected: unknown): Promise<void> =>
    eventually(async () => assert.ok(values(listener).includes(expected)));
  /** Publishes until it is heard: the reader begins a moment after the task. */
  const hearsAnew = async (listener: TestListener, value: string): Promise<void> =>
    eventually(async () => {
      publish('inbox', { value });
      await eventually(async () => assert.ok(values(listener).includes(value)), 1_000);
    });

  it('reach the clients of every task, uncompressed and as they happen', async () => {
    const [one, two] = [await startTask(), await startTask()];
    const clients = [await listen(one), await listen(two), await listen(two, '?topics=inbox,campaign:a')];
    for (const client of clients) {
      assert.equal(client.status, 200);
      assert.equal(client.headers['content-type'], 'text/event-stream');
      assert.equal(client.headers['content-encoding'], undefined);
      await hearsAnew(client, 'now');
    }
  });

  it('are for viewers, not for everybody, and only of topics that can be', async () => {
    const { api } = await startTask();
    const { status } = await api.send('GET', '/v1/events', { key: null });
    assert.equal(status, 401);
    const { body } = await api.send('GET', '/v1/events?topics=system,NOT+ONE');
    assert.deepEqual([body.code, body.faults[0].in], ['invalid_request', 'query']);
  });

  it('are in the OpenAPI document, as what they are', async () => {
    const { api } = await startTask();
    const { body } = await api.send('GET', '/v1/openapi.json');
    const { parameters, responses } = body.paths['/v1/events'].get;
    assert.deepEqual(Object.keys(responses['200'].content), ['text/event-stream']);
    assert.deepEqual(parameters.map(({ name }: { name: string }) => name).sort(), [
      'Last-Event-ID',
      'topics',
    ]);
  });

  it('go on at another task where the client was, without a gap', async () => {
    const [one, two] = [await startTask(), await startTask()];
    const before = await listen(one, '?topics=inbox,campaign:a');
    const watcher = await listen(two, '?topics=inbox,campaign:a');
    await hearsAnew(watcher, 'the reader is there');
    await hearsAnew(before, 'first');
    await hears(watcher, 'first');
    before.close();
    await eventually(async () => assert.equal(one.live.hub.size, 0));
    publish('campaign:a', { value: 'missed' });
    await hears(watcher, 'missed');
    const after = await listen(two, '?topics=inbox,campaign:a', before.lastEventId);
    await hears(after, 'missed');
    assert.equal(resets(after), 0);
  });

  it('tell a client whose id is older than what is kept to fetch again', async () => {
    const task = await startTask();
    const before = await listen(task, '?topics=inbox');
    await hearsAnew(before, 'first');
    before.close();
    for (let at = 0; at < 2 * KEPT + 500; at += 1) publish(`campaign:${at % 50}`, { value: at });
    publish('inbox', { value: 'last' });
    const after = await startTask();
    await hearsAnew(await listen(after), 'the reader is there');
    const back = await listen(after, '?topics=inbox', before.lastEventId);
    await eventually(async () => assert.equal(resets(back), 1));
  });

  it('stop while Redis is away, and are there again with a reset when it is back', async () => {
    const own = await OwnRedis.start();
    closing.push(() => own.remove());
    const ownRedis = createRedis(own.config, silentLogger);
    closing.push(() => ownRedis.disconnect());
    await eventually(async () => assert.equal(ownRedis.status, 'ready'));
    publish = createPublisher(ownRedis, silentLogger, key);
    const task = await startTask(own.config, ownRedis);
    const client = await listen(task, '?topics=inbox');
    await hearsAnew(client, 'before');
    const seen = resets(client);
    await own.kill();
    await eventually(async () => assert.notEqual(ownRedis.status, 'ready'));
    publish('inbox', { value: 'lost' });
    await own.start();
    await eventually(async () => assert.ok(resets(client) > seen));
    await hearsAnew(client, 'after');
    assert.ok(!client.ended);
    assert.ok(!values(client).includes('lost'));
  });

  it('say how the system stands to those who listen', async () => {
    const { adminPool } = database;
    await adminPool.query(
      `INSERT INTO lease (consumer, source, shard) VALUES ('log', 'message-log', 'shard-1')`,
    );
    const client = await listen(await startTask(), '?topics=system');
    await eventually(async () => assert.ok(client.events.some(({ event }) => event === 'update')));
    const { payload } = JSON.parse(client.events.find(({ event }) => event === 'update')?.data ?? '');
    assert.deepEqual(payload.messages, { queued: 0, oldestQueuedSeconds: 0, held: 0 });
    assert.deepEqual(Object.keys(payload.consumers[0]).sort(), [
      'consumer',
      'shards',
      'silentSeconds',
      'stream',
    ]);
    assert.deepEqual(payload.consumers[0].consumer, 'log');
  });

  it('send clients away when the task ends, to come back', async () => {
    const task = await startTask();
    const client = await listen(task);
    await task.live.stop();
    await eventually(async () => assert.ok(client.ended));
    assert.ok((client.retry ?? 0) >= 500);
    const late = await listen(task);
    await eventually(async () => assert.ok(late.ended && late.retry !== null));
  });

  it('go to so many streams of one key and no more', async () => {
    const task = await startTask();
    const viewer = await task.api.key('viewer');
    const url = `${task.api.url}/v1/events`;
    const open = await Promise.all(
      Array.from({ length: MAX_STREAMS_EACH }, () => listenTo(url, { key: viewer })),
    );
    const refused = await listenTo(url, { key: viewer });
    assert.equal(refused.status, 429);
    for (const each of [...open, refused]) each.close();
    await eventually(async () => assert.equal(task.live.hub.size, 0));
    const again = await listenTo(url, { key: viewer });
    assert.equal(again.status, 200);
    again.close();
  });

  it('of no topic, or too long, are a fault of their publisher', () => {
    assert.throws(() => publish('No Topic', {}), /is no topic/);
    assert.throws(() => publish('system', { long: 'x'.repeat(10_000) }), /longer than/);
  });
});
