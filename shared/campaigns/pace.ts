import type { Channel } from '#shared/compliance/touch.ts';
import type { CallingParts } from './calling.ts';
import { spreadRate } from './spread.ts';
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
/** The same of a campaign that is spread over a time: a task that was busy for a moment does not make it take longer. */
const SPREAD_KEPT_MS = 15_000;
/** Looks between two turns of a campaign that is spread: whether somebody may be written to now is seen by them alone. */
const LOOKS_BETWEEN_TURNS = 8;
const SOONEST_LOOK_MS = 1_000;
const LATEST_LOOK_MS = 15_000;
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
  /** Its audience is spread over a time: turns are counted, of whoever gets nothing too. */
  isSpread: boolean;
}

/**
 * How fast a campaign wants to go. Calls begin no faster than the account makes them, and no more are queued than lines will
 * be free for: what waits for a line keeps others of the queue from theirs. `messagesPerSecond`: of texts, where the campaign
 * names no pace. `contacts`: of its audience, for one that is spread over a time. Pure.
 */
export function paceOf(
  { definition }: Pick<Campaign, 'definition'>,
  channel: Channel,
  {
    calls,
    contacts,
    messagesPerSecond,
  }: {
    messagesPerSecond: number;
    contacts: number;
    calls: Pick<CallingParts, 'callsPerSecond' | 'mostCalls'>;
  },
): Pace {
  const { spreadOverMinutes } = definition;
  const isSpread = spreadOverMinutes !== null;
  const own = isSpread ? spreadRate(contacts, spreadOverMinutes) : definition.messagesPerSecond;
  if (channel === 'sms') return { rate: own ?? messagesPerSecond, ahead: null, isSpread };
  const { callsPerSecond } = calls;
  return {
    rate: Math.min(own ?? callsPerSecond, callsPerSecond),
    ahead: linesOf({ definition }, calls) * AHEAD_PER_LINE,
    isSpread,
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
  isSpread,
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
  // By how late a look comes after a turn is not lost to the next.
  const keptMs = isSpread ? 1_000 / rate + SPREAD_KEPT_MS : Math.max(PACE_KEPT_MS, 1_000 / rate);
  const from = Math.max(pacedAt?.getTime() ?? 0, now.getTime() - keptMs);
  const brought = broughtSince(new Date(from), now, rate);
  const runway = Math.min(RUNWAY_MOST, Math.ceil(rate * RUNWAY_SECONDS), ahead ?? RUNWAY_MOST);
  const room = Math.max(0, runway - queued);
  const count = Math.min(brought, room, batchSize);
  return { count, looked: Math.min(batchSize, lookedAtFor(count)), from: new Date(from) };
}

/** Contacts that are looked at for so many messages. Pure. */
export const lookedAtFor = (count: number): number => count * LOOKED_AT + LOOKED_LEAST;

/** How many a rate, a second, has brought from an instant until now. Pure. */
export const broughtSince = (from: Date, now: Date, rate: number): number =>
  Math.max(0, Math.floor(((now.getTime() - from.getTime()) / 1_000) * rate + PACE_MARGIN));

/** What a pace was used for. */
export interface Used {
  planned: number;
  /** Of one that is spread over a time: turns of those who get nothing. Their numbers are not kept busy by them. */
  passed: number;
}

/**
 * Up to when a pace is used that was used so. What is spread over a time is never ahead of it: instants are whole milliseconds.
 * `turnRate`: turns a second; `rate`: messages a second, which may be fewer. Pure.
 */
export function usedUpTo(
  from: Date,
  { passed, planned }: Used,
  { isSpread, rate, turnRate }: { isSpread: boolean; rate: number; turnRate: number },
): Date {
  const seconds = isSpread ? Math.max(planned / rate, (planned + passed) / turnRate) : planned / rate;
  const at = from.getTime() + seconds * 1_000;
  return new Date(isSpread ? Math.ceil(at - PACE_MARGIN) : at);
}

/**
 * Up to when a pace was used, without the time since `restedAt` in which nobody could be written to: it is none of what a campaign
 * is spread over. Null: nobody rested. Pure.
 */
export const withoutRest = (pacedAt: Date | null, restedAt: Date | null, now: Date): Date | null =>
  pacedAt === null || restedAt === null
    ? pacedAt
    : new Date(pacedAt.getTime() + Math.max(0, now.getTime() - restedAt.getTime()));

/** After how long a campaign that is spread over a time is looked at again, in ms, while somebody waits for the next turn. Pure. */
export const lookAgainMs = (rate: number): number =>
  Math.min(LATEST_LOOK_MS, Math.max(SOONEST_LOOK_MS, 1_000 / rate / LOOKS_BETWEEN_TURNS));
