import type { BreakerLimits } from '#shared/breakers/judge.ts';
import type { Clock } from '#shared/clock.ts';
import { type DueRows, startDueRows } from '#shared/due-rows.ts';
import type { Publish } from '#shared/live-events/publish.ts';
import type { Liveness } from '#shared/liveness.ts';
import type { Logger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { watchBreakers } from './watch.ts';

/** One of all tasks looks so often, in ms. */
const EVERY_MS = 15_000;
/** How often a task asks whether it is its turn, in ms. */
const IDLE_MS = 5_000;

/** The loop that looks at what became of messages, and stops campaigns and numbers for which too much went wrong. */
export function startBreakers(parts: {
  pool: Pool;
  limits: BreakerLimits;
  windowMs: number;
  publish: Publish;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  liveness: Liveness;
  onFailure(error: unknown): void;
}): DueRows {
  const { clock, limits, liveness, logger, metrics, onFailure, pool, publish, windowMs } = parts;
  return startDueRows({
    name: 'circuit breakers',
    batch: async () => {
      const now = (): Date => clock.now();
      for (const stopped of await watchBreakers({ pool, limits, windowMs, everyMs: EVERY_MS, now })) {
        metrics.observe('BreakersTripped', 1, { Of: stopped.kind });
        logger.warn(stopped, `a circuit breaker stops a ${stopped.kind}: ${stopped.reason}`);
        if (stopped.kind === 'campaign')
          publish('campaigns', { campaignId: stopped.campaignId, became: 'paused' });
        else publish('senders', { senderNumber: stopped.senderNumber, health: 'halted' });
      }
      return { handled: 0, nextInMs: null };
    },
    idleMs: IDLE_MS,
    clock,
    logger,
    liveness,
    onFailure,
  });
}
