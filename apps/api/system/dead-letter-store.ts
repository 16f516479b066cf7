import type { Queryable } from '#shared/postgres/pool.ts';

/** A record that a consumer could not process, without what is in it. */
export interface DeadLetter {
  id: number;
  consumer: string;
  stream: string;
  key: string;
  state: 'quarantined' | 'parked' | 'redriven' | 'discarded';
  reason: string;
  arrivedAt: Date;
  setAsideAt: Date;
  settledAt: Date | null;
  settledBy: string | null;
  settledReason: string | null;
}

const COLUMNS = `id::float8 AS id, consumer, source AS stream, partition_key AS key, state, reason,
       arrived_at AS "arrivedAt", quarantined_at AS "setAsideAt", settled_at AS "settledAt", settled_by AS "settledBy",
       settled_reason AS "settledReason"`;

/** Newest first, those before `before`. Open ones, or those that are settled. */
export async function listDeadLetters(
  db: Queryable,
  wanted: { consumer: string | null; isSettled: boolean; before: number | null; limit: number },
): Promise<DeadLetter[]> {
  const { rows } = await db.query<DeadLetter>(
    `SELECT ${COLUMNS} FROM quarantined_record
      WHERE (state IN ('quarantined', 'parked')) = NOT $2::boolean
        AND ($1::text IS NULL OR consumer = $1) AND ($3::bigint IS NULL OR id < $3)
      ORDER BY quarantined_record.id DESC LIMIT $4`,
    [wanted.consumer, wanted.isSettled, wanted.before, wanted.limit],
  );
  return rows;
}

export async function readDeadLetter(
  db: Queryable,
  id: number,
): Promise<(DeadLetter & { body: string }) | null> {
  const { rows } = await db.query<DeadLetter & { body: string }>(
    `SELECT ${COLUMNS}, body FROM quarantined_record WHERE id = $1`,
    [id],
  );
  return rows[0] ?? null;
}
