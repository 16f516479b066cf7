import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import { keywordKey, keywordMeasure } from './accepted-keywords.ts';
import { IS_NUMBER } from './look-up.ts';
import type { CampaignReply } from './replied.ts';

/** Somebody has answered a campaign with one of its keywords. */
export interface KeywordReply extends CampaignReply {
  /** As it is kept. */
  keyword: string;
}

/** Accepted keywords of these campaigns, as they are compared; campaigns that accept none are left out. One statement. */
export async function readAcceptedKeywords(
  db: Queryable,
  campaignIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  if (campaignIds.length === 0) return new Map();
  const { rows } = await db.query<{ campaign_id: string; keywords: string[] }>(
    `SELECT campaign_id, ARRAY(SELECT jsonb_array_elements_text(definition -> 'acceptedKeywords')) AS keywords
       FROM campaign WHERE campaign_id = ANY ($1) AND definition ? 'acceptedKeywords'`,
    [[...new Set(campaignIds)]],
  );
  return new Map(
    rows.map(({ campaign_id: id, keywords }) => [id, new Set(keywords.map(keywordKey))] as const),
  );
}

interface Found {
  campaignId: string;
  contactId: string;
  variant: number;
  keyword: string;
  at: Date;
  before: string | null;
}

/**
 * Notes with which keyword people have answered which campaign, and counts them by it: the newest of each person stands, in whatever
 * order texts come. In the transaction that learns of it, after `noteReplies`. Idempotent; whoever is in no audience of the
 * campaign is left out. Rows are taken in one order.
 */
export async function noteKeywords(tx: Transaction, replies: readonly KeywordReply[]): Promise<void> {
  if (replies.length === 0) return;
  const { rows } = await tx.query<Found>(
    `SELECT each.campaign_id AS "campaignId", each.contact_id AS "contactId", each.variant, told.keyword, told.at,
            each.keyword AS before
       FROM (SELECT DISTINCT ON (campaign_id, phone_number) *
               FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[]) AS told(campaign_id, phone_number, at, keyword)
              ORDER BY campaign_id, phone_number, at DESC, keyword DESC) AS told
      CROSS JOIN LATERAL (
            SELECT campaign_id, contact_id, variant, keyword FROM campaign_contact
             WHERE campaign_id = told.campaign_id AND phone_number = told.phone_number AND ${IS_NUMBER}
               AND (keyword_at IS NULL OR (keyword_at, keyword) < (told.at, told.keyword))
             LIMIT 1 FOR UPDATE) AS each`,
    [
      replies.map(({ campaignId }) => campaignId),
      replies.map(({ phoneNumber }) => phoneNumber),
      replies.map(({ at }) => at),
      replies.map(({ keyword }) => keyword),
    ],
  );
  if (rows.length === 0) return;
  const moves = rows.flatMap(({ before, campaignId, keyword, variant }) => [
    ...(before === null ? [] : [{ campaignId, variant, measure: keywordMeasure(before), change: -1 }]),
    { campaignId, variant, measure: keywordMeasure(keyword), change: 1 },
  ]);
  await tx.query(
    `WITH became AS MATERIALIZED (
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[])
                     AS became(campaign_id, contact_id, keyword, at)),
     noted AS (
       UPDATE campaign_contact AS each SET keyword = became.keyword, keyword_at = became.at
         FROM became CROSS JOIN LATERAL (
              SELECT ctid FROM campaign_contact
               WHERE campaign_id = became.campaign_id AND contact_id = became.contact_id LIMIT 1) AS found
        WHERE each.ctid = found.ctid)
     INSERT INTO campaign_count AS known (campaign_id, variant, measure, value)
     SELECT campaign_id, variant, measure, sum(change)
       FROM unnest($5::uuid[], $6::smallint[], $7::text[], $8::int[]) AS moved(campaign_id, variant, measure, change)
      GROUP BY campaign_id, variant, measure ORDER BY campaign_id, variant, measure
     ON CONFLICT (campaign_id, variant, measure) DO UPDATE SET value = known.value + excluded.value`,
    [
      rows.map(({ campaignId }) => campaignId),
      rows.map(({ contactId }) => contactId),
      rows.map(({ keyword }) => keyword),
      rows.map(({ at }) => at),
      moves.map(({ campaignId }) => campaignId),
      moves.map(({ variant }) => variant),
      moves.map(({ measure }) => measure),
      moves.map(({ change }) => change),
    ],
  );
}
