import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { Clock } from '#shared/clock.ts';
import type { Config } from '#shared/config.ts';
import type { Logger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import { createRedis, createSubscriber, redisSettings } from '#shared/redis/client.ts';
import type { StreamName } from '#shared/topology.ts';
import { createKinesis, kinesisSettings, streamNamer } from './client.ts';
import { createStreamProducer, type StreamProducer } from './producer.ts';
import { createWakeHints, type WakeHints } from './wake-hints.ts';

/** Settings of a service that puts on streams or consumes them. */
export const streamSettings = { ...kinesisSettings, ...redisSettings };

export interface StreamConnection {
  kinesis: KinesisClient;
  nameOf(stream: StreamName): string;
  /** Puts, and wakes the consumers of what it put. */
  producer: StreamProducer;
  hints: WakeHints;
  /** Ends puts in flight, then closes connections. */
  close(): Promise<void>;
}

/** Everything a service needs to put on streams and to consume them. Redis may be away: hints are lost, no more. */
export function connectStreams(
  config: Config<typeof streamSettings>,
  parts: { clock: Clock; logger: Logger; metrics: Metrics; putPatienceMs?: number },
): StreamConnection {
  const kinesis = createKinesis(config, parts.clock);
  const redis = createRedis(config, parts.logger);
  const hints = createWakeHints(redis, createSubscriber(config, parts.logger), parts.logger);
  const nameOf = streamNamer(config);
  const producer = createStreamProducer({
    kinesis,
    nameOf,
    clock: parts.clock,
    logger: parts.logger,
    onAccepted: (stream, shards) => hints.publish(stream, shards),
    onPutFailures: (count) => parts.metrics.observe('PutFailures', count, {}),
    ...(parts.putPatienceMs === undefined ? {} : { patienceMs: parts.putPatienceMs }),
  });
  return {
    kinesis,
    nameOf,
    producer,
    hints,
    async close() {
      await producer.close();
      hints.close();
      redis.disconnect();
      kinesis.destroy();
    },
  };
}
