import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '#shared/clock.ts';
import { CarillonError } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';
import type { QueueName } from '#shared/topology.ts';
import { fifoQueue, type QueueEntry } from './fifo-queue.ts';
import { QueueLanes } from './queue-lanes.ts';

/** Puts entries into FIFO queues, in order per group. */
export interface QueueSender {
  /**
   * Resolves when the queue has acknowledged every entry. Entries of one group are accepted in the order of the calls
   * and, within a call, of the list. Rejects with a CarillonError `unavailable` when the queue did not accept one of
   * them within the sender's patience (those behind it in its group are rejected with it, so that nothing overtakes),
   * or with `invalid_record` when it never will. Whether an unacknowledged entry is there after all is unknown: its
   * repetition has the same de-duplication id.
   */
  send(queue: QueueName, entries: readonly QueueEntry[]): Promise<void>;
  /** Waits for what is in flight, then refuses more. */
  close(): Promise<void>;
}

export interface QueueSenderOptions {
  sqs: SQSClient;
  /** Addresses of the queues that may be sent to. */
  urls: ReadonlyMap<QueueName, string>;
  clock: Clock;
  logger: Logger;
  /** How long an entry may wait for its acknowledgement, in ms. */
  patienceMs?: number;
  /** Requests in flight per queue. */
  maxInFlight?: number;
}

export function createQueueSender(options: QueueSenderOptions): QueueSender {
  const queues = new Map<QueueName, QueueLanes>();
  let closed = false;
  const lanesOf = (queue: QueueName): QueueLanes => {
    const known = queues.get(queue);
    if (known) return known;
    const url = options.urls.get(queue);
    if (url === undefined) throw new Error(`this service has no address of queue ${queue}`);
    const lanes = new QueueLanes({ ...options, queue: fifoQueue(options.sqs, url), name: queue });
    queues.set(queue, lanes);
    return lanes;
  };
  return {
    async send(queue, entries) {
      if (closed) throw new CarillonError('unavailable', 'the queue sender is closed');
      const lanes = lanesOf(queue);
      // All must end before an error is passed on: an entry still in flight must not meet its own repetition.
      const results = await Promise.allSettled(entries.map((entry) => lanes.put(entry)));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    },
    async close() {
      closed = true;
      await Promise.all([...queues.values()].map((lanes) => lanes.drained()));
    },
  };
}
