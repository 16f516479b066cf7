import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { WebhookEvent } from '#shared/webhooks/events.ts';

export const deliveryStates = ['pending', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** A delivery as people look at it. */
export interface Delivery {
  position: number;
  endpointId: string;
  eventId: string;
  type: WebhookEvent['type'];
  state: DeliveryState;
  attempts: number;
  redeliveryOf: number | null;
  createdAt: Date;
  /** When it is tried next; meaningless unless pending. */
  dueAt: Date;
  lastAttemptAt: Date | null;
  responseStatus: number | null;
  responseBody: string | null;
  error: string | null;
  payload: string;
}

const COLUMNS = `position, endpoint_id AS "endpointId", event_id AS "eventId", type,
  delivery.state, attempts, redelivery_of AS "redeliveryOf", created_at AS "createdAt", due_at AS "dueAt", last_attempt_at AS "lastAttemptAt",
  response_status AS "responseStatus", response_body AS "responseBody", error, payload`;

/** Newest first: a page before a position, of each state by itself, so that rare ones are not looked for among the others. */
export async function listDeliveries(
  db: Queryable,
  of: { endpointId: string; state: DeliveryState | null; before: number | null; limit: number },
): Promise<Delivery[]> {
  const { rows } = await db.query<Delivery>(
    `SELECT page.* FROM unnest($2::text[]) AS wanted (state), LATERAL (
       SELECT ${COLUMNS} FROM webhook_delivery AS delivery
        WHERE endpoint_id = $1 AND delivery.state = wanted.state AND position < coalesce($3::bigint, 9223372036854775807)
        ORDER BY position DESC LIMIT $4) AS page
      ORDER BY position DESC LIMIT $4`,
    [of.endpointId, of.state === null ? deliveryStates : [of.state], of.before, of.limit],
  );
  return rows;
}

export async function readDelivery(
  db: Queryable,
  endpointId: string,
  position: number,
): Promise<Delivery | null> {
  const { rows } = await db.query<Delivery>(
    `SELECT ${COLUMNS} FROM webhook_delivery AS delivery WHERE endpoint_id = $1 AND position = $2`,
    [endpointId, position],
  );
  return rows[0] ?? null;
}

/**
 * The same event once more, under the same id. One that is still pending is tried at once (`now`, business time) and stays
 * the one that it is. Null: there is no such delivery.
 */
export async function redeliver(
  tx: Transaction,
  { endpointId, now, position }: { endpointId: string; position: number; now: Date },
): Promise<Delivery | null> {
  const { rows: pending } = await tx.query<Delivery>(
    `UPDATE webhook_delivery AS delivery SET due_at = least(due_at, $3)
      WHERE endpoint_id = $1 AND position = $2 AND state = 'pending' RETURNING ${COLUMNS}`,
    [endpointId, position, now],
  );
  if (pending[0]) return pending[0];
  const { rows } = await tx.query<Delivery>(
    `INSERT INTO webhook_delivery AS delivery (endpoint_id, event_id, type, phone_number, payload, redelivery_of)
     SELECT endpoint_id, event_id, type, phone_number, payload, position
       FROM webhook_delivery WHERE endpoint_id = $1 AND position = $2
     RETURNING ${COLUMNS}`,
    [endpointId, position],
  );
  return rows[0] ?? null;
}

/** A delivery to one endpoint, whatever it wants to be told. */
export async function insertDelivery(
  db: Queryable,
  endpointId: string,
  { eventId, payload, type }: { eventId: string; type: WebhookEvent['type']; payload: string },
): Promise<Delivery> {
  const { rows } = await db.query<Delivery>(
    `INSERT INTO webhook_delivery AS delivery (endpoint_id, event_id, type, payload)
     VALUES ($1, $2, $3, $4) RETURNING ${COLUMNS}`,
    [endpointId, eventId, type, payload],
  );
  const [row] = rows;
  if (!row) throw new Error('a delivery was not written');
  return row;
}

/** Endpoints with something that is due at `now` (business time) and that no task is at. */
export async function dueEndpoints(db: Queryable, now: Date): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT endpoint_id AS id FROM webhook_endpoint AS endpoint
      WHERE enabled AND (resting_until IS NULL OR resting_until <= $1) AND EXISTS (
        SELECT FROM webhook_delivery AS delivery
         WHERE delivery.endpoint_id = endpoint.endpoint_id AND state = 'pending' AND due_at <= $1
           AND (claimed_until IS NULL OR claimed_until < clock_timestamp()))`,
    [now],
  );
  return rows.map(({ id }) => id);
}

/** A delivery in hand, with where it goes and what signs it. */
export interface ClaimedDelivery {
  position: number;
  endpointId: string;
  eventId: string;
  payload: string;
  /** This one included. */
  attempts: number;
  firstAttemptAt: Date;
  url: string;
  secret: Buffer;
  formerSecret: Buffer | null;
  /** Business time. */
  formerUntil: Date | null;
}

/**
 * Takes what has been due longest at one endpoint, for `claimMs` of real time: whoever ends before it is recorded leaves
 * it to others after that, who then deliver it again under the same id. Null: nothing is due, or all of it is taken.
 */
export async function claimDelivery(
  db: Queryable,
  { claimMs, endpointId, now }: { endpointId: string; now: Date; claimMs: number },
): Promise<ClaimedDelivery | null> {
  const { rows } = await db.query<ClaimedDelivery>(
    `WITH next AS (
       SELECT delivery.position, url, secret, former_secret, former_until
         FROM webhook_delivery AS delivery
         JOIN webhook_endpoint AS endpoint ON endpoint.endpoint_id = delivery.endpoint_id
         JOIN webhook_secret AS secret ON secret.endpoint_id = delivery.endpoint_id
        WHERE delivery.endpoint_id = $1 AND enabled AND (resting_until IS NULL OR resting_until <= $2)
          AND state = 'pending' AND due_at <= $2 AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
        ORDER BY due_at, delivery.position LIMIT 1 FOR UPDATE OF delivery SKIP LOCKED)
     UPDATE webhook_delivery AS delivery
        SET attempts = attempts + 1, last_attempt_at = $2, first_attempt_at = coalesce(first_attempt_at, $2),
            claimed_until = clock_timestamp() + $3 * interval '1 millisecond'
       FROM next
      WHERE delivery.position = next.position
     RETURNING delivery.position, endpoint_id AS "endpointId", event_id AS "eventId", payload, attempts,
               first_attempt_at AS "firstAttemptAt", next.url, next.secret, next.former_secret AS "formerSecret",
               next.former_until AS "formerUntil"`,
    [endpointId, now, claimMs],
  );
  return rows[0] ?? null;
}

/** Gives back what was claimed and not tried to its end. */
export async function releaseDelivery(
  db: Queryable,
  { attempts, position }: Pick<ClaimedDelivery, 'position' | 'attempts'>,
): Promise<void> {
  await db.query('UPDATE webhook_delivery SET claimed_until = NULL WHERE position = $1 AND attempts = $2', [
    position,
    attempts,
  ]);
}

/** What became of an attempt. */
export interface AttemptResult {
  state: DeliveryState;
  /** Pending: when it is tried again (business time). */
  dueAt: Date | null;
  status: number | null;
  body: string | null;
  error: string | null;
}

/** Records an attempt. False: somebody else took the delivery meanwhile, whose word counts, or it is gone. */
export async function recordAttempt(
  tx: Transaction,
  { attempts, position }: Pick<ClaimedDelivery, 'position' | 'attempts'>,
  result: AttemptResult,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE webhook_delivery
        SET state = $3, due_at = coalesce($4, due_at), response_status = $5, response_body = $6, error = $7,
            claimed_until = NULL
      WHERE position = $1 AND attempts = $2 AND state = 'pending'`,
    [position, attempts, result.state, result.dueAt, result.status, result.body, result.error],
  );
  return rowCount === 1;
}
