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
  await count(db, optOuts);
}

/**
 * Counts whoever pressed the key that opts out with the campaign whose call it was, once for each campaign. These are rows of
 * single records. To be called in the transaction that wrote them; a few statements, none where nobody did; idempotent.
 */
export async function countKeyOptOuts(db: Queryable, rows: readonly LogRow[]): Promise<void> {
  const told = rows.filter(
    ({ call, mentioned }) => call?.outcome === 'opted_out' && mentioned.messageId !== null,
  );
  if (told.length === 0) return;
  const { rows: found } = await db.query<OptOut>(
    `SELECT campaign_id AS "campaignId", cause_id AS "contactId", variant, log_id AS "logId", at
       FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS told(message_id, log_id, at)
       JOIN message USING (message_id)
      WHERE campaign_id IS NOT NULL AND variant IS NOT NULL`,
    [
      told.map(({ mentioned }) => mentioned.messageId),
      told.map(({ logId }) => logId),
      told.map(({ status }) => status.at),
    ],
  );
  await count(db, found);
}

interface OptOut {
  campaignId: string;
  /** As the text that it answers has it. */
  contactId: string | null;
  variant: number | null;
  logId: string;
  at: Date;
}

async function count(db: Queryable, optOuts: readonly OptOut[]): Promise<void> {
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
