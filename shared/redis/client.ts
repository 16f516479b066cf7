import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { type Config, flag, integer, type Settings, text } from '#shared/config.ts';
import type { Logger } from '#shared/logger.ts';

/** Settings of every service that speaks to Redis (Valkey). */
export const redisSettings = {
  REDIS_HOST: text({ help: 'Host of Redis or Valkey.' }),
  REDIS_PORT: integer({ min: 1, max: 65535 }, { fallback: '6379', help: 'Port of Redis or Valkey.' }),
  REDIS_TLS: flag({ fallback: 'false', help: 'Whether to use TLS with a valid certificate.' }),
  REDIS_CLUSTER: flag({
    fallback: 'false',
    help: 'Whether it is a cluster, as ElastiCache Serverless and the local stack are. Keys of one command share a hash tag.',
  }),
} satisfies Settings;

type RedisConfig = Config<typeof redisSettings>;

/** For commands with keys, and to publish. */
export type RedisClient = Redis | Cluster;

const CONNECT_MS = 2_000;
const retryAfterMs = (tries: number): number => Math.min(2_000, 50 * 2 ** Math.min(tries, 6));

/**
 * A connection that fails fast while Redis is away: Redis is never an authority here, so callers go on without it
 * instead of waiting. It reconnects by itself for ever, with at most 2 s between tries.
 */
export function createRedis(config: RedisConfig, logger: Logger): RedisClient {
  const redis = config.REDIS_CLUSTER ? cluster(config) : new Redis(single(config));
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

/**
 * A connection of one's own to listen to channels, because a subscribed one can do nothing else. A plain one also to a
 * cluster, any node of which hands out what is published at any other. Its outages are the other connection's too, which
 * reports them. It connects when it is told to: who listens to nothing needs none.
 */
export function createSubscriber(config: RedisConfig, logger: Logger): Redis {
  const redis = new Redis({ ...single(config), lazyConnect: true });
  redis.on('error', (error: Error) => logger.debug({ err: error }, 'redis is away for a subscriber'));
  return redis;
}

/** A blocking connection that is asked something and hears nothing for so long, in ms, is dead. */
export const BLOCKING_SILENCE_MS = 10_000;

/** A connection of one's own for reads that wait on the server. Its outages are the other connection's too. */
export function createBlockingClient(config: RedisConfig, logger: Logger): RedisClient {
  const more = { socketTimeout: BLOCKING_SILENCE_MS };
  const redis = config.REDIS_CLUSTER ? cluster(config, more) : new Redis({ ...single(config), ...more });
  redis.on('error', (error: Error) => logger.debug({ err: error }, 'redis is away for a reader'));
  return redis;
}

const single = (config: RedisConfig): RedisOptions => ({
  host: config.REDIS_HOST,
  port: config.REDIS_PORT,
  ...(config.REDIS_TLS ? { tls: {} } : {}),
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: CONNECT_MS,
  retryStrategy: retryAfterMs,
});

function cluster(config: RedisConfig, more: Pick<RedisOptions, 'socketTimeout'> = {}): Cluster {
  return new Cluster([{ host: config.REDIS_HOST, port: config.REDIS_PORT }], {
    // Names stay names: certificates are for them. https://github.com/redis/ioredis#special-note-aws-elasticache-clusters-with-tls
    dnsLookup: (address, callback) => callback(null, address),
    enableOfflineQueue: false,
    slotsRefreshTimeout: CONNECT_MS,
    clusterRetryStrategy: retryAfterMs,
    redisOptions: {
      ...(config.REDIS_TLS ? { tls: {} } : {}),
      maxRetriesPerRequest: 0,
      connectTimeout: CONNECT_MS,
      ...more,
    },
  });
}
