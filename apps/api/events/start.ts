import type { Clock } from '#shared/clock.ts';
import { createPublisher } from '#shared/live-events/publish.ts';
import type { Liveness } from '#shared/liveness.ts';
import type { Logger } from '#shared/logger.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import type { RedisClient } from '#shared/redis/client.ts';
import { Hub } from './hub.ts';
import { startStreamReader } from './read-stream.ts';
import { startTellingSystemState } from './tell-system-state.ts';

export interface LiveEvents {
  hub: Hub;
  /**
   * Sends all clients away, to come back at another task, and stops reading. To be called when draining begins: streams
   * never end by themselves, and the server waits for them.
   */
  stop(): Promise<void>;
}

/** Live events of one task. `redis` stays the caller's, `reader` (a blocking client) ends with `stop`. `key` is for tests. */
export function startLiveEvents(parts: {
  pool: Pool;
  redis: RedisClient;
  reader: RedisClient;
  clock: Clock;
  logger: Logger;
  /** Told of every turn of its loops; left out: nobody watches. */
  liveness?: Liveness;
  onFailure(error: unknown): void;
  key?: string;
}): LiveEvents {
  const { clock, key, logger, onFailure, pool, reader, redis } = parts;
  const watched = parts.liveness === undefined ? {} : { liveness: parts.liveness };
  const hub = new Hub(clock);
  const reading = startStreamReader({
    redis: reader,
    follower: hub,
    logger,
    ...watched,
    ...(key === undefined ? {} : { key }),
  });
  const telling = startTellingSystemState({
    db: pool,
    redis,
    publish: createPublisher(redis, logger, key),
    isHeard: (topic) => hub.isHeard(topic),
    clock,
    logger,
    ...watched,
    onFailure,
  });
  return {
    hub,
    stop: async () => {
      hub.stop();
      await Promise.all([reading.stop(), telling.stop()]);
    },
  };
}
