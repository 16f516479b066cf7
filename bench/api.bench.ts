import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { listKeys } from '#shared/api-keys/key-store.ts';
import { silentLogger } from '#shared/logger.ts';
import { createRedis } from '#shared/redis/client.ts';
import { sharedRateLimit } from '../apps/api/http/rate-limit.ts';
import { startTestApi } from '../apps/api/test-api.ts';
import { createDatabase, redisUrl } from '../test/stack/stack.ts';
import { publish } from './figures.ts';
import { aimsOf, benchmarkArguments, type Contender, compare, startBenchStack, tableOf } from './harness.ts';
import { HttpLoad } from './http-load.ts';

/**
 * What the frame of the API costs: pages of 50 of a list of 10,000 rows, with sign-in by key, the limit in Redis and all
 * checks, against the same query in express without any of them. Fails when an answer is not 2xx.
 *
 *   node bench/api.bench.ts [--quick] [--json FILE]
 */
const { quick, json } = benchmarkArguments();
const config = { connections: 32, seconds: quick ? 2 : 5, rows: 10_000 };
const load = new HttpLoad(config);

const stack = await startBenchStack();
const database = await createDatabase();
const address = new URL(redisUrl());
const redis = createRedis(
  { REDIS_HOST: address.hostname, REDIS_PORT: Number(address.port), REDIS_TLS: false, REDIS_CLUSTER: false },
  silentLogger,
);
const api = await startTestApi(database, {
  checkReplies: false,
  rateLimit: sharedRateLimit(redis, { perMinute: 100_000_000, tasks: 1 }),
});
const bare = express();
bare.get('/keys', async (_request, response) => {
  response.json(await listKeys(database.adminPool, { after: null, limit: 51 }));
});
const bareServer = createServer(bare);
try {
  await database.adminPool.query(
    `INSERT INTO api_key (key_id, hash, name, role, created_at, created_by)
     SELECT 'bench' || lpad(n::text, 7, '0'), sha256('x'), 'key ' || n, 'viewer', now() + n * interval '1 s', 'a benchmark'
       FROM generate_series(1, $1) AS n`,
    [config.rows],
  );
  await database.adminPool.query('ANALYZE api_key');
  await new Promise<void>((resolve) => bareServer.listen(0, '127.0.0.1', resolve));
  const bareUrl = `http://127.0.0.1:${(bareServer.address() as AddressInfo).port}`;
  const headers = { authorization: `Bearer ${await api.key('admin')}` };
  const contender = (name: string, url: string, path: string): Contender => ({
    name,
    run: () => load.run(name, url, [{ method: 'GET', path, headers }]),
  });
  const result = await compare({
    unit: 'pages',
    ours: contender('ours: a page of 50 of 10,000 rows', api.url, '/v1/keys'),
    others: [{ ...contender('the same query in express alone', bareUrl, '/keys'), atLeast: null }],
    repetitions: quick ? 2 : 7,
  });
  await publish(
    {
      benchmark: 'api',
      config: config,
      tables: [tableOf(result, { more: load.times() })],
      aims: aimsOf(result),
    },
    json,
  );
} finally {
  bareServer.close();
  bareServer.closeAllConnections();
  await api.stop();
  redis.disconnect();
  await database.drop();
  await stack.stop();
}
