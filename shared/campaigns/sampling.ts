import type { Count } from './counts.ts';
import { compareVariants, type Experiment, type ExperimentMetric } from './experiment.ts';
import type { Share } from './interval.ts';
import { codeOfRetry } from './retry.ts';
import type { Campaign } from './store.ts';

/** How far the experiment of a campaign has come, by its counts. Pure. */

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
const TRIED = ['sent', 'delivered', 'undelivered', 'failed'];

/** The stage of a campaign that is active. */
export function stageOf(
  {
    decidedAt,
    definition: { experiment, variants },
    sampledAt,
    winner,
  }: Pick<Campaign, 'definition' | 'sampledAt' | 'decidedAt' | 'winner'>,
  counts: readonly Count[],
  now: Date,
): Stage {
  if (experiment === null || !experiment.automatic || variants.length < 2)
    return { kind: 'open', winner: null };
  if (decidedAt !== null) return { kind: 'open', winner };
  if (sampledAt === null) {
    const room = variants.map((_, variant) =>
      Math.max(0, experiment.sample - triedOf(counts, variant) - sumOf(counts, variant, ['queued'])),
    );
    // A variant with fewer contacts than its sample has given all it can.
    const isGoing = room.some((left, variant) => left > 0 && waitingOf(counts, variant) > 0);
    const isQueued = variants.some((_, variant) => sumOf(counts, variant, ['queued']) > 0);
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
  counts: readonly Count[],
  variants: number,
): readonly Share[] =>
  Array.from({ length: variants }, (_, variant) => {
    const trials = triedOf(counts, variant);
    return { trials, successes: Math.min(trials, sumOf(counts, variant, [measureOf[metric]])) };
  });

const measureOf: Readonly<Record<ExperimentMetric, string>> = { delivered: 'delivered', reply: 'replied' };

/** Also those who are written to again. */
const triedOf = (counts: readonly Count[], variant: number): number =>
  sumOf(counts, variant, TRIED) + retriedOf(counts, variant);

const waitingOf = (counts: readonly Count[], variant: number): number =>
  sumOf(counts, variant, ['pending', 'held']) - retriedOf(counts, variant);

const retriedOf = (counts: readonly Count[], variant: number): number =>
  counts.reduce(
    (sum, { measure, value, variant: of }) =>
      of === variant && measure.startsWith('held:') && codeOfRetry(measure.slice('held:'.length)) !== null
        ? sum + value
        : sum,
    0,
  );

const sumOf = (counts: readonly Count[], variant: number, measures: readonly string[]): number =>
  counts.reduce(
    (sum, { measure, value, variant: of }) =>
      of === variant && measures.includes(measure) ? sum + value : sum,
    0,
  );
