import express from 'express';
import type { Clock } from '#shared/clock.ts';
import { CarillonError } from '#shared/errors.ts';
import { startPublicServer } from '#shared/http/public-server.ts';
import { silentLogger } from '#shared/logger.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import type { TestDatabase } from '#test/stack/stack.ts';
import { CountedMetrics } from '../test-gateway.ts';
import { ClickRecorder } from './click-recorder.ts';
import { LinkDirectory } from './directory.ts';
import { linkRoutes } from './links.ts';
import { recordClicks } from './record-clicks.ts';

export const PHONE_AGENT =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';

export interface TestLinks {
  pool: Pool;
  metrics: CountedMetrics;
  clicks: ClickRecorder;
  /** Whether the database is away for clicks. */
  away: boolean;
  /** Follows nothing: the answer of the gateway itself. */
  ask(path: string, more?: { method?: string; headers?: Record<string, string> }): Promise<Response>;
  stop(): Promise<void>;
}

/** Short links on a port of their own, over a real database, with the rights of the gateway alone. */
export async function startTestLinks(database: TestDatabase, clock: Clock): Promise<TestLinks> {
  const pool = createPool(database.configFor('gateway'), () => undefined);
  const metrics = new CountedMetrics();
  const links: Pick<TestLinks, 'away'> = { away: false };
  const clicks = new ClickRecorder({
    write: (batch) =>
      links.away
        ? Promise.reject(new CarillonError('unavailable', 'the database is away'))
        : recordClicks(pool, batch),
    clock,
    logger: silentLogger,
    lost: (count) => metrics.observe('ClicksLost', count, {}),
    onFailure: (error) => {
      throw error;
    },
  });
  const app = express();
  app.set('trust proxy', 1);
  app.use(linkRoutes({ directory: new LinkDirectory(pool), clicks, clock, logger: silentLogger, metrics }));
  const server = await startPublicServer(app, { host: '127.0.0.1', port: 0, keepAliveMs: 65_000 });
  return Object.assign(links, {
    pool,
    metrics,
    clicks,
    ask: (path: string, { headers = {}, method = 'GET' }: Parameters<TestLinks['ask']>[1] = {}) =>
      fetch(`http://127.0.0.1:${server.port}${path}`, {
        method,
        redirect: 'manual',
        headers: { 'user-agent': PHONE_AGENT, ...headers },
      }),
    stop: async () => {
      await server.stop(0);
      await clicks.stop();
      await pool.end();
    },
  });
}
