import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { isWhatsApp } from '#shared/phone/sender-address.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { SenderType } from '#shared/senders/limits.ts';
import { readLimits } from '#shared/senders/limits.ts';

export type Registration = 'unregistered' | 'pending' | 'registered' | 'rejected';

/** A number of ours as it is kept. */
export interface StoredSender {
  senderNumber: string;
  carrier: CarrierName;
  type: SenderType;
  registration: Registration;
  segmentsPerSecond: number;
  segmentsPerDay: number | null;
  pool: string | null;
  programme: string | null;
  haltedAt: Date | null;
  haltedReason: string | null;
  haltedBy: string | null;
  segmentsToday: number;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

const COLUMNS = `sender_number AS "senderNumber", carrier, type, registration, segments_per_second AS "segmentsPerSecond",
       segments_per_day AS "segmentsPerDay", pool, programme, halted_at AS "haltedAt", halted_reason AS "haltedReason",
       halted_by AS "haltedBy", version, created_at AS "createdAt", updated_at AS "updatedAt"`;

type Row = Omit<StoredSender, 'segmentsToday'>;

/** With what went from each today. */
async function withToday(db: Queryable, rows: readonly Row[], now: Date): Promise<StoredSender[]> {
  const numbers = rows.map(({ senderNumber }) => senderNumber);
  const limits = await readLimits(db, numbers, now);
  return rows.map((row) => ({ ...row, segmentsToday: limits.get(row.senderNumber)?.sentToday ?? 0 }));
}

/** In the order of their numbers, at most `limit` behind `after`; of a pool or of all. `now`: business time. */
export async function listSenders(
  db: Queryable,
  wanted: { after: string | null; pool: string | null; limit: number; now: Date },
): Promise<StoredSender[]> {
  const { rows } = await db.query<Row>(
    `SELECT ${COLUMNS} FROM sender
      WHERE ($1::text IS NULL OR sender_number > $1) AND ($2::text IS NULL OR pool = $2)
      ORDER BY sender_number LIMIT $3`,
    [wanted.after, wanted.pool, wanted.limit],
  );
  return withToday(db, rows, wanted.now);
}

/** As it stands, its row locked where it is to be changed; null: there is none. */
export async function readSender(
  db: Queryable,
  senderNumber: string,
  now: Date,
  { lock }: { lock: boolean } = { lock: false },
): Promise<StoredSender | null> {
  const { rows } = await db.query<Row>(
    `SELECT ${COLUMNS} FROM sender WHERE sender_number = $1 ${lock ? 'FOR UPDATE' : ''}`,
    [senderNumber],
  );
  return (await withToday(db, rows, now))[0] ?? null;
}

export type GivenSender = Pick<
  StoredSender,
  'senderNumber' | 'type' | 'registration' | 'segmentsPerSecond' | 'segmentsPerDay' | 'pool' | 'programme'
>;

/** False: there is a sender of this number. */
export async function insertSender(
  tx: Transaction,
  given: GivenSender & { carrier: CarrierName },
  now: Date,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `INSERT INTO sender (sender_number, carrier, type, registration, segments_per_second, segments_per_day, pool, programme,
                         created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT DO NOTHING`,
    [
      given.senderNumber,
      given.carrier,
      given.type,
      given.registration,
      given.segmentsPerSecond,
      given.segmentsPerDay,
      given.pool,
      given.programme,
      now,
    ],
  );
  return rowCount === 1;
}

/** Changes a sender whose row is locked. */
export async function updateSender(tx: Transaction, given: GivenSender, now: Date): Promise<void> {
  await tx.query(
    `UPDATE sender SET type = $2, registration = $3, segments_per_second = $4, segments_per_day = $5, pool = $6,
            programme = $7, version = version + 1, updated_at = $8
      WHERE sender_number = $1`,
    [
      given.senderNumber,
      given.type,
      given.registration,
      given.segmentsPerSecond,
      given.segmentsPerDay,
      given.pool,
      given.programme,
      now,
    ],
  );
}

/**
 * Halts a sender whose row is locked, or lets it go on (`halt` null): then what its breaker counts begins anew, at this
 * moment of real time.
 */
export async function haltSender(
  tx: Transaction,
  senderNumber: string,
  halt: { reason: string; by: string } | null,
  now: Date,
): Promise<void> {
  await tx.query(
    `UPDATE sender SET halted_at = $2, halted_reason = $3, halted_by = $4, version = version + 1, updated_at = $5,
            watched_from = CASE WHEN $2::timestamptz IS NULL THEN clock_timestamp() ELSE watched_from END
      WHERE sender_number = $1`,
    [senderNumber, halt === null ? null : now, halt?.reason ?? null, halt?.by ?? null, now],
  );
}

/**
 * Whether planned messages that have not gone are to go from it, or may be at the carrier. Of a sender on WhatsApp answers count as
 * well: only while it is known does anybody know through which carrier they go.
 */
export async function hasUnsent(tx: Transaction, senderNumber: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `SELECT FROM message
      WHERE state IN ('queued', 'posting', 'ambiguous', 'held') AND (lane = 'bulk' OR $2) AND sender_number = $1 LIMIT 1`,
    [senderNumber, isWhatsApp(senderNumber)],
  );
  return rowCount === 1;
}

/** Whether a pool has senders of texts (`whatsApp`: the sender is on WhatsApp), or of WhatsApp where it is not. */
export async function hasOtherKind(tx: Transaction, pool: string, whatsApp: boolean): Promise<boolean> {
  const { rowCount } = await tx.query(
    `SELECT FROM sender WHERE pool = $1 AND (type = 'whatsapp') <> $2 LIMIT 1`,
    [pool, whatsApp],
  );
  return rowCount === 1;
}

/** Campaigns that have not ended and name it. */
export async function openCampaignsWithSender(
  db: Queryable,
  senderNumber: string,
): Promise<{ name: string; status: string }[]> {
  const { rows } = await db.query<{ name: string; status: string }>(
    `SELECT name, status FROM campaign
      WHERE status IN ('scheduled', 'loading', 'active', 'paused') AND definition -> 'senderNumbers' ? $1
      ORDER BY campaign_id`,
    [senderNumber],
  );
  return rows;
}

/** Programmes that go on and name it, by slug. */
export async function programmesWithSender(db: Queryable, senderNumber: string): Promise<string[]> {
  const { rows } = await db.query<{ slug: string }>(
    `SELECT slug FROM programme WHERE archived_at IS NULL AND definition -> 'senderNumbers' ? $1 ORDER BY slug`,
    [senderNumber],
  );
  return rows.map(({ slug }) => slug);
}

export async function deleteSender(tx: Transaction, senderNumber: string): Promise<void> {
  await tx.query('DELETE FROM sender WHERE sender_number = $1', [senderNumber]);
}

/** A pool as it is kept. */
export interface StoredPool {
  name: string;
  description: string;
  segmentsPerSecond: number | null;
  segmentsPerDay: number | null;
  senders: number;
  halted: number;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

const POOLS = `
  SELECT pool AS name, description, segments_per_second AS "segmentsPerSecond", segments_per_day AS "segmentsPerDay",
         version, created_at AS "createdAt", updated_at AS "updatedAt",
         (SELECT count(*)::int FROM sender WHERE sender.pool = sender_pool.pool) AS senders,
         (SELECT count(*)::int FROM sender WHERE sender.pool = sender_pool.pool AND halted_at IS NOT NULL) AS halted
    FROM sender_pool`;

/** In the order of their names, at most `limit` behind `after`. */
export async function listPools(
  db: Queryable,
  { after, limit }: { after: string | null; limit: number },
): Promise<StoredPool[]> {
  const { rows } = await db.query<StoredPool>(
    `${POOLS} WHERE $1::text IS NULL OR pool > $1 ORDER BY pool LIMIT $2`,
    [after, limit],
  );
  return rows;
}

export async function readPool(db: Queryable, name: string): Promise<StoredPool | null> {
  const { rows } = await db.query<StoredPool>(`${POOLS} WHERE pool = $1`, [name]);
  return rows[0] ?? null;
}

/** Locks a pool. `use`: nobody deletes it; `change`: nobody does anything to it. False: there is none. */
export async function lockPool(tx: Transaction, name: string, purpose: 'use' | 'change'): Promise<boolean> {
  const { rowCount } = await tx.query(
    `SELECT FROM sender_pool WHERE pool = $1 ${purpose === 'use' ? 'FOR KEY SHARE' : 'FOR UPDATE'}`,
    [name],
  );
  return rowCount === 1;
}

export type GivenPool = Pick<StoredPool, 'name' | 'description' | 'segmentsPerSecond' | 'segmentsPerDay'>;

/** False: there is a pool of this name. */
export async function insertPool(tx: Transaction, given: GivenPool, now: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    `INSERT INTO sender_pool (pool, description, segments_per_second, segments_per_day, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT DO NOTHING`,
    [given.name, given.description, given.segmentsPerSecond, given.segmentsPerDay, now],
  );
  return rowCount === 1;
}

/** Changes a pool whose row is locked. */
export async function updatePool(tx: Transaction, given: GivenPool, now: Date): Promise<void> {
  await tx.query(
    `UPDATE sender_pool SET description = $2, segments_per_second = $3, segments_per_day = $4, version = version + 1,
            updated_at = $5
      WHERE pool = $1`,
    [given.name, given.description, given.segmentsPerSecond, given.segmentsPerDay, now],
  );
}

/** Deletes a pool that is locked and has no numbers any more. */
export async function deletePool(tx: Transaction, name: string): Promise<void> {
  await tx.query('DELETE FROM sender_pool WHERE pool = $1', [name]);
}

/** Campaigns that have not ended and name a pool. */
export async function openCampaignsWithPool(
  db: Queryable,
  name: string,
): Promise<{ name: string; status: string }[]> {
  const { rows } = await db.query<{ name: string; status: string }>(
    `SELECT name, status FROM campaign
      WHERE status IN ('scheduled', 'loading', 'active', 'paused') AND definition ->> 'senderPool' = $1
      ORDER BY campaign_id`,
    [name],
  );
  return rows;
}
