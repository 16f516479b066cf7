/**
 * What throttle groups promise, of what was planned and when: nothing here is taken from what keeps them (shared/throttle), so that a
 * mistake there is not made here as well. Pure; times are in ms.
 */

export type Period = 'minute' | 'hour' | 'day';
const PERIOD_MS: Readonly<Record<Period, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
/** What comes evenly is kept for so long when nobody wants it, and for no more than this part of the period. */
const KEPT_MS = 15_000;
const KEPT_PART = 1 / 30;
/** The promise is of a period; what is kept of it may be counted for a sixtieth longer. */
const LONGER = 61 / 60;
/** Whoever waits has looked within so long, with all that a look takes. */
export const LOOKED_MS = 20_000;

export interface Limit {
  most: number;
  per: Period;
  evenly: boolean;
}

/** One that may have been in force at any time from `from` to `to`: when it was changed is known to some ms. */
export interface LimitInForce extends Limit {
  from: number;
  to: number;
}

/** A text of a campaign, for which a share was taken no sooner than `from` and no later than `to`. */
export interface Planned {
  from: number;
  to: number;
}

/** More than the limit within a period, wherever it begins, or faster than its pace; whatever the instants were of which only that is known. */
export function limitFaults(
  name: string,
  planned: readonly Planned[],
  limits: readonly LimitInForce[],
): string[] {
  const inForce = ({ from, to }: Planned): LimitInForce[] =>
    limits.filter((limit) => limit.from <= to && limit.to >= from);
  const tooMany = planned.flatMap((last) => {
    const exceeded = inForce(last).map(({ most, per }) => ({
      most,
      per,
      count: planned.filter(({ from, to }) => to <= last.to && from > last.to - PERIOD_MS[per]).length,
    }));
    // A lower limit counts what went before, and a higher one lets more through at once: whichever was in force then.
    return exceeded.every(({ count, most }) => count > most)
      ? exceeded.map(({ count, most, per }) => `${name} let ${count} through in a ${per}, and not ${most}`)
      : [];
  });
  const tooFast = planned.flatMap((first) =>
    planned.flatMap((last) => {
      if (last.to < first.from) return [];
      const [limit, another] = inForce({ from: first.from, to: last.to });
      if (limit === undefined || another !== undefined || !limit.evenly) return [];
      const count = planned.filter(({ from, to }) => from >= first.from && to <= last.to).length;
      const ms = last.to - first.from;
      const period = PERIOD_MS[limit.per];
      const most = 1 + ((ms + Math.min(KEPT_MS, period * KEPT_PART)) * limit.most) / period;
      return count > most
        ? [`${name} let ${count} through in ${ms} ms, evenly ${limit.most} a ${limit.per}`]
        : [];
    }),
  );
  return [...new Set([...tooMany, ...tooFast])];
}

/** What a group says of its use by a campaign. */
export interface Use {
  used: number;
  planned: number;
}

/** What is planned was counted; and what is counted was planned, where nobody has died or lost an answer in between. */
export const countFaults = (name: string, { planned, used }: Use, mayBeLost: boolean): string[] =>
  used < planned || (used > planned && !mayBeLost)
    ? [`${name} counts ${used} of a campaign that has planned ${planned}`]
    : [];

/** What a group says was taken of it, by the end of the slice that it was taken in. */
export interface Taken {
  id: string;
  until: Date;
  used: number;
}

/**
 * The most that each slice had of several looks at it: what a task gave back between two of them (it stood still with a share in hand) was
 * there for nobody who had looked before.
 */
export function mostTaken(looks: readonly (readonly Taken[])[]): Taken[] {
  const slices = Map.groupBy(looks.flat(), ({ id, until }) => `${id} ${until.getTime()}`);
  return [...slices.values()].flatMap(
    (each) => each.toSorted((one, other) => other.used - one.used)[0] ?? [],
  );
}

/** How many of a group may have been free lately, at least. `used`: what it says was taken, each by the end of the slice that it was taken in. */
export function freeOf(
  { evenly, most, per }: Limit,
  used: readonly { until: number; used: number }[],
  now: number,
): number {
  const since = (ms: number): number =>
    used.reduce((sum, each) => sum + (each.until > now - ms - LOOKED_MS ? each.used : 0), 0);
  const period = PERIOD_MS[per] * LONGER;
  const left = Math.max(0, most - since(period));
  if (!evenly) return left;
  const kept = Math.floor((Math.min(KEPT_MS, period * KEPT_PART) * most) / period);
  return since(period / most) > 0 ? 0 : Math.min(left, 1 + kept);
}
