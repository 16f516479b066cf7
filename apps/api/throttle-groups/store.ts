import type { CampaignStatus } from '#shared/campaigns/lifecycle.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { Limit } from '#shared/throttle/rule.ts';
import { readUsed } from '#shared/throttle/store.ts';
import { type ThrottledBy, throttledBy } from '#shared/throttle/who-waits.ts';

/** A throttle group as it is kept. */
export interface StoredGroup extends Limit {
  id: string;
  name: string;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

/** And how far it is used. */
export interface GroupInUse extends StoredGroup {
  /** What counts now: planned in the period before. */
  used: number;
  campaigns: readonly ThrottledBy[];
}

const COLUMNS = `throttle_group_id AS id, name, most, per, evenly, version, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** In the order of their names, at most `limit` behind `after`. */
export async function listGroups(
  db: Queryable,
  { after, limit }: { after: string | null; limit: number },
): Promise<StoredGroup[]> {
  const { rows } = await db.query<StoredGroup>(
    `SELECT ${COLUMNS} FROM throttle_group WHERE $1::text IS NULL OR name > $1 ORDER BY name LIMIT $2`,
    [after, limit],
  );
  return rows;
}

/** As it stands; null: there is none. */
export async function readGroup(db: Queryable, id: string): Promise<StoredGroup | null> {
  const { rows } = await db.query<StoredGroup>(
    `SELECT ${COLUMNS} FROM throttle_group WHERE throttle_group_id = $1`,
    [id],
  );
  return rows[0] ?? null;
}

/** The same, locked to the end of the transaction. */
export async function lockGroup(tx: Transaction, id: string): Promise<StoredGroup | null> {
  const { rows } = await tx.query<StoredGroup>(
    `SELECT ${COLUMNS} FROM throttle_group WHERE throttle_group_id = $1 FOR UPDATE`,
    [id],
  );
  return rows[0] ?? null;
}

/** How far these are used, and by which campaigns that have not ended; three statements for all. `now`: business time. */
export async function withUse(
  db: Queryable,
  groups: readonly StoredGroup[],
  now: Date,
): Promise<GroupInUse[]> {
  const at = now.getTime();
  const used = await readUsed(
    db,
    groups.map(({ id, per }) => ({ id, limit: { per }, now: at })),
  );
  const campaigns = await throttledBy(db, groups, now);
  return groups.map((group) => ({
    ...group,
    used: used.get(group.id)?.used ?? 0,
    campaigns: campaigns.get(group.id) ?? [],
  }));
}

type Given = Pick<StoredGroup, 'id' | 'name' | 'most' | 'per' | 'evenly'>;

/** A new one, of which nothing is used; null: there is one of this name. */
export async function insertGroup(
  tx: Transaction,
  { evenly, id, most, name, per }: Given,
  now: Date,
): Promise<StoredGroup | null> {
  const { rows } = await tx.query<StoredGroup>(
    `INSERT INTO throttle_group (throttle_group_id, name, most, per, evenly, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    [id, name, most, per, evenly, now],
  );
  const [row] = rows;
  if (row === undefined) return null;
  await tx.query('INSERT INTO throttle_state (throttle_group_id, clock_at) VALUES ($1, $2)', [id, now]);
  return row;
}

/** Changes one whose row is locked. A name that another has is a unique violation. */
export async function updateGroup(
  tx: Transaction,
  { evenly, id, most, name, per }: Given,
  now: Date,
): Promise<StoredGroup> {
  const { rows } = await tx.query<StoredGroup>(
    `UPDATE throttle_group SET name = $2, most = $3, per = $4, evenly = $5, version = version + 1, updated_at = $6
      WHERE throttle_group_id = $1 RETURNING ${COLUMNS}`,
    [id, name, most, per, evenly, now],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a throttle group that was locked has no row');
  return row;
}

/** With all that is known of its use. */
export async function deleteGroup(tx: Transaction, id: string): Promise<void> {
  await tx.query('DELETE FROM throttle_group WHERE throttle_group_id = $1', [id]);
}

/** Those of these that there are. */
export async function knownThrottleGroups(
  db: Queryable,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await db.query<{ id: string }>(
    'SELECT throttle_group_id AS id FROM throttle_group WHERE throttle_group_id = ANY ($1)',
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Nobody deletes these before the end of the transaction: a campaign is about to start that names them. */
export async function holdThrottleGroups(tx: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    'SELECT FROM throttle_group WHERE throttle_group_id = ANY ($1) ORDER BY throttle_group_id FOR KEY SHARE',
    [ids],
  );
}

/** Campaigns that have not ended and name it. */
export async function openCampaignsOf(
  db: Queryable,
  id: string,
): Promise<{ name: string; status: CampaignStatus }[]> {
  const { rows } = await db.query<{ name: string; status: CampaignStatus }>(
    `SELECT name, status FROM campaign
      WHERE status IN ('scheduled', 'loading', 'active', 'paused') AND definition -> 'throttleGroups' ? $1
      ORDER BY campaign_id`,
    [id],
  );
  return rows;
}
