import assert from 'node:assert/strict';
import { Agent, get } from 'node:http';
import express from 'express';
import helmet from 'helmet';
import { systemClock } from '#shared/clock.ts';
import { type PublicServer, startPublicServer } from '#shared/http/public-server.ts';
import { silentLogger } from '#shared/logger.ts';
import { createPool } from '#shared/postgres/pool.ts';
import { ClickRecorder } from '../apps/gateway/links/click-recorder.ts';
import { LinkDirectory } from '../apps/gateway/links/directory.ts';
import { linkRoutes } from '../apps/gateway/links/links.ts';
import { recordClicks } from '../apps/gateway/links/record-clicks.ts';
import { createDatabase } from '../test/stack/stack.ts';
import { publish } from './figures.ts';
import {
  aimsOf,
  benchmarkArguments,
  type Contender,
  compare,
  median,
  startBenchStack,
  tableOf,
} from './harness.ts';

/**
 * Short links: each recipient follows their own, so nearly all are looked up in the database; every click is recorded
 * before it is answered. Ours gathers both; the other looks one link up and records one click per request, with the same
 * statements. Fails when a request is not led on, when clicks are not exactly the requests, or when the count of contacts
 * is not what the rows add up to.
 *
 *   node bench/short-links.bench.ts [--quick] [--json FILE]
 */
const { quick, json } = benchmarkArguments();
const config = { connections: 64, amount: quick ? 3_000 : 10_000, links: 200_000 };
const AGENT =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36';

const stack = await startBenchStack();
const database = await createDatabase();
const admin = database.adminPool;
const pool = createPool(database.configFor('gateway'), () => undefined);
const clock = systemClock();
const servers: PublicServer[] = [];
const recorders: ClickRecorder[] = [];

const recorder = (): ClickRecorder => {
  const made = new ClickRecorder({
    write: (clicks) => recordClicks(pool, clicks),
    clock,
    logger: silentLogger,
    lost: (count) => assert.fail(`${count} clicks were lost`),
    onFailure: (error) => {
      throw error;
    },
  });
  recorders.push(made);
  return made;
};

async function serve(parts: Pick<Parameters<typeof linkRoutes>[0], 'clicks' | 'directory'>): Promise<number> {
  const app = express();
  app.disable('etag');
  app.set('trust proxy', 1);
  app.use(helmet());
  app.use(
    linkRoutes({
      ...parts,
      clock,
      logger: silentLogger,
      metrics: { observe: () => undefined, flush: () => undefined },
    }),
  );
  const server = await startPublicServer(app, { host: '127.0.0.1', port: 0, keepAliveMs: 65_000 });
  servers.push(server);
  return server.port;
}

/** p50 and p99 of each run, in ms. */
const times = new Map<string, { p50: number; p99: number }[]>();

/**
 * Follows the next links, each once, as recipients do: so many at a time, over connections that stay open. Returns requests
 * per second. In this process, which both contenders share their processor with alike.
 */
let next = 0;
async function follow(name: string, port: number, connections = config.connections): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const took: number[] = [];
  let left = config.amount;
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      next = (next + 1) % config.links;
      const path = `/l/${tokenOf(next)}`;
      const began = performance.now();
      get({ host: '127.0.0.1', port, path, agent, headers: { 'user-agent': AGENT } }, (response) => {
        response.resume().once('end', () => {
          took.push(performance.now() - began);
          if (response.statusCode === 302) resolve();
          else reject(new Error(`${name}: ${path} was answered ${response.statusCode}`));
        });
      }).once('error', reject);
    });
  const begunAt = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left > 0) {
        left -= 1;
        await one();
      }
    }),
  );
  const seconds = (performance.now() - begunAt) / 1_000;
  agent.destroy();
  took.sort((a, b) => a - b);
  const at = (share: number): number => took[Math.floor(took.length * share)] ?? Number.NaN;
  times.set(name, [...(times.get(name) ?? []), { p50: at(0.5), p99: at(0.99) }]);
  return config.amount / seconds;
}

/** Medians of the times by contender, without each one's first run, which warms it up. */
const timesShown = (): Record<string, { 'p50 ms': number; 'p99 ms': number }> =>
  Object.fromEntries(
    [...times].map(([contender, [, ...runs]]) => [
      contender,
      { 'p50 ms': median(runs.map(({ p50 }) => p50)), 'p99 ms': median(runs.map(({ p99 }) => p99)) },
    ]),
  );

const tokenOf = (n: number): string => `t${String(n).padStart(11, '0')}`;

try {
  await admin.query(
    `INSERT INTO short_link (token, url, campaign_id, contact_id, variant, message_id, phone_number, created_at)
     SELECT 't' || lpad(n::text, 11, '0'), 'https://example.org/flu?n=' || n, '018f0000-0000-7000-8000-000000000001',
            gen_random_uuid(), n % 2, gen_random_uuid(), '+1212555' || lpad((n % 10000)::text, 4, '0'), now()
       FROM generate_series(0, $1 - 1) AS n`,
    [config.links],
  );
  await admin.query(
    `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at)
     SELECT gen_random_uuid(), message_id, phone_number, 'twilio', '+14155550100', 'accepted', now() - interval '1 hour'
       FROM short_link`,
  );
  await admin.query('ANALYZE short_link; ANALYZE attempt');
  const gathering = await serve({ directory: new LinkDirectory(pool), clicks: recorder() });
  const single = await serve({
    directory: { find: (token) => new LinkDirectory(pool).find(token) },
    clicks: {
      record: async (click) => {
        await recordClicks(pool, [click]);
      },
    },
  });
  const contender = (name: string, port: number): Contender => ({
    name,
    run: async () => {
      await admin.query('TRUNCATE link_click, campaign_click, campaign_count');
      const rate = await follow(name, port);
      await Promise.all(recorders.map((each) => each.stop()));
      const { rows } = await admin.query<{ clicks: number; contacts: number; counted: number }>(
        `SELECT (SELECT count(*)::int FROM link_click) AS clicks, (SELECT count(*)::int FROM campaign_click) AS contacts,
                (SELECT sum(value)::int FROM campaign_count) AS counted`,
      );
      const all = config.amount;
      assert.deepEqual(rows, [{ clicks: all, contacts: all, counted: all }]);
      return rate;
    },
  });
  const result = await compare({
    unit: 'clicks',
    ours: contender('ours: looked up and recorded together', gathering),
    others: [{ ...contender('each by itself', single), atLeast: null }],
    repetitions: quick ? 2 : 5,
  });
  // How long somebody waits where nobody is in a hurry.
  const patient = 'ours, 4 at a time';
  for (let run = 0; run < 3; run += 1) await follow(patient, gathering, 4);
  const more = timesShown();
  const compared = tableOf(result, { more });
  await publish(
    {
      benchmark: 'short-links',
      config,
      tables: [{ rows: [...compared.rows, { '': patient, ...more[patient] }] }],
      aims: aimsOf(result),
    },
    json,
  );
} finally {
  await Promise.all(servers.map((server) => server.stop(0)));
  await pool.end();
  await database.drop();
  await stack.stop();
}
