import type { Queryable } from '#shared/postgres/pool.ts';
import type { Role } from './role.ts';

/** A key as it is stored, without its hash. */
export interface StoredKey {
  id: string;
  name: string;
  role: Role;
  createdAt: Date;
  createdBy: string;
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** To the minute. */
  lastUsedAt: Date | null;
}

interface KeyRow {
  key_id: string;
  name: string;
  role: Role;
  created_at: Date;
  created_by: string;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
}

const COLUMNS = 'key_id, name, role, created_at, created_by, expires_at, revoked_at, last_used_at';

const keyOf = (row: KeyRow): StoredKey => ({
  id: row.key_id,
  name: row.name,
  role: row.role,
  createdAt: row.created_at,
  createdBy: row.created_by,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
  lastUsedAt: row.last_used_at,
});

/** Stores a new key. Rejects with a unique violation for an id that exists. */
export async function insertKey(
  db: Queryable,
  key: Pick<StoredKey, 'id' | 'name' | 'role' | 'createdAt' | 'createdBy' | 'expiresAt'>,
  hash: Buffer,
): Promise<StoredKey> {
  const { rows } = await db.query<KeyRow>(
    `INSERT INTO api_key (key_id, hash, name, role, created_at, created_by, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
    [key.id, hash, key.name, key.role, key.createdAt, key.createdBy, key.expiresAt],
  );
  const [row] = rows;
  if (!row) throw new Error('a key that was inserted was not returned');
  return keyOf(row);
}

/** A key with what is needed to check its secret; null: there is none. */
export async function readKey(db: Queryable, id: string): Promise<{ key: StoredKey; hash: Buffer } | null> {
  const { rows } = await db.query<KeyRow & { hash: Buffer }>(
    `SELECT ${COLUMNS}, hash FROM api_key WHERE key_id = $1`,
    [id],
  );
  const [row] = rows;
  return row ? { key: keyOf(row), hash: row.hash } : null;
}

/** All keys, newest first, also those that are revoked: a page after a position. */
export async function listKeys(
  db: Queryable,
  { after, limit }: { after: { createdAt: string; id: string } | null; limit: number },
): Promise<StoredKey[]> {
  const { rows } = await db.query<KeyRow>(
    `SELECT ${COLUMNS} FROM api_key
      WHERE $1::timestamptz IS NULL OR (created_at, key_id) < ($1::timestamptz, $2)
      ORDER BY created_at DESC, key_id DESC LIMIT $3`,
    [after?.createdAt ?? null, after?.id ?? null, limit],
  );
  return rows.map(keyOf);
}

/** Revokes a key that is not; null: there is none. Its first revocation stands. */
export async function revokeKey(db: Queryable, id: string, at: Date): Promise<StoredKey | null> {
  const { rows } = await db.query<KeyRow>(
    `UPDATE api_key SET revoked_at = coalesce(revoked_at, $2) WHERE key_id = $1 RETURNING ${COLUMNS}`,
    [id, at],
  );
  const [row] = rows;
  return row ? keyOf(row) : null;
}

/** Notes that keys were used: at most once a minute and key, whatever calls it. */
export async function touchKeys(db: Queryable, ids: readonly string[], at: Date): Promise<void> {
  await db.query(
    `UPDATE api_key SET last_used_at = $2
      WHERE key_id = ANY ($1) AND (last_used_at IS NULL OR last_used_at < $2::timestamptz - interval '1 minute')`,
    [ids, at],
  );
}
