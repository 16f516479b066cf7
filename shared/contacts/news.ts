import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { SharedData, StoredAnswer } from './exchange.ts';

/** Rows of `contact_news`: what has yet to be carried between contacts and dialogs. */

/** Between whoever writes contacts and the service that carries it. All instants are business time. */
export interface News {
  position: number;
  phoneNumber: PhoneNumber;
  /** Null: the dialog may lack what the contact says. */
  answer: StoredAnswer | null;
}

/**
 * To be called in the transaction that changes contacts: those of them with whom there is a dialog are to be told. Of all
 * others nothing is kept, however many they are.
 */
export async function tellDialogs(db: Queryable, phones: readonly string[], now: Date): Promise<void> {
  if (phones.length === 0) return;
  await db.query(
    `INSERT INTO contact_news (phone_number, due_at)
     SELECT changed.phone_number, $2 FROM unnest($1::text[]) AS changed(phone_number)
      CROSS JOIN LATERAL (SELECT FROM dialog_state WHERE dialog_state.phone_number = changed.phone_number LIMIT 1) AS known`,
    [phones, now],
  );
}

/** News of people, whether or not they have a contact. */
export async function addNews(
  tx: Transaction,
  news: readonly { phoneNumber: string; dueAt: Date; answer: StoredAnswer | null }[],
): Promise<void> {
  if (news.length === 0) return;
  await tx.query(
    `INSERT INTO contact_news (phone_number, due_at, answer)
     SELECT phone_number, due_at, answer
       FROM unnest($1::text[], $2::timestamptz[], $3::jsonb[]) WITH ORDINALITY AS told(phone_number, due_at, answer, place)
      ORDER BY place`,
    [
      news.map(({ phoneNumber }) => phoneNumber),
      news.map(({ dueAt }) => dueAt),
      news.map(({ answer }) => (answer === null ? null : JSON.stringify(answer))),
    ],
  );
}

/** Claims what is due, the earliest first, at most `limit` rows, but none that somebody else has in hand. */
export async function claimNews(tx: Transaction, now: Date, limit: number): Promise<News[]> {
  const { rows } = await tx.query<News>(
    `SELECT position, phone_number AS "phoneNumber", answer FROM contact_news WHERE due_at <= $1
      ORDER BY due_at, position LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [now, limit],
  );
  return rows.sort((a, b) => a.position - b.position);
}

/**
 * What else there is of these people by now, due or not, claimed as well. `busy`: of whom somebody else has some in hand.
 */
export async function claimRest(
  tx: Transaction,
  phones: readonly string[],
  claimed: readonly News[],
): Promise<{ rest: News[]; busy: ReadonlySet<string> }> {
  const known = claimed.map(({ position }) => position);
  const others = 'phone_number = ANY ($1) AND NOT position = ANY ($2::bigint[])';
  const { rows: rest } = await tx.query<News>(
    `SELECT position, phone_number AS "phoneNumber", answer FROM contact_news WHERE ${others}
      ORDER BY position FOR UPDATE SKIP LOCKED`,
    [phones, known],
  );
  const { rows: left } = await tx.query<{ phone_number: string }>(
    `SELECT DISTINCT phone_number FROM contact_news WHERE ${others}`,
    [phones, [...known, ...rest.map(({ position }) => position)]],
  );
  return { rest, busy: new Set(left.map((row) => row.phone_number)) };
}

/** When the next is due; null: none is. */
export async function nextNewsAt(db: Queryable): Promise<Date | null> {
  const { rows } = await db.query<{ due_at: Date }>(
    'SELECT due_at FROM contact_news ORDER BY due_at LIMIT 1',
  );
  return rows[0]?.due_at ?? null;
}

/** Claimed rows that are done with, and those that are to be looked at again. */
export async function settleNews(
  tx: Transaction,
  done: readonly number[],
  again: readonly { position: number; dueAt: Date; keepsAnswer: boolean }[],
): Promise<void> {
  if (done.length > 0) await tx.query('DELETE FROM contact_news WHERE position = ANY ($1::bigint[])', [done]);
  if (again.length === 0) return;
  await tx.query(
    `UPDATE contact_news SET due_at = later.due_at, answer = CASE WHEN later.keeps THEN answer END
       FROM unnest($1::bigint[], $2::timestamptz[], $3::boolean[]) AS later(position, due_at, keeps)
      WHERE contact_news.position = later.position`,
    [
      again.map(({ position }) => position),
      again.map(({ dueAt }) => dueAt),
      again.map(({ keepsAnswer }) => keepsAnswer),
    ],
  );
}

/** A contact as far as a dialog shares it. */
export interface SharedContact extends SharedData {
  contactId: string;
  phoneNumber: PhoneNumber;
  /** Grows with every change of what is said of the person. */
  version: number;
  createdAt: Date;
}

const COLUMNS = `contact_id AS "contactId", phone_number AS "phoneNumber", version, name, language, time_zone AS "timeZone",
  attributes - ARRAY(SELECT name FROM contact_field WHERE deleted_at IS NOT NULL) AS attributes, created_at AS "createdAt"`;

/** Contacts under these numbers. */
export async function readSharedContacts(
  db: Queryable,
  phones: readonly string[],
): Promise<Map<string, SharedContact>> {
  if (phones.length === 0) return new Map();
  const { rows } = await db.query<SharedContact>(
    `SELECT ${COLUMNS} FROM contact WHERE phone_number = ANY ($1)`,
    [phones],
  );
  return new Map(rows.map((contact) => [contact.phoneNumber, contact]));
}

/**
 * The same, locked, but for those that somebody else has in hand: an import holds thousands, and nobody is to wait for it
 * here. `busy` says of which numbers that is so.
 */
export async function lockSharedContacts(
  tx: Transaction,
  phones: readonly string[],
): Promise<{ contacts: Map<string, SharedContact>; busy: ReadonlySet<string> }> {
  const { rows } = await tx.query<SharedContact>(
    `SELECT ${COLUMNS} FROM contact WHERE phone_number = ANY ($1) ORDER BY phone_number FOR NO KEY UPDATE SKIP LOCKED`,
    [phones],
  );
  const contacts = new Map(rows.map((contact) => [contact.phoneNumber as string, contact]));
  const { rows: all } = await tx.query<{ phone_number: string }>(
    'SELECT phone_number FROM contact WHERE phone_number = ANY ($1)',
    [phones],
  );
  const busy = all.map((row) => row.phone_number).filter((phone) => !contacts.has(phone));
  return { contacts, busy: new Set(busy) };
}

/** Writes what answers made of contacts, whose rows are locked. */
export async function writeSharedContacts(
  tx: Transaction,
  contacts: readonly SharedContact[],
  now: Date,
): Promise<void> {
  if (contacts.length === 0) return;
  await tx.query(
    `UPDATE contact
        SET name = said.name, language = said.language, time_zone = said.time_zone,
            attributes = contact.attributes || said.attributes, version = contact.version + 1,
            updated_at = greatest(contact.updated_at, $6)
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[])
            AS said(contact_id, name, language, time_zone, attributes)
      WHERE contact.contact_id = said.contact_id`,
    [
      contacts.map(({ contactId }) => contactId),
      contacts.map(({ name }) => name),
      contacts.map(({ language }) => language),
      contacts.map(({ timeZone }) => timeZone),
      contacts.map(({ attributes }) => JSON.stringify(attributes)),
      now,
    ],
  );
}
