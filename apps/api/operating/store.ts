import type { DayCount } from '#shared/operating/figures.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

/** Who opted out in answer to a campaign, by day (UTC), from a day on. */
export async function readOptOutsOf(db: Queryable, campaignId: string, from: string): Promise<DayCount[]> {
  const { rows } = await db.query<DayCount>(
    `SELECT (opted_out_at AT TIME ZONE 'UTC')::date::text AS day, 'opted_out' AS measure, count(*)::int AS value
       FROM campaign_opt_out
      WHERE campaign_id = $1 AND opted_out_at >= $2::date::timestamp AT TIME ZONE 'UTC'
      GROUP BY 1`,
    [campaignId, from],
  );
  return rows;
}
