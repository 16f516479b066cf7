import type { Instant } from '#shared/compliance/instant.ts';
import { type Limit, periodFor } from '#shared/throttle/rule.ts';
import type { PaceStep, Rival } from './forecast.ts';
import type { Quota } from './quota.ts';

/**
 * What throttle groups leave of a campaign's pace, beside others of the same groups that are under way. Pure. As in all forecasts
 * messages flow evenly, and others go on without a pause, so that they are done, and lend their share, as early as they can be.
 */

/** A group of a campaign, and what else it is used for. */
export interface ThrottledBeside {
  limit: Limit;
  /** What counts now, and when the first of it ceases to; null: nothing does. */
  used: number;
  oldest: Instant | null;
  /** Others of it that are under way. */
  rivals: readonly Rival[];
}

/** Groups that are looked at as a pace; a limit of an hour or a day that is not even is one for as long as that lasts. */
export const isPace = ({ evenly, per }: Limit): boolean => evenly || per === 'minute';

/** What each of those who want something gets where nobody gets more than they want, and nobody less than anybody who wants more. */
export function fairShares(most: number, wants: readonly number[]): number[] {
  const shares = wants.map(() => 0);
  let left = most;
  const order = wants.map((want, index) => ({ want, index })).sort((a, b) => a.want - b.want);
  for (const [rank, { index, want }] of order.entries()) {
    const share = Math.min(want, left / (order.length - rank));
    shares[index] = share;
    left -= share;
  }
  return shares;
}

/** Its pace beside the others of a group, until they are done. `own`: messages a second that it could go at. */
export function paceInGroup(
  { limit, rivals }: Pick<ThrottledBeside, 'limit' | 'rivals'>,
  { own, startAt }: { own: number; startAt: Instant },
): PaceStep[] {
  const capacity = (limit.most / periodFor(limit)) * 1_000;
  const steps: PaceStep[] = [];
  let [from, left] = [startAt, waiting(rivals)];
  for (;;) {
    const [share = 0, ...others] = fairShares(capacity, [own, ...left.map(({ perSecond }) => perSecond)]);
    steps.push({ from, perSecond: share });
    if (left.length === 0) return steps;
    const seconds = Math.min(...left.map(({ contacts }, index) => contacts / (others[index] ?? 0)));
    from += seconds * 1_000;
    left = after(left, (index) => (others[index] ?? 0) * seconds);
  }
}

/** What it may send in each period of a group, until the others are done. */
export function quotaInGroup(
  { limit, oldest, rivals, used }: ThrottledBeside,
  { startAt }: { startAt: Instant },
): Quota {
  const everyMs = periodFor(limit);
  const seconds = everyMs / 1_000;
  const steps: { from: number; most: number }[] = [];
  let [period, left] = [0, waiting(rivals)];
  for (;;) {
    const wants = left.map(({ contacts, perSecond }) => Math.min(contacts, perSecond * seconds));
    const [share = 0, ...others] = fairShares(limit.most, [Infinity, ...wants]);
    steps.push({ from: period, most: share });
    if (left.length === 0) break;
    // As long as all of them want as much, periods are alike.
    const alike = Math.max(
      1,
      Math.floor(Math.min(...left.map(({ contacts }, index) => contacts / (others[index] ?? 0)))),
    );
    period += alike;
    left = after(left, (index) => (others[index] ?? 0) * alike);
  }
  const first = steps[0]?.most ?? limit.most;
  return {
    everyMs,
    ends: Math.max(startAt, (oldest ?? startAt) + everyMs),
    left: Math.min(first, (Math.max(0, limit.most - used) * first) / limit.most),
    mostOf: (index) => steps.findLast(({ from }) => from <= index)?.most ?? limit.most,
  };
}

const waiting = (rivals: readonly Rival[]): Rival[] =>
  rivals.filter(({ contacts, perSecond }) => contacts > 0 && perSecond > 0);

const after = (rivals: readonly Rival[], sent: (index: number) => number): Rival[] =>
  rivals
    .map(({ contacts, perSecond }, index) => ({ contacts: contacts - sent(index), perSecond }))
    .filter(({ contacts }) => contacts > 1e-6);

/** The slowest of several paces, from instant to instant. */
export function slowest(paces: readonly (readonly PaceStep[])[]): PaceStep[] {
  const instants = [...new Set(paces.flatMap((steps) => steps.map(({ from }) => from)))].sort(
    (a, b) => a - b,
  );
  return instants.map((from) => ({
    from,
    perSecond: Math.min(...paces.map((steps) => steps.findLast((step) => step.from <= from)?.perSecond ?? 0)),
  }));
}
