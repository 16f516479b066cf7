import type { Queryable, Transaction } from '#shared/postgres/pool.ts';

/** A text that is kept to be used again. */
export interface CannedReply {
  id: string;
  name: string;
  body: string;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

const COLUMNS = `canned_reply_id AS id, name, body, version, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** By name, at most `limit` behind that one. */
export async function listCannedReplies(
  db: Queryable,
  { after, limit }: { after: string | null; limit: number },
): Promise<CannedReply[]> {
  const { rows } = await db.query<CannedReply>(
    `SELECT ${COLUMNS} FROM canned_reply WHERE $1::text IS NULL OR name > $1 ORDER BY name LIMIT $2`,
    [after, limit],
  );
  return rows;
}

/** As it stands; null: there is none. */
export async function readCannedReply(db: Queryable, id: string): Promise<CannedReply | null> {
  const { rows } = await db.query<CannedReply>(
    `SELECT ${COLUMNS} FROM canned_reply WHERE canned_reply_id = $1`,
    [id],
  );
  return rows[0] ?? null;
}

/** The same, locked to the end of the transaction. */
export async function lockCannedReply(tx: Transaction, id: string): Promise<CannedReply | null> {
  const { rows } = await tx.query<CannedReply>(
    `SELECT ${COLUMNS} FROM canned_reply WHERE canned_reply_id = $1 FOR UPDATE`,
    [id],
  );
  return rows[0] ?? null;
}

/** A new one; null: there is one of this name. */
export async function insertCannedReply(
  tx: Transaction,
  { body, id, name, now }: Pick<CannedReply, 'id' | 'name' | 'body'> & { now: Date },
): Promise<CannedReply | null> {
  const { rows } = await tx.query<CannedReply>(
    `INSERT INTO canned_reply (canned_reply_id, name, body, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
     ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    [id, name, body, now],
  );
  return rows[0] ?? null;
}

/** Changes one whose row is locked. A name that another has is a unique violation. */
export async function updateCannedReply(
  tx: Transaction,
  { body, id, name, now }: Pick<CannedReply, 'id' | 'name' | 'body'> & { now: Date },
): Promise<CannedReply> {
  const { rows } = await tx.query<CannedReply>(
    `UPDATE canned_reply SET name = $2, body = $3, version = version + 1, updated_at = $4
      WHERE canned_reply_id = $1 RETURNING ${COLUMNS}`,
    [id, name, body, now],
  );
  const [changed] = rows;
  if (changed === undefined) throw new Error('a canned reply that was locked has no row');
  return changed;
}

export async function deleteCannedReply(tx: Transaction, id: string): Promise<void> {
  await tx.query('DELETE FROM canned_reply WHERE canned_reply_id = $1', [id]);
}
