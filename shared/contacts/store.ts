import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { ContactField, FieldType } from './fields.ts';

/** Fields that the organisation added to contacts, by name. */
export async function readFields(db: Queryable): Promise<ContactField[]> {
  const { rows } = await db.query<{ name: string; label: string; type: FieldType; choices: string[] }>(
    'SELECT name, label, type, choices FROM contact_field WHERE deleted_at IS NULL ORDER BY name',
  );
  return rows;
}

/** All of them, held as `holdFields` does: for whoever writes values of any. */
export async function holdAllFields(tx: Transaction): Promise<ContactField[]> {
  const { rows } = await tx.query<{ name: string; label: string; type: FieldType; choices: string[] }>(
    'SELECT name, label, type, choices FROM contact_field WHERE deleted_at IS NULL ORDER BY name FOR SHARE',
  );
  return rows;
}

/**
 * Those of these names, held to the end of the transaction: none of them is deleted before a value of it has committed.
 * For whoever writes values.
 */
export async function holdFields(tx: Transaction, names: readonly string[]): Promise<ContactField[]> {
  if (names.length === 0) return [];
  const { rows } = await tx.query<{ name: string; label: string; type: FieldType; choices: string[] }>(
    `SELECT name, label, type, choices FROM contact_field
      WHERE name = ANY ($1) AND deleted_at IS NULL ORDER BY name FOR SHARE`,
    [names],
  );
  return rows;
}
