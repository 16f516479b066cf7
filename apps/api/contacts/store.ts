import type { FieldValue } from '#shared/contacts/fields.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';

/** What an organisation says of a person. */
export interface ContactData {
  externalId: string | null;
  name: string | null;
  language: string | null;
  timeZone: string | null;
  state: string | null;
  postalCode: string | null;
  lineType: string | null;
  /** By the names of fields. */
  attributes: Readonly<Record<string, FieldValue>>;
  tags: readonly string[];
}

export interface Contact extends ContactData {
  contactId: string;
  phoneNumber: PhoneNumber;
  lastReply: string | null;
  lastReplyAt: Date | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

/** Values of fields that are being removed are there for nobody any more. */
export const CONTACT_COLUMNS = `contact_id AS "contactId", phone_number AS "phoneNumber", external_id AS "externalId", name, language,
       time_zone AS "timeZone", state, postal_code AS "postalCode", line_type AS "lineType",
       attributes - ARRAY(SELECT name FROM contact_field WHERE deleted_at IS NOT NULL) AS attributes, tags,
       last_reply AS "lastReply", last_reply_at AS "lastReplyAt", version, created_at AS "createdAt",
       updated_at AS "updatedAt"`;

/** Contacts that meet a condition on rows of `contact`, in the order of their ids, at most `limit` behind `after`. */
export async function listContacts(
  db: Queryable,
  where: { sql: string; values: readonly unknown[] },
  { after, limit }: { after: string | null; limit: number },
): Promise<Contact[]> {
  const count = where.values.length;
  const { rows } = await db.query<Contact>(
    `SELECT ${CONTACT_COLUMNS} FROM contact
      WHERE ${where.sql} AND ($${count + 1}::uuid IS NULL OR contact_id > $${count + 1})
      ORDER BY contact_id LIMIT $${count + 2}`,
    [...where.values, after, limit],
  );
  return rows;
}

export async function countContacts(
  db: Queryable,
  where: { sql: string; values: readonly unknown[] },
): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM contact WHERE ${where.sql}`,
    [...where.values],
  );
  return rows[0]?.count ?? 0;
}

/** Tags and how many contacts have each, the most common first. */
export async function countTags(db: Queryable, limit: number): Promise<{ tag: string; contacts: number }[]> {
  const { rows } = await db.query<{ tag: string; contacts: number }>(
    `SELECT tag, count(*)::int AS contacts FROM contact CROSS JOIN LATERAL unnest(tags) AS tag
      WHERE tags <> '{}' GROUP BY tag ORDER BY contacts DESC, tag LIMIT $1`,
    [limit],
  );
  return rows;
}

/** As it stands; null: there is none. */
export async function readContact(db: Queryable, contactId: string): Promise<Contact | null> {
  const { rows } = await db.query<Contact>(`SELECT ${CONTACT_COLUMNS} FROM contact WHERE contact_id = $1`, [
    contactId,
  ]);
  return rows[0] ?? null;
}

/** The same, locked to the end of the transaction. */
export async function lockContact(tx: Transaction, contactId: string): Promise<Contact | null> {
  const { rows } = await tx.query<Contact>(
    `SELECT ${CONTACT_COLUMNS} FROM contact WHERE contact_id = $1 FOR NO KEY UPDATE`,
    [contactId],
  );
  return rows[0] ?? null;
}

/** A new contact; null: somebody has its number, or its id elsewhere. */
export async function insertContact(
  tx: Transaction,
  {
    contactId,
    data,
    now,
    phoneNumber,
  }: { contactId: string; phoneNumber: string; data: ContactData; now: Date },
): Promise<Contact | null> {
  const { rows } = await tx.query<Contact>(
    `INSERT INTO contact (contact_id, phone_number, external_id, name, language, time_zone, state, postal_code, line_type,
                          attributes, tags, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
     ON CONFLICT DO NOTHING RETURNING ${CONTACT_COLUMNS}`,
    [contactId, phoneNumber, ...valuesOf(data), now],
  );
  return rows[0] ?? null;
}

/** Writes what is said of a contact, whose row is locked. */
export async function updateContact(
  tx: Transaction,
  { contactId, data, now }: { contactId: string; data: ContactData; now: Date },
): Promise<Contact> {
  const { rows } = await tx.query<Contact>(
    `UPDATE contact
        SET external_id = $2, name = $3, language = $4, time_zone = $5, state = $6, postal_code = $7, line_type = $8,
            attributes = $9, tags = $10, version = version + 1, updated_at = $11
      WHERE contact_id = $1 RETURNING ${CONTACT_COLUMNS}`,
    [contactId, ...valuesOf(data), now],
  );
  const [contact] = rows;
  if (contact === undefined) throw new Error('a contact that was locked has no row');
  return contact;
}

const valuesOf = (data: ContactData): unknown[] => [
  data.externalId,
  data.name,
  data.language,
  data.timeZone,
  data.state,
  data.postalCode,
  data.lineType,
  JSON.stringify(data.attributes),
  data.tags,
];

/** With its places on lists. */
export async function deleteContact(tx: Transaction, contactId: string): Promise<void> {
  await tx.query('DELETE FROM contact WHERE contact_id = $1', [contactId]);
}

/** Who has a number, and who an id of elsewhere; null: nobody, or nobody else. */
export async function holdersOf(
  db: Queryable,
  wanted: { phoneNumber: string | null; externalId: string | null },
  except: string | null = null,
): Promise<{ ofNumber: string | null; ofExternalId: string | null }> {
  const { rows } = await db.query<{ contact_id: string; phone_number: string; external_id: string | null }>(
    `SELECT contact_id, phone_number, external_id FROM contact
      WHERE (phone_number = $1 OR external_id = $2) AND contact_id IS DISTINCT FROM $3`,
    [wanted.phoneNumber, wanted.externalId, except],
  );
  return {
    ofNumber: rows.find((row) => row.phone_number === wanted.phoneNumber)?.contact_id ?? null,
    ofExternalId:
      rows.find((row) => row.external_id !== null && row.external_id === wanted.externalId)?.contact_id ??
      null,
  };
}

/** Lists that a contact is on, by name. */
export async function listsOfContact(
  db: Queryable,
  contactId: string,
): Promise<{ id: string; name: string; addedAt: Date }[]> {
  const { rows } = await db.query<{ id: string; name: string; addedAt: Date }>(
    `SELECT list_id AS id, name, added_at AS "addedAt" FROM list_member JOIN contact_list USING (list_id)
      WHERE contact_id = $1 ORDER BY name`,
    [contactId],
  );
  return rows;
}
