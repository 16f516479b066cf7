import type { Instant } from '#shared/compliance/instant.ts';
import { DAY_MS } from '#shared/compliance/local-day.ts';
import { growingPart } from './careful-start.ts';
import { Allowance, type DailyCap, type Quota, quotaOf } from './quota.ts';

/**
 * When a campaign will have reached everybody, worked out from its pace and from when people may be written to. Pure: time
 * is what it is given. It goes by what the dispatcher does: who became due first is looked at first, whoever did at the same
 * instant in no particular order. Whose turn it is and who may not be written to then is due again when they may; windows that
 * close and open while others have their turn, or while nothing goes, are seen by nobody and cost nobody their place. What a
 * day of the numbers does not take goes on the next.
 * Messages are taken for a stream that flows evenly, so a forecast does not depend on the size of the audience and takes
 * milliseconds for a million people. What nobody can know beforehand (faults, retries, people who stop) is not in it: a
 * campaign is not faster than this, and may be slower.
 */

/** People who may be written to at the same times. */
export interface Cohort {
  /** What the forecast is told by: the time zone, as people read it. */
  zone: string;
  contacts: number;
  /** Not before. */
  from: Instant;
  /** The first time from an instant on at which they may be written to, and until when; null: none in sight. */
  opening(from: Instant): { at: Instant; validUntil: Instant } | null;
}

/** Messages in a second from an instant on. The steps are in order; before the first nothing goes. */
export interface PaceStep {
  from: Instant;
  perSecond: number;
}

/** A campaign goes no further for a time once so many have been written to: a careful start, a sample that is waited for. */
export interface Stop {
  after: number;
  waitMs: number;
  /** Over what time the pace grows afterwards to what it is, from its beginning (`growingPart`); 0: at once. */
  rampMs: number;
}

export interface ZoneForecast {
  zone: string;
  contacts: number;
  /** Who will have been written to. */
  reached: number;
  /** For whom it ends, or no time is allowed, before their turn. */
  unreached: number;
  /** Null: nobody is reached. */
  startsAt: Instant | null;
  finishesAt: Instant | null;
  /** How many have been written to by when, in order: in between it grows evenly. Empty: nobody is reached. */
  curve: readonly CurvePoint[];
}

export interface CurvePoint {
  at: Instant;
  reached: number;
}

export interface Forecast {
  zones: readonly ZoneForecast[];
  reached: number;
  unreached: number;
  finishesAt: Instant | null;
}

/**
 * Messages: less is what division leaves behind, or, of a fast pace, the rounding of instants, which is below a microsecond.
 * Nobody waits a day for it.
 */
const crumbOf = (perSecond: number): number => 1e-6 * Math.max(1, perSecond);

/** Nobody plans further ahead than this. */
const FARTHEST_MS = 366 * DAY_MS;

interface ZoneCourse {
  contacts: number;
  left: number;
  startsAt: Instant;
  finishesAt: Instant;
  curve: CurvePoint[];
}

/** Adds a stretch to a curve: several cohorts of a zone in the same stretch are one. */
function drawOn(curve: CurvePoint[], from: CurvePoint, to: CurvePoint): void {
  const last = curve.at(-1);
  if (last?.at === to.at) {
    last.reached = to.reached;
    return;
  }
  if (last?.at !== from.at) curve.push(from);
  curve.push(to);
}

interface Waiting {
  cohort: Cohort;
  left: number;
  /** Since when they are due, or when they become so, and until when they may be written to as far as was looked. */
  at: Instant;
  until: Instant;
}

/**
 * `endAt`: nothing goes from then on; null: it has no end. `cap`, in messages; null: none. `quotas` hold all at once. `stops` in the order in which they
 * come. `most`: so many are written to and no more; left out: everybody.
 */
export function forecast({
  cap,
  cohorts,
  endAt,
  most = Infinity,
  pace,
  quotas = [],
  startAt,
  stops = [],
}: {
  cohorts: readonly Cohort[];
  pace: readonly PaceStep[];
  cap: DailyCap | null;
  quotas?: readonly Quota[];
  startAt: Instant;
  endAt: Instant | null;
  stops?: readonly Stop[];
  most?: number;
}): Forecast {
  const zones = new Map<string, ZoneCourse>();
  const zoneOf = (zone: string) => {
    const known = zones.get(zone) ?? {
      ...{ contacts: 0, left: 0, startsAt: Infinity, finishesAt: -Infinity, curve: [] },
    };
    zones.set(zone, known);
    return known;
  };
  for (const { contacts, zone } of cohorts) {
    zoneOf(zone).contacts += contacts;
    zoneOf(zone).left += contacts;
  }
  const horizon = Math.min(endAt ?? Infinity, startAt + FARTHEST_MS);
  // All of them are due when it begins; whether they may be written to is seen when they are looked at.
  let waiting = cohorts.map(
    (cohort): Waiting => ({ cohort, left: cohort.contacts, at: startAt, until: startAt }),
  );
  const allowed = [...(cap === null ? [] : [quotaOf(cap)]), ...quotas].map((quota) => new Allowance(quota));
  const course = new Course(stops, most);
  let now = startAt;
  for (;;) {
    waiting = waiting.filter(({ left }) => left > 0);
    const due = Math.min(...waiting.map(({ at }) => at));
    now = Math.max(now, due);
    if (!(now < horizon) || course.isOver) break;
    if (course.waitsUntil > now) {
      now = course.waitsUntil;
      continue;
    }
    const used = allowed.filter((each) => each.leftAt(now) < 1e-6);
    if (used.length > 0) {
      now = Math.max(...used.map(({ ends }) => ends));
      continue;
    }
    const turn = waiting.filter(({ at }) => at === due);
    // Windows that closed before it was their turn.
    const closed = turn.filter(({ until }) => until <= now);
    if (closed.length > 0) {
      const isClosed = new Set(closed);
      waiting = [
        ...waiting.filter((each) => !isClosed.has(each)),
        ...closed.flatMap((each) => reopened(each, now)),
      ];
      continue;
    }
    const whole = paceAt(pace, now);
    const grown = course.partAt(now);
    const perSecond = whole.perSecond * grown.part;
    const total = turn.reduce((sum, { left }) => sum + left, 0);
    const needs = perSecond > 0 ? (total / perSecond) * 1_000 : Infinity;
    const capped = allowed.map((each) => (perSecond > 0 ? (each.leftAt(now) / perSecond) * 1_000 : Infinity));
    const stopped = perSecond > 0 ? (course.left / perSecond) * 1_000 : Infinity;
    const to = Math.min(
      ...[now + needs, now + stopped, whole.until, grown.until, horizon],
      ...capped.map((ms) => now + ms),
      ...allowed.map(({ ends }) => ends),
      ...turn.map(({ until }) => until),
    );
    if (to === Infinity) break;
    // All of it, where nothing cuts it short: what a fraction of a second leaves behind would go on for ever.
    const share = to === now + needs ? 1 : (to - now) / needs;
    const crumb = crumbOf(perSecond);
    let gone = 0;
    for (const each of turn) {
      const zone = zoneOf(each.cohort.zone);
      const rest = each.left * (1 - share);
      const served = rest < crumb ? each.left : each.left - rest;
      gone += served;
      if (share * total >= crumb) {
        zone.startsAt = Math.min(zone.startsAt, now);
        zone.finishesAt = Math.max(zone.finishesAt, to);
      }
      each.left = served === each.left ? 0 : rest;
      const before = zone.contacts - zone.left;
      zone.left = zone.left - served < 1e-6 ? 0 : zone.left - served;
      if (served > 0)
        drawOn(zone.curve, { at: now, reached: before }, { at: to, reached: zone.contacts - zone.left });
    }
    for (const [index, each] of allowed.entries()) each.take(gone, to === now + (capped[index] ?? 0));
    course.take(gone, to === now + stopped, to);
    now = to;
  }
  return summed(zones);
}

/** How far a campaign has come, and what keeps it there. */
class Course {
  readonly #stops: readonly Stop[];
  readonly #most: number;
  #next = 0;
  #served = 0;
  #waitsUntil: Instant = -Infinity;
  #ramp: { from: Instant; ms: number } | null = null;

  constructor(stops: readonly Stop[], most: number) {
    this.#stops = stops;
    this.#most = most;
  }

  get isOver(): boolean {
    return this.#served >= this.#most;
  }

  get waitsUntil(): Instant {
    return this.#waitsUntil;
  }

  /** Messages until it stops, or is over. */
  get left(): number {
    return Math.min(this.#stops[this.#next]?.after ?? Infinity, this.#most) - this.#served;
  }

  /** `all`: what was left has gone, whatever division says. */
  take(messages: number, all: boolean, now: Instant): void {
    this.#served = all ? this.#served + this.left : this.#served + messages;
    const stop = this.#stops[this.#next];
    if (stop === undefined || this.#served < stop.after) return;
    this.#next += 1;
    this.#waitsUntil = now + stop.waitMs;
    this.#ramp = stop.rampMs > 0 ? { from: this.#waitsUntil, ms: stop.rampMs } : this.#ramp;
  }

  /** What part of the pace it has, and until when: a pace that grows is taken to grow in steps. */
  partAt(now: Instant): { part: number; until: Instant } {
    if (this.#ramp === null) return { part: 1, until: Infinity };
    const { from, ms } = this.#ramp;
    const step = Math.floor(((now - from) / ms) * RAMP_STEPS + 1e-9);
    if (step >= RAMP_STEPS) return { part: 1, until: Infinity };
    return { part: growingPart((step + 0.5) / RAMP_STEPS), until: from + ((step + 1) / RAMP_STEPS) * ms };
  }
}

const RAMP_STEPS = 20;

/**
 * Who is looked at and may not be written to is due again at the next opening; none: no time is in sight. Whose windows have
 * opened again since keep their place.
 */
function reopened({ at, cohort, left }: Waiting, now: Instant): Waiting[] {
  const opening = cohort.opening(Math.max(cohort.from, now));
  if (opening === null) return [];
  return [{ cohort, left, at: opening.at <= now ? at : opening.at, until: opening.validUntil }];
}

function paceAt(pace: readonly PaceStep[], now: Instant): { perSecond: number; until: Instant } {
  const index = pace.findLastIndex(({ from }) => from <= now);
  return { perSecond: pace[index]?.perSecond ?? 0, until: pace[index + 1]?.from ?? Infinity };
}

function summed(zones: ReadonlyMap<string, ZoneCourse>): Forecast {
  const each = [...zones].map(([zone, { contacts, curve, finishesAt, left, startsAt }]): ZoneForecast => {
    const unreached = Math.min(contacts, Math.max(0, Math.ceil(left - 1e-6)));
    const isReached = unreached < contacts;
    return {
      zone,
      contacts,
      reached: contacts - unreached,
      unreached,
      startsAt: isReached ? startsAt : null,
      finishesAt: isReached ? Math.ceil(finishesAt) : null,
      curve: isReached ? curve : [],
    };
  });
  const sum = (of: (zone: ZoneForecast) => number): number => each.reduce((all, zone) => all + of(zone), 0);
  const ends = each.flatMap(({ finishesAt }) => (finishesAt === null ? [] : [finishesAt]));
  return {
    zones: each.sort((a, b) => (a.zone < b.zone ? -1 : 1)),
    reached: sum(({ reached }) => reached),
    unreached: sum(({ unreached }) => unreached),
    finishesAt: ends.length === 0 ? null : Math.max(...ends),
  };
}

/** Another campaign that is under way. */
export interface Rival {
  /** Contacts that wait. */
  contacts: number;
  perSecond: number;
}

/**
 * A campaign's pace beside others that are under way, where all together may not send more than `capacity` a second: while
 * that is less than they want, each has its share of it. `capacity` null: nothing holds them all. Others are taken to go
 * on without a pause, so that each of them is done, and leaves its share, as early as it can be.
 */
export function paceBeside({
  capacity,
  own,
  rivals,
  startAt,
}: {
  own: number;
  capacity: number | null;
  rivals: readonly Rival[];
  startAt: Instant;
}): PaceStep[] {
  if (capacity === null) return [{ from: startAt, perSecond: own }];
  const steps: PaceStep[] = [];
  let from = startAt;
  let left = rivals.filter(({ contacts, perSecond }) => contacts > 0 && perSecond > 0);
  for (;;) {
    const wanted = own + left.reduce((sum, { perSecond }) => sum + perSecond, 0);
    const share = Math.min(1, capacity / wanted);
    steps.push({ from, perSecond: own * share });
    if (left.length === 0) return steps;
    const seconds = Math.min(...left.map(({ contacts, perSecond }) => contacts / (perSecond * share)));
    from += seconds * 1_000;
    left = left
      .map(({ contacts, perSecond }) => ({ contacts: contacts - perSecond * share * seconds, perSecond }))
      .filter(({ contacts }) => contacts > 1e-6);
  }
}

/**
 * When a campaign gets one of the slots of its pool at the earliest: at once where one is free, else when enough of those
 * that have one, or wait before it, can be done. Null: those that are paused have to be told something first.
 */
export function slotFreeAt({
  ahead,
  now,
  slots,
}: {
  slots: number;
  now: Instant;
  /** Campaigns that hold a slot or wait before it. */
  ahead: readonly Rival[];
}): Instant | null {
  if (ahead.length < slots) return now;
  const seconds = ahead
    .map(({ contacts, perSecond }) => (perSecond > 0 ? contacts / perSecond : Infinity))
    .sort((a, b) => a - b);
  const wait = seconds[ahead.length - slots] ?? Infinity;
  return Number.isFinite(wait) ? now + wait * 1_000 : null;
}
