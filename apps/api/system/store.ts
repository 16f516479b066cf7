import type { Queryable } from '#shared/postgres/pool.ts';

/** Rows that are counted at most: a look at the system must not cost what the backlog does. */
export const COUNTED = 10_000;

export interface LeaseRow {
  consumer: string;
  source: string;
  shard: string;
  owner: string | null;
  wantedBy: string | null;
  renewedMsAgo: number;
  checkpoint: string | null;
  isFinished: boolean;
}

/** Who reads which shard, by consumer; without the slots of outboxes. */
export async function readShardLeases(db: Queryable): Promise<LeaseRow[]> {
  const { rows } = await db.query<LeaseRow>(
    `SELECT consumer, source, shard, owner, wanted_by AS "wantedBy", checkpoint,
            finished_at IS NOT NULL AS "isFinished",
            (extract(epoch FROM clock_timestamp() - renewed_at) * 1000)::bigint AS "renewedMsAgo"
       FROM lease WHERE source <> 'outbox'
      ORDER BY consumer, source, shard`,
  );
  return rows;
}

export interface RelayRow {
  producer: string;
  slots: number;
  free: number;
  renewedMsAgo: number;
}

/** How the slots of services' outboxes are held. */
export async function readRelays(db: Queryable): Promise<RelayRow[]> {
  const { rows } = await db.query<RelayRow>(
    `SELECT consumer AS producer, count(*)::int AS slots, (count(*) FILTER (WHERE owner IS NULL))::int AS free,
            (extract(epoch FROM clock_timestamp() - min(renewed_at)) * 1000)::bigint AS "renewedMsAgo"
       FROM lease WHERE source = 'outbox' GROUP BY consumer ORDER BY consumer`,
  );
  return rows;
}

/** What waits in outboxes, by producer, of the first `COUNTED` rows. */
export async function readOutboxDepth(db: Queryable): Promise<{ producer: string; rows: number }[]> {
  const { rows } = await db.query<{ producer: string; rows: number }>(
    `SELECT producer, count(*)::int AS rows
       FROM (SELECT producer FROM outbox LIMIT $1) AS capped GROUP BY producer ORDER BY producer`,
    [COUNTED],
  );
  return rows;
}

/** Records that could not be processed, or wait behind one, by consumer, of the first `COUNTED`. */
export async function readQuarantine(
  db: Queryable,
): Promise<{ consumer: string; quarantined: number; parked: number }[]> {
  const { rows } = await db.query<{ consumer: string; quarantined: number; parked: number }>(
    `SELECT consumer, (count(*) FILTER (WHERE state = 'quarantined'))::int AS quarantined,
            (count(*) FILTER (WHERE state = 'parked'))::int AS parked
       FROM (SELECT consumer, state FROM quarantined_record
              WHERE state IN ('quarantined', 'parked') LIMIT $1) AS capped
      GROUP BY consumer ORDER BY consumer`,
    [COUNTED],
  );
  return rows;
}

export interface WaitingRow {
  queued: number;
  oldestQueuedMsAgo: number | null;
  held: number;
  nextDueAt: Date | null;
  ambiguous: number;
}

/** Messages that have not gone, each kind counted up to `COUNTED`. */
export async function readWaiting(db: Queryable): Promise<WaitingRow> {
  const { rows } = await db.query<WaitingRow>(
    `SELECT (SELECT count(*)::int FROM (SELECT FROM message WHERE state = 'queued' LIMIT $1) AS capped) AS queued,
            (SELECT (extract(epoch FROM clock_timestamp() - min(queued_at)) * 1000)::bigint
               FROM message WHERE state = 'queued') AS "oldestQueuedMsAgo",
            (SELECT count(*)::int FROM (SELECT FROM message WHERE state = 'held' LIMIT $1) AS capped) AS held,
            (SELECT min(due_at) FROM message WHERE state = 'held') AS "nextDueAt",
            (SELECT count(*)::int FROM (SELECT FROM attempt WHERE state = 'ambiguous' LIMIT $1) AS capped) AS ambiguous`,
    [COUNTED],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a select without a table returned no row');
  return row;
}

export interface WatchRow {
  carrier: string;
  aliveMsAgo: number;
  outageSince: Date | null;
  sweptAt: Date | null;
}

/** Whether we hear what people text, by carrier. */
export async function readWatch(db: Queryable): Promise<WatchRow[]> {
  const { rows } = await db.query<WatchRow>(
    `SELECT carrier, (extract(epoch FROM clock_timestamp() - alive_at) * 1000)::bigint AS "aliveMsAgo",
            outage_since AS "outageSince", swept_at AS "sweptAt"
       FROM inbound_watch ORDER BY carrier`,
  );
  return rows;
}
