import { readErased } from '#shared/erasure/erased.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { StreamRecord } from '#shared/kinesis/definition.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

/**
 * Last applied version per phone number; phones that had none are absent. Of somebody who was erased, all batches up to
 * the last one of then count as applied, whether or not they were.
 */
export async function readPositions(
  db: Queryable,
  consumer: string,
  phones: readonly string[],
  pseudonyms: Pseudonyms,
): Promise<Map<string, number>> {
  const { rows } = await db.query<{ phone_number: string; version: number }>(
    'SELECT phone_number, version FROM event_position WHERE consumer = $1 AND phone_number = ANY ($2)',
    [consumer, phones],
  );
  const positions = new Map(rows.map((row) => [row.phone_number, row.version]));
  for (const [phone, { dialogVersion }] of await readErased(db, phones, pseudonyms)) {
    if (dialogVersion > (positions.get(phone) ?? 0)) positions.set(phone, dialogVersion);
  }
  return positions;
}

/** Moves positions forward, never back. */
export async function writePositions(
  db: Queryable,
  consumer: string,
  positions: ReadonlyMap<string, number>,
): Promise<void> {
  if (positions.size === 0) return;
  await db.query(
    `INSERT INTO event_position (consumer, phone_number, version)
     SELECT $1, phone_number, version
       FROM unnest($2::text[], $3::bigint[]) AS moved(phone_number, version)
     ON CONFLICT (consumer, phone_number) DO UPDATE SET version = excluded.version
      WHERE event_position.version < excluded.version`,
    [consumer, [...positions.keys()], [...positions.values()]],
  );
}

/** A batch that waits, as it was read. */
export interface ParkedRow extends StreamRecord {
  version: number;
}

/** Batches of these phones that wait behind a missing version. */
export async function readParked(
  db: Queryable,
  consumer: string,
  phones: readonly string[],
): Promise<ParkedRow[]> {
  const { rows } = await db.query<ParkedRow>(
    `SELECT partition_key AS "partitionKey", version, body, sequence_number AS "sequenceNumber",
            arrived_at AS "arrivedAt"
       FROM quarantined_record
      WHERE consumer = $1 AND source = 'dialog-events' AND state = 'parked' AND partition_key = ANY ($2)`,
    [consumer, phones],
  );
  return rows;
}

/** Parked batches up to the new positions have been applied. */
export async function settleParked(
  db: Queryable,
  consumer: string,
  positions: ReadonlyMap<string, number>,
): Promise<void> {
  await db.query(
    `UPDATE quarantined_record SET state = 'redriven', settled_at = clock_timestamp()
       FROM unnest($2::text[], $3::bigint[]) AS moved(phone_number, version)
      WHERE consumer = $1 AND source = 'dialog-events' AND state = 'parked'
        AND partition_key = moved.phone_number AND quarantined_record.version <= moved.version`,
    [consumer, [...positions.keys()], [...positions.values()]],
  );
}
