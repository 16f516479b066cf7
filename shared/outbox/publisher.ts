import type { StreamProducer } from '#shared/kinesis/producer.ts';
import type { QueueName } from '#shared/topology.ts';
import type { OutboxEntry } from './entry.ts';
import type { Publisher } from './publish.ts';

/** The part of a queue sender (`shared/sqs/queue-sender.ts`) that publishing needs. */
export interface QueueEntries {
  send(
    queue: QueueName,
    entries: readonly { groupId: string; deduplicationId: string; body: string }[],
  ): Promise<void>;
}

/**
 * Publishes to streams and queues. Both keep the order of their keys; between a stream and a queue, and between keys,
 * there is none. `queues` may be left out by a service that sends to none: an entry for one is then an error.
 */
export function createPublisher(parts: { producer?: StreamProducer; queues?: QueueEntries }): Publisher {
  return {
    async publish(entries) {
      const work: Promise<void>[] = [];
      const queued = new Map<QueueName, { groupId: string; deduplicationId: string; body: string }[]>();
      for (const entry of entries) {
        if (entry.kind === 'stream') {
          if (!parts.producer) throw unroutable(entry);
          work.push(parts.producer.put(entry.target, entry.orderingKey, entry.body));
        } else {
          const list = queued.get(entry.target) ?? [];
          list.push({ groupId: entry.orderingKey, deduplicationId: entry.deduplicationId, body: entry.body });
          queued.set(entry.target, list);
        }
      }
      for (const [queue, list] of queued) {
        if (!parts.queues) throw new Error(`this service has no sender for queue ${queue}`);
        work.push(parts.queues.send(queue, list));
      }
      // All must end before an error is passed on: a record still in flight must not meet its own repetition.
      const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    },
  };
}

const unroutable = (entry: OutboxEntry): Error =>
  new Error(`this service has no producer for ${entry.kind} ${entry.target}`);
