import type { Transaction } from '#shared/postgres/pool.ts';

/** A short link as it stands in a message. */
export interface ShortLink {
  token: string;
  /** Where it leads: an absolute address, ASCII. */
  url: string;
  campaignId: string;
  /** Whose clicks are counted; null: of a test, whose are not. */
  contactId: string | null;
  variant: number;
  messageId: string;
  phoneNumber: string;
}

/**
 * Writes where short links lead, in the transaction that writes the messages they stand in: a link that somebody has is
 * known. One statement whatever their number. One that is known already, because its text is written again, stands in the
 * newer message from now on, and counts for the variant of that. `now`: business time.
 */
export async function writeShortLinks(
  tx: Transaction,
  links: readonly ShortLink[],
  now: Date,
): Promise<void> {
  if (links.length === 0) return;
  await tx.query(
    `INSERT INTO short_link AS known (token, url, campaign_id, contact_id, variant, message_id, phone_number, created_at)
     SELECT token, url, campaign_id, contact_id, variant, message_id, phone_number, $8
       FROM unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[], $5::smallint[], $6::uuid[], $7::text[])
            AS written(token, url, campaign_id, contact_id, variant, message_id, phone_number)
      ORDER BY token
     ON CONFLICT (token) DO UPDATE SET message_id = excluded.message_id, variant = excluded.variant`,
    [
      links.map(({ token }) => token),
      links.map(({ url }) => url),
      links.map(({ campaignId }) => campaignId),
      links.map(({ contactId }) => contactId),
      links.map(({ variant }) => variant),
      links.map(({ messageId }) => messageId),
      links.map(({ phoneNumber }) => phoneNumber),
      now,
    ],
  );
}
