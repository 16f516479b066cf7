import type { Instant } from '#shared/compliance/instant.ts';
import { windowCloses } from '#shared/compliance/whatsapp-window.ts';
import type { WhatsAppAddress } from '#shared/phone/sender-address.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** A message as far as the window of its person matters. */
interface Free {
  messageId: string;
  phoneNumber: string;
  /** The number on WhatsApp that it would go from as free text; null: it needs no window. */
  freeFrom: WhatsAppAddress | null;
}

/** When the window of each of these closes, by message, in business time; one that is not here is not known to be open. */
export type Windows = ReadonlyMap<string, Instant>;

/** In one statement whatever their number, and in none where all are texts. `now`: business time. */
export async function readWindows(tx: Transaction, candidates: readonly Free[], now: Date): Promise<Windows> {
  const free = candidates.filter(({ freeFrom }) => freeFrom !== null);
  const windows = new Map<string, Instant>();
  if (free.length === 0) return windows;
  const { rows } = await tx.query<{ message_id: string; age_ms: number; heard_on: Date }>(
    `SELECT asked.message_id, (extract(epoch FROM clock_timestamp() - heard.heard_at) * 1000)::float8 AS age_ms, heard.heard_on
       FROM unnest($1::uuid[], $2::text[], $3::text[]) AS asked(message_id, phone_number, sender_number)
       JOIN whatsapp_window AS heard USING (phone_number, sender_number)`,
    [
      free.map(({ messageId }) => messageId),
      free.map(({ phoneNumber }) => phoneNumber),
      free.map(({ freeFrom }) => freeFrom),
    ],
  );
  for (const { age_ms: ageMs, heard_on, message_id } of rows) {
    const closes = windowCloses({ ageMs, heardOn: heard_on.getTime() }, now.getTime());
    if (closes !== null) windows.set(message_id, closes);
  }
  return windows;
}
