import { openStates } from '#shared/campaigns/counts.ts';
import { slotStatuses } from '#shared/campaigns/lifecycle.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { Circumstances } from './estimate.ts';

/**
 * Campaigns of the same pool that hold a slot, or are due and wait for one before this one, with how many contacts each
 * still has before it. One statement. `now`: business time.
 */
export async function readAhead(
  db: Queryable,
  { campaignId, pool, queuedAt }: Pick<Campaign, 'campaignId' | 'pool' | 'queuedAt'>,
  usualPace: number,
  now: Date,
): Promise<Circumstances['ahead']> {
  const { rows } = await db.query<{ is_active: boolean; rate: number | null; contacts: number }>(
    `SELECT campaign.status IN ('loading', 'active') AS is_active,
            (campaign.definition ->> 'messagesPerSecond')::float8 AS rate,
            coalesce((SELECT sum(value) FROM campaign_count
                       WHERE campaign_count.campaign_id = campaign.campaign_id AND measure = ANY ($5)), 0)::float8 AS contacts
       FROM campaign
      WHERE pool = $1 AND campaign_id <> $2
        AND (status = ANY ($3)
             OR status = 'scheduled' AND coalesce(start_at, $4) <= $4
                AND (queued_at, campaign_id) < (coalesce($6, $4::timestamptz), $2::uuid))
      ORDER BY campaign_id`,
    [pool, campaignId, slotStatuses, now, openStates, queuedAt],
  );
  return rows.map(({ contacts, is_active: isActive, rate }) => ({
    contacts,
    isActive,
    // One that is paused, or waits itself, is done nobody knows when.
    perSecond: isActive ? (rate ?? usualPace) : 0,
  }));
}
