import type { Dispatched } from '#shared/campaigns/dispatch.ts';
import type { Progress } from '#shared/campaigns/store.ts';
import type { StartFailure } from '#shared/operating/measures.ts';

/** What one look at a campaign came to: how its row changes, and what was planned. */
export type Step = Progress & {
  dispatched?: Dispatched;
  /** Whoever watches sees something else; left out: only where something was planned, or its status changed. */
  isNews?: boolean;
  /** What ended it as failed; left out: nothing did. */
  failure?: StartFailure;
};

/** So many ms later. */
export const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms);

export const later = (a: Date, b: Date): Date => (a < b ? b : a);
export const earlier = (a: Date, b: Date | null): Date => (b !== null && b < a ? b : a);

/** It cannot go on, and why, for people and for counts. */
export const failed = (failure: StartFailure, reason: string, now: Date): Step => ({
  failure,
  status: 'failed',
  pausedFrom: null,
  reason,
  waitsFor: null,
  endedAt: now,
  queuedAt: null,
  dueAt: now,
});
