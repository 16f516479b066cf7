import type { Transaction } from '#shared/postgres/pool.ts';
import { IS_NUMBER } from './look-up.ts';

/** Measure of `campaign_count`: contacts who have answered. Equal to the rows of `campaign_contact` with `replied_at`. */
export const REPLIED = 'replied';

/** Somebody has answered a campaign. */
export interface CampaignReply {
  campaignId: string;
  phoneNumber: string;
  /** When the text came in. */
  at: Date;
}

/** Whoever waits on a ladder is done with it. Of `each` of `campaign_contact`, and `became.at`. */
const DUE_AT_ONCE = `CASE WHEN each.step IS NOT NULL AND each.attempts > 0 AND each.state IN ('pending', 'held')
                          THEN least(each.due_at, became.at)
                          ELSE each.due_at END`;

interface Found {
  campaignId: string;
  contactId: string;
  variant: number;
  at: Date;
  isFirst: boolean;
}

/**
 * Notes who has answered which campaign, and when first, and counts those who had not before; in the transaction that learns
 * of it. Whoever is in no audience of the campaign is left out: a test, somebody who was erased. Idempotent. Rows are taken
 * in one order; a campaign that is settled at the same moment may hold them in another, and then one of the two is tried
 * again. Each is looked up by its key (look-up.ts).
 */
export async function noteReplies(tx: Transaction, replies: readonly CampaignReply[]): Promise<void> {
  if (replies.length === 0) return;
  const found = await lockAnswering(tx, replies);
  if (found.length === 0) return;
  await tx.query(
    `WITH became AS MATERIALIZED (
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::timestamptz[], $5::boolean[])
                     AS became(campaign_id, contact_id, variant, at, is_first)),
     noted AS (
       UPDATE campaign_contact AS each
          SET replied_at = became.at,
              due_at = ${DUE_AT_ONCE}
         FROM became CROSS JOIN LATERAL (
              SELECT ctid FROM campaign_contact
               WHERE campaign_id = became.campaign_id AND contact_id = became.contact_id LIMIT 1) AS found
        WHERE each.ctid = found.ctid)
     INSERT INTO campaign_count AS known (campaign_id, variant, measure, value)
     SELECT campaign_id, variant, $6, count(*) FROM became WHERE is_first
      GROUP BY campaign_id, variant ORDER BY campaign_id, variant
     ON CONFLICT (campaign_id, variant, measure) DO UPDATE SET value = known.value + excluded.value`,
    [
      found.map(({ campaignId }) => campaignId),
      found.map(({ contactId }) => contactId),
      found.map(({ variant }) => variant),
      found.map(({ at }) => at),
      found.map(({ isFirst }) => isFirst),
      REPLIED,
    ],
  );
}

/**
 * Notes whose text was heard of those on a ladder, and when first: they go no further on it, whatever the dialog makes of the
 * text. In the transaction that stores it; idempotent, and with the locks of `noteReplies`. Words about consent are none:
 * what they forbid, a suppression does.
 */
export async function noteHeard(tx: Transaction, texts: readonly CampaignReply[]): Promise<void> {
  if (texts.length === 0) return;
  // Locked first: a statement that waits for a row's lock does not see what it waited for.
  const { rows } = await tx.query<{ campaignId: string; contactId: string; at: Date }>(
    `SELECT each.campaign_id AS "campaignId", each.contact_id AS "contactId", told.at
       FROM (SELECT campaign_id, phone_number, min(at) AS at
               FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS told(campaign_id, phone_number, at)
              GROUP BY campaign_id, phone_number ORDER BY campaign_id, phone_number) AS told
      CROSS JOIN LATERAL (
            SELECT campaign_id, contact_id FROM campaign_contact
             WHERE campaign_id = told.campaign_id AND phone_number = told.phone_number AND ${IS_NUMBER}
               AND step IS NOT NULL AND heard_at IS NULL
             LIMIT 1 FOR UPDATE) AS each`,
    [
      texts.map(({ campaignId }) => campaignId),
      texts.map(({ phoneNumber }) => phoneNumber),
      texts.map(({ at }) => at),
    ],
  );
  if (rows.length === 0) return;
  await tx.query(
    `UPDATE campaign_contact AS each
        SET heard_at = became.at, due_at = ${DUE_AT_ONCE}
       FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS became(campaign_id, contact_id, at)
      CROSS JOIN LATERAL (
            SELECT ctid FROM campaign_contact
             WHERE campaign_id = became.campaign_id AND contact_id = became.contact_id LIMIT 1) AS found
      WHERE each.ctid = found.ctid`,
    [
      rows.map(({ campaignId }) => campaignId),
      rows.map(({ contactId }) => contactId),
      rows.map(({ at }) => at),
    ],
  );
}

/** Those of whom this is the first answer that is known, or an earlier one than the first that was: their rows, locked. */
async function lockAnswering(tx: Transaction, replies: readonly CampaignReply[]): Promise<Found[]> {
  const { rows } = await tx.query<Found>(
    `SELECT each.campaign_id AS "campaignId", each.contact_id AS "contactId", each.variant, told.at,
            each.replied_at IS NULL AS "isFirst"
       FROM (SELECT campaign_id, phone_number, min(at) AS at
               FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS told(campaign_id, phone_number, at)
              GROUP BY campaign_id, phone_number ORDER BY campaign_id, phone_number) AS told
      CROSS JOIN LATERAL (
            SELECT campaign_id, contact_id, variant, replied_at FROM campaign_contact
             WHERE campaign_id = told.campaign_id AND phone_number = told.phone_number AND ${IS_NUMBER}
               AND (replied_at IS NULL OR replied_at > told.at)
             LIMIT 1 FOR UPDATE) AS each`,
    [
      replies.map(({ campaignId }) => campaignId),
      replies.map(({ phoneNumber }) => phoneNumber),
      replies.map(({ at }) => at),
    ],
  );
  return rows;
}
