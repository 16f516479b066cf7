const FIRST_MS = 200;
const LONGEST_MS = 10_000;
/** A process that served this long was well: its next failure is a new story. */
const WELL_AFTER_MS = 30_000;

/** How long to wait before the next start, after a run that served for `servedMs` (0: never). */
export const nextBackOffMs = (previousMs: number, servedMs: number): number =>
  previousMs === 0 || servedMs >= WELL_AFTER_MS ? FIRST_MS : Math.min(LONGEST_MS, previousMs * 2);
