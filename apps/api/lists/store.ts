import { endedStatuses } from '#shared/campaigns/lifecycle.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { Where } from '../contacts/selection.ts';

/** Contacts that somebody put together. */
export interface ContactList {
  listId: string;
  name: string;
  description: string;
  members: number;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  /** Since when it is put away; null: it is in use. */
  archivedAt: Date | null;
}

const COLUMNS = `list_id AS "listId", name, description, version, created_at AS "createdAt", updated_at AS "updatedAt",
       archived_at AS "archivedAt",
       (SELECT count(*)::int FROM list_member WHERE list_member.list_id = contact_list.list_id) AS members`;

/** Lists in the order in which they were made, at most `limit` behind `after`: all, or those put away, or the others. */
export async function listLists(
  db: Queryable,
  { after, archived, limit }: { after: string | null; archived: boolean | null; limit: number },
): Promise<ContactList[]> {
  const { rows } = await db.query<ContactList>(
    `SELECT ${COLUMNS} FROM contact_list
      WHERE ($1::uuid IS NULL OR list_id > $1) AND ($3::boolean IS NULL OR (archived_at IS NOT NULL) = $3)
      ORDER BY list_id LIMIT $2`,
    [after, limit, archived],
  );
  return rows;
}

/** As it stands; null: there is none. */
export async function readList(db: Queryable, listId: string): Promise<ContactList | null> {
  const { rows } = await db.query<ContactList>(`SELECT ${COLUMNS} FROM contact_list WHERE list_id = $1`, [
    listId,
  ]);
  return rows[0] ?? null;
}

/**
 * Locks a list to the end of the transaction. `members`: others may do the same, and nobody deletes it; `change`: nobody
 * else changes it; `delete`: nobody adds members either. Null: there is none.
 */
export async function lockList(
  tx: Transaction,
  listId: string,
  purpose: 'members' | 'change' | 'delete',
): Promise<Pick<ContactList, 'version' | 'name' | 'description' | 'archivedAt'> | null> {
  const lock = { members: 'FOR KEY SHARE', change: 'FOR NO KEY UPDATE', delete: 'FOR UPDATE' }[purpose];
  const { rows } = await tx.query<Pick<ContactList, 'version' | 'name' | 'description' | 'archivedAt'>>(
    `SELECT version, name, description, archived_at AS "archivedAt" FROM contact_list WHERE list_id = $1 ${lock}`,
    [listId],
  );
  return rows[0] ?? null;
}

/** A new list; null: there is one of this name. */
export async function insertList(
  tx: Transaction,
  { description, listId, name, now }: Pick<ContactList, 'listId' | 'name' | 'description'> & { now: Date },
): Promise<ContactList | null> {
  const { rows } = await tx.query<ContactList>(
    `INSERT INTO contact_list (list_id, name, description, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
     ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    [listId, name, description, now],
  );
  return rows[0] ?? null;
}

/** Changes a list whose row is locked. */
export async function updateList(
  tx: Transaction,
  { description, listId, name, now }: Pick<ContactList, 'listId' | 'name' | 'description'> & { now: Date },
): Promise<ContactList> {
  const { rows } = await tx.query<ContactList>(
    `UPDATE contact_list SET name = $2, description = $3, version = version + 1, updated_at = $4
      WHERE list_id = $1 RETURNING ${COLUMNS}`,
    [listId, name, description, now],
  );
  const [list] = rows;
  if (list === undefined) throw new Error('a list that was locked has no row');
  return list;
}

/** Puts a list away whose row is locked, or (null) takes it out again. */
export async function archiveList(
  tx: Transaction,
  { archivedAt, listId, now }: Pick<ContactList, 'listId' | 'archivedAt'> & { now: Date },
): Promise<ContactList> {
  const { rows } = await tx.query<ContactList>(
    `UPDATE contact_list SET archived_at = $2, version = version + 1, updated_at = $3
      WHERE list_id = $1 RETURNING ${COLUMNS}`,
    [listId, archivedAt, now],
  );
  const [list] = rows;
  if (list === undefined) throw new Error('a list that was locked has no row');
  return list;
}

/** Whether another list has this name. */
export async function isNameTaken(db: Queryable, name: string, except: string): Promise<boolean> {
  const { rowCount } = await db.query('SELECT FROM contact_list WHERE name = $1 AND list_id <> $2', [
    name,
    except,
  ]);
  return rowCount !== 0;
}

/** Campaigns that have not ended and whose audience is made of a list, or leaves it out. */
export async function openCampaignsOf(
  db: Queryable,
  listId: string,
): Promise<{ name: string; status: string }[]> {
  const { rows } = await db.query<{ name: string; status: string }>(
    `SELECT name, status FROM campaign
      WHERE status <> ALL ($2) AND position($1 IN (definition -> 'audience')::text) > 0 ORDER BY campaign_id`,
    [listId, endedStatuses],
  );
  return rows;
}

/** Members of one statement. */
const AT_ONCE = 20_000;

/** Takes members off, some at a time, and then the list itself. Its row is locked. Returns how many there were. */
export async function deleteList(tx: Transaction, listId: string): Promise<number> {
  const removed = await removeAll(tx, listId);
  await tx.query('DELETE FROM contact_list WHERE list_id = $1', [listId]);
  return removed;
}

async function removeAll(tx: Transaction, listId: string): Promise<number> {
  for (let sum = 0; ; ) {
    const { rowCount } = await tx.query(
      `DELETE FROM list_member WHERE list_id = $1 AND contact_id IN
         (SELECT contact_id FROM list_member WHERE list_id = $1 LIMIT $2)`,
      [listId, AT_ONCE],
    );
    if (!rowCount) return sum;
    sum += rowCount;
  }
}

/** Of these ids, those of contacts that are there. */
export async function contactsAmong(db: Queryable, contactIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await db.query<{ contact_id: string }>(
    'SELECT contact_id FROM contact WHERE contact_id = ANY ($1)',
    [contactIds],
  );
  return new Set(rows.map((row) => row.contact_id));
}

/** Puts these contacts on a list, in one order, so that no two who do it wait for each other. Returns those that are new on it. */
export async function addMembers(
  tx: Transaction,
  listId: string,
  contactIds: readonly string[],
  now: Date,
): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `INSERT INTO list_member (list_id, contact_id, added_at)
     SELECT $1, contact_id, $3 FROM contact WHERE contact_id = ANY ($2) ORDER BY contact_id FOR KEY SHARE
     ON CONFLICT DO NOTHING RETURNING contact_id AS id`,
    [listId, contactIds, now],
  );
  return rows.map(({ id }) => id);
}

/** Takes these contacts off a list. Returns those that were on it. */
export async function removeMembers(
  tx: Transaction,
  listId: string,
  contactIds: readonly string[],
): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    'DELETE FROM list_member WHERE list_id = $1 AND contact_id = ANY ($2) RETURNING contact_id AS id',
    [listId, contactIds],
  );
  return rows.map(({ id }) => id);
}

/**
 * Puts all contacts that meet a condition on a list, or takes them off, some at a time in the order of their ids. The
 * condition's parameters are numbered from 5. Returns how many are new, or were on it.
 */
export async function changeMembersWhere(
  tx: Transaction,
  how: 'add' | 'remove',
  { listId, now, where }: { listId: string; where: Where; now: Date },
): Promise<number> {
  let changed = 0;
  let after: string | null = null;
  do {
    const part: Part = await changePart(tx, how, { listId, where, now, after });
    changed += part.changed;
    after = part.last;
  } while (after !== null);
  return changed;
}

interface Part {
  /** The last contact that was looked at; null: there are no more. */
  last: string | null;
  changed: number;
}

async function changePart(
  tx: Transaction,
  how: 'add' | 'remove',
  { after, listId, now, where }: { listId: string; where: Where; now: Date; after: string | null },
): Promise<Part> {
  // Of those who are put on it, none is deleted meanwhile.
  const lock = how === 'add' ? 'FOR KEY SHARE' : '';
  const { rows } = await tx.query<Part>(
    `WITH part AS MATERIALIZED (
       SELECT contact_id FROM contact
        WHERE ${where.sql} AND ($2::uuid IS NULL OR contact_id > $2) ORDER BY contact_id LIMIT $3 ${lock}),
     changed AS (${how === 'add' ? ADD : REMOVE} RETURNING $4::timestamptz)
     SELECT (SELECT contact_id FROM part ORDER BY contact_id DESC LIMIT 1) AS last,
            (SELECT count(*)::int FROM changed) AS changed`,
    [listId, after, AT_ONCE, now, ...where.values],
  );
  return rows[0] ?? { last: null, changed: 0 };
}

const ADD = `INSERT INTO list_member (list_id, contact_id, added_at)
         SELECT $1, contact_id, $4::timestamptz FROM part ORDER BY contact_id ON CONFLICT DO NOTHING`;
const REMOVE = 'DELETE FROM list_member WHERE list_id = $1 AND contact_id IN (SELECT contact_id FROM part)';

/** The first number that is free for parameters of the condition of `changeMembersWhere`. */
export const FIRST_OF_WHERE = 5;
