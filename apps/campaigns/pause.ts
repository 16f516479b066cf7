import type { DispatchParts } from '#shared/campaigns/dispatch.ts';
import { writeTrip } from '#shared/campaigns/guard.ts';
import { MICROS, moneyOf } from '#shared/campaigns/prices.ts';
import { readSpend } from '#shared/campaigns/spend.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { Step } from './step.ts';

/** One that pauses by itself: somebody has to resume it. Nothing of it is queued. */
export const pausedBecause = ({ endAt }: Campaign, reason: string): Step => ({
  status: 'paused',
  pausedFrom: 'active',
  reason,
  dueAt: endAt,
});

/** One whose next message would cost more than is left. */
export async function pauseForBudget(
  tx: Transaction,
  campaign: Campaign,
  { prices }: Pick<DispatchParts, 'prices'>,
  now: Date,
): Promise<Step> {
  const { budgetMicros, micros } = await readSpend(tx, campaign.campaignId);
  const budget = budgetMicros ?? Math.round((campaign.definition.budget ?? 0) * MICROS);
  await writeTrip(tx, campaign.campaignId, 'budget', now);
  const spent = `it has cost ${moneyOf(micros, prices)} of ${moneyOf(budget, prices)}`;
  return pausedBecause(campaign, `Paused by its budget: ${spent}, and the next message would be above it.`);
}
