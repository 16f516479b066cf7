import type { Pool } from '#shared/postgres/pool.ts';
import type { SendingChannel } from './channel.ts';

/** What waits in the table on one channel, whatever became of its turns in the queues. */
export interface Backlog {
  /** Messages by state, each counted up to `MOST_COUNTED`. */
  unsent: Readonly<Record<'queued' | 'held' | 'ambiguous', number>>;
  /** How long the one that has been queued longest has been, in ms (real time); 0 when none is. */
  oldestQueuedMs: number;
}

/** Beyond that the exact number says nothing more, and counting would cost more than it tells. */
const MOST_COUNTED = 100_000;

/** One statement over the partial indexes of what is unsent: its cost does not grow with what was sent. */
export async function readBacklog(
  pool: Pool,
  { channel }: Pick<SendingChannel, 'channel'>,
): Promise<Backlog> {
  const { rows } = await pool.query<{
    queued: number;
    held: number;
    ambiguous: number;
    oldest_queued_ms: number;
  }>(
    `SELECT (SELECT count(*)::integer FROM (SELECT FROM message WHERE state = 'queued' AND channel = $2 LIMIT $1) AS bounded) AS queued,
            (SELECT count(*)::integer FROM (SELECT FROM message WHERE state = 'held' AND channel = $2 LIMIT $1) AS bounded) AS held,
            (SELECT count(*)::integer FROM (SELECT FROM attempt WHERE state = 'ambiguous' AND channel = $2 LIMIT $1) AS bounded)
              AS ambiguous,
            coalesce((SELECT (extract(epoch FROM clock_timestamp() - min(queued_at)) * 1000)::float8
                        FROM message WHERE state = 'queued' AND channel = $2), 0) AS oldest_queued_ms`,
    [MOST_COUNTED, channel],
  );
  const [row] = rows;
  if (!row) throw new Error('a statement of counts returned no row');
  const { queued, held, ambiguous, oldest_queued_ms } = row;
  return { unsent: { queued, held, ambiguous }, oldestQueuedMs: Math.max(0, oldest_queued_ms) };
}
