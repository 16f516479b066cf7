import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '#shared/errors.ts';
import { eventsOf, KEPT, LIVE_EVENTS_KEY, type LiveEvent } from '#shared/live-events/stream.ts';
import { type Liveness, unwatched } from '#shared/liveness.ts';
import type { Logger } from '#shared/logger.ts';
import { BLOCKING_SILENCE_MS, type RedisClient } from '#shared/redis/client.ts';

/** How long one read waits for events: less than the silence after which its connection is given up. */
const BLOCK_MS = BLOCKING_SILENCE_MS / 2;
const AWAY_MS = 250;

/** Who is told what the stream holds. */
export interface StreamFollower {
  /** All that is kept, at the start and after a gap: Redis was away, or the reader fell behind what is kept. */
  restart(events: readonly LiveEvent[]): void;
  add(events: readonly LiveEvent[]): void;
}

export interface StreamReader {
  stop(): Promise<void>;
}

/**
 * Reads the stream of live events for one task, in order and each event once. `redis` is a connection of its own
 * (`createBlockingClient`), because a read holds it; `stop` ends it.
 */
export function startStreamReader(parts: {
  redis: RedisClient;
  follower: StreamFollower;
  logger: Logger;
  /** Told of every turn; left out: nobody watches. */
  liveness?: Liveness;
  key?: string;
}): StreamReader {
  const { follower, logger, redis } = parts;
  const key = parts.key ?? LIVE_EVENTS_KEY;
  const stopping = new AbortController();
  const loop = (parts.liveness ?? unwatched).watch('the reader of live events');

  async function follow(): Promise<void> {
    const kept = eventsOf(await redis.xrevrange(key, '+', '-', 'COUNT', KEPT)).reverse();
    let position = kept.at(-1)?.id ?? '0-0';
    follower.restart(kept);
    while (!stopping.signal.aborted) {
      loop.beat();
      const answer = await redis.xread('COUNT', KEPT, 'BLOCK', BLOCK_MS, 'STREAMS', key, position);
      const entries = answer?.[0]?.[1] ?? [];
      // As many as are kept: there may have been more, which are gone.
      if (entries.length === KEPT) return;
      position = entries.at(-1)?.[0] ?? position;
      follower.add(eventsOf(entries));
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      loop.beat();
      try {
        await follow();
      } catch (error) {
        if (stopping.signal.aborted) return;
        // Clients stay: they hear of the gap when the stream is there again.
        logger.debug({ err: error }, `live events cannot be read: ${messageOf(error)}`);
        await delay(AWAY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  const running = run().finally(() => loop.end());
  return {
    stop: async () => {
      stopping.abort();
      redis.disconnect();
      await running;
    },
  };
}
