import type { z } from 'zod';
import { keywordKey, keywordMeasure } from '#shared/campaigns/accepted-keywords.ts';
import { CLICKED, type ContactState, type Count, contactStates, STEP } from '#shared/campaigns/counts.ts';
import {
  CALL_SECONDS,
  callMeasure,
  deliveryOutcomes,
  OPTED_OUT,
  segmentsMeasure,
} from '#shared/campaigns/deliveries.ts';
import { compareVariants } from '#shared/campaigns/experiment.ts';
import { MICROS } from '#shared/campaigns/prices.ts';
import { REPLIED } from '#shared/campaigns/replied.ts';
import { type SampleCounts, sharesOf } from '#shared/campaigns/sampling.ts';
import type { Spend } from '#shared/campaigns/spend.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import { callOutcomes } from '#shared/voice/call-outcomes.ts';
import { endingSchema, type metricsSchema } from './metrics-schemas.ts';
import { codeInWords, reasonInWords } from './words.ts';

type Metrics = z.input<typeof metricsSchema>;
type Counted = Omit<Metrics, 'variants' | 'experiment' | 'cost'>;

/** What a campaign has come to, and each of its variants: contacts by state and reason, messages by what the carrier says. */
export function metricsOf(
  campaign: Pick<Campaign, 'definition' | 'sampledAt' | 'decidedAt' | 'winner'>,
  counts: SampleCounts,
  messages: readonly Count[],
  spend: Pick<Spend, 'micros'>,
  variantSpend: ReadonlyMap<number, number>,
): Metrics {
  const { contacts } = counts;
  const { acceptedKeywords, variants } = campaign.definition;
  const positions = [
    ...new Set([
      ...variants.keys(),
      ...variantSpend.keys(),
      ...[...contacts, ...messages].map(({ variant }) => variant),
    ]),
  ].sort((a, b) => a - b);
  return {
    ...counted(contacts, messages, acceptedKeywords),
    cost: spend.micros / MICROS,
    experiment: experimentOf(campaign, counts),
    variants: positions.map((position) => {
      const isOf = ({ variant }: Count): boolean => variant === position;
      return {
        variant: position,
        name: variants[position]?.name ?? '',
        ...counted(contacts.filter(isOf), messages.filter(isOf), acceptedKeywords),
        cost: (variantSpend.get(position) ?? 0) / MICROS,
      };
    }),
  };
}

function counted(
  contacts: readonly Count[],
  messages: readonly Count[],
  keywords: readonly string[],
): Counted {
  const people = sumsOf(contacts);
  const told = sumsOf(messages);
  const states = contactStates
    .map((state) => ({ state, contacts: people.get(state) ?? 0, reasons: reasonsOf(state, people) }))
    .filter((each) => each.contacts > 0);
  return {
    total: states.reduce((sum, each) => sum + each.contacts, 0),
    replied: people.get(REPLIED) ?? 0,
    keywords: keywords.map((keyword) => ({
      keyword,
      contacts: people.get(keywordMeasure(keywordKey(keyword))) ?? 0,
    })),
    clicked: people.get(CLICKED) ?? 0,
    states,
    steps: within(people, STEP).map(([key, contacts]) => {
      const [step = '', via = ''] = key.split(':');
      return { step: Number(step), via: endingSchema.parse(via), contacts };
    }),
    deliveries: deliveryOutcomes
      .map((outcome) => ({ outcome, messages: told.get(outcome) ?? 0, codes: codesOf(outcome, told) }))
      .filter((each) => each.messages > 0),
    segments: within(told, segmentsMeasure('')).reduce((sum, [, segments]) => sum + segments, 0),
    calls: callOutcomes
      .map((outcome) => ({ outcome, calls: told.get(callMeasure(outcome)) ?? 0 }))
      .filter((each) => each.calls > 0),
    callSeconds: told.get(CALL_SECONDS) ?? 0,
    optedOut: told.get(OPTED_OUT) ?? 0,
  };
}

function sumsOf(counts: readonly Count[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { measure, value } of counts) sums.set(measure, (sums.get(measure) ?? 0) + value);
  return sums;
}

/** What begins with a word, without it. */
const within = (sums: ReadonlyMap<string, number>, prefix: string): [string, number][] =>
  [...sums].flatMap(([measure, value]): [string, number][] =>
    measure.startsWith(prefix) && value > 0 ? [[measure.slice(prefix.length), value]] : [],
  );

const reasonsOf = (state: ContactState, sums: ReadonlyMap<string, number>) =>
  within(sums, `${state}:`).map(([rule, contacts]) => ({ rule, says: reasonInWords(rule), contacts }));

const codesOf = (outcome: string, sums: ReadonlyMap<string, number>) =>
  within(sums, `${outcome}:`).map(([code, messages]) => ({ code, says: codeInWords(code), messages }));

function experimentOf(
  { decidedAt, definition, sampledAt, winner }: Parameters<typeof metricsOf>[0],
  counts: SampleCounts,
): Metrics['experiment'] {
  const { experiment, variants } = definition;
  if (experiment === null) return null;
  const compared = compareVariants(sharesOf(experiment.metric, counts, variants.length), experiment);
  return {
    metric: experiment.metric,
    isComplete: compared.isComplete,
    leader: compared.winner,
    sampledAt: sampledAt?.toISOString() ?? null,
    decidedAt: decidedAt?.toISOString() ?? null,
    winner,
    variants: compared.variants.map(({ interval, lead, share, successes, trials, variant }) => ({
      variant,
      tried: trials,
      successes,
      share,
      interval,
      lead,
    })),
  };
}
