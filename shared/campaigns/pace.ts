import type { Channel } from '#shared/compliance/touch.ts';
import type { CallingParts } from './calling.ts';
import type { Campaign } from './store.ts';

/** How fast a campaign goes, and how far ahead of its senders it may be: docs/decisions/0026. */

/** How much is queued ahead, in seconds of the pace: what pause, stop, closing windows and opt-outs have to take back. */
const RUNWAY_SECONDS = 60;
/** And no more than this, whatever the pace: what one transaction takes back well within its time. */
const RUNWAY_MOST = 5_000;
/** Calls that are queued ahead for each that may be under way: a line is taken for half a minute at the least. */
const AHEAD_PER_LINE = 2;
/** For how long a pace that is not used is kept, in ms. */
const PACE_KEPT_MS = 2_000;
/** For what division leaves behind. */
const PACE_MARGIN = 1e-6;
/** Contacts that are looked at for each message that may be planned, and besides. */
const LOOKED_AT = 4;
const LOOKED_LEAST = 20;

export interface Pace {
  /** Messages, or calls, a second, as far as the campaign and the account are concerned. */
  rate: number;
  /** Most that are queued ahead besides what a minute of the rate is; null: that. */
  ahead: number | null;
}

/**
 * How fast a campaign wants to go. Calls begin no faster than the account makes them, and no more are queued than lines will
 * be free for: what waits for a line keeps others of the queue from theirs. `messagesPerSecond`: of texts, where the campaign
 * names no pace. Pure.
 */
export function paceOf(
  { definition }: Pick<Campaign, 'definition'>,
  channel: Channel,
  {
    calls,
    messagesPerSecond,
  }: { messagesPerSecond: number; calls: Pick<CallingParts, 'callsPerSecond' | 'mostCalls'> },
): Pace {
  if (channel === 'sms') return { rate: definition.messagesPerSecond ?? messagesPerSecond, ahead: null };
  const { callsPerSecond } = calls;
  return {
    rate: Math.min(definition.messagesPerSecond ?? callsPerSecond, callsPerSecond),
    ahead: linesOf({ definition }, calls) * AHEAD_PER_LINE,
  };
}

/** Calls that a campaign may have under way at once. */
export const linesOf = (
  { definition }: Pick<Campaign, 'definition'>,
  { mostCalls }: Pick<CallingParts, 'mostCalls'>,
): number => Math.min(definition.call?.concurrentCalls ?? mostCalls, mostCalls);

/**
 * How many messages may be planned now, since when their pace counts, and how many contacts are looked at for them: some
 * of those that are due cannot be written to. What the pace brought is kept for a moment, not for longer: a campaign that
 * could not go on does not make up for it at once. Pure.
 */
export function allowance({
  ahead,
  batchSize,
  now,
  pacedAt,
  queued,
  rate,
}: Pace & {
  queued: number;
  pacedAt: Date | null;
  now: Date;
  batchSize: number;
}): { count: number; looked: number; from: Date } {
  const keptMs = Math.max(PACE_KEPT_MS, 1_000 / rate);
  const from = Math.max(pacedAt?.getTime() ?? 0, now.getTime() - keptMs);
  const brought = Math.floor(((now.getTime() - from) / 1_000) * rate + PACE_MARGIN);
  const runway = Math.min(RUNWAY_MOST, Math.ceil(rate * RUNWAY_SECONDS), ahead ?? RUNWAY_MOST);
  const room = Math.max(0, runway - queued);
  const count = Math.min(brought, room, batchSize);
  return { count, looked: Math.min(batchSize, count * LOOKED_AT + LOOKED_LEAST), from: new Date(from) };
}
