import { contactStates, openStates } from '#shared/campaigns/counts.ts';
import type { Rival } from '#shared/campaigns/forecast.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { Limit } from '#shared/throttle/rule.ts';
import { readUsed } from '#shared/throttle/store.ts';
import type { Circumstances } from './estimate.ts';

/**
 * Throttle groups that a campaign names, how far they are used, and what others that are under way take of them. One that is not there
 * is a fault of the campaign, and not told of here. `usual`: messages, and calls, a second of campaigns that name no pace. `now`:
 * business time.
 */
export async function readThrottles(
  db: Queryable,
  { campaignId, definition: { throttleGroups: ids } }: Pick<Campaign, 'campaignId' | 'definition'>,
  { now, usual }: { usual: Readonly<Record<Campaign['pool'], number>>; now: Date },
): Promise<Circumstances['throttles']> {
  if (ids.length === 0) return [];
  const { rows: groups } = await db.query<Limit & { id: string; name: string }>(
    `SELECT throttle_group_id AS id, name, most, per, evenly FROM throttle_group
      WHERE throttle_group_id = ANY ($1) ORDER BY name`,
    [ids],
  );
  const limits = groups.map(({ evenly, id, most, name, per }) => ({
    id,
    name,
    limit: { most, per, evenly },
  }));
  const used = await readUsed(
    db,
    limits.map(({ id, limit }) => ({ id, limit, now: now.getTime() })),
  );
  const rivals = Map.groupBy(await readRivals(db, campaignId, ids, usual), ({ group }) => group);
  return limits.map((each) => ({
    ...each,
    used: used.get(each.id)?.used ?? 0,
    oldest: used.get(each.id)?.oldest ?? null,
    rivals: rivals.get(each.id) ?? [],
  }));
}

async function readRivals(
  db: Queryable,
  campaignId: string,
  ids: readonly string[],
  usual: Readonly<Record<Campaign['pool'], number>>,
): Promise<(Rival & { group: string })[]> {
  const { rows } = await db.query<{
    group: string;
    pool: Campaign['pool'];
    rate: number | null;
    contacts: number;
  }>(
    `SELECT asked.id AS group, pool,
            coalesce((definition ->> 'messagesPerSecond')::float8,
                     (SELECT sum(value) FROM campaign_count
                       WHERE campaign_count.campaign_id = campaign.campaign_id AND measure = ANY ($4))
                     / (60 * (definition ->> 'spreadOverMinutes')::float8)) AS rate,
            coalesce((SELECT sum(value) FROM campaign_count
                       WHERE campaign_count.campaign_id = campaign.campaign_id AND measure = ANY ($3)), 0)::float8 AS contacts
       FROM unnest($2::uuid[]) AS asked(id)
       JOIN campaign ON status IN ('loading', 'active') AND campaign_id <> $1
                    AND definition -> 'throttleGroups' ? asked.id::text`,
    [campaignId, ids, openStates, contactStates],
  );
  return rows.map(({ contacts, group, pool, rate }) => ({
    ...{ group, contacts },
    perSecond: pool === 'voice' ? Math.min(rate ?? usual.voice, usual.voice) : (rate ?? usual.sms),
  }));
}
