/**
 * Milliseconds since the epoch, business time. Numbers and not dates: a batch of thousands is judged without an object
 * for every time in it.
 */
export type Instant = number;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
