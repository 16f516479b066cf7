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
              -- Whoever waits on a ladder is done with it.
              due_at = CASE WHEN each.step IS NOT NULL AND each.attempts > 0 AND each.state IN ('pending', 'held')
                            THEN least(each.due_at, became.at)
                            ELSE each.due_at END
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
