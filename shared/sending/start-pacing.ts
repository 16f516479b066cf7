import type { Clock } from '#shared/clock.ts';
import type { Channel } from '#shared/compliance/touch.ts';
import { type DueRows, startDueRows } from '#shared/due-rows.ts';
import type { Liveness } from '#shared/liveness.ts';
import type { Logger } from '#shared/logger.ts';
import { type Pacer, SharingPacer } from '#shared/pacing/pacer.ts';
import { takeFromRedis } from '#shared/pacing/redis-buckets.ts';
import { BEAT_MS, beatTask, endTask } from '#shared/pacing/tasks.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import type { RedisClient } from '#shared/redis/client.ts';

export interface PacingParts {
  pool: Pool;
  redis: RedisClient;
  /** Names this task among those that send. */
  instance: string;
  channel: Channel;
  clock: Clock;
  logger: Logger;
  liveness?: Liveness;
  onFailure(error: unknown): void;
}

/** The pace that all tasks that send on a channel keep together. */
export function startPacing(parts: PacingParts): { pacer: Pacer; stop(): Promise<void> } {
  const { channel, clock, instance, logger, onFailure, pool, redis } = parts;
  const pacer = new SharingPacer({
    shared: (requests, back) => takeFromRedis(redis, requests, back),
    clock,
    logger,
  });
  const beats: DueRows = startDueRows({
    name: 'tasks that send',
    batch: async () => {
      const { alone } = pacer;
      const begunAt = clock.monotonic();
      pacer.seen(await beatTask(pool, instance, alone, channel), alone, begunAt);
      return { handled: 0, nextInMs: null };
    },
    idleMs: BEAT_MS,
    clock,
    logger,
    ...(parts.liveness ? { liveness: parts.liveness } : {}),
    onFailure,
  });
  return {
    pacer,
    stop: async () => {
      await beats.stop();
      // Nobody waits for it: a task that is gone is forgotten by itself.
      await endTask(pool, instance).catch((err: unknown) =>
        logger.debug({ err }, 'a task could not say that it ends'),
      );
    },
  };
}
