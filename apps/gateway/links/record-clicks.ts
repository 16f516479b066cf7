import { CLICKED } from '#shared/campaigns/counts.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { Visitor } from './visitor.ts';

/** One request for a link. */
export interface Click extends Visitor {
  /** Made with the request. */
  clickId: string;
  token: string;
  /** Business time. */
  clickedAt: Date;
}

/**
 * Records requests for links, and counts the contacts who followed a link of a campaign for the first time: one statement,
 * which commits as one, so that the count equals the rows behind it at every commit. Clicks that are recorded already
 * change nothing: after an error nobody knows the result of, it is simply done again. Machines and tests are recorded and
 * not counted. Rows are written in one order, so that no two tasks wait for each other.
 */
export async function recordClicks(db: Queryable, clicks: readonly Click[]): Promise<void> {
  await db.query({
    name: 'record-clicks',
    text: `WITH fresh AS (
       INSERT INTO link_click (click_id, token, clicked_at, visitor, rule)
       SELECT click_id, token, clicked_at, visitor, rule
         FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[])
              AS given(click_id, token, clicked_at, visitor, rule)
       ON CONFLICT (click_id) DO NOTHING
       RETURNING token, clicked_at, visitor),
     followed AS (
       SELECT DISTINCT ON (campaign_id, contact_id) campaign_id, contact_id, variant, token, clicked_at
         FROM fresh JOIN short_link USING (token)
        WHERE visitor = 'person' AND contact_id IS NOT NULL
        ORDER BY campaign_id, contact_id, clicked_at, token),
     first AS (
       INSERT INTO campaign_click (campaign_id, contact_id, variant, token, clicked_at)
       SELECT campaign_id, contact_id, variant, token, clicked_at FROM followed ORDER BY campaign_id, contact_id
       ON CONFLICT (campaign_id, contact_id) DO NOTHING
       RETURNING campaign_id, variant)
     INSERT INTO campaign_count AS known (campaign_id, variant, measure, value)
     SELECT campaign_id, variant, $6, count(*) FROM first GROUP BY campaign_id, variant ORDER BY campaign_id, variant
     ON CONFLICT (campaign_id, variant, measure) DO UPDATE SET value = known.value + excluded.value`,
    values: [
      clicks.map(({ clickId }) => clickId),
      clicks.map(({ token }) => token),
      clicks.map(({ clickedAt }) => clickedAt),
      clicks.map(({ visitor }) => visitor),
      clicks.map(({ rule }) => rule),
      CLICKED,
    ],
  });
}
