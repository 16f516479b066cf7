import type { Redis } from 'ioredis';
import type { Logger } from '#shared/logger.ts';
import type { RedisClient } from '#shared/redis/client.ts';
import type { StreamName } from '#shared/topology.ts';

/**
 * Hints over Redis that a stream has new records, so that an idle consumer need not poll often to answer fast. Only
 * hints: a lost one costs the wait for the next poll, a needless one costs a read within the budget.
 */
export interface WakeHints {
  publish(stream: StreamName, shards: ReadonlySet<string>): void;
  /** Calls back with the shards of the stream that got records. Returns how to stop. */
  subscribe(stream: StreamName, onHint: (shard: string) => void): () => void;
  /** Whether hints can arrive now. */
  connected(): boolean;
  close(): void;
}

const channelOf = (stream: StreamName): string => `carillon:wake:${stream}`;

/** `redis` publishes and stays the caller's; `subscriber` listens, connects for it, and ends with `close`. */
export function createWakeHints(redis: RedisClient, subscriber: Redis, logger: Logger): WakeHints {
  const listeners = new Map<string, Set<(shard: string) => void>>();
  subscriber.on('ready', () => {
    const channels = [...listeners.keys()];
    if (channels.length > 0) subscriber.subscribe(...channels).catch(reportAway);
  });
  subscriber.on('message', (channel: string, message: string) => {
    for (const shard of message.split(' ')) for (const onHint of listeners.get(channel) ?? []) onHint(shard);
  });
  function reportAway(error: unknown): void {
    // Subscribed again when the connection is ready; polling goes on meanwhile.
    logger.debug({ err: error }, 'subscribing to wake hints failed');
  }
  return {
    publish(stream, shards) {
      if (redis.status !== 'ready') return;
      redis.publish(channelOf(stream), [...shards].join(' ')).catch(reportAway);
    },
    subscribe(stream, onHint) {
      // Rejects when the first try fails; it goes on trying by itself.
      if (subscriber.status === 'wait') subscriber.connect().catch(reportAway);
      const channel = channelOf(stream);
      const known = listeners.get(channel);
      if (known) known.add(onHint);
      else {
        listeners.set(channel, new Set([onHint]));
        if (subscriber.status === 'ready') subscriber.subscribe(channel).catch(reportAway);
      }
      return () => listeners.get(channel)?.delete(onHint);
    },
    connected: () => subscriber.status === 'ready',
    close: () => subscriber.disconnect(),
  };
}
