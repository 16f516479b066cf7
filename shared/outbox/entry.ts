import type { QueueName, StreamName } from '#shared/topology.ts';

/**
 * Something that leaves a transaction: written as a row of `outbox` in it, published after it. Entries with one
 * ordering key leave in the order in which they were written.
 */
export type OutboxEntry =
  | { kind: 'stream'; target: StreamName; orderingKey: string; body: string }
  | { kind: 'queue'; target: QueueName; orderingKey: string; deduplicationId: string; body: string };
