import { isMessageStatus, LEAST_TERMINAL_RANK } from '#shared/carriers/status.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { inTransaction, type Pool, type Queryable } from '#shared/postgres/pool.ts';
import type { KnownStatus } from './judge.ts';

/**
 * Which messages are looked up, and when: `status_follow_up`. A message comes in when it has no end some time after its
 * first record, which costs a message that has one nothing but being read once; it goes out when the log knows its end.
 */

/** How much of the log is gone through at once, in ms of its time: 120,000 messages at 2,000 a second. */
const SLICE_MS = 60_000;
/**
 * How far a slice reaches back behind the one before. A row is seen after its transaction committed, and that ends
 * within a few statements of at most 6 s.
 */
const OVERLAP_MS = 60_000;

/** Begins the watch over a carrier's messages, at its first call ever: `reachMs` back. */
export async function beginStatusWatch(db: Queryable, carrier: CarrierName, reachMs: number): Promise<void> {
  await db.query(
    `INSERT INTO status_watch (carrier, enrolled_to)
     VALUES ($1, clock_timestamp() - $2 * interval '1 millisecond') ON CONFLICT DO NOTHING`,
    [carrier, reachMs],
  );
}

/**
 * Goes through the next slice of the message log for messages without an end whose first record is older than
 * `afterMs` (real time), and has them looked up from `now` (business time) on. Times in which nothing was logged are
 * passed over at once: three empty days before the first start, a night. One task at a time; another finds
 * nothing to do. Idempotent. Returns how many came in, and whether there is more to go through.
 */
export function enrolNextSlice(
  pool: Pool,
  { carrier, afterMs, now }: { carrier: CarrierName; afterMs: number; now: Date },
): Promise<{ enrolled: number; more: boolean }> {
  return inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ since: Date; until: Date; more: boolean }>(
      `SELECT enrolled_to - $2 * interval '1 millisecond' AS since, until, until < reach AS more
         FROM status_watch,
              LATERAL (SELECT clock_timestamp() - $4 * interval '1 millisecond' AS reach) AS present,
              LATERAL (SELECT least(reach, $3 * interval '1 millisecond' + coalesce(
                                (SELECT min(first_seen_at) FROM message_log WHERE first_seen_at >= enrolled_to),
                                reach)) AS until) AS slice
        WHERE carrier = $1 AND enrolled_to < reach
          FOR UPDATE OF status_watch SKIP LOCKED`,
      [carrier, OVERLAP_MS, SLICE_MS, afterMs],
    );
    const slice = rows[0];
    if (slice === undefined) return { enrolled: 0, more: false };
    const { rowCount } = await tx.query(
      `INSERT INTO status_follow_up (log_id, carrier, carrier_message_id, accepted_at, next_look_at)
       SELECT log_id, carrier, carrier_message_id, coalesce(occurred_at, $5), $5
         FROM message_log
        WHERE first_seen_at >= $2 AND first_seen_at < $3 AND status_rank < $4
          AND carrier = $1 AND carrier_message_id IS NOT NULL AND direction IS DISTINCT FROM 'inbound'
          -- Whoever makes calls follows them to their end.
          AND NOT EXISTS (SELECT FROM call_log WHERE call_log.log_id = message_log.log_id)
       ON CONFLICT (log_id) DO NOTHING`,
      [carrier, slice.since, slice.until, LEAST_TERMINAL_RANK, now],
    );
    await tx.query('UPDATE status_watch SET enrolled_to = $2 WHERE carrier = $1', [carrier, slice.until]);
    return { enrolled: rowCount ?? 0, more: slice.more };
  });
}

/** A message to be looked up, and what the log knows of it. */
export interface FollowedMessage {
  logId: string;
  carrierMessageId: string;
  acceptedAt: Date;
  messageId: string | null;
  attemptId: string | null;
  phoneNumber: string | null;
  known: KnownStatus;
}

interface DueRow {
  log_id: string;
  carrier_message_id: string;
  accepted_at: Date;
  message_id: string | null;
  attempt_id: string | null;
  phone_number: string | null;
  status: string | null;
  status_at: Date | null;
  error_code: string | null;
  unknown_statuses: string[] | null;
  ended: boolean;
}

/**
 * Claims up to `limit` messages that are due for a look, for `claimMs` (business time). Those whose end the log knows by now, or that
 * it no longer has, go out instead; `settled` counts them.
 */
export async function claimDueLooks(
  db: Queryable,
  { carrier, now, limit, claimMs }: { carrier: CarrierName; now: Date; limit: number; claimMs: number },
): Promise<{ messages: FollowedMessage[]; settled: number }> {
  const { rows } = await db.query<DueRow>(
    `WITH due AS (
       SELECT log_id, carrier_message_id, accepted_at FROM status_follow_up
        WHERE carrier = $1 AND next_look_at <= $2
        ORDER BY next_look_at LIMIT $3 FOR UPDATE SKIP LOCKED),
     known AS (
       SELECT due.*, message_id, attempt_id, phone_number, status, status_at, error_code, unknown_statuses,
              coalesce(status_rank >= $4, true) AS ended
         FROM due LEFT JOIN message_log USING (log_id)),
     settled AS (
       DELETE FROM status_follow_up USING known
        WHERE status_follow_up.log_id = known.log_id AND known.ended),
     claimed AS (
       UPDATE status_follow_up SET next_look_at = $5 FROM known
        WHERE status_follow_up.log_id = known.log_id AND NOT known.ended)
     SELECT * FROM known`,
    [carrier, now, limit, LEAST_TERMINAL_RANK, new Date(now.getTime() + claimMs)],
  );
  const messages = rows.filter(({ ended }) => !ended).map(followedMessage);
  return { messages, settled: rows.length - messages.length };
}

const followedMessage = (row: DueRow): FollowedMessage => ({
  logId: row.log_id,
  carrierMessageId: row.carrier_message_id,
  acceptedAt: row.accepted_at,
  messageId: row.message_id,
  attemptId: row.attempt_id,
  phoneNumber: row.phone_number,
  known: {
    status: row.status !== null && isMessageStatus(row.status) ? row.status : 'unknown',
    at: row.status_at ?? row.accepted_at,
    errorCode: row.error_code,
    unknownStatuses: row.unknown_statuses ?? [],
  },
});

/** Plans the next looks (business time). */
export async function planLooks(db: Queryable, looks: readonly { logId: string; at: Date }[]): Promise<void> {
  if (looks.length === 0) return;
  await db.query(
    `UPDATE status_follow_up SET next_look_at = look.at
       FROM unnest($1::uuid[], $2::timestamptz[]) AS look(log_id, at)
      WHERE status_follow_up.log_id = look.log_id`,
    [looks.map(({ logId }) => logId), looks.map(({ at }) => at)],
  );
}

/** Nothing more is expected of these. */
export async function endFollowUp(db: Queryable, logIds: readonly string[]): Promise<void> {
  if (logIds.length === 0) return;
  await db.query('DELETE FROM status_follow_up WHERE log_id = ANY ($1::uuid[])', [logIds]);
}

/** How long until the next look is due, in ms of business time, or null: none is planned. */
export async function nextLookInMs(db: Queryable, carrier: CarrierName, now: Date): Promise<number | null> {
  const { rows } = await db.query<{ at: Date | null }>(
    'SELECT min(next_look_at) AS at FROM status_follow_up WHERE carrier = $1',
    [carrier],
  );
  const at = rows[0]?.at ?? null;
  return at === null ? null : Math.max(0, at.getTime() - now.getTime());
}
