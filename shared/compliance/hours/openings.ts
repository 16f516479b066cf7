import type { Instant } from '../instant.ts';
import { DAY_MS } from '../local-day.ts';
import { endAtLocalTime, startOfLocalTime } from '../location/zone.ts';
import type { LocalHours } from './local-hours.ts';

/** Windows close early: a request on its way, and the carrier after it, must be over before the hour strikes. */
export const CLOSES_EARLY_MS = 60_000;

/** A send needs this much validity: carriers take whole seconds. */
export const LEAST_VALIDITY_MS = 1_000;

/** How far ahead an opening is looked for. */
export const HORIZON_DAYS = 14;

/** A time at which something may be sent. */
export interface Opening {
  at: Instant;
  /** The carrier must have given up by then: the end of the window, less `CLOSES_EARLY_MS`. */
  validUntil: Instant;
}

/** From inclusive, to exclusive. */
interface Interval {
  from: Instant;
  to: Instant;
}

/** Openings are worked out for so many days at once, and kept. Longer than the horizon: two pages are enough. */
const PAGE_DAYS = 32;
const PAGE_MS = PAGE_DAYS * DAY_MS;
const KEPT_PAGES = 3;

/** The windows that begin on a page, in order. */
interface Page {
  opens: Float64Array;
  validUntil: Float64Array;
}

/**
 * When all of several zones allow something, as instants. Works the windows out page by page on first use and finds
 * them by bisection from then on; keeps a few pages.
 */
export class Openings {
  readonly #zones: readonly string[];
  readonly #hours: LocalHours;
  readonly #pages = new Map<number, Page>();

  constructor(zones: readonly string[], hours: LocalHours) {
    this.#zones = zones;
    this.#hours = hours;
  }

  /** The first time from `from` on at which something may be sent; null when there is none within the horizon. */
  next(from: Instant): Opening | null {
    if (!Number.isFinite(from)) return null;
    const number = Math.floor(from / PAGE_MS);
    // A window that began on the page before may still be open.
    const nearStart = from - number * PAGE_MS < DAY_MS;
    for (let n = nearStart ? number - 1 : number; n <= number + 1; n += 1) {
      const page = this.#page(n);
      const index = firstOpenAfter(page.validUntil, from);
      const opens = page.opens[index];
      const validUntil = page.validUntil[index];
      if (opens === undefined || validUntil === undefined) continue;
      const at = Math.max(from, opens);
      return at - from <= HORIZON_DAYS * DAY_MS ? { at, validUntil } : null;
    }
    return null;
  }

  #page(number: number): Page {
    const kept = this.#pages.get(number);
    if (kept) return kept;
    const page = this.#workOut(number * PAGE_DAYS);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size < KEPT_PAGES) break;
      this.#pages.delete(oldest);
    }
    this.#pages.set(number, page);
    return page;
  }

  #workOut(firstDay: number): Page {
    const common = this.#zones
      .map((zone) => this.#inZone(zone, firstDay - 2, firstDay + PAGE_DAYS + 2))
      .reduce(intersection);
    const begin = firstDay * DAY_MS;
    const windows = common
      .filter(({ from }) => from >= begin && from < begin + PAGE_MS)
      .map(({ from, to }) => ({ opens: from, validUntil: to - CLOSES_EARLY_MS }))
      .filter(({ opens, validUntil }) => validUntil - opens >= LEAST_VALIDITY_MS);
    return {
      opens: Float64Array.from(windows, ({ opens }) => opens),
      validUntil: Float64Array.from(windows, ({ validUntil }) => validUntil),
    };
  }

  #inZone(zone: string, firstDay: number, lastDay: number): Interval[] {
    const intervals: Interval[] = [];
    for (let day = firstDay; day <= lastDay; day += 1) {
      for (const span of this.#hours(day)) {
        const from = startOfLocalTime(zone, day, span.from);
        const to = endAtLocalTime(zone, day, span.to);
        if (from < to) intervals.push({ from, to });
      }
    }
    return intervals;
  }
}

/** The index of the first window in which there is enough validity left at `from` or later. */
function firstOpenAfter(validUntil: Float64Array, from: Instant): number {
  let low = 0;
  let high = validUntil.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((validUntil[middle] ?? Number.POSITIVE_INFINITY) - from >= LEAST_VALIDITY_MS) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What two ordered lists of intervals have in common. */
function intersection(left: readonly Interval[], right: readonly Interval[]): Interval[] {
  const common: Interval[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [a, b] = [left[i], right[j]];
    if (!a || !b) return common;
    const from = Math.max(a.from, b.from);
    const to = Math.min(a.to, b.to);
    if (from < to) common.push({ from, to });
    if (a.to < b.to) i += 1;
    else j += 1;
  }
}
