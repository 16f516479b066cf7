import { FENCE } from '#shared/erasure/fence.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';

/**
 * Leases in PostgreSQL (table `lease`): who works on a shard of a stream, or on a slot of an outbox. All times are
 * the database's clock_timestamp(). The epoch grows only when a lease changes hands.
 */

/** Which leases: the units of one source, worked on by one consumer. */
export interface LeaseScope {
  consumer: string;
  /** Name of a stream, or 'outbox'. */
  source: string;
}

export interface Lease {
  shard: string;
  epoch: number;
  /** Last sequence number whose effects are committed; null: none yet. */
  checkpoint: string | null;
}

export interface ShardToLease {
  shard: string;
  parents: readonly string[];
}

/**
 * Adds leases for shards that have none yet; returns how many. Idempotent; positions and owners of known ones stay.
 */
export async function registerShards(
  db: Queryable,
  scope: LeaseScope,
  shards: readonly ShardToLease[],
): Promise<number> {
  const { rowCount } = await db.query(
    `INSERT INTO lease (consumer, source, shard, parents)
     SELECT $1, $2, shard, ARRAY(SELECT jsonb_array_elements_text(parents))
       FROM jsonb_to_recordset($3::jsonb) AS given(shard text, parents jsonb)
      ORDER BY shard
     ON CONFLICT DO NOTHING`,
    [scope.consumer, scope.source, JSON.stringify(shards)],
  );
  return rowCount ?? 0;
}

export interface OwnedLease extends Lease {
  /** A worker that asks for this lease; null: nobody. */
  wantedBy: string | null;
}

/**
 * Says that the worker lives and renews its leases. Leases locked by a batch in flight are skipped: its commit renews
 * them. Returns all leases that the worker holds, as they were before. One statement: a task that has nothing to do makes it
 * every few seconds, for each of its scopes.
 */
export async function renewLeases(db: Queryable, scope: LeaseScope, worker: string): Promise<OwnedLease[]> {
  const { rows } = await db.query<OwnedLease>(
    `WITH alive AS (
       INSERT INTO lease_worker (consumer, source, worker) VALUES ($1, $2, $3)
       ON CONFLICT (consumer, source, worker) DO UPDATE SET renewed_at = clock_timestamp()),
     renewed AS (
       UPDATE lease SET renewed_at = clock_timestamp()
        WHERE (consumer, source, shard) IN (
          SELECT consumer, source, shard FROM lease
           WHERE consumer = $1 AND source = $2 AND owner = $3
             FOR UPDATE SKIP LOCKED))
     SELECT shard, epoch, checkpoint, wanted_by AS "wantedBy"
       FROM lease WHERE consumer = $1 AND source = $2 AND owner = $3`,
    [scope.consumer, scope.source, worker],
  );
  return rows;
}

/**
 * One step of balancing, for one worker: takes free and expired leases up to its fair share; when it has less than
 * its share and nothing is free, asks workers that have more than theirs to hand over what it lacks. A lease is open to taking only
 * when the shards it descends from are finished or no longer known. Returns the leases taken.
 */
export async function takeLeases(
  db: Queryable,
  scope: LeaseScope,
  worker: string,
  leaseMs: number,
): Promise<Lease[]> {
  const share = await fairShare(db, scope, worker, leaseMs);
  const wanted = share.most - share.mine;
  if (wanted <= 0) return [];
  const { rows: taken } = await db.query<Lease>(
    `UPDATE lease SET owner = $3, epoch = epoch + 1, wanted_by = NULL, renewed_at = clock_timestamp()
      WHERE (consumer, source, shard) IN (
        SELECT consumer, source, shard FROM lease AS candidate
         WHERE consumer = $1 AND source = $2 AND finished_at IS NULL
           AND (owner IS NULL OR renewed_at < clock_timestamp() - $4 * interval '1 ms')
           AND ${HAS_NO_OPEN_PARENT}
         ORDER BY shard LIMIT $5
           FOR UPDATE SKIP LOCKED)
     RETURNING shard, epoch, checkpoint`,
    [scope.consumer, scope.source, worker, leaseMs, wanted],
  );
  if (taken.length === 0 && share.mine < share.least) await askFor(db, scope, worker, share);
  return taken;
}

/**
 * Of a `candidate`: the shards that it descends from are finished, or not known any more. Most have none (slots of an outbox never
 * do): asked first, as looking for them takes most of the time.
 */
const HAS_NO_OPEN_PARENT = `(cardinality(candidate.parents) = 0
         OR NOT EXISTS (SELECT FROM lease AS parent
                         WHERE parent.consumer = candidate.consumer AND parent.source = candidate.source
                           AND parent.shard = ANY (candidate.parents) AND parent.finished_at IS NULL))`;

interface Share {
  mine: number;
  /** Fewest leases a worker has when all is balanced. */
  least: number;
  /** Most leases a worker has when all is balanced. */
  most: number;
}

/** Forgets workers that have said nothing for so long, and counts the others. */
async function fairShare(db: Queryable, scope: LeaseScope, worker: string, leaseMs: number): Promise<Share> {
  const { rows } = await db.query<{ workers: number; leases: number; mine: number }>(
    `WITH gone AS (
       DELETE FROM lease_worker WHERE (consumer, source, worker) IN (
         SELECT consumer, source, worker FROM lease_worker
          WHERE consumer = $1 AND source = $2 AND renewed_at < clock_timestamp() - $4 * interval '1 ms'
            FOR UPDATE SKIP LOCKED))
     SELECT (SELECT count(*)::int FROM lease_worker
              WHERE consumer = $1 AND source = $2
                AND renewed_at >= clock_timestamp() - $4 * interval '1 ms') AS workers,
            count(*)::int AS leases,
            (count(*) FILTER (WHERE owner = $3))::int AS mine
       FROM lease AS candidate
      WHERE consumer = $1 AND source = $2 AND finished_at IS NULL
        AND ${HAS_NO_OPEN_PARENT}`,
    [scope.consumer, scope.source, worker, leaseMs],
  );
  const { workers = 1, leases = 0, mine = 0 } = rows[0] ?? {};
  const share = leases / Math.max(1, workers);
  return { mine, least: Math.floor(share), most: Math.ceil(share) };
}

/** Marks leases of workers that have more than their share, as many as this worker lacks. Asked-for ones count. */
async function askFor(db: Queryable, scope: LeaseScope, worker: string, share: Share): Promise<void> {
  await db.query(
    `WITH held AS (
       SELECT owner, count(*) - count(wanted_by) AS keeps
         FROM lease WHERE consumer = $1 AND source = $2 AND owner <> $3 AND finished_at IS NULL
        GROUP BY owner),
     surplus AS (
       SELECT shard, keeps, row_number() OVER (PARTITION BY owner ORDER BY shard DESC) AS place
         FROM lease JOIN held USING (owner)
        WHERE consumer = $1 AND source = $2 AND wanted_by IS NULL AND finished_at IS NULL)
     UPDATE lease SET wanted_by = $3
      WHERE (consumer, source, shard) IN (
        SELECT consumer, source, shard FROM lease
         WHERE consumer = $1 AND source = $2 AND wanted_by IS NULL
           AND shard IN (SELECT shard FROM surplus WHERE place <= keeps - $4::bigint)
         ORDER BY shard DESC
         LIMIT greatest(0, $5::bigint - (SELECT count(*) FROM lease AS asked
                                          WHERE asked.consumer = $1 AND asked.source = $2 AND asked.wanted_by = $3))
           FOR UPDATE SKIP LOCKED)`,
    [scope.consumer, scope.source, worker, share.least, share.least - share.mine],
  );
}

/**
 * Gives leases back: each to the worker that asked for it, if that one lives, else to nobody. What has changed hands
 * meanwhile stays as it is.
 */
export async function releaseLeases(
  db: Queryable,
  scope: LeaseScope,
  worker: string,
  leases: readonly Pick<Lease, 'shard' | 'epoch'>[],
  leaseMs: number,
): Promise<void> {
  if (leases.length === 0) return;
  await db.query(
    // Locked in the order of their shards, as whoever discards records locks them.
    `WITH held AS MATERIALIZED (
       SELECT lease.shard, lease.wanted_by, given.epoch
         FROM lease JOIN unnest($4::text[], $5::bigint[]) AS given(shard, epoch) USING (shard)
        WHERE lease.consumer = $1 AND lease.source = $2
        ORDER BY lease.shard FOR UPDATE OF lease)
     UPDATE lease
        SET owner = heir.worker, wanted_by = NULL, renewed_at = clock_timestamp(),
            epoch = lease.epoch + CASE WHEN heir.worker IS NULL THEN 0 ELSE 1 END
       FROM (SELECT held.shard, held.epoch,
                    (SELECT lease_worker.worker FROM lease_worker
                      WHERE lease_worker.consumer = $1 AND lease_worker.source = $2
                        AND lease_worker.worker = held.wanted_by
                        AND lease_worker.renewed_at > clock_timestamp() - $6 * interval '1 ms') AS worker
               FROM held) AS heir
      WHERE lease.consumer = $1 AND lease.source = $2 AND lease.shard = heir.shard
        AND lease.owner = $3 AND lease.epoch = heir.epoch`,
    [
      scope.consumer,
      scope.source,
      worker,
      leases.map(({ shard }) => shard),
      leases.map(({ epoch }) => epoch),
      leaseMs,
    ],
  );
}

/** The worker leaves: it no longer counts when leases are shared out. */
export async function removeWorker(db: Queryable, scope: LeaseScope, worker: string): Promise<void> {
  await db.query('DELETE FROM lease_worker WHERE consumer = $1 AND source = $2 AND worker = $3', [
    scope.consumer,
    scope.source,
    worker,
  ]);
}

/**
 * The fence: locks the lease row for the rest of the transaction and says where it stands, if it is still held by this worker
 * in this epoch. Whoever gets null must have no effect.
 */
export async function lockLease(
  tx: Transaction,
  scope: LeaseScope,
  worker: string,
  lease: Pick<Lease, 'shard' | 'epoch'>,
): Promise<Pick<Lease, 'checkpoint'> | null> {
  const { rows } = await tx.query<Pick<Lease, 'checkpoint'>>(
    `SELECT checkpoint, pg_advisory_xact_lock_shared(hashtext($6))
       FROM lease WHERE consumer = $1 AND source = $2 AND shard = $3 AND owner = $4 AND epoch = $5 FOR UPDATE`,
    [scope.consumer, scope.source, lease.shard, worker, lease.epoch, FENCE],
  );
  return rows[0] ?? null;
}

/** Moves the checkpoint and renews, in the transaction that holds the fence. */
export async function checkpointLease(
  tx: Transaction,
  scope: LeaseScope,
  shard: string,
  sequenceNumber: string,
): Promise<void> {
  await tx.query(
    `UPDATE lease SET checkpoint = $4, renewed_at = clock_timestamp()
      WHERE consumer = $1 AND source = $2 AND shard = $3`,
    [scope.consumer, scope.source, shard, sequenceNumber],
  );
}

/**
 * Marks a shard as read to its end, in the transaction that holds the fence. Returns false, and changes nothing,
 * while rows of its outbox are left: its children must not start before everything of the parent is published.
 */
export async function finishLease(tx: Transaction, scope: LeaseScope, shard: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE lease SET finished_at = clock_timestamp(), owner = NULL, wanted_by = NULL
      WHERE consumer = $1 AND source = $2 AND shard = $3
        AND NOT EXISTS (SELECT FROM outbox WHERE producer = $1 AND partition = $3)`,
    [scope.consumer, scope.source, shard],
  );
  return rowCount === 1;
}
