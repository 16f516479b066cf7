import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import { readCounts } from './counts.ts';
import { type SampleCounts, type Stage, stageOf } from './sampling.ts';
import type { Campaign } from './store.ts';
import { readTriedBefore } from './tried.ts';

/** Which of its contacts may be written to now, and what they get: what its experiment leaves open. */
export interface Choice {
  /** How many more who were not written to yet, by variant; null: all. */
  room: readonly number[] | null;
  /** The variant that whoever was not written to yet gets; null: the one that was drawn for them. */
  winner: number | null;
}

export const EVERYBODY: Choice = { room: null, winner: null };

/**
 * How far the experiment of a campaign, which is active and whose row is locked, has come. One that goes by who follows links
 * keeps nobody waiting where links are not made short (`hasShortLinks`): nobody will be known to have followed one.
 */
export async function stageNow(
  tx: Transaction,
  campaign: Campaign,
  { hasShortLinks, now }: { hasShortLinks: boolean; now: Date },
): Promise<Stage> {
  const { experiment } = campaign.definition;
  const isOpen = !experiment?.automatic || campaign.decidedAt !== null;
  if (!isOpen && experiment.metric === 'click' && !hasShortLinks) return { kind: 'open', winner: null };
  return stageOf(campaign, isOpen ? NO_COUNTS : await readSampleCounts(tx, campaign.campaignId), now);
}

const NO_COUNTS: SampleCounts = { contacts: [], triedBefore: [] };

/** Whoever does not hold the lock on the campaign's row may see somebody twice, or not at all, who moves meanwhile. */
export const readSampleCounts = async (db: Queryable, campaignId: string): Promise<SampleCounts> => ({
  contacts: await readCounts(db, campaignId),
  triedBefore: await readTriedBefore(db, campaignId),
});

/** Who may be written to at a stage. Pure. */
export function choiceOf(stage: Stage): Choice {
  switch (stage.kind) {
    case 'open':
      return { ...EVERYBODY, winner: stage.winner };
    case 'sample':
      return { room: stage.room, winner: null };
    case 'wait':
    case 'decide':
      // Only who was written to before.
      return { room: [], winner: null };
  }
}
