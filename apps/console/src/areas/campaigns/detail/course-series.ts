import type { CampaignCourse, CampaignEstimate } from '#shared/api-client/api-types.ts';

/** A moment of the chart: rates in messages a minute; undefined: not known at that time. */
export interface ChartPoint {
  at: number;
  sent?: number;
  delivered?: number;
  replied?: number;
  plan?: number;
}

const MINUTE_MS = 60_000;
/** Moments of the plan that are drawn. */
const PLAN_POINTS = 60;

/** How many have been written to by an instant, on a curve that grows evenly between its points. */
export function reachedAt(curve: readonly { at: string; reached: number }[], at: number): number {
  const next = curve.findIndex((point) => Date.parse(point.at) >= at);
  if (next < 0) return curve.at(-1)?.reached ?? 0;
  const [before, after] = [curve[next - 1], curve[next]];
  if (before === undefined || after === undefined) return 0;
  const [from, to] = [Date.parse(before.at), Date.parse(after.at)];
  return before.reached + ((after.reached - before.reached) * (at - from)) / (to - from);
}

type Counts = Pick<CampaignCourse['points'][number], 'sent' | 'delivered' | 'replied'>;
const nothing: Counts = { sent: 0, delivered: 0, replied: 0 };

/** From then on what went in a second is no more than a hair, and as a rate a minute far above all that is planned: minutes are counted whole. */
const LONG_MS = 20 * MINUTE_MS;

/** What happened, each step of it, and what is planned from now on, both in messages a minute. Pure. */
export function courseSeries(
  { points, stepSeconds }: CampaignCourse,
  zones: CampaignEstimate['zones'] | null,
  now: number,
): ChartPoint[] {
  const planned = planOf(zones ?? [], now);
  const times = points.map(({ at }) => Date.parse(at));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const isLong = Math.max(last, planned.at(-1)?.at ?? last) - first > LONG_MS;
  const stepMs = Math.max(stepSeconds * 1_000, isLong ? MINUTE_MS : 0);
  const perMinute = (count: number): number => Math.round((count * MINUTE_MS * 10) / stepMs) / 10;
  const known = new Map<number, Counts>();
  for (const { at, delivered, replied, sent } of points) {
    const step = first + Math.floor((Date.parse(at) - first) / stepMs) * stepMs;
    const before = known.get(step) ?? nothing;
    known.set(step, {
      sent: before.sent + sent,
      delivered: before.delivered + delivered,
      replied: before.replied + replied,
    });
  }
  const past: ChartPoint[] = [];
  // Steps in which nothing happened are said to be so.
  for (let at = first; at <= last; at += stepMs) {
    const point = known.get(at);
    past.push({
      at,
      sent: perMinute(point?.sent ?? 0),
      delivered: perMinute(point?.delivered ?? 0),
      replied: perMinute(point?.replied ?? 0),
    });
  }
  return [...past, ...planned];
}

function planOf(zones: CampaignEstimate['zones'], now: number): ChartPoint[] {
  const ends = zones.flatMap(({ curve }) => curve.map(({ at }) => Date.parse(at)));
  const end = Math.max(...ends);
  if (ends.length === 0 || end <= now) return [];
  const start = Math.max(now, Math.min(...ends));
  const step = (end - start) / PLAN_POINTS;
  if (step <= 0) return [];
  const total = (at: number): number => zones.reduce((sum, { curve }) => sum + reachedAt(curve, at), 0);
  return Array.from({ length: PLAN_POINTS }, (_, index) => {
    const at = start + index * step;
    return {
      at: Math.round(at),
      plan: Math.round(((total(at + step) - total(at)) * MINUTE_MS * 10) / step) / 10,
    };
  });
}
