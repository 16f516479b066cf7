import { openStates } from '#shared/campaigns/counts.ts';
import type { CampaignStatus } from '#shared/campaigns/lifecycle.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { countsSince, FRESH_MS, type Limit, type Period } from './rule.ts';
import { reasonOf } from './take.ts';

/** A campaign that has not ended and that a throttle group holds for. */
export interface ThrottledBy {
  id: string;
  name: string;
  status: CampaignStatus;
  /** What counts of it now. */
  used: number;
  /** Whether people of it could be written to but for this group. */
  waits: boolean;
  /** Contacts that it still has before it. */
  contacts: number;
}

/** Campaigns that have not ended, by the groups that they name, in the order in which they were made. `now`: business time. */
export async function throttledBy(
  db: Queryable,
  groups: readonly { id: string; per: Period }[],
  now: Date,
): Promise<ReadonlyMap<string, readonly ThrottledBy[]>> {
  if (groups.length === 0) return new Map();
  const { rows } = await db.query<ThrottledBy & { groupId: string }>(
    `SELECT asked.id AS "groupId", campaign.campaign_id AS id, campaign.name, campaign.status,
            coalesce((SELECT sum(used) FROM throttle_use
                       WHERE throttle_group_id = asked.id AND until > since
                         AND throttle_use.campaign_id = campaign.campaign_id), 0)::int AS used,
            campaign.status = 'active'
              AND EXISTS (SELECT FROM campaign_throttle AS each
                           WHERE each.throttle_group_id = asked.id AND each.campaign_id = campaign.campaign_id
                             AND unmet > 0 AND asked_at > $3) AS waits,
            coalesce((SELECT sum(value) FROM campaign_count AS each
                       WHERE each.campaign_id = campaign.campaign_id AND measure = ANY ($4)), 0)::int AS contacts
       FROM unnest($1::uuid[], $2::timestamptz[]) AS asked(id, since)
       JOIN campaign ON campaign.status IN ('scheduled', 'loading', 'active', 'paused')
                    AND campaign.definition -> 'throttleGroups' ? asked.id::text
      ORDER BY campaign.campaign_id`,
    [
      groups.map(({ id }) => id),
      groups.map((limit) => new Date(countsSince(limit, now.getTime()))),
      new Date(now.getTime() - FRESH_MS),
      openStates,
    ],
  );
  return Map.groupBy(rows, ({ groupId }) => groupId);
}

/** Why people of a campaign that is active wait for its throttle groups, for people; null: they do not. `now`: business time. */
export async function throttleReason(db: Queryable, campaignId: string, now: Date): Promise<string | null> {
  const { rows } = await db.query<Pick<Limit, 'most' | 'per'> & { name: string }>(
    `SELECT known.name, known.most, known.per
       FROM campaign_throttle AS each JOIN throttle_group AS known USING (throttle_group_id)
       JOIN campaign ON campaign.campaign_id = each.campaign_id AND campaign.status = 'active'
      WHERE each.campaign_id = $1 AND unmet > 0 AND asked_at > $2
      ORDER BY throttle_group_id`,
    [campaignId, new Date(now.getTime() - FRESH_MS)],
  );
  return rows.length === 0 ? null : reasonOf(rows);
}
