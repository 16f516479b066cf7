import type { Channel, Intent } from '#shared/compliance/touch.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { CALL_FACTS, type CallFactsRow } from '../calls/facts.ts';

/** Where a page of the message log ended: the time with its microseconds, which a Date would lose. */
export interface LogPosition {
  at: string;
  logId: string;
}

export interface LoggedMessage {
  id: string;
  logId: string;
  direction: 'inbound' | 'outbound';
  phoneNumber: string | null;
  ourNumber: string | null;
  body: string;
  mediaUrls: string[];
  occurredAt: Date;
  status: string;
  statusAt: Date;
  errorCode: string | null;
  segments: number | null;
  /** Null: a text. */
  call: CallFactsRow | null;
  carrier: string;
  carrierMessageId: string | null;
  position: string;
}

const LOGGED = `coalesce(message_id, log_id) AS id, log_id AS "logId", direction, phone_number AS "phoneNumber",
       our_number AS "ourNumber", coalesce(body, '') AS body, media_urls AS "mediaUrls", occurred_at AS "occurredAt",
       status, status_at AS "statusAt", error_code AS "errorCode", segments, carrier,
       carrier_message_id AS "carrierMessageId",
       to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position`;

/** What became of the call of an entry that is one. */
const callOf = (logId: string): string =>
  `(SELECT ${CALL_FACTS} FROM call_log WHERE call_log.log_id = ${logId}) AS call`;

/** What is asked of the message log; null: of any. */
export interface LogQuery {
  phone: string | null;
  /** Entries by their ids: those that a carrier's id has. */
  logIds: readonly string[] | null;
  direction: 'inbound' | 'outbound' | null;
  status: string | null;
  since: Date | null;
  until: Date | null;
  after: LogPosition | null;
  limit: number;
}

/** Most entries that one search reads. */
export const LOOKED_AT = 10_000;

/**
 * Entries of the message log, newest first, at most `limit`. No index holds statuses, which change too often for one, so
 * a search by status or direction reads entries in their order, at most `LOOKED_AT`: `lookedTo` is where it stopped
 * looking, null where nothing was left. Entries of which nothing but a status is known yet are none.
 */
export async function searchLog(
  db: Queryable,
  query: LogQuery,
  lookedAt = LOOKED_AT,
): Promise<{ found: LoggedMessage[]; lookedTo: LogPosition | null }> {
  const isFiltered = query.direction !== null || query.status !== null;
  const most = isFiltered ? Math.max(lookedAt, query.limit) : query.limit;
  const { rows } = await db.query<LoggedMessage & { looked: number; lastId: string; lastAt: string }>(
    `WITH looked AS MATERIALIZED (
       SELECT ${LOGGED}
         FROM message_log
        WHERE occurred_at IS NOT NULL AND direction IS NOT NULL
          AND ($1::text IS NULL OR phone_number = $1)
          AND ($2::uuid[] IS NULL OR log_id = ANY ($2))
          AND ($3::timestamptz IS NULL OR occurred_at >= $3) AND ($4::timestamptz IS NULL OR occurred_at < $4)
          AND ($5::timestamptz IS NULL OR (occurred_at, log_id) < ($5, $6::uuid))
        ORDER BY occurred_at DESC, log_id DESC LIMIT $7)
     SELECT looked.*, ${callOf('looked."logId"')}, ends.*
       FROM (SELECT count(*)::int AS looked FROM looked) AS counted
      CROSS JOIN LATERAL (
            SELECT counted.looked, "logId" AS "lastId", position AS "lastAt"
              FROM looked ORDER BY "occurredAt", "logId" LIMIT 1) AS ends
       LEFT JOIN LATERAL (
            SELECT * FROM looked
             WHERE ($8::text IS NULL OR direction = $8) AND ($9::text IS NULL OR status = $9)
             ORDER BY "occurredAt" DESC, "logId" DESC LIMIT $10) AS looked ON true
      ORDER BY looked."occurredAt" DESC, looked."logId" DESC`,
    [
      query.phone,
      query.logIds,
      query.since,
      query.until,
      query.after?.at ?? null,
      query.after?.logId ?? null,
      most,
      query.direction,
      query.status,
      query.limit,
    ],
  );
  const [first] = rows;
  const isMore = first !== undefined && first.looked >= most;
  return {
    // Nothing that was looked at fits: then there is one row, of where the search ended.
    found: rows.flatMap(({ lastAt: _, lastId: __, looked: ___, ...row }) => (row.id === null ? [] : [row])),
    lookedTo: isMore ? { at: first.lastAt, logId: first.lastId } : null,
  };
}

/** A row of `message`. */
export interface OutgoingRow {
  id: string;
  channel: Channel;
  /** Order of the messages of one phone. */
  ordinal: number;
  phoneNumber: string;
  from: string;
  body: string;
  mediaUrls: string[];
  intent: Intent;
  topic: string | null;
  campaignId: string | null;
  /** The campaign that somebody tried out with it. */
  testOf: string | null;
  createdAt: Date;
  state:
    | 'queued'
    | 'posting'
    | 'ambiguous'
    | 'held'
    | 'sent'
    | 'failed'
    | 'blocked'
    | 'unknown'
    | 'cancelled';
  rule: string | null;
  heldUntil: Date | null;
  notAfter: Date | null;
}

const OUTGOING = `message_id AS id, ordinal, channel, phone_number AS "phoneNumber", sender_number AS "from", body,
       media_urls AS "mediaUrls", intent, topic, campaign_id AS "campaignId", created_at AS "createdAt", state, rule,
       due_at AS "heldUntil", not_after AS "notAfter",
       (SELECT campaign_id FROM test_message WHERE test_message.message_id = message.message_id) AS "testOf"`;

export async function readOutgoing(db: Queryable, messageId: string): Promise<OutgoingRow | null> {
  const { rows } = await db.query<OutgoingRow>(`SELECT ${OUTGOING} FROM message WHERE message_id = $1`, [
    messageId,
  ]);
  return rows[0] ?? null;
}

/** What was written for a person, sent or not, newest first, at most `limit` before that ordinal. */
export async function listOutgoing(
  db: Queryable,
  phone: string,
  { before, limit }: { before: number | null; limit: number },
): Promise<OutgoingRow[]> {
  const { rows } = await db.query<OutgoingRow>(
    `SELECT ${OUTGOING} FROM message
      WHERE phone_number = $1 AND ($2::bigint IS NULL OR ordinal < $2)
      ORDER BY ordinal DESC LIMIT $3`,
    [phone, before, limit],
  );
  return rows;
}

/** A request to a carrier. */
export interface AttemptRow {
  id: string;
  startedAt: Date;
  endedAt: Date | null;
  state: 'posting' | 'ambiguous' | 'accepted' | 'refused' | 'not_sent' | 'unknown';
  carrier: string;
  carrierMessageId: string | null;
  errorCode: string | null;
}

export async function readAttempts(db: Queryable, messageId: string): Promise<AttemptRow[]> {
  const { rows } = await db.query<AttemptRow>(
    `SELECT attempt_id AS id, posted_at AS "startedAt", ended_at AS "endedAt", state, carrier,
            carrier_message_id AS "carrierMessageId", error_code AS "errorCode"
       FROM attempt WHERE message_id = $1 ORDER BY posted_at, attempt_id`,
    [messageId],
  );
  return rows;
}

/** Entries of the log of these requests, oldest first. */
export async function readLogOfAttempts(
  db: Queryable,
  attemptIds: readonly string[],
): Promise<LoggedMessage[]> {
  const { rows } = await db.query<LoggedMessage>(
    `SELECT ${LOGGED}, ${callOf('message_log.log_id')} FROM message_log
      WHERE attempt_id = ANY ($1) AND direction IS NOT NULL AND occurred_at IS NOT NULL
      ORDER BY occurred_at, log_id`,
    [attemptIds],
  );
  return rows;
}

/** One entry of the log; null: none of this id whose message is known. */
export async function readLogged(db: Queryable, logId: string): Promise<LoggedMessage | null> {
  const { rows } = await db.query<LoggedMessage>(
    `SELECT ${LOGGED}, ${callOf('message_log.log_id')} FROM message_log WHERE log_id = $1 AND direction IS NOT NULL AND occurred_at IS NOT NULL`,
    [logId],
  );
  return rows[0] ?? null;
}
