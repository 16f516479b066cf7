import { createHash } from 'node:crypto';
import type { Transaction } from '#shared/postgres/pool.ts';
import { Problem } from './problem.ts';

/**
 * Idempotency keys: a caller who does not know whether a request arrived sends it again under the same key and gets the
 * reply of the first, which is stored in the transaction of its effect. Replies are kept for `REPLY_DAYS`.
 */

/** What is stored of a reply. `secret`: only that there was one. */
export interface StoredReply {
  secret?: true;
  status: number;
  headers: Readonly<Record<string, string>>;
  body: unknown;
}

/** How long a key is known. */
export const REPLY_DAYS = 7;

/** 8 to 128 visible characters. */
export const IDEMPOTENCY_KEY = /^[\x21-\x7e]{8,128}$/;

/** What the request of a key was: the same operation with the same parameters and body has the same hash. */
export const requestHash = (operationId: string, params: unknown, body: unknown): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([operationId, params ?? null, body ?? null]))
    .digest();

/**
 * Takes a key for one request, or returns the reply that it got before. Waits while another request under the same key
 * is at work. 422 when the key was another request's.
 */
export async function takeKey(
  tx: Transaction,
  { actorId, key, hash, at }: { actorId: string; key: string; hash: Buffer; at: Date },
): Promise<StoredReply | null> {
  const { rowCount } = await tx.query(
    `INSERT INTO api_reply (actor_id, idempotency_key, request_hash, created_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING`,
    [actorId, key, hash, at],
  );
  if (rowCount === 1) return null;
  const { rows } = await tx.query<{ request_hash: Buffer; reply: StoredReply }>(
    'SELECT request_hash, reply FROM api_reply WHERE actor_id = $1 AND idempotency_key = $2',
    [actorId, key],
  );
  const [row] = rows;
  if (!row) throw new Problem('unavailable', 'The key was given up this moment. Send the request again.');
  if (!row.request_hash.equals(hash)) {
    throw new Problem(
      'idempotency_key_reused',
      'This Idempotency-Key was used for another request. Take a new one for each request.',
    );
  }
  if (row.reply.secret) {
    throw new Problem(
      'conflict',
      'This was done by the first request under this Idempotency-Key, and its reply, which holds a secret, is not shown again.',
    );
  }
  return row.reply;
}

export async function storeReply(
  tx: Transaction,
  { actorId, key }: { actorId: string; key: string },
  reply: StoredReply,
): Promise<void> {
  await tx.query('UPDATE api_reply SET reply = $3 WHERE actor_id = $1 AND idempotency_key = $2', [
    actorId,
    key,
    JSON.stringify(reply),
  ]);
}
