import type { InboundMessage, OtherChannelInbound } from '#shared/carriers/carrier.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { messageLogId } from '#shared/identity.ts';
import { isWhatsApp } from '#shared/phone/sender-address.ts';
import type { Pool, Queryable } from '#shared/postgres/pool.ts';
import type { Heard } from './hear-consent.ts';

/**
 * What was written to a number on WhatsApp that nobody has made known as a sender, where it is that: no part of any
 * conversation. Null: it is a text, or came to a sender of ours there.
 */
export async function ofNoSender(
  db: Queryable,
  carrier: CarrierName,
  message: Pick<InboundMessage, 'body' | 'carrierMessageId' | 'from' | 'to'>,
): Promise<OtherChannelInbound | null> {
  const { body, carrierMessageId, from, to } = message;
  if (!isWhatsApp(to)) return null;
  const { rowCount } = await db.query(
    `SELECT FROM sender WHERE sender_number = $1 AND type = 'whatsapp' AND carrier = $2`,
    [to, carrier],
  );
  if (rowCount === 1) return null;
  const unreachable = { carrierMessageId, from, to, body };
  return { kind: 'other_channel', channel: 'whatsapp', phoneNumber: from, unreachable };
}

/**
 * Notes that a person wrote to a sender on WhatsApp: from when on free text may go to them from it for 24 hours. Before anybody hears
 * of the message, so that its answer finds the window open. A delivery that is repeated when the message is in the log already
 * notes nothing: its time says nothing about when it was written. Nothing happens for a text.
 */
export async function noteWindow(
  pool: Pool,
  { carrier, message, receivedAt }: Heard,
  now: Date,
): Promise<void> {
  if (!isWhatsApp(message.to)) return;
  const heardOn = receivedAt < now ? receivedAt : now;
  await pool.query(
    `INSERT INTO whatsapp_window AS known (phone_number, sender_number, heard_at, heard_on)
     SELECT $1, $2, clock_timestamp() - $3 * interval '1 millisecond', $4
      WHERE NOT EXISTS (SELECT FROM message_log WHERE log_id = $5 AND direction = 'inbound')
     ON CONFLICT (phone_number, sender_number) DO UPDATE
        SET heard_at = greatest(known.heard_at, excluded.heard_at), heard_on = greatest(known.heard_on, excluded.heard_on)`,
    [
      message.from,
      message.to,
      now.getTime() - heardOn.getTime(),
      heardOn,
      messageLogId(carrier, message.carrierMessageId),
    ],
  );
}

/** Windows that closed a day ago say nothing any more. Also of whoever was erased while a message of theirs was in hand. */
const KEPT_DAYS = 2;

/**
 * Forgets some of the windows of whoever wrote last more than two days ago, by the database's clock; returns how many. Any number of
 * tasks may do it: what one of them deletes the others pass over.
 */
export async function forgetWindows(db: Queryable, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `DELETE FROM whatsapp_window WHERE (phone_number, sender_number) IN (
       SELECT phone_number, sender_number FROM whatsapp_window WHERE heard_at < clock_timestamp() - $1 * interval '1 day'
        LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [KEPT_DAYS, limit],
  );
  return rowCount ?? 0;
}
