import type { Clock } from '#shared/clock.ts';
import { type DueRows, startDueRows } from '#shared/due-rows.ts';
import type { Liveness } from '#shared/liveness.ts';
import type { Logger } from '#shared/logger.ts';
import type { Pool, Queryable } from '#shared/postgres/pool.ts';
import { forgetWindows } from '../whatsapp.ts';

const EVERY_MS = 10 * 60_000;
/** Rows that one statement deletes. */
const AT_ONCE = 5_000;

/**
 * Forgets some of the requests for short links that are older than `days` (business time), the oldest first; returns how
 * many. Contacts who followed a link (`campaign_click`) and their counts stay. Any number of tasks may do it: what one of
 * them deletes the others pass over.
 */
export async function forgetClicks(
  db: Queryable,
  { days, limit = AT_ONCE, now }: { days: number; now: Date; limit?: number },
): Promise<number> {
  const { rowCount } = await db.query(
    `DELETE FROM link_click WHERE click_id IN (
       SELECT click_id FROM link_click WHERE clicked_at < $1::timestamptz - $2 * interval '1 day'
        ORDER BY clicked_at LIMIT $3 FOR UPDATE SKIP LOCKED)`,
    [now, days, limit],
  );
  return rowCount ?? 0;
}

/** Keeps `link_click` as large as `days` of requests, and `whatsapp_window` as two days of messages. */
export function startForgetting(
  { clock, logger, pool }: { pool: Pool; clock: Clock; logger: Logger },
  { days, ...parts }: { days: number; liveness?: Liveness; onFailure(error: unknown): void },
): DueRows {
  return startDueRows({
    name: 'requests for short links and windows of WhatsApp',
    batch: async () => {
      const clicks = await forgetClicks(pool, { days, now: clock.now() });
      return { handled: clicks + (await forgetWindows(pool, AT_ONCE)), nextInMs: null };
    },
    idleMs: EVERY_MS,
    clock,
    logger,
    ...parts,
  });
}
