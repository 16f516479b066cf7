import { openStates } from '#shared/campaigns/counts.ts';
import { slotStatuses, step } from '#shared/campaigns/lifecycle.ts';
import { type Campaign, lockDueCampaign, type Progress, writeProgress } from '#shared/campaigns/store.ts';
import { cancelWaiting, takeBackQueued } from '#shared/campaigns/take-back.ts';
import { readFields } from '#shared/contacts/store.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { type Dispatched, type DispatchParts, dispatchDue } from './dispatch.ts';
import { loadAudience } from './load.ts';
import { settleQueued } from './settle.ts';

export interface OrchestratorParts extends DispatchParts {
  /** Campaigns of a pool that may be under way at the same time. */
  slots: Readonly<Record<Campaign['pool'], number>>;
  /** Contacts in one transaction. */
  batchSize: number;
  /** Messages a second of a campaign that names no pace of its own. */
  messagesPerSecond: number;
  /** Audiences above this need a second person's approval; null: none does. */
  approvalAbove: number | null;
}

/** What was done to one campaign. */
export interface Turn {
  campaignId: string;
  /** Null: nothing was due for dispatch. */
  dispatched: Dispatched | null;
  /** Status that it came into; null: it stayed. */
  became: Campaign['status'] | null;
}

/** How much is queued ahead, in seconds of the pace: what pause, stop, closing windows and opt-outs have to take back. */
const RUNWAY_SECONDS = 60;
/** A campaign that is under way is looked at so often, in ms. */
const TICK_MS = 1_000;
/** One that waits for a slot, in ms: whoever frees one does not know who waits. */
const SLOT_MS = 2_000;

/**
 * Takes the campaign that has been due for longest a step further, in one transaction under the lock on its row: whoever
 * dies in the middle leaves it where it was. Every task of the service may call it at any time; two of them never work on
 * one campaign. Returns null when none is due.
 */
export function takeTurn(pool: Pool, parts: OrchestratorParts): Promise<Turn | null> {
  return inTransaction(pool, async (tx) => {
    const now = parts.clock.now();
    const campaign = await lockDueCampaign(tx, now);
    if (campaign === null) return null;
    const { dispatched = null, ...progress } = await stepOf(tx, campaign, parts, now);
    await writeProgress(tx, campaign.campaignId, progress, now);
    return { campaignId: campaign.campaignId, dispatched, became: progress.status ?? null };
  });
}

/** When the next campaign is due (business time); null: none waits for anything. */
export async function nextDue(pool: Pool): Promise<Date | null> {
  const { rows } = await pool.query<{ due_at: Date | null }>('SELECT min(due_at) AS due_at FROM campaign');
  return rows[0]?.due_at ?? null;
}

type Step = Progress & { dispatched?: Dispatched };

async function stepOf(
  tx: Transaction,
  campaign: Campaign,
  parts: OrchestratorParts,
  now: Date,
): Promise<Step> {
  switch (campaign.status) {
    case 'scheduled':
      return begin(tx, campaign, parts, now);
    case 'loading':
      return load(tx, campaign, parts, now);
    case 'active':
      return goOn(tx, campaign, parts, now);
    case 'completed':
    case 'stopped':
    case 'failed':
      return windUp(tx, campaign, now);
    case 'draft':
    case 'paused':
      return { dueAt: null };
  }
}

const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms);

const failed = (reason: string, now: Date): Step => ({
  status: 'failed',
  pausedFrom: null,
  reason,
  endedAt: now,
  queuedAt: null,
  dueAt: now,
});

/** A campaign whose time has come takes a slot of its pool, or waits for one behind those that came before it. */
async function begin(
  tx: Transaction,
  campaign: Campaign,
  { slots }: OrchestratorParts,
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
    return { reason: `Waits for a slot: ${place}.`, queuedAt: queuedAt ?? now, dueAt: after(now, SLOT_MS) };
  }
  return { status: step('scheduled', 'load'), reason: null, queuedAt: null, dueAt: now };
}

/** The next part of the audience; after the last the campaign becomes active, or waits for its approval. */
async function load(tx: Transaction, campaign: Campaign, parts: OrchestratorParts, now: Date): Promise<Step> {
  const loaded = await loadAudience(tx, campaign, await readFields(tx), now);
  if (loaded.kind === 'faults') return failed(`Its audience cannot be made: ${loaded.reason}`, now);
  if (loaded.to !== null) return { loadedTo: loaded.to, dueAt: now };
  const contacts = await countOf(tx, campaign.campaignId, ['pending']);
  const { approvalAbove } = parts;
  const status = step('loading', 'activate');
  if (approvalAbove !== null && contacts > approvalAbove && campaign.approvedAt === null) {
    const reason = `Its audience of ${contacts} is above ${approvalAbove}: a second person has to approve it.`;
    return { status: 'paused', pausedFrom: 'active', reason, loadedAt: now, dueAt: null };
  }
  return { status, loadedAt: now, startedAt: campaign.startedAt ?? now, pacedAt: now, dueAt: now };
}

/** Takes over what became of its messages, and plans as many as its pace and its runway leave room for. */
async function goOn(tx: Transaction, campaign: Campaign, parts: OrchestratorParts, now: Date): Promise<Step> {
  const { campaignId, endAt } = campaign;
  await settleQueued(tx, campaignId);
  if (endAt !== null && endAt <= now) {
    await takeBackQueued(tx, campaignId, { state: 'cancelled', rule: 'ended' }, now);
    if ((await cancelWaiting(tx, campaignId, 'ended')) > 0) return { dueAt: now };
  }
  const rate = campaign.definition.messagesPerSecond ?? parts.messagesPerSecond;
  const queued = await countOf(tx, campaignId, ['queued']);
  const { count, pacedAt } = allowance({
    rate,
    queued,
    pacedAt: campaign.pacedAt,
    now,
    batchSize: parts.batchSize,
  });
  const dispatched = count > 0 ? await dispatchDue(tx, campaign, count, parts) : null;
  const progress: Step = {
    pacedAt,
    startedAt: campaign.startedAt ?? now,
    ...(dispatched === null ? {} : { dispatched }),
  };
  // More are due, and there is room for them.
  if (dispatched !== null && dispatched.due === count) return { ...progress, dueAt: now };
  if ((await countOf(tx, campaignId, openStates)) === 0) {
    return { ...progress, status: step('active', 'complete'), endedAt: now, dueAt: null };
  }
  const isBusy = count === 0 || queued + (dispatched?.queued ?? 0) > 0;
  return { ...progress, dueAt: isBusy ? after(now, TICK_MS) : await nextContact(tx, campaignId, endAt, now) };
}

/**
 * How many contacts may be planned now, and up to when the pace is then used: what the pace brought since it was last
 * used, for a runway at most, less what is still queued. Pure.
 */
export function allowance({
  batchSize,
  now,
  pacedAt,
  queued,
  rate,
}: {
  rate: number;
  queued: number;
  pacedAt: Date | null;
  now: Date;
  batchSize: number;
}): { count: number; pacedAt: Date } {
  // What was not used for longer than a runway is gone.
  const from = Math.max(pacedAt?.getTime() ?? 0, now.getTime() - RUNWAY_SECONDS * 1_000);
  const brought = Math.floor(((now.getTime() - from) / 1_000) * rate);
  const room = Math.max(0, Math.ceil(rate * RUNWAY_SECONDS) - queued);
  const count = Math.min(brought, room, batchSize);
  return { count, pacedAt: new Date(from + (count / rate) * 1_000) };
}

/** An ended campaign: the rest of its audience is told apart, and messages at the carrier are still taken over. */
async function windUp(tx: Transaction, { campaignId, status }: Campaign, now: Date): Promise<Step> {
  await settleQueued(tx, campaignId);
  if ((await cancelWaiting(tx, campaignId, status)) > 0) return { dueAt: now };
  return { dueAt: (await countOf(tx, campaignId, ['queued'])) > 0 ? after(now, TICK_MS) : null };
}

async function countOf(tx: Transaction, campaignId: string, states: readonly string[]): Promise<number> {
  const { rows } = await tx.query<{ contacts: number }>(
    `SELECT coalesce(sum(value), 0)::int AS contacts FROM campaign_count WHERE campaign_id = $1 AND measure = ANY ($2)`,
    [campaignId, states],
  );
  return rows[0]?.contacts ?? 0;
}

/** When the next contact is due; the end of the campaign if that is sooner. */
async function nextContact(
  tx: Transaction,
  campaignId: string,
  endAt: Date | null,
  now: Date,
): Promise<Date> {
  const { rows } = await tx.query<{ due_at: Date | null }>(
    `SELECT min(due_at) AS due_at FROM campaign_contact WHERE campaign_id = $1 AND state IN ('pending', 'held')`,
    [campaignId],
  );
  const due = rows[0]?.due_at ?? after(now, TICK_MS);
  return endAt !== null && endAt < due ? endAt : due;
}
