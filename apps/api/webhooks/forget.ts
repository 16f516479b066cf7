import type { Queryable } from '#shared/postgres/pool.ts';

/** How long deliveries are kept, in days: what arrived, and everything else. */
export const KEPT_DAYS = { delivered: 7, other: 30 } as const;

/** Deliveries that one statement deletes. */
const AT_ONCE = 1_000;

/**
 * Forgets some of the deliveries that were kept long enough (real time), and some of those of endpoints that were deleted,
 * which then go too: not before every transaction has ended that knew them. Returns how many deliveries; 0: for now all are
 * forgotten.
 */
export async function forgetDeliveries(db: Queryable): Promise<number> {
  const old = await db.query(
    `DELETE FROM webhook_delivery WHERE position IN (
       SELECT position FROM webhook_delivery
        WHERE created_at < clock_timestamp() - $1 * interval '1 day'
          AND (state = 'delivered' OR created_at < clock_timestamp() - $2 * interval '1 day')
        ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED)`,
    [KEPT_DAYS.delivered, KEPT_DAYS.other, AT_ONCE],
  );
  const nobodys = await db.query(
    `DELETE FROM webhook_delivery WHERE position IN (
       SELECT position FROM webhook_delivery JOIN webhook_endpoint USING (endpoint_id)
        WHERE deleted_at IS NOT NULL LIMIT $1 FOR UPDATE OF webhook_delivery SKIP LOCKED)`,
    [AT_ONCE],
  );
  const count = (old.rowCount ?? 0) + (nobodys.rowCount ?? 0);
  if (count === 0) {
    await db.query(
      `DELETE FROM webhook_endpoint AS endpoint
        WHERE deleted_at < clock_timestamp() - interval '1 hour'
          AND NOT EXISTS (SELECT FROM webhook_delivery WHERE webhook_delivery.endpoint_id = endpoint.endpoint_id)`,
    );
  }
  return count;
}
