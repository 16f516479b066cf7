import type { CallingParts } from '#shared/campaigns/calling.ts';
import { sliceOf } from '#shared/campaigns/careful-start.ts';
import {
  type Cohort,
  type Forecast,
  forecast,
  paceBeside,
  type Rival,
  type Stop,
  slotFreeAt,
} from '#shared/campaigns/forecast.ts';
import {
  isPace,
  paceInGroup,
  quotaInGroup,
  slowest,
  type ThrottledBeside,
} from '#shared/campaigns/forecast-throttled.ts';
import { linesOf, paceOf } from '#shared/campaigns/pace.ts';
import { MICROS, type Price, type Prices } from '#shared/campaigns/prices.ts';
import type { DailyCap } from '#shared/campaigns/quota.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import type { Instant } from '#shared/compliance/instant.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { marginOf, type Survey } from './survey.ts';

/** What else decides when a campaign is done. */
export interface Circumstances {
  now: Instant;
  /** Not before; null: as soon as it can. */
  startAt: Instant | null;
  /** Messages a second of a campaign that names no pace. */
  usualPace: number;
  /** Contacts of its audience, as it was put together; null: it was not yet. */
  audience: number | null;
  /** Calls that the account begins in a second, and has under way at once. */
  account: Pick<CallingParts, 'callsPerSecond' | 'mostCalls'>;
  /** Segments a second that its numbers may send together; null: nobody said. */
  capacity: number | null;
  /** Why nothing goes from its numbers at the moment, in words; null: something may. */
  waits: string | null;
  /** Through which carriers it goes, by their parts of it; they add up to 1. */
  shares: ReadonlyMap<CarrierName, number>;
  /** Segments that they may send in a day; null: nobody said. */
  cap: DailyCap | null;
  /** Slots of its pool. */
  slots: number;
  /** Campaigns of its pool that hold a slot, or wait for one before it. */
  ahead: readonly (Rival & {
    /** Whether its messages are under way, from numbers that this one is sent from too. */
    isBeside: boolean;
  })[];
  /** Throttle groups that it names. */
  throttles: readonly (ThrottledBeside & { id: string; name: string })[];
  prices: Prices;
}

/** What a part of a campaign was estimated at. */
export interface PriceOfCarrier {
  carrier: CarrierName;
  /** Which part of its messages. */
  share: number;
  segment: Price;
  media: Price;
  /** Of a call: each minute that has begun, and what listening for a machine costs. */
  minute: Price;
  detection: Price;
}

export interface Estimate {
  contacts: number;
  looked: number;
  /** As `marginOf` says it. */
  margin: number;
  recipients: number;
  blocked: ReadonlyMap<string, number>;
  skipped: ReadonlyMap<string, number>;
  waiting: ReadonlyMap<string, number>;
  segments: { total: number; wide: number; messages: ReadonlyMap<number, number> };
  /** Calls, if everybody takes the first, and how long they take if all of each is heard; minutes as they are charged for. */
  calls: { calls: number; seconds: number; minutes: number };
  cost: { currency: string; micros: number; prices: readonly PriceOfCarrier[] };
  pace: {
    perSecond: number;
    capacity: number | null;
    /** Calls under way at once; null: of texts there is no such limit. */
    lines: number | null;
    others: number;
    waits: string | null;
    throttles: Circumstances['throttles'];
  };
  /** When it has a slot; null: nobody can say, and the forecast goes by now. */
  slotAt: Instant | null;
  forecast: Forecast;
}

/** What a survey of an audience says of the campaign: pure. */
export function estimate(
  {
    definition,
    endAt,
    status,
    type,
    waitsFor,
  }: Pick<Campaign, 'definition' | 'endAt' | 'status' | 'type' | 'waitsFor'>,
  { blocked, calls, cohorts, contacts, looked, skipped, texts, waiting }: Survey,
  {
    account,
    ahead,
    audience,
    cap,
    capacity,
    now,
    prices,
    shares,
    slots,
    startAt,
    throttles,
    usualPace,
    waits,
  }: Circumstances,
): Estimate {
  const factor = looked === 0 ? 0 : contacts / looked;
  const all = <Key>(counts: ReadonlyMap<Key, number>): Map<Key, number> =>
    new Map([...counts].map(([key, found]) => [key, Math.round(found * factor)]));
  const everybody: Cohort[] = cohorts.map((cohort) => ({
    ...cohort,
    contacts: Math.round(cohort.contacts * factor),
  }));
  const recipients = everybody.reduce((sum, cohort) => sum + cohort.contacts, 0);
  const messages = all(texts.segments);
  const total = [...messages].reduce((sum, [segments, found]) => sum + segments * found, 0);
  const sent = [...messages.values()].reduce((sum, found) => sum + found, 0);

  // One that is under way has its slot, unless it waits for its approval, or for a slot since.
  const hasSlot = status === 'loading' || status === 'active' || (status === 'paused' && waitsFor === null);
  const slotAt = hasSlot ? now : slotFreeAt({ slots, now, ahead });
  const begins = Math.max(slotAt ?? now, startAt ?? now);
  const lines = type === 'voice' ? linesOf({ definition }, account) : null;
  const turns = paceOf({ definition }, lines === null ? 'sms' : 'voice', {
    messagesPerSecond: usualPace,
    contacts: audience ?? contacts,
    calls: account,
  });
  // Where an audience is spread over a time, those who get nothing have a turn too.
  const wanted = turns.isSpread ? (turns.rate * recipients) / Math.max(1, contacts) : turns.rate;
  // A line is taken for as long as a call takes.
  const perSecond =
    lines === null || calls.calls === 0 ? wanted : Math.min(wanted, (lines * calls.calls) / calls.seconds);
  const rivals = ahead.filter(({ isBeside }) => isBeside);
  const paid = [...shares].map(
    ([carrier, share]): PriceOfCarrier => ({
      ...{ carrier, share },
      segment: prices.segment[carrier],
      media: prices.media[carrier],
      minute: prices.minute[carrier],
      detection: prices.detection[carrier],
    }),
  );
  const micros = paid.reduce(
    (sum, { detection, media, minute, segment, share }) =>
      sum +
      share *
        (texts.paid.segments * segment.micros +
          texts.paid.media * media.micros +
          calls.minutes * minute.micros +
          calls.calls * detection.micros),
    0,
  );
  // What is counted in segments is fewer messages where these are long.
  const length = sent === 0 ? 1 : total / sent;
  const pace = slowest([
    paceBeside({
      own: perSecond,
      capacity: capacity === null ? null : capacity / length,
      rivals,
      startAt: begins,
    }),
    ...throttles
      .filter(({ limit }) => isPace(limit))
      .map((group) => paceInGroup(group, { own: perSecond, startAt: begins })),
  ]);
  const quotas = throttles
    .filter(({ limit }) => !isPace(limit))
    .map((group) => quotaInGroup(group, { startAt: begins }));
  return {
    ...{ contacts, looked, recipients, slotAt },
    margin: marginOf({ contacts, looked }),
    blocked: all(blocked),
    skipped: all(skipped),
    waiting: all(waiting),
    segments: { total, wide: Math.round(texts.wide * factor), messages },
    calls: {
      calls: Math.round(calls.calls * factor),
      seconds: Math.round(calls.seconds * factor),
      minutes: Math.round(calls.minutes * factor),
    },
    cost: {
      currency: prices.currency,
      micros: Math.round(factor * micros),
      prices: paid,
    },
    pace: { perSecond, capacity, lines, others: rivals.length, waits, throttles },
    forecast: forecast({
      cohorts: everybody,
      pace,
      quotas,
      cap: cap === null ? null : { ...cap, perDay: cap.perDay / length, left: cap.left / length },
      startAt: begins,
      endAt: endAt?.getTime() ?? null,
      ...courseOf(definition, recipients, factor * micros),
    }),
  };
}

const MINUTE_MS = 60_000;

/**
 * What keeps a campaign from going on at its pace: its careful start, its experiment where the better text goes to whoever is
 * left, and its budget. Of one that is under way as if it began now.
 */
function courseOf(
  { budget, canary, experiment, variants }: Campaign['definition'],
  recipients: number,
  micros: number,
): { stops: Stop[]; most: number } {
  const stops: Stop[] = [];
  if (canary !== null) {
    const { rampMinutes, waitMinutes } = canary;
    const after = sliceOf(canary, recipients);
    stops.push({ after, waitMs: waitMinutes * MINUTE_MS, rampMs: rampMinutes * MINUTE_MS });
  }
  if (experiment?.automatic === true) {
    const after = experiment.sample * variants.length;
    stops.push({ after, waitMs: experiment.waitMinutes * MINUTE_MS, rampMs: 0 });
  }
  const each = recipients === 0 ? 0 : micros / recipients;
  return {
    // A stop behind the last person keeps nobody.
    stops: stops.filter(({ after }) => after < recipients).sort((a, b) => a.after - b.after),
    most: budget === null || each === 0 ? Infinity : Math.floor((budget * MICROS) / each),
  };
}
