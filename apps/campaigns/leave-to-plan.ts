import { type BreakerLimits, tripInWords, tripOf } from '#shared/breakers/judge.ts';
import { readCampaignSample } from '#shared/breakers/read-samples.ts';
import { startStep } from '#shared/campaigns/careful-start.ts';
import { countOf } from '#shared/campaigns/counts.ts';
import type { Canary } from '#shared/campaigns/definition.ts';
import { guardOf, writeStage, writeTrip } from '#shared/campaigns/guard.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import { readTriedBefore, sumOf, TRIED } from '#shared/campaigns/tried.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { readinessOfCampaign } from '#shared/senders/campaign-readiness.ts';
import { readCampaignSenders, type SendsFrom } from '#shared/senders/campaign-senders.ts';

export interface GuardParts extends SendsFrom {
  /** Above which shares a campaign pauses. */
  breaker: BreakerLimits;
}

/** How much a campaign that is active may plan now, as far as its numbers and its careful start are concerned. */
export type Leave =
  | {
      kind: 'goes';
      /** Most messages a second; null: as many as it likes. */
      rate: number | null;
      /** Part of its pace. */
      part: number;
      /** Most messages now; null: as its pace has it. */
      room: number | null;
      /** Why nothing goes now, for people; null: it does. */
      reason: string | null;
      /** Nothing goes before; null: nobody can say, or something does. */
      until: Date | null;
    }
  | { kind: 'pauses'; reason: string };

/** One whose numbers wait for somebody is looked at again after so long, in ms. */
const AGAIN_MS = 15_000;

const WAITING = ['pending', 'held'] as const;
/** Those to whom something went. */
const WRITTEN = [...TRIED, 'queued'] as const;

/** Asks the numbers of a campaign, then its careful start. The campaign's row is locked. */
export async function leaveToPlan(
  tx: Transaction,
  campaign: Campaign,
  { breaker, carriers, ownNumber }: GuardParts,
  now: Date,
): Promise<Leave> {
  // Before anything else: one that was resumed is counted anew also while its numbers keep it waiting.
  const guard = await guardOf(tx, campaign, now);
  const senders = await readCampaignSenders(tx, campaign.definition, { carriers, ownNumber }, now);
  const readiness = readinessOfCampaign(campaign, senders);
  const again = new Date(now.getTime() + AGAIN_MS);
  if (readiness.kind === 'waits') {
    const until = readiness.until ?? again;
    return { kind: 'goes', rate: null, part: 1, room: 0, reason: readiness.reason, until };
  }
  const { canary } = campaign.definition;
  const free: Leave = { kind: 'goes', rate: readiness.rate, part: 1, room: null, reason: null, until: null };
  if (canary === null || guard.stage === 'open') return free;
  return carefulLeave(tx, { campaign, canary, free, breaker, guard }, now);
}

async function carefulLeave(
  tx: Transaction,
  {
    breaker,
    campaign: { campaignId, type },
    canary,
    free,
    guard,
  }: {
    campaign: Campaign;
    canary: Canary;
    free: Extract<Leave, { kind: 'goes' }>;
    breaker: BreakerLimits;
    guard: Awaited<ReturnType<typeof guardOf>>;
  },
  now: Date,
): Promise<Leave> {
  // Whoever was written to stays so, whatever becomes of the repetition: a slice that fails is not made up for by others.
  const again = await readTriedBefore(tx, campaignId);
  const written =
    (await countOf(tx, campaignId, WRITTEN)) + sumOf(again, ['pending', 'held', 'blocked', 'cancelled']);
  const waiting = (await countOf(tx, campaignId, WAITING)) - sumOf(again, WAITING);
  const queued = (await countOf(tx, campaignId, ['queued'])) - sumOf(again, ['queued']);
  const audience = written + waiting;
  const facts = { canary, audience, written, queued, waiting, now };
  const step = startStep({ stage: guard.stage, since: guard.stageSince }, facts);
  if (step.look) {
    const what = type === 'voice' ? 'calls' : 'messages';
    const fault = await faultOfSlice(tx, campaignId, canary, breaker, what);
    if (fault !== null) {
      await writeTrip(tx, campaignId, 'canary', now);
      return { kind: 'pauses', reason: `Paused after its first ${written} ${what}: ${fault}` };
    }
    await writeStage(tx, campaignId, 'ramp', now);
    const { part, room } = startStep({ stage: 'ramp', since: now }, facts);
    return { ...free, part, room };
  }
  if (step.stage !== guard.stage) await writeStage(tx, campaignId, step.stage, now);
  const reason = step.stage === 'wait' ? `Waits to see what becomes of its first ${written} messages.` : null;
  return { ...free, part: step.part, room: step.room, reason, until: step.until };
}

/** What is wrong with what became of the slice; null: nothing. */
async function faultOfSlice(
  tx: Transaction,
  campaignId: string,
  canary: Canary,
  breaker: BreakerLimits,
  what: 'messages' | 'calls',
): Promise<string | null> {
  const sample = await readCampaignSample(tx, campaignId);
  const shareOf = (percent: number | null, usual: number): number =>
    percent === null ? usual : percent / 100;
  const trip = tripOf(sample, {
    // Of a slice all that is known counts.
    least: 1,
    most: {
      undelivered: shareOf(canary.undeliveredPercent, breaker.most.undelivered),
      filtered: shareOf(canary.filteredPercent, breaker.most.filtered),
      opted_out: shareOf(canary.optOutPercent, breaker.most.opted_out),
    },
  });
  if (trip !== null) return tripInWords(trip, what);
  return sample.known * 2 < sample.sent
    ? `the carrier has told what became of ${sample.known} of ${sample.sent}. Resume it to go on without that.`
    : null;
}
