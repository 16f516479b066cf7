import type { Queryable } from '#shared/postgres/pool.ts';

/** Counts stop here: a backlog of a million must not cost a look at a million rows every second. */
export const COUNTED_TO = 10_000;

/** How the system stands: what waits, and who works on the streams. Counts are at most `COUNTED_TO`. */
export interface SystemState {
  messages: {
    /** With the senders, and for how long the oldest has been. */
    queued: number;
    oldestQueuedSeconds: number;
    /** Until an instant: quiet hours, caps, a pause. */
    held: number;
  };
  /** Requests to carriers of which it is not known yet what became. */
  attemptsInDoubt: number;
  /** Of services, not yet on a stream or queue. */
  outbox: number;
  /** Set aside, or waiting behind such a one. */
  recordsSetAside: number;
  consumers: {
    consumer: string;
    stream: string;
    shards: number;
    /** Of the shard that was renewed longest ago. */
    silentSeconds: number;
  }[];
}

/** One statement, by partial indexes, whose cost has a bound. Ages are of real time. */
export async function readSystemState(db: Queryable): Promise<SystemState> {
  const { rows } = await db.query<SystemState>(
    `SELECT jsonb_build_object(
              'queued', (SELECT count(*) FROM (SELECT FROM message WHERE state = 'queued' LIMIT $1) AS counted),
              'oldestQueuedSeconds', coalesce((SELECT greatest(0, floor(extract(epoch FROM clock_timestamp() - min(queued_at))))
                                                 FROM message WHERE state = 'queued'), 0),
              'held', (SELECT count(*) FROM (SELECT FROM message WHERE state = 'held' LIMIT $1) AS counted)) AS messages,
            (SELECT count(*) FROM (SELECT FROM attempt WHERE state = 'ambiguous' LIMIT $1) AS counted) AS "attemptsInDoubt",
            (SELECT count(*) FROM (SELECT FROM outbox LIMIT $1) AS counted) AS outbox,
            (SELECT count(*) FROM (SELECT FROM quarantined_record WHERE state IN ('quarantined', 'parked') LIMIT $1) AS counted)
              AS "recordsSetAside",
            coalesce((SELECT jsonb_agg(jsonb_build_object(
                               'consumer', consumer, 'stream', source, 'shards', shards, 'silentSeconds', silent)
                               ORDER BY consumer, source)
                        FROM (SELECT consumer, source, count(*) AS shards,
                                     greatest(0, floor(extract(epoch FROM clock_timestamp() - min(renewed_at)))) AS silent
                                FROM lease WHERE source <> 'outbox' AND finished_at IS NULL
                               GROUP BY consumer, source) AS consuming), '[]') AS consumers`,
    [COUNTED_TO],
  );
  const [state] = rows;
  if (!state) throw new Error('a statement without FROM has one row');
  return state;
}
