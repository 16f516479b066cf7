import { choiceOf, stageNow } from '#shared/campaigns/choice.ts';
import { countOf } from '#shared/campaigns/counts.ts';
import { type DispatchParts, dispatchDue } from '#shared/campaigns/dispatch.ts';
import { readGuard } from '#shared/campaigns/guard.ts';
import { ofChannels, pacedAfter, roomsOf } from '#shared/campaigns/rooms.ts';
import { settleQueued } from '#shared/campaigns/settle.ts';
import { lockCampaign, writeProgress } from '#shared/campaigns/store.ts';
import { throttle } from '#shared/campaigns/throttled.ts';
import { retryRuleOf } from '#shared/campaigns/write-standings.ts';
import { shareFence } from '#shared/erasure/fence.ts';
import { messageOf } from '#shared/errors.ts';
import { roleOf } from '#shared/postgres/grants.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { readinessOfCampaign } from '#shared/senders/campaign-readiness.ts';
import { readCampaignSenders } from '#shared/senders/campaign-senders.ts';
import { InHand } from '#shared/throttle/in-hand.ts';

/** What one batch came to, in the words that older systems know. */
export interface DispatchReport {
  campaignId: string;
  /** Contacts for whom something was done: the next four, and those whose repetition was found to be needless. */
  totalContacts: number;
  /** Given to the senders; a drill: asked to start. */
  sentCount: number;
  /** Who may never be written to, for whom there is no text, or whose contact is gone. */
  skippedCount: number;
  /** Who may not be written to now. */
  heldCount: number;
  /** Whose earlier message the carrier refused, as was found now. */
  failedCount: number;
  /** Why nothing, or not everything that is due, was done. */
  errors: string[];
}

export interface ByHandParts extends DispatchParts {
  batchSize: number;
  /** Messages a second of a campaign that names no pace. */
  messagesPerSecond: number;
}

/**
 * Plans one batch of a campaign as the service `campaigns` does: by the same code, under the same lock on the campaign's
 * row, with the rights of that service and no others. Its pace and its runway hold: while the service works, it finds
 * little left to do. Messages leave through the service's outbox. Never rejects for what can be said in the report.
 */
export async function dispatchByHand(
  pool: Pool,
  campaignId: string,
  parts: ByHandParts,
): Promise<DispatchReport> {
  let failed = 0;
  const hand = new InHand(pool, parts.clock);
  const nothing = (...errors: string[]): DispatchReport => ({
    ...{
      campaignId,
      totalContacts: failed,
      sentCount: 0,
      skippedCount: 0,
      heldCount: 0,
      failedCount: failed,
    },
    errors,
  });
  try {
    // Phones are locked once in a transaction: what became of earlier messages is taken over in one of its own.
    failed = await asCampaigns(pool, async (tx) => {
      const campaign = await lockCampaign(tx, campaignId);
      if (campaign?.status !== 'active') return 0;
      const before = await countOf(tx, campaignId, ['failed']);
      const at = { now: parts.clock.now(), prices: parts.prices };
      await settleQueued(tx, campaignId, retryRuleOf(campaign), at);
      return (await countOf(tx, campaignId, ['failed'])) - before;
    });
    return await asCampaigns(pool, async (tx) => {
      const campaign = await lockCampaign(tx, campaignId);
      if (campaign === null) return nothing('There is no such campaign.');
      if (campaign.status !== 'active') return nothing(`The campaign is ${campaign.status}, not active.`);
      const now = parts.clock.now();
      if (campaign.endAt !== null && campaign.endAt <= now) return nothing('The campaign is over.');
      const { canary } = campaign.definition;
      if (canary !== null && (await readGuard(tx, campaignId))?.stage !== 'open') {
        return nothing('Its careful start is under way, which the service leads.');
      }
      const senders = await readCampaignSenders(tx, campaign.definition, parts, now);
      const readiness = readinessOfCampaign(campaign, senders);
      if (readiness.kind === 'waits') return nothing(readiness.reason);
      const limits = { rate: readiness.rate, part: 1, room: null };
      const rooms = await roomsOf(tx, campaign, limits, parts, now);
      const rate = rooms.reduce((sum, room) => sum + room.rate, 0);
      if (rooms.every(({ count }) => count === 0)) {
        const queued = rooms.reduce((sum, room) => sum + room.queued, 0);
        return nothing(`Its pace of ${rate} a second leaves no room now: ${queued} messages are queued.`);
      }
      const choice = choiceOf(await stageNow(tx, campaign, { hasShortLinks: parts.links !== null, now }));
      const asked = { room: null, mayPlan: true, choice, hand, now };
      const { most: mostOfAll, planned, rooms: shared } = await throttle(tx, campaign, rooms, asked);
      const dispatched = await dispatchDue(tx, campaign, {
        ...ofChannels(shared),
        mostOfAll,
        choice,
        parts,
        now,
      });
      const kept = await planned(dispatched);
      const { blocked, due, held, left, overBudget, queued: sent, skipped } = dispatched;
      await writeProgress(tx, campaignId, pacedAfter(campaign, rooms, dispatched, now), now);
      hand.commits();
      return {
        campaignId,
        totalContacts: due - left + failed,
        sentCount: sent,
        skippedCount: blocked + skipped,
        heldCount: held,
        failedCount: failed,
        errors: [
          ...(kept.reason === null ? [] : [kept.reason]),
          ...(left === 0 || kept.reason !== null ? [] : [whyLeft(left, overBudget ? null : rate)]),
        ],
      };
    });
  } catch (error) {
    // The transaction has undone everything.
    await hand.release();
    return nothing(`Nothing was done: ${messageOf(error)}`);
  }
}

/** `rate`: its pace, which has left them for later; null: its budget has. */
const whyLeft = (left: number, rate: number | null): string =>
  rate === null
    ? `Its budget does not allow ${left} more.`
    : `Its pace of ${rate} a second left ${left} for later.`;

/** In a transaction that may do what the service may. */
function asCampaigns<T>(pool: Pool, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (tx) => {
    await tx.query(`SET LOCAL ROLE ${roleOf('campaigns')}`);
    // Nobody is erased between being looked at and being written to.
    await shareFence(tx);
    return work(tx);
  });
}

/** Lets the owner of the database, who made the service's role, act as it: PostgreSQL 16 and later do not by themselves. */
export async function mayActAsCampaigns(pool: Pool): Promise<void> {
  await pool.query(`GRANT ${roleOf('campaigns')} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE`);
}
