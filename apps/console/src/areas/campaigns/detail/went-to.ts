import type { CampaignMetrics } from '#shared/api-client/api-types.ts';

type StateCounts = CampaignMetrics['states'];

/** States of those whom something went to: a text that the carrier took, or a call. */
export const WENT_TO = ['sent', 'delivered', 'answered', 'undelivered'] as const;
/** Of those whom it reached: a text that is with them, a call that a person or their machine took. */
export const REACHED = ['delivered', 'answered'] as const;

/** How many people stand in any of these states. */
export const countIn = (states: StateCounts, wanted: readonly string[]): number =>
  states.filter(({ state }) => wanted.includes(state)).reduce((sum, { contacts }) => sum + contacts, 0);
