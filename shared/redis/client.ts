import { Redis } from 'ioredis';
import { type Config, flag, integer, type Settings, text } from '#shared/config.ts';
import type { Logger } from '#shared/logger.ts';

/** Settings of every service that speaks to Redis (Valkey). */
export const redisSettings = {
  REDIS_HOST: text({ help: 'Host of Redis or Valkey.' }),
  REDIS_PORT: integer({ min: 1, max: 65535 }, { fallback: '6379', help: 'Port of Redis or Valkey.' }),
  REDIS_TLS: flag({ fallback: 'false', help: 'Whether to use TLS.' }),
} satisfies Settings;

/**
 * A connection that fails fast while Redis is away: Redis is never an authority here, so callers go on without it
 * instead of waiting. It reconnects by itself for ever, with at most 2 s between tries.
 */
export function createRedis(config: Config<typeof redisSettings>, logger: Logger): Redis {
  const redis = new Redis({
    host: config.REDIS_HOST,
    port: config.REDIS_PORT,
    ...(config.REDIS_TLS ? { tls: {} } : {}),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    retryStrategy: (tries) => Math.min(2_000, 50 * 2 ** Math.min(tries, 6)),
  });
  let away = false;
  redis.on('error', (error: Error) => {
    // One line per outage: ioredis reports every failed reconnection.
    if (!away) logger.warn({ err: error }, 'redis is away; going on without it');
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.info({}, 'redis is back');
    away = false;
  });
  return redis;
}
