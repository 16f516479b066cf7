import type { SQSClient } from '@aws-sdk/client-sqs';
import { connectStreams, type StreamConnection, type streamSettings } from '#shared/kinesis/connect.ts';
import type { ServiceContext } from '#shared/service.ts';
import { createSqs, queueUrls, type sqsSettings } from '#shared/sqs/client.ts';
import { createQueueSender } from '#shared/sqs/queue-sender.ts';
import type { QueueName } from '#shared/topology.ts';
import { createPublisher } from './publisher.ts';
import { createSlotRelay, type SlotRelay } from './slot-relay.ts';

export interface SlotOutboxConnection<Q extends QueueName> {
  relay: SlotRelay;
  streams: StreamConnection;
  sqs: SQSClient;
  /** Addresses of the queues that it was connected for. */
  urls: ReadonlyMap<Q, string>;
  /** Relays what is in hand to its end, then closes connections. Whatever writes to the outbox has to have stopped. */
  close(): Promise<void>;
}

/**
 * For a service whose transactions leave records of streams and entries of queues in its slot outbox: the connections that
 * they go over, and the relay that takes them. Rejects when one of the queues does not exist.
 */
export async function connectSlotOutbox<Q extends QueueName>(
  context: ServiceContext<typeof streamSettings & typeof sqsSettings>,
  queueNames: readonly Q[],
): Promise<SlotOutboxConnection<Q>> {
  const { clock, config, fail, instance, liveness, logger, metrics, name, pool } = context;
  const streams = connectStreams(config, { clock, logger, metrics });
  const sqs = createSqs(config);
  const urls = await queueUrls(sqs, config, queueNames);
  const queues = createQueueSender({ sqs, urls, clock, logger });
  const relay = createSlotRelay({
    pool,
    producer: name,
    instance,
    publisher: createPublisher({ producer: streams.producer, queues }),
    clock,
    logger,
    metrics,
    onFailure: fail,
    liveness,
  });
  return {
    relay,
    streams,
    sqs,
    urls,
    close: async () => {
      await relay.stop();
      await queues.close();
      await streams.close();
      sqs.destroy();
    },
  };
}
