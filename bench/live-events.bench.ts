import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import express from 'express';
import { systemClock } from '#shared/clock.ts';
import { createPublisher } from '#shared/live-events/publish.ts';
import { silentLogger } from '#shared/logger.ts';
import { createBlockingClient, createRedis } from '#shared/redis/client.ts';
import { Hub } from '../apps/api/events/hub.ts';
import { startStreamReader } from '../apps/api/events/read-stream.ts';
import { openEventStream } from '../apps/api/http/event-stream.ts';
import { OwnRedis } from '../test/own-redis.ts';
import { publish } from './figures.ts';
import { benchmarkArguments } from './harness.ts';

/**
 * Live events: from the publisher through Redis, the reader and the hub of one process to the last of 1,000 clients, which
 * are in a process of their own.
 *
 *   node bench/live-events.bench.ts [--quick] [--json FILE]
 *
 * Gate: every client gets every update, once.
 */
const CLIENTS = 1_000;
/** Pause between two updates, each of another topic, in ms. */
const EVERY_MS = 50;

/** What the clients' process says: all are there, or an update has reached the last of them. */
type Said = { ready: true } | { update: number; lastMs: number; received: number };

const now = (): number => performance.timeOrigin + performance.now();

if (process.send) await beClients(String(process.argv[2]));
else await measure();

async function beClients(url: string): Promise<void> {
  const received = new Map<number, number>();
  const say = (said: Said): void => {
    process.send?.(said);
  };
  const hear = (text: string): void => {
    for (const [, update, sentAt] of text.matchAll(/"update":(\d+),"sentAt":([\d.]+)/g)) {
      const count = (received.get(Number(update)) ?? 0) + 1;
      received.set(Number(update), count);
      if (count >= CLIENTS) say({ update: Number(update), lastMs: now() - Number(sentAt), received: count });
    }
  };
  for (let opened = 0; opened < CLIENTS; opened += 100) {
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        const [response] = await once(get(url, { agent: false }), 'response');
        let rest = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          const whole = rest + text;
          const end = whole.lastIndexOf('\n\n') + 1;
          hear(whole.slice(0, end));
          rest = whole.slice(end);
        });
      }),
    );
  }
  say({ ready: true });
}

async function measure(): Promise<void> {
  const { json, quick } = benchmarkArguments();
  const updates = quick ? 100 : 600;
  const own = await OwnRedis.start();
  const redis = createRedis(own.config, silentLogger);
  while (redis.status !== 'ready') await delay(20);
  const hub = new Hub(systemClock());
  const reading = startStreamReader({
    redis: createBlockingClient(own.config, silentLogger),
    follower: hub,
    logger: silentLogger,
  });
  const app = express();
  app.get('/', (_request, response) => {
    const listener = openEventStream(response);
    listener.onClose(hub.attach(listener, { topics: null, lastEventId: null }));
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const rssBefore = process.memoryUsage().rss;
  const clients = fork(import.meta.filename, [`http://127.0.0.1:${(server.address() as AddressInfo).port}/`]);
  const delays = new Map<number, number>();
  let ready = false;
  clients.on('message', (said: Said) => {
    if ('ready' in said) ready = true;
    else {
      assert.equal(said.received, CLIENTS, `update ${said.update} came more than once`);
      delays.set(said.update, said.lastMs);
    }
  });
  while (!ready) await delay(20);
  assert.equal(hub.size, CLIENTS);
  const tell = createPublisher(redis, silentLogger);
  const cpuBefore = process.cpuUsage();
  for (let update = 0; update < updates; update += 1) {
    tell(`campaign:${update % 100}`, { update, sentAt: now() });
    await delay(EVERY_MS);
  }
  for (let waited = 0; delays.size < updates && waited < 10_000; waited += 20) await delay(20);
  const cpu = process.cpuUsage(cpuBefore);
  assert.equal(delays.size, updates, 'an update did not reach every client');
  const sorted = [...delays.values()].sort((a, b) => a - b);
  const percentile = (part: number): number =>
    Math.round(10 * (sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN)) / 10;
  const figures = {
    'p50 ms to the last client': percentile(0.5),
    'p95 ms': percentile(0.95),
    'p99 ms': percentile(0.99),
    'most ms': percentile(1),
    'MiB without clients': Math.round(rssBefore / 2 ** 20),
    'MiB with them': Math.round(process.memoryUsage().rss / 2 ** 20),
    'ms of a processor an update': Math.round((cpu.user + cpu.system) / 10 / updates) / 100,
  };
  const config = { clients: CLIENTS, updates, 'ms between updates': EVERY_MS };
  await publish({ benchmark: 'live-events', config, tables: [{ rows: [figures] }], aims: [] }, json);
  clients.kill();
  hub.stop();
  await reading.stop();
  redis.disconnect();
  server.close();
  server.closeAllConnections();
  await own.remove();
}
