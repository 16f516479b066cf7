import type { Clock } from '#shared/clock.ts';
import { forgetProcessed, REMEMBER_DAYS } from '#shared/dialog/store.ts';
import type { Logger } from '#shared/logger.ts';
import { Pause } from '#shared/pause.ts';
import { isTransientDatabaseError, type Pool } from '#shared/postgres/pool.ts';

const EVERY_MS = 10 * 60_000;
const AT_ONCE = 5_000;

/**
 * Forgets old command ids little by little, so that the table stays as large as 30 days of traffic. Any number of
 * tasks may run it. Returns how to stop it.
 */
export function startForgetting(deps: {
  pool: Pool;
  clock: Clock;
  logger: Logger;
  onFailure(error: unknown): void;
}): () => Promise<void> {
  const pause = new Pause(deps.clock);
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped) {
      const gone = await forgetOnce(deps.pool, deps.logger);
      if (gone < AT_ONCE) await pause.wait(EVERY_MS);
    }
  };
  const running = run().catch(deps.onFailure);
  return () => {
    stopped = true;
    pause.cut();
    return running;
  };
}

async function forgetOnce(pool: Pool, logger: Logger): Promise<number> {
  try {
    return await forgetProcessed(pool, REMEMBER_DAYS, AT_ONCE);
  } catch (error) {
    if (!isTransientDatabaseError(error)) throw error;
    logger.warn({ err: error }, 'forgetting old command ids failed; tried again later');
    return 0;
  }
}
