import type { Queryable } from '#shared/postgres/pool.ts';
import type { QueueName, StreamName } from '#shared/topology.ts';
import type { OutboxRow } from './write.ts';

interface StoredRow {
  id: number;
  partition: string;
  kind: 'stream' | 'queue';
  target: string;
  ordering_key: string;
  deduplication_id: string | null;
  body: string;
}

/**
 * Rows of these partitions that are not yet known to be published, at most `limit` of each, in the order of ids within
 * a partition. `kind` narrows them to streams or queues, which keep no order between each other.
 */
export async function readOutbox(
  db: Queryable,
  producer: string,
  partitions: readonly string[],
  limit: number,
  kind?: OutboxRow['entry']['kind'],
): Promise<OutboxRow[]> {
  const { rows } = await db.query<StoredRow>(
    `SELECT oldest.* FROM unnest($2::text[]) AS wanted(partition)
      CROSS JOIN LATERAL (
        SELECT id, partition, kind, target, ordering_key, deduplication_id, body
          FROM outbox
         WHERE producer = $1 AND outbox.partition = wanted.partition AND ($4::text IS NULL OR kind = $4)
         ORDER BY id LIMIT $3) AS oldest
      ORDER BY oldest.id`,
    [producer, partitions, limit, kind ?? null],
  );
  return rows.map((row) => ({ id: row.id, partition: row.partition, entry: entryOf(row) }));
}

/**
 * Whether there is any row of these partitions. Each is asked for its oldest: without an order PostgreSQL may read the table from its
 * beginning, where it thinks that most rows are such ones, and read all of it where none is.
 */
export async function hasRows(
  db: Queryable,
  producer: string,
  partitions: readonly string[],
): Promise<boolean> {
  const { rowCount } = await db.query(
    `SELECT FROM unnest($2::text[]) AS wanted(partition)
      CROSS JOIN LATERAL (
        SELECT FROM outbox WHERE producer = $1 AND outbox.partition = wanted.partition ORDER BY id LIMIT 1) AS oldest
      LIMIT 1`,
    [producer, partitions],
  );
  return rowCount === 1;
}

/** The names were written by our own code from the same types; the schema allows only these two kinds. */
function entryOf(row: StoredRow): OutboxRow['entry'] {
  const common = { orderingKey: row.ordering_key, body: row.body };
  return row.kind === 'stream'
    ? { kind: 'stream', target: row.target as StreamName, ...common }
    : {
        kind: 'queue',
        target: row.target as QueueName,
        deduplicationId: row.deduplication_id ?? String(row.id),
        ...common,
      };
}

/** Deletes rows that were published. Idempotent; needs no fence, because a published row is wanted by nobody. */
export async function deletePublished(
  db: Queryable,
  producer: string,
  rows: readonly Pick<OutboxRow, 'id' | 'partition'>[],
): Promise<void> {
  if (rows.length === 0) return;
  await db.query(
    `DELETE FROM outbox USING unnest($2::text[], $3::bigint[]) AS gone(partition, id)
      WHERE outbox.producer = $1 AND outbox.partition = gone.partition AND outbox.id = gone.id`,
    [producer, rows.map((row) => row.partition), rows.map((row) => row.id)],
  );
}
