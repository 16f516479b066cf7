import type { Queryable } from '#shared/postgres/pool.ts';
import type { WebhookEventType } from '#shared/webhooks/events.ts';

/** An endpoint without its secrets. */
export interface Endpoint {
  id: string;
  url: string;
  events: WebhookEventType[];
  description: string;
  enabled: boolean;
  disabledReason: string | null;
  version: number;
  failingSince: Date | null;
  createdAt: Date;
  createdBy: string;
}

const COLUMNS = `endpoint_id AS id, url, events, description, enabled, disabled_reason AS "disabledReason", version,
  failing_since AS "failingSince", created_at AS "createdAt", created_by AS "createdBy"`;

/** How many there are. Until the end of the transaction nobody adds another. */
export async function countEndpoints(db: Queryable): Promise<number> {
  await db.query("SELECT pg_advisory_xact_lock(hashtext('carillon webhook endpoints'))");
  const { rows } = await db.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM webhook_endpoint WHERE deleted_at IS NULL',
  );
  return rows[0]?.count ?? 0;
}

/** All endpoints, oldest first: there are few. */
export async function listEndpoints(db: Queryable): Promise<Endpoint[]> {
  const { rows } = await db.query<Endpoint>(
    `SELECT ${COLUMNS} FROM webhook_endpoint WHERE deleted_at IS NULL ORDER BY created_at, endpoint_id`,
  );
  return rows;
}

export async function readEndpoint(db: Queryable, id: string): Promise<Endpoint | null> {
  const { rows } = await db.query<Endpoint>(
    `SELECT ${COLUMNS} FROM webhook_endpoint WHERE endpoint_id = $1 AND deleted_at IS NULL`,
    [id],
  );
  return rows[0] ?? null;
}

/** The same; until the end of the transaction nobody else changes it. */
export async function lockEndpoint(db: Queryable, id: string): Promise<Endpoint | null> {
  const { rows } = await db.query<Endpoint>(
    `SELECT ${COLUMNS} FROM webhook_endpoint WHERE endpoint_id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE`,
    [id],
  );
  return rows[0] ?? null;
}

const only = (rows: readonly Endpoint[]): Endpoint => {
  const [row] = rows;
  if (!row) throw new Error('an endpoint that is locked was not written');
  return row;
};

export async function insertEndpoint(
  db: Queryable,
  endpoint: Pick<Endpoint, 'id' | 'url' | 'events' | 'description' | 'enabled' | 'createdAt' | 'createdBy'>,
  secret: Buffer,
): Promise<Endpoint> {
  const { createdAt, createdBy, description, enabled, events, id, url } = endpoint;
  const { rows } = await db.query<Endpoint>(
    `INSERT INTO webhook_endpoint (endpoint_id, url, events, description, enabled, created_at, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
    [id, url, events, description, enabled, createdAt, createdBy],
  );
  await db.query('INSERT INTO webhook_secret (endpoint_id, secret) VALUES ($1, $2)', [id, secret]);
  return only(rows);
}

/** Writes what people may change. Switched on, or led elsewhere, it begins without a history of failure. */
export async function updateEndpoint(
  db: Queryable,
  {
    description,
    enabled,
    events,
    id,
    url,
  }: Pick<Endpoint, 'id' | 'url' | 'events' | 'description' | 'enabled'>,
): Promise<Endpoint> {
  const { rows } = await db.query<Endpoint>(
    `UPDATE webhook_endpoint
        SET url = $2, events = $3, description = $4, enabled = $5, version = version + 1,
            disabled_reason = CASE WHEN $5 THEN NULL ELSE disabled_reason END,
            failures = CASE WHEN enabled AND url = $2 THEN failures ELSE 0 END,
            failing_since = CASE WHEN enabled AND url = $2 THEN failing_since END,
            resting_until = CASE WHEN enabled AND url = $2 THEN resting_until END
      WHERE endpoint_id = $1 RETURNING ${COLUMNS}`,
    [id, url, events, description, enabled],
  );
  return only(rows);
}

/** The secret before signs too, until `formerUntil` (business time). */
export async function replaceSecret(
  db: Queryable,
  { formerUntil, id, secret }: { id: string; secret: Buffer; formerUntil: Date },
): Promise<Endpoint> {
  await db.query(
    'UPDATE webhook_secret SET former_secret = secret, former_until = $3, secret = $2 WHERE endpoint_id = $1',
    [id, secret, formerUntil],
  );
  const { rows } = await db.query<Endpoint>(
    `UPDATE webhook_endpoint SET version = version + 1 WHERE endpoint_id = $1 RETURNING ${COLUMNS}`,
    [id],
  );
  return only(rows);
}

/** It is told nothing more and shown to nobody. Its deliveries go with time (`forget.ts`): there may be very many. */
export async function deleteEndpoint(db: Queryable, id: string): Promise<void> {
  await db.query('DELETE FROM webhook_secret WHERE endpoint_id = $1', [id]);
  await db.query(
    'UPDATE webhook_endpoint SET enabled = false, deleted_at = clock_timestamp() WHERE endpoint_id = $1',
    [id],
  );
}
