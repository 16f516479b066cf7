import { callingCarriers } from '#shared/carriers/voice.ts';
import type { Channel } from '#shared/compliance/touch.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { type BucketLimit, bucketOf } from '#shared/pacing/buckets.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

/** Where carriers' days end: https://www.twilio.com/docs/messaging/guides/a2p-10dlc, daily limits of T-Mobile. */
const DAYS_END_IN = 'America/Los_Angeles';

/** What a number of ours may send now. */
export interface SenderLimits {
  senderNumber: string;
  carrier: CarrierName;
  /** Whether it can make calls. */
  canCall: boolean;
  /** Its carrier takes nothing just now. */
  carrierPaused: boolean;
  /** Segments per second. */
  rate: number;
  pool: string | null;
  /** Of all numbers of the pool together; null: what they have. */
  poolRate: number | null;
  /** Nothing planned goes from it; answers do. */
  halted: boolean;
  /** Segments that are left of the day by its own cap; null: it has none. May be below 0. */
  dayLeft: number | null;
  /** The same by the cap of its pool, which all its numbers share. */
  poolDayLeft: number | null;
  /** The caps themselves, in segments. */
  dayCap: number | null;
  poolDayCap: number | null;
  /** Segments that carriers took of it today. */
  sentToday: number;
  /** When the next day begins. */
  dayEnds: Date;
}

interface Row {
  sender_number: string;
  carrier: CarrierName;
  type: SenderType;
  carrier_paused: boolean;
  rate: number;
  pool: string | null;
  pool_rate: number | null;
  halted: boolean;
  day_left: number | null;
  pool_day_left: number | null;
  day_cap: number | null;
  pool_day_cap: number | null;
  sent_today: number;
  day_ends: Date;
}

const LIMITS = `
  WITH today AS (
    SELECT day, ((day + 1)::timestamp AT TIME ZONE '${DAYS_END_IN}') AS day_ends
      FROM (SELECT ($2::timestamptz AT TIME ZONE '${DAYS_END_IN}')::date AS day) AS pacific)
  SELECT sender.sender_number, sender.carrier, sender.type, coalesce(sender.carrier_paused_until > clock_timestamp(), false) AS carrier_paused,
         sender.segments_per_second AS rate, sender.pool, sender_pool.segments_per_second AS pool_rate,
         sender.halted_at IS NOT NULL AS halted, today.day_ends, coalesce(own.segments, 0)::float8 AS sent_today,
         (sender.segments_per_day - coalesce(own.segments, 0))::float8 AS day_left,
         (sender_pool.segments_per_day - coalesce(pooled.segments, 0))::float8 AS pool_day_left,
         sender.segments_per_day::float8 AS day_cap, sender_pool.segments_per_day::float8 AS pool_day_cap
    FROM today CROSS JOIN sender
    LEFT JOIN sender_pool ON sender_pool.pool = sender.pool
    LEFT JOIN sender_day AS own ON own.sender_number = sender.sender_number AND own.day = today.day
    LEFT JOIN LATERAL (
           SELECT sum(spent.segments) AS segments
             FROM sender AS other JOIN sender_day AS spent ON spent.sender_number = other.sender_number
            WHERE other.pool = sender.pool AND spent.day = today.day) AS pooled
           ON sender_pool.segments_per_day IS NOT NULL`;

export type SenderType = 'long_code' | 'toll_free' | 'short_code' | 'whatsapp';

/** Whether a number of ours can make calls: nobody is called from a short code, nor on WhatsApp. */
export const canCall = ({ carrier, type }: { carrier: CarrierName; type: SenderType }): boolean =>
  callingCarriers.includes(carrier) && type !== 'short_code' && type !== 'whatsapp';

const limitsOf = (row: Row): SenderLimits => ({
  senderNumber: row.sender_number,
  carrier: row.carrier,
  canCall: canCall(row),
  carrierPaused: row.carrier_paused,
  rate: row.rate,
  pool: row.pool,
  poolRate: row.pool_rate,
  halted: row.halted,
  dayLeft: row.day_left,
  poolDayLeft: row.pool_day_left,
  dayCap: row.day_cap,
  poolDayCap: row.pool_day_cap,
  sentToday: row.sent_today,
  dayEnds: row.day_ends,
});

/** Of those of these numbers that we know, in one statement. `now`: business time. */
export async function readLimits(
  db: Queryable,
  numbers: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, SenderLimits>> {
  if (numbers.length === 0) return new Map();
  const { rows } = await db.query<Row>(`${LIMITS} WHERE sender.sender_number = ANY ($1)`, [numbers, now]);
  return new Map(rows.map((row) => [row.sender_number, limitsOf(row)]));
}

/** Of all numbers of a pool, in the order of their numbers. `now`: business time. */
export async function readPoolLimits(db: Queryable, pool: string, now: Date): Promise<SenderLimits[]> {
  const { rows } = await db.query<Row>(`${LIMITS} WHERE sender.pool = $1 ORDER BY sender.sender_number`, [
    pool,
    now,
  ]);
  return rows.map(limitsOf);
}

/** Adds what carriers took to the day of each number that we know. Business time. Rows are locked in one order. */
export async function addSentSegments(
  db: Queryable,
  sent: ReadonlyMap<string, number>,
  now: Date,
): Promise<void> {
  const numbers = [...sent.keys()].sort();
  if (numbers.length === 0) return;
  await db.query(
    `INSERT INTO sender_day AS known (sender_number, day, segments)
     SELECT sender.sender_number, ($3::timestamptz AT TIME ZONE '${DAYS_END_IN}')::date, taken.segments
       FROM unnest($1::text[], $2::bigint[]) AS taken(sender_number, segments) JOIN sender USING (sender_number)
      ORDER BY sender.sender_number
     ON CONFLICT (sender_number, day) DO UPDATE SET segments = known.segments + excluded.segments`,
    [numbers, numbers.map((number) => sent.get(number) ?? 0), now],
  );
}

/**
 * The buckets that a message falls under: the account at the carrier, the number and its pool. Keys share the hash tag of
 * the account, so that one call may name them all, and have the channel in them: texts and calls never take each other's
 * turns. A number that we do not know is limited by the account alone.
 */
export function bucketsOf(
  sender: SenderLimits | undefined,
  { accountRate, carrier, channel }: { carrier: CarrierName; channel: Channel; accountRate: number },
): BucketLimit[] {
  const of = (what: string, rate: number): BucketLimit =>
    bucketOf(`pace:{${carrier}}:${channel}:${what}`, rate);
  return [
    of('account', accountRate),
    ...(sender === undefined ? [] : [of(`number:${sender.senderNumber}`, sender.rate)]),
    ...(sender?.pool == null || sender.poolRate === null ? [] : [of(`pool:${sender.pool}`, sender.poolRate)]),
  ];
}
