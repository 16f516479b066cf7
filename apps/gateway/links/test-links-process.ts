import express from 'express';
import { systemClock } from '#shared/clock.ts';
import { startPublicServer } from '#shared/http/public-server.ts';
import { silentLogger } from '#shared/logger.ts';
import { createPool, type PostgresConfig } from '#shared/postgres/pool.ts';
import { startLinks } from './start.ts';

/** Short links in a process of their own, for a test to kill. Prints its port. The argument is where the database is, as JSON. */
const pool = createPool(JSON.parse(process.argv[2] ?? '{}') as PostgresConfig, () => undefined);
const links = startLinks({
  pool,
  clock: systemClock(),
  logger: silentLogger,
  metrics: { observe: () => undefined, flush: () => undefined },
  fail: (error) => {
    throw error;
  },
});
const app = express();
app.use(links.routes);
const server = await startPublicServer(app, { host: '127.0.0.1', port: 0, keepAliveMs: 65_000 });
process.stdout.write(`${server.port}\n`);
