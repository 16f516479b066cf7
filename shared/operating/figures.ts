import { HOLDS_SLOT, waitsForSlot } from '#shared/campaigns/store.ts';
import type { OperatingMeasure } from '#shared/operating/measures.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

/** What was counted of one measure on one day. */
export interface DayCount {
  /** UTC, as 2026-11-27. */
  day: string;
  measure: string;
  value: number;
}

/** Counts from a day on, of everything or of one campaign, by day and measure; those that are 0 are absent. */
export async function readDayCounts(
  db: Queryable,
  { campaignId = null, from }: { from: string; campaignId?: string | null },
): Promise<DayCount[]> {
  const { rows } = await db.query<DayCount>(
    `SELECT day::text AS day, measure, sum(value)::float8 AS value FROM operating_count
      WHERE day >= $1 AND ($2::uuid IS NULL OR campaign_id = $2)
      GROUP BY day, measure ORDER BY day, measure`,
    [from, campaignId],
  );
  return rows;
}

/** Up to when (real time) rows are counted. */
export async function readCountedTo(db: Queryable): Promise<Date> {
  const { rows } = await db.query<{ counted_to: Date }>('SELECT counted_to FROM operating_watch');
  const [row] = rows;
  if (row === undefined) throw new Error('nobody says up to where rows are counted');
  return row.counted_to;
}

/** How old the newest row is that is counted for certain, in ms of real time: a minute or two when all is well. */
export async function readCountedAge(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ ms: number }>(
    `SELECT greatest(0, extract(epoch FROM clock_timestamp() - counted_to) * 1000)::float8 AS ms FROM operating_watch`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('nobody says up to where rows are counted');
  return row.ms;
}

/** How a pool of campaigns is used. */
export interface PoolUse {
  pool: 'sms' | 'voice';
  /** Campaigns that hold one of its slots, and those of them of which something goes now. */
  taken: number;
  active: number;
  /** That wait for one. */
  waiting: number;
}

/** Of both pools, as they stand at this business time. */
export async function readPoolUse(db: Queryable, now: Date): Promise<PoolUse[]> {
  const { rows } = await db.query<PoolUse>(
    `SELECT pool, count(*) FILTER (WHERE ${HOLDS_SLOT})::int AS taken,
            count(*) FILTER (WHERE status IN ('loading', 'active'))::int AS active,
            count(*) FILTER (WHERE ${waitsForSlot('$1::timestamptz')})::int AS waiting
       FROM campaign WHERE status IN ('scheduled', 'loading', 'active', 'paused')
      GROUP BY pool ORDER BY pool`,
    [now],
  );
  return (['sms', 'voice'] as const).map(
    (pool) => rows.find((row) => row.pool === pool) ?? { pool, taken: 0, active: 0, waiting: 0 },
  );
}

/** Shares of what was counted, each from 0 to 1; null: there was nothing to take a share of. */
export interface OperatingRates {
  /** Of what was planned and left: how much did inside the recipient's window and the hours of the law. */
  windowCompliance: number | null;
  /** Of touches that the gate judged for good: how many it stopped because the person had opted out or is suppressed. */
  suppressionHits: number | null;
  /** Of texts of people: how many belong to a campaign. */
  replyAssociation: number | null;
  /** People who opted out, of what was sent. */
  optOuts: number | null;
}

/** Pure. */
export function ratesOf(counts: ReadonlyMap<string, number>): OperatingRates {
  const of = (measure: OperatingMeasure): number => counts.get(measure) ?? 0;
  const outside = of('outside_law') + of('outside_window');
  const judged = of('allowed') + of('suppressed') + of('blocked');
  const heard = of('heard_of_campaign') + of('heard_of_contact') + of('heard_of_nobody');
  return {
    windowCompliance: share(of('within'), of('within') + outside),
    suppressionHits: share(of('suppressed'), judged),
    replyAssociation: share(of('heard_of_campaign'), heard),
    optOuts: share(of('opted_out'), of('sent')),
  };
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
