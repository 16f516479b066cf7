import { CLICKED, type ContactState, type Count } from './counts.ts';
import { compareVariants, type Experiment, type ExperimentMetric } from './experiment.ts';
import type { Share } from './interval.ts';
import { REPLIED } from './replied.ts';
import type { Campaign } from './store.ts';
import { sumOf, TRIED } from './tried.ts';

/** How far the experiment of a campaign has come, by its counts. Pure. */

/** What is counted of the contacts of a campaign. */
export interface SampleCounts {
  /** By state, and by what they did. */
  contacts: readonly Count[];
  /** Those whom the carrier was asked to write to before and whose state does not say so (`tried.ts`). */
  triedBefore: readonly Count[];
}

export type Stage =
  /** Everybody may be written to; those who were not yet get this variant, or, null, their own. */
  | { kind: 'open'; winner: number | null }
  /** Only so many more of each variant. */
  | { kind: 'sample'; room: readonly number[] }
  /** The sample has gone; until then nobody else is written to. */
  | { kind: 'wait'; sampledAt: Date; until: Date }
  /** It is time to say which is better. */
  | { kind: 'decide'; winner: number | null };

const MINUTE_MS = 60_000;

/** The stage of a campaign that is active. */
export function stageOf(
  {
    decidedAt,
    definition: { experiment, variants },
    sampledAt,
    winner,
  }: Pick<Campaign, 'definition' | 'sampledAt' | 'decidedAt' | 'winner'>,
  counts: SampleCounts,
  now: Date,
): Stage {
  if (experiment === null || !experiment.automatic || variants.length < 2)
    return { kind: 'open', winner: null };
  if (decidedAt !== null) return { kind: 'open', winner };
  if (sampledAt === null) {
    const room = variants.map((_, variant) =>
      Math.max(0, experiment.sample - triedOf(counts, variant) - firstOf(counts, variant, ['queued'])),
    );
    // A variant with fewer contacts than its sample has given all it can.
    const isGoing = room.some(
      (left, variant) => left > 0 && firstOf(counts, variant, ['pending', 'held']) > 0,
    );
    const isQueued = variants.some((_, variant) => firstOf(counts, variant, ['queued']) > 0);
    return isGoing || isQueued ? { kind: 'sample', room } : waitSince(now, experiment);
  }
  const waiting = waitSince(sampledAt, experiment);
  if (now < waiting.until) return waiting;
  const shares = sharesOf(experiment.metric, counts, variants.length);
  return { kind: 'decide', winner: compareVariants(shares, experiment).winner };
}

const waitSince = (sampledAt: Date, { waitMinutes }: Experiment) => ({
  kind: 'wait' as const,
  sampledAt,
  until: new Date(sampledAt.getTime() + waitMinutes * MINUTE_MS),
});

/** Of those whom the carrier was asked to write to, how many did what is hoped for; by variant. */
export const sharesOf = (
  metric: ExperimentMetric,
  counts: SampleCounts,
  variants: number,
): readonly Share[] =>
  Array.from({ length: variants }, (_, variant) => {
    const trials = triedOf(counts, variant);
    return { trials, successes: Math.min(trials, sumOf(counts.contacts, [measureOf[metric]], variant)) };
  });

const measureOf: Readonly<Record<ExperimentMetric, string>> = {
  delivered: 'delivered',
  reply: REPLIED,
  click: CLICKED,
  answer: 'answered',
};

/** Also those who are written to again, and those whose repetition came to nothing: nobody leaves a sample. */
const triedOf = ({ contacts, triedBefore }: SampleCounts, variant: number): number =>
  sumOf(contacts, TRIED, variant) +
  sumOf(
    triedBefore,
    triedBefore.map(({ measure }) => measure),
    variant,
  );

/** Those in these states whom nothing was asked for yet. */
const firstOf = (
  { contacts, triedBefore }: SampleCounts,
  variant: number,
  states: readonly ContactState[],
): number => sumOf(contacts, states, variant) - sumOf(triedBefore, states, variant);
