/** A known vulnerability that somebody has looked at and that does not reach us, or has no mend yet. */
export interface Exception {
  /** Of the advisory: GHSA-xxxx-xxxx-xxxx. */
  id: string;
  package: string;
  /** Why it does no harm here, as somebody found who looked: which code is not reached, or what stands before it. */
  why: string;
  /** When that was, as 2026-11-27. */
  since: string;
  /** Until when that is taken for granted, at most 90 days later: then somebody looks again. */
  until: string;
}

/** Longest time for which an exception holds, in days. */
export const MOST_DAYS = 90;

/** None. */
export const exceptions: readonly Exception[] = [];
