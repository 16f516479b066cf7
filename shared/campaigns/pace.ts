/** How fast a campaign goes, and how far ahead of its senders it may be: docs/decisions/0026. */

/** How much is queued ahead, in seconds of the pace: what pause, stop, closing windows and opt-outs have to take back. */
const RUNWAY_SECONDS = 60;
/** And no more than this, whatever the pace: what one transaction takes back well within its time. */
const RUNWAY_MOST = 5_000;
/** For how long a pace that is not used is kept, in ms. */
const PACE_KEPT_MS = 2_000;
/** For what division leaves behind. */
const PACE_MARGIN = 1e-6;
/** Contacts that are looked at for each message that may be planned, and besides. */
const LOOKED_AT = 4;
const LOOKED_LEAST = 20;

/**
 * How many messages may be planned now, since when their pace counts, and how many contacts are looked at for them: some
 * of those that are due cannot be written to. What the pace brought is kept for a moment, not for longer: a campaign that
 * could not go on does not make up for it at once. Pure.
 */
export function allowance({
  batchSize,
  now,
  pacedAt,
  queued,
  rate,
}: {
  rate: number;
  queued: number;
  pacedAt: Date | null;
  now: Date;
  batchSize: number;
}): { count: number; looked: number; from: Date } {
  const keptMs = Math.max(PACE_KEPT_MS, 1_000 / rate);
  const from = Math.max(pacedAt?.getTime() ?? 0, now.getTime() - keptMs);
  const brought = Math.floor(((now.getTime() - from) / 1_000) * rate + PACE_MARGIN);
  const room = Math.max(0, Math.min(RUNWAY_MOST, Math.ceil(rate * RUNWAY_SECONDS)) - queued);
  const count = Math.min(brought, room, batchSize);
  return { count, looked: Math.min(batchSize, count * LOOKED_AT + LOOKED_LEAST), from: new Date(from) };
}
