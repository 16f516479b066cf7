import { touchKeys } from '#shared/api-keys/key-store.ts';
import type { Clock } from '#shared/clock.ts';
import { startDueRows } from '#shared/due-rows.ts';
import type { Liveness } from '#shared/liveness.ts';
import type { Logger } from '#shared/logger.ts';
import type { Pool } from '#shared/postgres/pool.ts';

const EVERY_MS = 10_000;

export interface NotingUse {
  /** A key was used. */
  note(id: string): void;
  /** Writes what is noted, and ends. */
  stop(): Promise<void>;
}

/** Writes when keys were last used, a few at once and beside the requests, which do not wait for it. */
export function startNotingUse(parts: {
  pool: Pool;
  clock: Clock;
  logger: Logger;
  /** Told of every turn; left out: nobody watches. */
  liveness?: Liveness;
  onFailure(error: unknown): void;
}): NotingUse {
  const used = new Set<string>();
  const write = async (): Promise<number> => {
    const ids = [...used];
    if (ids.length === 0) return 0;
    await touchKeys(parts.pool, ids, parts.clock.now());
    // Only now: what was not written is tried again.
    for (const id of ids) used.delete(id);
    return 0;
  };
  const loop = startDueRows({
    name: 'use of API keys',
    batch: async () => ({ handled: await write(), nextInMs: null }),
    idleMs: EVERY_MS,
    clock: parts.clock,
    logger: parts.logger,
    ...(parts.liveness === undefined ? {} : { liveness: parts.liveness }),
    onFailure: parts.onFailure,
  });
  return {
    note: (id) => {
      used.add(id);
    },
    stop: async () => {
      await loop.stop();
      await write().catch((error: unknown) => {
        parts.logger.warn({ err: error }, 'the last use of API keys was not noted');
      });
    },
  };
}
