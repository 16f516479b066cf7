import { isApprovedFor } from '#shared/campaigns/approval.ts';
import { countOf } from '#shared/campaigns/counts.ts';
import { step } from '#shared/campaigns/lifecycle.ts';
import { type Campaign, HOLDS_SLOT, waitsForSlot } from '#shared/campaigns/store.ts';
import { readFields } from '#shared/contacts/store.ts';
import type { Pool, Transaction } from '#shared/postgres/pool.ts';
import { loadAudience } from './load.ts';
import { after, earlier, failed, type Step } from './step.ts';

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
  const { endAt, startAt } = campaign;
  if (startAt !== null && startAt > now) return { dueAt: startAt };
  if (endAt !== null && endAt <= now) return failed('too_late', 'Its end came before it could start.', now);
  const waits = await waitingForSlot(tx, campaign, slots, now);
  return (
    waits ?? { status: step('scheduled', 'load'), reason: null, waitsFor: null, queuedAt: null, dueAt: now }
  );
}

/** One that has been approved goes on as soon as it has a slot: while it waited for that it had none. */
export async function goOnApproved(
  tx: Transaction,
  campaign: Campaign,
  { slots }: StartParts,
  now: Date,
): Promise<Step> {
  const waits = await waitingForSlot(tx, campaign, slots, now);
  if (waits !== null) return { ...waits, dueAt: earlier(waits.dueAt, campaign.endAt) };
  return {
    status: 'active',
    pausedFrom: null,
    reason: null,
    waitsFor: null,
    queuedAt: null,
    startedAt: campaign.startedAt ?? now,
    pacedAt: now,
    dueAt: now,
  };
}

/**
 * Has campaigns looked at that were approved and that nobody looks at: a task of an earlier version had them, which knows no such
 * wait. Returns how many. `now`: business time.
 */
export async function wakeApproved(pool: Pool, now: Date): Promise<number> {
  const { rowCount } = await pool.query(
    `UPDATE campaign SET due_at = $1
      WHERE status = 'paused' AND waits_for = 'slot' AND (due_at IS NULL OR due_at > $2)`,
    [now, after(now, 10 * SLOT_MS)],
  );
  return rowCount ?? 0;
}

/** Null: there is a slot for it, which is its own once this has committed. */
async function waitingForSlot(
  tx: Transaction,
  { campaignId, pool, queuedAt }: Campaign,
  slots: StartParts['slots'],
  now: Date,
): Promise<(Step & { dueAt: Date }) | null> {
  // Whoever holds the pool's row is the only one who counts and takes.
  await tx.query('SELECT FROM campaign_pool WHERE pool = $1 FOR UPDATE', [pool]);
  const { rows } = await tx.query<{ taken: number; ahead: number }>(
    `SELECT count(*) FILTER (WHERE ${HOLDS_SLOT})::int AS taken,
            count(*) FILTER (WHERE ${waitsForSlot('$3::timestamptz')}
                               AND (queued_at, campaign_id) < ($4, $2::uuid))::int AS ahead
       FROM campaign WHERE pool = $1 AND campaign_id <> $2`,
    [pool, campaignId, now, queuedAt ?? now],
  );
  const { ahead = 0, taken = 0 } = rows[0] ?? {};
  if (slots[pool] - taken - ahead > 0) return null;
  const place = `${taken} of ${slots[pool]} ${pool} campaigns are under way, ${ahead} wait before it`;
  return {
    reason: `Waits for a slot: ${place}.`,
    waitsFor: 'slot',
    queuedAt: queuedAt ?? now,
    dueAt: after(now, SLOT_MS),
  };
}

/** The next part of the audience; after the last the campaign becomes active, or gives its slot back and waits for its approval. */
export async function load(tx: Transaction, campaign: Campaign, parts: StartParts, now: Date): Promise<Step> {
  const loaded = await loadAudience(tx, campaign, await readFields(tx), now);
  if (loaded.kind === 'faults')
    return failed('audience', `Its audience cannot be made: ${loaded.reason}`, now);
  if (loaded.to !== null) return { loadedTo: loaded.to, dueAt: now };
  const contacts = await countOf(tx, campaign.campaignId, ['pending']);
  const status = step('loading', 'activate');
  const reason = lackOfApproval(campaign, contacts, parts);
  if (reason !== null) {
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

/** Why a second person has to approve a campaign to so many people; null: nobody has to, or somebody has, of as many. Pure. */
export function lackOfApproval(
  approval: Pick<Campaign, 'approvedAt' | 'approvedContacts'>,
  contacts: number,
  { approvalAbove }: Pick<StartParts, 'approvalAbove'>,
): string | null {
  if (approvalAbove === null || contacts <= approvalAbove || isApprovedFor(approval, contacts)) return null;
  const { approvedAt, approvedContacts } = approval;
  if (approvedAt === null)
    return `Its audience of ${contacts} is above ${approvalAbove}: a second person has to approve it.`;
  return `Its audience of ${contacts} is larger than the ${approvedContacts} that were approved: a second person has to approve it again.`;
}
