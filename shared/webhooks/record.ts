import type { Queryable } from '#shared/postgres/pool.ts';
import { payloadOf, type WebhookEvent, type WebhookEventType } from './events.ts';

/** What any endpoint wants to be told: mostly nothing. For callers to whom it costs something to say what happened. */
export async function wantedEvents(db: Queryable): Promise<ReadonlySet<WebhookEventType>> {
  const { rows } = await db.query<{ type: WebhookEventType }>(
    'SELECT DISTINCT unnest(events) AS type FROM webhook_endpoint WHERE enabled',
  );
  return new Set(rows.map(({ type }) => type));
}

/**
 * Notes events for every endpoint that wants them, in the transaction of what happened: they are delivered after its
 * commit, or not at all. One statement, whatever their number. Idempotent by the ids of events, for as long as deliveries
 * are kept. In the order of those ids, so that two callers with the same events never wait for each other in a circle.
 */
export async function recordWebhookEvents(db: Queryable, events: readonly WebhookEvent[]): Promise<void> {
  if (events.length === 0) return;
  await db.query(
    `INSERT INTO webhook_delivery (endpoint_id, event_id, type, phone_number, payload)
     SELECT endpoint_id, event_id, type, phone_number, payload
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS event (event_id, type, phone_number, payload)
       JOIN webhook_endpoint ON enabled AND event.type = ANY (events)
      ORDER BY event_id, endpoint_id
     -- Without a target, which would take the right to read what others are told.
     ON CONFLICT DO NOTHING`,
    [
      events.map(({ eventId }) => eventId),
      events.map(({ type }) => type),
      events.map(({ phoneNumber }) => phoneNumber),
      events.map(payloadOf),
    ],
  );
}
