import type { Queryable } from '#shared/postgres/pool.ts';

/** Rows that are counted at most: a look must not cost what a day of a million messages does. */
export const COUNTED = 50_000;

export interface MessageCounts {
  received: number;
  sent: number;
  delivered: number;
  undelivered: number;
  /** By carriers, when they were asked. */
  refused: number;
  repliers: number;
  reached: number;
  isAll: boolean;
}

/** Of the message log since then: the newest `COUNTED` entries. */
export async function readMessageCounts(db: Queryable, since: Date): Promise<MessageCounts> {
  const { rows } = await db.query<MessageCounts>(
    `SELECT (count(*) FILTER (WHERE direction = 'inbound'))::int AS received,
            (count(*) FILTER (WHERE went))::int AS sent,
            (count(*) FILTER (WHERE direction = 'outbound' AND NOT went))::int AS refused,
            (count(*) FILTER (WHERE went AND status IN ('delivered', 'read', 'completed')))::int AS delivered,
            (count(*) FILTER (WHERE went AND status IN ('undelivered', 'failed', 'busy', 'no-answer', 'canceled')))::int
              AS undelivered,
            (count(DISTINCT phone_number) FILTER (WHERE direction = 'inbound'))::int AS repliers,
            (count(DISTINCT phone_number) FILTER (WHERE went))::int AS reached,
            count(*) < $2 AS "isAll"
       FROM (SELECT direction, status, phone_number,
                    -- What a carrier refused has no id there.
                    direction = 'outbound' AND carrier_message_id IS NOT NULL AS went
               FROM message_log
              WHERE occurred_at >= $1 AND direction IS NOT NULL
              ORDER BY occurred_at DESC, log_id DESC LIMIT $2) AS newest`,
    [since, COUNTED],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an aggregate without groups has one row');
  return row;
}

/**
 * People who took their consent back since then (business time, less than a day ago), by whatever way; those that were restored are
 * not taken off.
 */
export async function readOptOuts(db: Queryable, since: Date): Promise<number> {
  const { rows } = await db.query<{ people: number }>(
    `SELECT count(DISTINCT phone_number)::int AS people
       FROM (SELECT phone_number FROM consent_change
              -- When it was recorded is the machine's time, which business time only ever is ahead of: it bounds what is looked at.
              WHERE recorded_at >= clock_timestamp() - interval '25 hours' AND requested_at >= $1
                AND status IN ('opted_out', 'pending_opt_out')
              LIMIT $2) AS counted`,
    [since, COUNTED],
  );
  return rows[0]?.people ?? 0;
}

/** Conversations in which somebody has to answer, and how long the oldest has. */
export async function readWaiting(db: Queryable): Promise<{ conversations: number; oldestAt: Date | null }> {
  const { rows } = await db.query<{ conversations: number; oldestAt: Date | null }>(
    `SELECT (SELECT count(*)::int FROM (SELECT FROM conversation WHERE waiting > 0 LIMIT $1) AS counted) AS conversations,
            (SELECT last_text_at FROM conversation WHERE waiting > 0 ORDER BY activity_at, conversation_id LIMIT 1) AS "oldestAt"`,
    [COUNTED],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a select without a table returned no row');
  return row;
}
