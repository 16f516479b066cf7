import { addCounts, OPTED_OUT } from '#shared/campaigns/deliveries.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { LogRow } from './row.ts';

/** For how long what somebody texts belongs to the campaign that texted them, in days. */
const BELONGS_DAYS = 30;

/**
 * Counts whoever asked to be left alone with the campaign that had texted them last from the number they texted, once for
 * each campaign. To be called in the transaction that wrote these rows, which are such texts. Two statements, whatever
 * their number; idempotent.
 */
export async function countOptOuts(db: Queryable, texts: readonly LogRow[]): Promise<void> {
  const told = texts.flatMap(({ content, logId }) => (content === null ? [] : [{ content, logId }]));
  if (told.length === 0) return;
  const { rows } = await db.query<{ campaign_id: string; variant: number }>(
    `INSERT INTO campaign_opt_out (campaign_id, contact_id, variant, log_id, opted_out_at)
     SELECT DISTINCT ON (last.campaign_id, last.cause_id) last.campaign_id, last.cause_id, last.variant, told.log_id, told.at
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) AS told(log_id, phone_number, our_number, at)
       CROSS JOIN LATERAL (
         SELECT campaign_id, cause_id, variant FROM message
          WHERE phone_number = told.phone_number AND sender_number = told.our_number
            AND campaign_id IS NOT NULL AND variant IS NOT NULL AND state IN ('sent', 'unknown')
            AND created_at <= told.at AND created_at > told.at - $5 * interval '1 day'
          ORDER BY ordinal DESC LIMIT 1) AS last
      ORDER BY last.campaign_id, last.cause_id, told.at
     ON CONFLICT DO NOTHING
     RETURNING campaign_id, variant`,
    [
      told.map(({ logId }) => logId),
      told.map(({ content }) => content.phoneNumber),
      told.map(({ content }) => content.ourNumber),
      told.map(({ content }) => content.occurredAt),
      BELONGS_DAYS,
    ],
  );
  await addCounts(
    db,
    rows.map(({ campaign_id, variant }) => ({
      campaignId: campaign_id,
      variant,
      measure: OPTED_OUT,
      change: 1,
    })),
  );
}
