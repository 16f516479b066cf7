import type { Clock } from '#shared/clock.ts';
import { type DueRows, startDueRows } from '#shared/due-rows.ts';
import type { Publish } from '#shared/live-events/publish.ts';
import type { Liveness } from '#shared/liveness.ts';
import type { Logger } from '#shared/logger.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { RedisClient } from '#shared/redis/client.ts';
import { readSystemState } from './system-state.ts';

export const SYSTEM_TOPIC = 'system';
const TURN_KEY = 'live-events-system-turn';
const EVERY_MS = 1_000;

/**
 * Tells how the system stands, about once a second while somebody listens to it at this task. Tasks take turns by a key in
 * Redis that lasts for a second, so that more tasks do not ask the database more often.
 */
export const startTellingSystemState = (parts: {
  db: Queryable;
  redis: RedisClient;
  publish: Publish;
  /** Whether somebody listens here. */
  isHeard(topic: string): boolean;
  clock: Clock;
  logger: Logger;
  liveness?: Liveness;
  onFailure(error: unknown): void;
}): DueRows =>
  startDueRows({
    name: 'system state',
    batch: async () => {
      if (parts.isHeard(SYSTEM_TOPIC) && (await takeTurn(parts.redis))) {
        parts.publish(SYSTEM_TOPIC, await readSystemState(parts.db));
      }
      return { handled: 0, nextInMs: null };
    },
    idleMs: EVERY_MS,
    clock: parts.clock,
    logger: parts.logger,
    ...(parts.liveness === undefined ? {} : { liveness: parts.liveness }),
    onFailure: parts.onFailure,
  });

/** While Redis is away nobody has the turn: nobody could be told. */
async function takeTurn(redis: RedisClient): Promise<boolean> {
  if (redis.status !== 'ready') return false;
  try {
    // A little shorter than the pause, so that a task that is alone has every turn.
    return (await redis.set(TURN_KEY, '1', 'PX', EVERY_MS - 100, 'NX')) === 'OK';
  } catch {
    // It went away this moment; the connection reports that.
    return false;
  }
}
