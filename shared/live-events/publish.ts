import { messageOf } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';
import type { RedisClient } from '#shared/redis/client.ts';
import { KEPT, LIVE_EVENTS_KEY, MAX_PAYLOAD_BYTES, topicSchema } from './stream.ts';

/**
 * Tells whoever watches how a thing stands now. Never waits and never fails for Redis: while it is away the event is lost,
 * and those who watch are told to fetch again when it is back. Throws for what is no topic or a payload that is too long.
 * How often somebody is told is none of the publisher's business: whoever hands events out keeps the rate.
 */
export type Publish = (topic: string, payload: object) => void;

/** Publishes over a connection of the caller's. `key` is for tests. */
export function createPublisher(redis: RedisClient, logger: Logger, key = LIVE_EVENTS_KEY): Publish {
  return (topic, payload) => {
    const text = JSON.stringify(payload);
    if (!topicSchema.safeParse(topic).success) throw new Error(`${topic} is no topic of live events`);
    if (Buffer.byteLength(text) > MAX_PAYLOAD_BYTES) {
      throw new Error(`a live event about ${topic} is longer than ${MAX_PAYLOAD_BYTES} bytes`);
    }
    if (redis.status !== 'ready') return;
    redis
      .xadd(key, 'MAXLEN', '~', KEPT, '*', 'topic', topic, 'payload', text)
      .catch((error: unknown) => logger.debug({ err: error }, `a live event is lost: ${messageOf(error)}`));
  };
}
