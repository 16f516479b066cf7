import { hash } from 'node:crypto';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { OutboxEntry } from './entry.ts';

/** Slots that a service's own outbox is divided into: enough to spread over tasks, few enough to lease cheaply. */
export const SLOTS = 64;

/** Names of all slots, '00' to '63'. */
export const slotNames: readonly string[] = Array.from({ length: SLOTS }, (_, slot) => slotName(slot));

function slotName(slot: number): string {
  return String(slot).padStart(2, '0');
}

/** The slot of an ordering key (a phone number): always the same, evenly spread. */
export function slotOf(orderingKey: string): string {
  return slotName(hash('md5', orderingKey, 'buffer').readUInt32BE(0) % SLOTS);
}

/** A row as it lies in the outbox. `id` orders the rows of one (producer, partition). */
export interface OutboxRow {
  id: number;
  partition: string;
  entry: OutboxEntry;
}

/**
 * Writes entries into the outbox, in this transaction, in this order, all into one partition (a shard that the
 * producer holds the lease of). Returns the rows, with their ids, in the same order.
 */
export async function writeShardOutbox(
  tx: Transaction,
  producer: string,
  shard: string,
  entries: readonly OutboxEntry[],
): Promise<OutboxRow[]> {
  return write(tx, producer, entries, () => shard);
}

/**
 * Writes entries into the producer's slots, by their ordering keys. The caller holds the lock of each key's phone, so
 * that the order of ids within a key is the order of commits.
 */
export async function writeSlotOutbox(
  tx: Transaction,
  producer: string,
  entries: readonly OutboxEntry[],
): Promise<OutboxRow[]> {
  return write(tx, producer, entries, (entry) => slotOf(entry.orderingKey));
}

async function write(
  tx: Transaction,
  producer: string,
  entries: readonly OutboxEntry[],
  partitionOf: (entry: OutboxEntry) => string,
): Promise<OutboxRow[]> {
  if (entries.length === 0) return [];
  const partitions = entries.map(partitionOf);
  const { rows } = await tx.query<{ id: number }>(
    `INSERT INTO outbox (producer, partition, kind, target, ordering_key, deduplication_id, body)
     SELECT $1, partition, kind, target, ordering_key, deduplication_id, body
       FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
            WITH ORDINALITY AS entry(partition, kind, target, ordering_key, deduplication_id, body, ordinal)
      ORDER BY ordinal
     RETURNING id`,
    [
      producer,
      partitions,
      entries.map((entry) => entry.kind),
      entries.map((entry) => entry.target),
      entries.map((entry) => entry.orderingKey),
      entries.map((entry) => (entry.kind === 'queue' ? entry.deduplicationId : null)),
      entries.map((entry) => entry.body),
    ],
  );
  return entries.map((entry, index) => {
    const row = rows[index];
    const partition = partitions[index];
    if (row === undefined || partition === undefined) throw new Error('an outbox row was not returned');
    return { id: row.id, partition, entry };
  });
}
