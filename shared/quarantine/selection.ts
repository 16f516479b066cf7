import type { Queryable } from '#shared/postgres/pool.ts';

export type RecordState = 'quarantined' | 'parked' | 'redriven' | 'discarded';

/** Which records: these, or those of a consumer and with a reason; null is any. */
export interface Selection {
  ids: readonly number[];
  consumer: string | null;
  reason: string | null;
}

/** The states in which selected records can be settled: parked ones follow by themselves, unless they are named. */
export const openStates = ({ ids }: Selection): readonly RecordState[] =>
  ids.length > 0 ? ['quarantined', 'parked'] : ['quarantined'];

/** A record that was set aside. */
export interface KeptRecord {
  id: number;
  consumer: string;
  /** The stream it was read from; else where it came from, in words. */
  source: string;
  partitionKey: string;
  state: RecordState;
  reason: string;
  version: number | null;
  body: string;
  arrivedAt: Date;
  quarantinedAt: Date;
  settledAt: Date | null;
  settledBy: string | null;
  /** Why it was discarded, in the words of whoever did. */
  settledReason: string | null;
}

const COLUMNS = `id, consumer, source, partition_key AS "partitionKey", state, reason, version, body,
       arrived_at AS "arrivedAt", quarantined_at AS "quarantinedAt", settled_at AS "settledAt",
       settled_by AS "settledBy", settled_reason AS "settledReason"`;

const SELECTED = `(cardinality($1::bigint[]) = 0 OR id = ANY ($1::bigint[]))
       AND ($2::text IS NULL OR consumer = $2) AND ($3::text IS NULL OR strpos(reason, $3) > 0)
       AND state = ANY ($4::text[]) AND id > $5`;

/** Selected records in one of these states with an id above `after`, oldest first, at most `limit`. */
export async function findRecords(
  db: Queryable,
  { consumer, ids, reason }: Selection,
  states: readonly RecordState[],
  { after, limit }: { after: number; limit: number },
): Promise<KeptRecord[]> {
  const { rows } = await db.query<KeptRecord>(
    `SELECT ${COLUMNS} FROM quarantined_record WHERE ${SELECTED} ORDER BY id LIMIT $6`,
    [ids, consumer, reason, states, after, limit],
  );
  return rows;
}

/**
 * The same, each locked until the transaction ends: whoever else settles them waits, and finds them settled. None behind
 * `upTo`, where it is given.
 */
export async function lockRecords(
  db: Queryable,
  { consumer, ids, reason }: Selection,
  states: readonly RecordState[],
  { after, limit, upTo = null }: { after: number; limit: number; upTo?: number | null },
): Promise<KeptRecord[]> {
  const { rows } = await db.query<KeptRecord>(
    `SELECT ${COLUMNS} FROM quarantined_record WHERE ${SELECTED} AND ($7::bigint IS NULL OR id <= $7)
      ORDER BY id LIMIT $6 FOR UPDATE`,
    [ids, consumer, reason, states, after, limit, upTo],
  );
  return rows;
}

/** Of the newest record that was set aside; 0: none ever was. */
export async function lastId(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    'SELECT coalesce(max(id), 0) AS id FROM quarantined_record',
  );
  return rows[0]?.id ?? 0;
}

/** How many selected records there are, by consumer, state and beginning of the reason; most first. */
export async function countRecords(
  db: Queryable,
  { consumer, ids, reason }: Selection,
  states: readonly RecordState[],
): Promise<{ consumer: string; state: RecordState; reason: string; count: number }[]> {
  const { rows } = await db.query<{ consumer: string; state: RecordState; reason: string; count: number }>(
    `SELECT consumer, state, left(reason, 80) AS reason, count(*)::int AS count
       FROM quarantined_record WHERE ${SELECTED}
      GROUP BY 1, 2, 3 ORDER BY count DESC, 1, 2, 3`,
    [ids, consumer, reason, states, 0],
  );
  return rows;
}

/** Why a record stays as it is. */
export const stayCodes = [
  /** What the gateway kept aside before it was on any stream. */
  'never_on_a_stream',
  /** Parked: it follows by itself. */
  'follows_by_itself',
  /** Something of its phone that comes first is not settled. */
  'another_comes_first',
  /** So long ago that who has processed it may not know it again. */
  'too_old',
  'settled_meanwhile',
] as const;
export interface Stays {
  id: number;
  code: (typeof stayCodes)[number];
  /** The same in words, with what comes first. */
  why: string;
}

/** Of these records those that are settled, each with who did it and how. */
export async function settledAmong(
  db: Queryable,
  ids: readonly number[],
): Promise<{ id: number; state: 'redriven' | 'discarded'; by: string | null; why: string | null }[]> {
  const { rows } = await db.query<{
    id: number;
    state: 'redriven' | 'discarded';
    by: string | null;
    why: string | null;
  }>(
    `SELECT id, state, settled_by AS by, settled_reason AS why FROM quarantined_record
      WHERE id = ANY ($1::bigint[]) AND state IN ('redriven', 'discarded') ORDER BY id`,
    [ids],
  );
  return rows;
}

/** Who settles records, and why, where they say so. */
export interface Settler {
  by: string;
  why: string | null;
}

/** Settles records, for good: with the time and who did it. */
export async function settleRecords(
  db: Queryable,
  ids: readonly number[],
  state: 'redriven' | 'discarded',
  { by, why }: Settler,
): Promise<void> {
  if (ids.length === 0) return;
  await db.query(
    `UPDATE quarantined_record SET state = $2, settled_at = clock_timestamp(), settled_by = $3, settled_reason = $4
      WHERE id = ANY ($1::bigint[])`,
    [ids, state, by, why],
  );
}
