import type { CampaignStatus } from '#shared/campaigns/lifecycle.ts';
import { endedStatuses } from '#shared/campaigns/lifecycle.ts';
import type { ContactField } from '#shared/contacts/fields.ts';
import type { Pool, Queryable, Transaction } from '#shared/postgres/pool.ts';
import { inTransaction } from '#shared/postgres/pool.ts';

export interface StoredField extends ContactField {
  version: number;
  createdAt: Date;
}

const COLUMNS = 'name, label, type, choices, version, created_at AS "createdAt"';

/** All fields, by name. */
export async function listFields(db: Queryable): Promise<StoredField[]> {
  const { rows } = await db.query<StoredField>(
    `SELECT ${COLUMNS} FROM contact_field WHERE deleted_at IS NULL ORDER BY name`,
  );
  return rows;
}

/** As it stands; null: there is none. */
export async function readField(db: Queryable, name: string): Promise<StoredField | null> {
  const { rows } = await db.query<StoredField>(
    `SELECT ${COLUMNS} FROM contact_field WHERE name = $1 AND deleted_at IS NULL`,
    [name],
  );
  return rows[0] ?? null;
}

/** The same, locked to the end of the transaction: nobody writes a value of it meanwhile. */
export async function lockField(tx: Transaction, name: string): Promise<StoredField | null> {
  const { rows } = await tx.query<StoredField>(
    `SELECT ${COLUMNS} FROM contact_field WHERE name = $1 AND deleted_at IS NULL FOR UPDATE`,
    [name],
  );
  return rows[0] ?? null;
}

/** A new field; null: there is one of this name, or values of an earlier one are still being removed. */
export async function insertField(
  tx: Transaction,
  { choices, label, name, type }: ContactField,
  now: Date,
): Promise<StoredField | null> {
  const { rows } = await tx.query<StoredField>(
    `INSERT INTO contact_field (name, label, type, choices, created_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    [name, label, type, choices, now],
  );
  return rows[0] ?? null;
}

/** Changes a field whose row is locked. */
export async function updateField(
  tx: Transaction,
  { choices, label, name }: Pick<ContactField, 'name' | 'label' | 'choices'>,
): Promise<StoredField> {
  const { rows } = await tx.query<StoredField>(
    `UPDATE contact_field SET label = $2, choices = $3, version = version + 1 WHERE name = $1 RETURNING ${COLUMNS}`,
    [name, label, choices],
  );
  const [field] = rows;
  if (field === undefined) throw new Error('a field that was locked has no row');
  return field;
}

/** From now on nobody reads or writes a value of it. */
export async function markDeleted(tx: Transaction, name: string, now: Date): Promise<void> {
  await tx.query('UPDATE contact_field SET deleted_at = $2 WHERE name = $1', [name, now]);
}

/** Whether values of an earlier field of this name are still being removed. */
export async function isBeingRemoved(db: Queryable, name: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'SELECT FROM contact_field WHERE name = $1 AND deleted_at IS NOT NULL',
    [name],
  );
  return rowCount === 1;
}

/** A campaign that has not ended, with what it says. */
export interface OpenCampaign {
  campaignId: string;
  name: string;
  status: CampaignStatus;
  definition: unknown;
}

/** Campaigns that have not ended and in which a word stands somewhere. */
export async function openCampaignsWith(db: Queryable, word: string): Promise<OpenCampaign[]> {
  const { rows } = await db.query<OpenCampaign>(
    `SELECT campaign_id AS "campaignId", name, status, definition FROM campaign
      WHERE status <> ALL ($2) AND position($1 IN definition::text) > 0 ORDER BY campaign_id`,
    [word, endedStatuses],
  );
  return rows;
}

/** Contacts looked at in one transaction. */
const CLEARED_AT_ONCE = 2_000;

/**
 * Takes the values of a deleted field away from some contacts, in the order of their ids; the last part takes the field's
 * row. Returns how many parts were done: 0, nothing is left to do, or another task does it. `now`: business time.
 */
export const clearDeletedField = (pool: Pool, now: Date, limit = CLEARED_AT_ONCE): Promise<number> =>
  inTransaction(pool, async (tx) => {
    const { rows: fields } = await tx.query<{ name: string; cleared_to: string | null }>(
      `SELECT name, cleared_to FROM contact_field WHERE deleted_at IS NOT NULL
        ORDER BY deleted_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
    );
    const [field] = fields;
    if (field === undefined) return 0;
    const { rows } = await tx.query<{ last: string | null; looked: number }>(
      `WITH part AS MATERIALIZED (
         SELECT contact_id FROM contact WHERE $2::uuid IS NULL OR contact_id > $2
          ORDER BY contact_id LIMIT $3),
       held AS MATERIALIZED (
         SELECT contact_id FROM contact WHERE contact_id IN (SELECT contact_id FROM part) AND attributes ? $1
          ORDER BY contact_id FOR NO KEY UPDATE),
       cleared AS (
         UPDATE contact SET attributes = attributes - $1, version = version + 1, updated_at = greatest(updated_at, $4)
           FROM held WHERE contact.contact_id = held.contact_id)
       SELECT (SELECT contact_id FROM part ORDER BY contact_id DESC LIMIT 1) AS last,
              (SELECT count(*)::int FROM part) AS looked`,
      [field.name, field.cleared_to, limit, now],
    );
    const [part] = rows;
    if (part === undefined || part.looked < limit) {
      await tx.query('DELETE FROM contact_field WHERE name = $1', [field.name]);
    } else {
      await tx.query('UPDATE contact_field SET cleared_to = $2 WHERE name = $1', [field.name, part.last]);
    }
    return 1;
  });
