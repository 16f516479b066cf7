import type { Clock } from '#shared/clock.ts';
import type { GateConfig } from '#shared/compliance/gate-config.ts';
import { type DueRows, startDueRows } from '#shared/due-rows.ts';
import type { Liveness } from '#shared/liveness.ts';
import type { Logger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import { ratesOf, readCountedAge, readDayCounts, readPoolUse } from '#shared/operating/figures.ts';
import type { HoursRules } from '#shared/operating/hours-kept.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { type Counted, countRows } from './count-rows.ts';
import { inSpans } from './in-spans.ts';

/** One of all tasks counts so often, in ms. */
const EVERY_MS = 60_000;
/** How often a task asks whether it is its turn, in ms. */
const IDLE_MS = 5_000;
const DAY_MS = 24 * 3_600_000;

/** The hours of the organisation, as they are judged by afterwards. */
export const hoursRulesFrom = ({ defaultWindow, holidays, unknownPlaces }: GateConfig): HoursRules => ({
  allowed: defaultWindow,
  closedDays: holidays,
  unknownPlaces,
});

/** The loop that adds up what came of a day, and tells how the system operates. */
export function startCounting(parts: {
  pool: Pool;
  gate: GateConfig;
  slots: Readonly<Record<'sms' | 'voice', number>>;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  liveness: Liveness;
  onFailure(error: unknown): void;
}): DueRows {
  const { clock, gate, liveness, logger, metrics, onFailure, pool, slots } = parts;
  const hours = hoursRulesFrom(gate);
  const count = inSpans(
    (spanMs) => countRows(pool, { clock, hours, logger, spanMs, everyMs: EVERY_MS }),
    logger,
  );
  return startDueRows({
    name: 'operating figures',
    batch: async () => {
      // Whatever keeps rows from being counted: its age is told before.
      metrics.observe('CountedAgeMilliseconds', await readCountedAge(pool), {});
      const done = await count();
      if (done === null) return { handled: 0, nextInMs: null };
      if (done === 'too_long') return { handled: 1, nextInMs: null };
      tellCounted(done.counted, { logger, metrics });
      if (done.more) return { handled: 1, nextInMs: null };
      await tellStanding(pool, { metrics, now: clock.now(), slots });
      return { handled: 0, nextInMs: null };
    },
    idleMs: IDLE_MS,
    clock,
    logger,
    liveness,
    onFailure,
  });
}

/** What was counted now: each message and each decision once, over all tasks. */
export function tellCounted(
  counted: Counted,
  { logger, metrics }: { logger: Pick<Logger, 'error'>; metrics: Metrics },
): void {
  for (const Verdict of ['within', 'outside_law', 'outside_window', 'unjudged'] as const) {
    const messages = counted[Verdict] ?? 0;
    if (messages > 0) metrics.observe('HoursKept', messages, { Verdict });
  }
  for (const Verdict of ['allowed', 'suppressed', 'blocked'] as const) {
    const touches = counted[Verdict] ?? 0;
    if (touches > 0) metrics.observe('TouchesJudged', touches, { Verdict });
  }
  const { outside_law = 0, outside_window = 0 } = counted;
  if (outside_law + outside_window > 0) {
    logger.error({ outside_law, outside_window }, 'messages left outside the hours in which they may');
  }
}

/** How it stands: shares of yesterday and today (UTC), and the use of the pools of campaigns. */
export async function tellStanding(
  pool: Pool,
  { metrics, now, slots }: { metrics: Metrics; now: Date; slots: Readonly<Record<'sms' | 'voice', number>> },
): Promise<void> {
  const from = new Date(now.getTime() - DAY_MS).toISOString().slice(0, 10);
  const sums = new Map<string, number>();
  for (const { measure, value } of await readDayCounts(pool, { from }))
    sums.set(measure, (sums.get(measure) ?? 0) + value);
  const rates = ratesOf(sums);
  for (const [Of, share] of [
    ['window_compliance', rates.windowCompliance],
    ['suppression_hits', rates.suppressionHits],
    ['reply_association', rates.replyAssociation],
    ['opt_outs', rates.optOuts],
  ] as const) {
    if (share !== null) metrics.observe('OperatingPercent', 100 * share, { Of });
  }
  for (const { active, pool: Pool, taken, waiting } of await readPoolUse(pool, now)) {
    metrics.observe('ActiveCampaigns', active, { Pool });
    metrics.observe('CampaignsWaiting', waiting, { Pool });
    metrics.observe('SlotsTakenPercent', (100 * taken) / slots[Pool], { Pool });
  }
}
