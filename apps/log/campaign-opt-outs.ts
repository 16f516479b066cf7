import { addCounts, OPTED_OUT } from '#shared/campaigns/deliveries.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { keyOf, readCampaignTexts } from '#shared/replies/campaign-texts.ts';
import { answeredText } from '#shared/replies/matching.ts';
import type { LogRow } from './row.ts';

const DAY_MS = 24 * 3_600_000;

/**
 * Counts whoever asked to be left alone with the campaign that the text belongs to, by the rule by which answers belong to
 * campaigns (shared/replies/matching.ts), once for each campaign. To be called in the transaction that wrote these rows,
 * which are such texts. A few statements, whatever their number; idempotent.
 */
export async function countOptOuts(
  db: Queryable,
  texts: readonly LogRow[],
  withinDays: number,
): Promise<void> {
  const told = texts.flatMap(({ content, logId }) => {
    if (content?.phoneNumber == null || content.ourNumber == null || content.occurredAt == null) return [];
    const { occurredAt, ourNumber, phoneNumber } = content;
    return [{ logId, at: new Date(occurredAt), ourNumber, phoneNumber }];
  });
  if (told.length === 0) return;
  const oldest = Math.min(...told.map(({ at }) => at.getTime()));
  const sent = await readCampaignTexts(db, told, new Date(oldest - withinDays * DAY_MS));
  const optOuts = told.flatMap(({ at, logId, ...pair }) => {
    const last = answeredText(at, sent.get(keyOf(pair)) ?? [], withinDays);
    return last === null || last.variant === null ? [] : [{ ...last, at, logId }];
  });
  if (optOuts.length === 0) return;
  const { rows } = await db.query<{ campaign_id: string; variant: number }>(
    `INSERT INTO campaign_opt_out (campaign_id, contact_id, variant, log_id, opted_out_at)
     SELECT DISTINCT ON (campaign_id, contact_id) *
       FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::uuid[], $5::timestamptz[])
            AS told(campaign_id, contact_id, variant, log_id, at)
      ORDER BY campaign_id, contact_id, at
     ON CONFLICT DO NOTHING
     RETURNING campaign_id, variant`,
    [
      optOuts.map(({ campaignId }) => campaignId),
      optOuts.map(({ contactId }) => contactId),
      optOuts.map(({ variant }) => variant),
      optOuts.map(({ logId }) => logId),
      optOuts.map(({ at }) => at),
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
