import type { MessageStatus } from '#shared/carriers/status.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { CallOutcome } from '#shared/voice/call-outcomes.ts';

/**
 * What the carrier says of messages of campaigns (`campaign_delivery`), and what it adds up to
 * (`campaign_delivery_count`). The log writes both; whoever leads campaigns follows.
 */

/** From the carrier's point of view. `refused`: it never took the message. */
export const deliveryOutcomes = [
  'underway',
  'unconfirmed',
  'delivered',
  'read',
  'undelivered',
  'failed',
  'refused',
] as const;
export type DeliveryOutcome = (typeof deliveryOutcomes)[number];

/** Those that come with a code where the carrier gives one. */
export const missedOutcomes = [
  'undelivered',
  'failed',
  'refused',
] as const satisfies readonly DeliveryOutcome[];

export const isMissed = (outcome: DeliveryOutcome): boolean =>
  missedOutcomes.some((each) => each === outcome);

/** Whether it says that the person has the message. */
export const hasArrived = (outcome: DeliveryOutcome): boolean =>
  outcome === 'delivered' || outcome === 'read';

const outcomes: Partial<Record<MessageStatus, DeliveryOutcome>> = {
  sent_unconfirmed: 'unconfirmed',
  partially_delivered: 'delivered',
  delivered: 'delivered',
  read: 'read',
  completed: 'delivered',
  undelivered: 'undelivered',
  busy: 'undelivered',
  'no-answer': 'undelivered',
  failed: 'failed',
  canceled: 'failed',
};

/** What a status means for the count. `isRefused`: the carrier answered the request with an error. Total and pure. */
export const outcomeOf = (status: MessageStatus, isRefused: boolean): DeliveryOutcome =>
  isRefused ? 'refused' : (outcomes[status] ?? 'underway');

/** What is known of a call that is over. Price: what the carrier charged, decimal, in a currency. */
export interface EndedCall {
  outcome: CallOutcome | null;
  /** From the answer to the end. */
  seconds: number | null;
  price: string | null;
  currency: string | null;
}

/** What one message adds to the counts of its campaign and variant. */
export interface Delivery {
  campaignId: string;
  variant: number;
  carrier: string;
  outcome: DeliveryOutcome;
  errorCode: string | null;
  segments: number;
  /** Null: a text, or a call that is not over. */
  call: EndedCall | null;
}

/** How calls ended. */
export const callMeasure = (outcome: CallOutcome): string => `call:${outcome}`;
export const CALL_SECONDS = 'call_seconds';

/** Of which carrier segments are: prices differ. */
export const segmentsMeasure = (carrier: string): string => `segments:${carrier}`;
export const OPTED_OUT = 'opted_out';

/** A change of a count. */
export interface CountChange {
  campaignId: string;
  variant: number;
  measure: string;
  change: number;
}

/** What changes when a message counts otherwise than it did; null: it did not count, or counts no more. Pure. */
export const changesOf = (before: Delivery | null, after: Delivery | null): CountChange[] => [
  ...countsOf(before, -1),
  ...countsOf(after, 1),
];

function countsOf(delivery: Delivery | null, sign: 1 | -1): CountChange[] {
  if (delivery === null) return [];
  const { call, campaignId, carrier, errorCode, outcome, segments, variant } = delivery;
  const of = { campaignId, variant };
  return [
    { ...of, measure: outcome, change: sign },
    ...(errorCode !== null && isMissed(outcome)
      ? [{ ...of, measure: `${outcome}:${errorCode}`, change: sign }]
      : []),
    ...(segments > 0 ? [{ ...of, measure: segmentsMeasure(carrier), change: sign * segments }] : []),
    ...(call?.outcome == null ? [] : [{ ...of, measure: callMeasure(call.outcome), change: sign }]),
    ...(call?.seconds == null ? [] : [{ ...of, measure: CALL_SECONDS, change: sign * call.seconds }]),
  ];
}

/**
 * Changes counts, each once and in one order, so that no two transactions wait for each other in a circle. To be called
 * once in a transaction, as late as can be: others that count the same campaign wait until it ends.
 */
export async function addCounts(tx: Queryable, changes: readonly CountChange[]): Promise<void> {
  const sums = new Map<string, CountChange>();
  for (const each of changes) {
    const key = `${each.campaignId} ${String(each.variant).padStart(5, '0')} ${each.measure}`;
    sums.set(key, { ...each, change: (sums.get(key)?.change ?? 0) + each.change });
  }
  const written = [...sums]
    .filter(([, { change }]) => change !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, change]) => change);
  if (written.length === 0) return;
  await tx.query(
    `INSERT INTO campaign_delivery_count AS known (campaign_id, variant, measure, value)
     SELECT campaign_id, variant, measure, change
       FROM unnest($1::uuid[], $2::smallint[], $3::text[], $4::bigint[]) WITH ORDINALITY
            AS written(campaign_id, variant, measure, change, place)
      ORDER BY place
     ON CONFLICT (campaign_id, variant, measure) DO UPDATE SET value = known.value + excluded.value`,
    [
      written.map(({ campaignId }) => campaignId),
      written.map(({ variant }) => variant),
      written.map(({ measure }) => measure),
      written.map(({ change }) => change),
    ],
  );
}
