import { z } from 'zod';
import { deviationsHolding, difference, type Interval, type Share, shareOf, wilson } from './interval.ts';

/**
 * Which text of a campaign does better. Its variants go to a sample of the audience; after a time they are compared, once,
 * by how many of each did what was hoped for. Where that is wanted, the rest of the audience waits and gets the winner.
 */

const MINUTES_OF_A_WEEK = 10_080;

export const experimentSchema = z.strictObject({
  /** What is hoped for: that it arrives, that they reply, that they follow a link in it, or that they answer the call. */
  metric: z.enum(['delivered', 'reply', 'click', 'answer']),
  /** Contacts of each variant before anything is concluded. */
  sample: z.int().min(10).max(1_000_000),
  /** How long people have to do it after the sample has gone. */
  waitMinutes: z.int().min(1).max(MINUTES_OF_A_WEEK).default(240),
  /** How sure a winner has to be. */
  confidence: z.union([z.literal(0.9), z.literal(0.95), z.literal(0.99)]).default(0.95),
  /** Whether the rest of the audience waits, and gets the winner. Without one they get what was drawn for them. */
  automatic: z.boolean().default(false),
});
export type Experiment = z.infer<typeof experimentSchema>;
export type ExperimentMetric = Experiment['metric'];

/** How a variant did. */
export interface VariantResult extends Share {
  variant: number;
  share: number;
  interval: Interval;
  /** How much more than the best of the others; for the best one alone can it be above 0 at both ends. */
  lead: Interval;
}

export interface Verdict {
  variants: readonly VariantResult[];
  /** Position of the variant that is better than every other, as surely as was asked for. Null: none is. */
  winner: number | null;
  /** Whether every variant has its sample; before that there is no winner. */
  isComplete: boolean;
}

/**
 * Compares variants, by position. A variant wins when each has its sample and the interval of its difference to every other
 * lies above 0. With several variants each comparison is the stricter for it (Bonferroni), so that the confidence holds
 * for all of them together. It holds for one look: whoever looks again and again until there is a winner finds one in
 * the end, so the campaign decides at a time that was set before. Pure.
 */
export function compareVariants(
  shares: readonly Share[],
  { confidence, sample }: Pick<Experiment, 'confidence' | 'sample'>,
): Verdict {
  const z = deviationsHolding(confidence);
  const comparisons = Math.max(1, shares.length - 1);
  const strict = deviationsHolding(1 - (1 - confidence) / comparisons);
  const variants = shares.map((each, variant): VariantResult => {
    const leads = shares
      .filter((_, other) => other !== variant)
      .map((other) => difference(each, other, strict));
    return {
      ...each,
      variant,
      share: shareOf(each),
      interval: wilson(each, z),
      lead: leads.reduce((least, lead) => (lead.low < least.low ? lead : least), { low: 1, high: 1 }),
    };
  });
  const isComplete = shares.length > 1 && shares.every(({ trials }) => trials >= sample);
  const best = isComplete ? variants.find(({ lead }) => lead.low > 0) : undefined;
  return { variants, isComplete, winner: best?.variant ?? null };
}
