import type { Queryable } from '#shared/postgres/pool.ts';
import type { ContactField, FieldType } from './fields.ts';

/** Fields that the organisation added to contacts, by name. */
export async function readFields(db: Queryable): Promise<ContactField[]> {
  const { rows } = await db.query<{ name: string; label: string; type: FieldType; choices: string[] }>(
    'SELECT name, label, type, choices FROM contact_field ORDER BY name',
  );
  return rows;
}
