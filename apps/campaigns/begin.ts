import { countOf } from '#shared/campaigns/counts.ts';
import { slotStatuses, step } from '#shared/campaigns/lifecycle.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import { readFields } from '#shared/contacts/store.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { loadAudience } from './load.ts';
import { after, failed, type Step } from './step.ts';

export interface StartParts {
  /** Campaigns of a pool that may be under way at the same time. */
  slots: Readonly<Record<Campaign['pool'], number>>;
  /** Audiences above this need a second person's approval; null: none does. */
  approvalAbove: number | null;
}

/** One that waits for a slot is looked at again after so long, in ms: whoever frees one does not know who waits. */
const SLOT_MS = 2_000;

/** A campaign whose time has come takes a slot of its pool, or waits for one behind those that came before it. */
export async function begin(
  tx: Transaction,
  campaign: Campaign,
  { slots }: StartParts,
  now: Date,
): Promise<Step> {
  const { campaignId, endAt, pool, queuedAt, startAt } = campaign;
  if (startAt !== null && startAt > now) return { dueAt: startAt };
  if (endAt !== null && endAt <= now) return failed('Its end came before it could start.', now);
  // Whoever holds the pool's row is the only one who counts and takes.
  await tx.query('SELECT FROM campaign_pool WHERE pool = $1 FOR UPDATE', [pool]);
  const { rows } = await tx.query<{ taken: number; ahead: number }>(
    `SELECT count(*) FILTER (WHERE status = ANY ($2))::int AS taken,
            count(*) FILTER (WHERE status = 'scheduled' AND coalesce(start_at, $4) <= $4
                               AND (queued_at, campaign_id) < ($5, $3::uuid))::int AS ahead
       FROM campaign WHERE pool = $1 AND campaign_id <> $3`,
    [pool, slotStatuses, campaignId, now, queuedAt ?? now],
  );
  const { ahead = 0, taken = 0 } = rows[0] ?? {};
  const free = slots[pool] - taken - ahead;
  if (free <= 0) {
    const place = `${taken} of ${slots[pool]} ${pool} campaigns are under way, ${ahead} wait before it`;
    return {
      reason: `Waits for a slot: ${place}.`,
      waitsFor: 'slot',
      queuedAt: queuedAt ?? now,
      dueAt: after(now, SLOT_MS),
    };
  }
  return { status: step('scheduled', 'load'), reason: null, waitsFor: null, queuedAt: null, dueAt: now };
}

/** The next part of the audience; after the last the campaign becomes active, or waits for its approval. */
export async function load(tx: Transaction, campaign: Campaign, parts: StartParts, now: Date): Promise<Step> {
  const loaded = await loadAudience(tx, campaign, await readFields(tx), now);
  if (loaded.kind === 'faults') return failed(`Its audience cannot be made: ${loaded.reason}`, now);
  if (loaded.to !== null) return { loadedTo: loaded.to, dueAt: now };
  const contacts = await countOf(tx, campaign.campaignId, ['pending']);
  const { approvalAbove } = parts;
  const status = step('loading', 'activate');
  if (approvalAbove !== null && contacts > approvalAbove && campaign.approvedAt === null) {
    const reason = `Its audience of ${contacts} is above ${approvalAbove}: a second person has to approve it.`;
    return {
      status: 'paused',
      pausedFrom: 'active',
      reason,
      waitsFor: 'approval',
      loadedAt: now,
      dueAt: campaign.endAt,
    };
  }
  return { status, loadedAt: now, startedAt: campaign.startedAt ?? now, pacedAt: now, dueAt: now };
}
