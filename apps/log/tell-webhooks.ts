import { webhookEventId } from '#shared/identity.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { WebhookEvent } from '#shared/webhooks/events.ts';
import { recordWebhookEvents, wantedEvents } from '#shared/webhooks/record.ts';
import type { LogRow } from './row.ts';

/**
 * Tells webhooks what a batch has brought into the log, in its transaction, after it was written: texts that came in, and
 * statuses that stand. One that a higher one has overtaken is nothing to tell; one that is reported again has the id that
 * it had. Where no endpoint wants either, this is one look at a table of a few rows.
 */
export async function tellWebhooks(db: Queryable, rows: readonly LogRow[]): Promise<void> {
  // Of a word that nobody knows there is nothing to say yet.
  const said = rows.filter(({ status }) => status.status !== 'unknown');
  if (said.length === 0) return;
  const wanted = await wantedEvents(db);
  const told = said.filter(({ content }) =>
    wanted.has(content?.direction === 'inbound' ? 'message.received' : 'message.status'),
  );
  if (told.length === 0) return;
  await recordWebhookEvents(db, (await standing(db, told)).map(eventOf));
}

interface Standing {
  id: string;
  log_id: string;
  direction: 'inbound' | 'outbound' | null;
  phone_number: string | null;
  our_number: string | null;
  body: string;
  media_urls: string[];
  status: string;
  status_at: Date;
  error_code: string | null;
  segments: number | null;
  carrier: string;
  carrier_message_id: string | null;
  occurred_at: Date | null;
}

/** Those of the rows whose status is what the log has now. Of erased people only a name of ours is left: nothing to tell. */
async function standing(db: Queryable, rows: readonly LogRow[]): Promise<Standing[]> {
  const { rows: found } = await db.query<Standing>(
    `SELECT coalesce(message_id, log_id) AS id, log_id, direction, phone_number, our_number, coalesce(body, '') AS body,
            media_urls, status, status_at, error_code, segments, carrier, carrier_message_id, occurred_at
       FROM unnest($1::uuid[], $2::text[]) AS row (log_id, status)
       JOIN message_log USING (log_id, status)
      WHERE phone_number IS NULL OR phone_number LIKE '+%'`,
    [rows.map(({ logId }) => logId), rows.map(({ status }) => status.status)],
  );
  return found;
}

/** In the words of the API's `LoggedMessage`. What a message says stands only in what came in: ours are known to whoever sent them. */
function eventOf(row: Standing): WebhookEvent {
  const ids = {
    id: row.id,
    logId: row.log_id,
    phoneNumber: row.phone_number,
    ourNumber: row.our_number,
    carrier: row.carrier,
    carrierMessageId: row.carrier_message_id,
  };
  if (row.direction === 'inbound') {
    const occurredAt = row.occurred_at ?? row.status_at;
    return {
      eventId: webhookEventId('message.received', row.log_id),
      type: 'message.received',
      occurredAt,
      phoneNumber: row.phone_number,
      data: { ...ids, body: row.body, mediaUrls: row.media_urls, occurredAt: occurredAt.toISOString() },
    };
  }
  return {
    eventId: webhookEventId('message.status', row.log_id, row.status),
    type: 'message.status',
    occurredAt: row.status_at,
    phoneNumber: row.phone_number,
    data: {
      ...ids,
      status: row.status,
      statusAt: row.status_at.toISOString(),
      errorCode: row.error_code,
      segments: row.segments,
    },
  };
}
