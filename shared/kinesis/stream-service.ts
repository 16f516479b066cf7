import { integer, type Settings } from '#shared/config.ts';
import { erasureSettings } from '#shared/erasure/settings.ts';
import type { QueueEntries } from '#shared/outbox/publisher.ts';
import { createPublisher } from '#shared/outbox/publisher.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { postgresSettings } from '#shared/postgres/settings.ts';
import type { RunningService, ServiceContext } from '#shared/service.ts';
import { createFanOutKinesis, streamNamer } from './client.ts';
import { connectStreams, streamSettings } from './connect.ts';
import { startStreamConsumer } from './consumer.ts';
import type { StreamConsumerDefinition } from './definition.ts';
import { fanOutSettings, requireOwnConsumers } from './fan-out-settings.ts';

/** Settings of a service whose work is to consume streams. */
export const streamServiceSettings = {
  ...postgresSettings,
  ...streamSettings,
  ...fanOutSettings,
  ...erasureSettings,
  BATCH_SIZE: integer(
    { min: 1, max: 5_000 },
    { fallback: '500', unit: 'records', help: 'Most stream records of one transaction.' },
  ),
} satisfies Settings;

export interface StreamServiceParts {
  /** Stays the caller's, which closes it after `stop`. */
  pool: Pool;
  /** What it consumes: the rows `consumes` of its service in the topology. */
  consumers: readonly StreamConsumerDefinition<unknown>[];
  /** Where queue entries of its outboxes go; left out by a service that sends to no queue. */
  queues?: QueueEntries & { close(): Promise<void> };
}

/**
 * Runs stream consumers with their database, streams and hints, as the body of a service. Throws
 * `invalid_configuration` when it is told to read a stream as a consumer of another.
 */
export function startStreamService(
  context: ServiceContext<typeof streamServiceSettings>,
  parts: StreamServiceParts,
): RunningService {
  const { clock, config, logger, metrics, instance } = context;
  const fanOut = config.FAN_OUT_CONSUMERS;
  requireOwnConsumers(fanOut, parts.consumers, streamNamer(config));
  const fanOutKinesis = fanOut.size > 0 ? createFanOutKinesis(config) : null;
  const streams = connectStreams(config, { clock, logger, metrics });
  const publisher = createPublisher({
    producer: streams.producer,
    ...(parts.queues === undefined ? {} : { queues: parts.queues }),
  });
  const consumers = parts.consumers.map((definition) => {
    const consumerArn = fanOut.get(definition.consumer);
    return startStreamConsumer(definition, {
      ...(fanOutKinesis && consumerArn ? { fanOut: { kinesis: fanOutKinesis, consumerArn } } : {}),
      kinesis: streams.kinesis,
      nameOf: streams.nameOf,
      pool: parts.pool,
      publisher,
      hints: streams.hints,
      worker: instance,
      clock,
      logger,
      metrics,
      onFailure: context.fail,
      liveness: context.liveness,
      batchSize: config.BATCH_SIZE,
    });
  });
  return {
    notReady: () =>
      consumers.every((consumer) => consumer.started()) ? null : 'the shards are not known yet',
    stop: async () => {
      await Promise.all(consumers.map((consumer) => consumer.stop()));
      await streams.close();
      fanOutKinesis?.destroy();
      await parts.queues?.close();
    },
  };
}
