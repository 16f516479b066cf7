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

/**
 * Notes who has answered which campaign, and when first, and counts those who had not before; in the transaction that learns
 * of it. Whoever is in no audience of the campaign is left out: a test, somebody who was erased. Idempotent. Rows are taken
 * in one order; a campaign that is settled at the same moment may hold them in another, and then one of the two is tried
 * again.
 */
export async function noteReplies(tx: Transaction, replies: readonly CampaignReply[]): Promise<void> {
  if (replies.length === 0) return;
  await tx.query(
    `WITH told AS (
       SELECT campaign_id, phone_number, min(at) AS at
         FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS told(campaign_id, phone_number, at)
        GROUP BY campaign_id, phone_number),
     found AS MATERIALIZED (
       SELECT each.campaign_id, each.contact_id, each.variant, each.replied_at, told.at
         FROM told JOIN campaign_contact AS each USING (campaign_id, phone_number)
        WHERE each.${IS_NUMBER} AND (each.replied_at IS NULL OR each.replied_at > told.at)
        ORDER BY each.campaign_id, each.contact_id FOR UPDATE OF each),
     noted AS (
       UPDATE campaign_contact AS each SET replied_at = found.at
         FROM found WHERE each.campaign_id = found.campaign_id AND each.contact_id = found.contact_id)
     INSERT INTO campaign_count AS known (campaign_id, variant, measure, value)
     SELECT campaign_id, variant, $4, count(*) FROM found WHERE replied_at IS NULL
      GROUP BY campaign_id, variant ORDER BY campaign_id, variant
     ON CONFLICT (campaign_id, variant, measure) DO UPDATE SET value = known.value + excluded.value`,
    [
      replies.map(({ campaignId }) => campaignId),
      replies.map(({ phoneNumber }) => phoneNumber),
      replies.map(({ at }) => at),
      REPLIED,
    ],
  );
}
