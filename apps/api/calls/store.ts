import type { Queryable } from '#shared/postgres/pool.ts';
import type { CallOutcome } from '#shared/voice/call-outcomes.ts';
import { LOOKED_AT, type LogPosition } from '../messages/store.ts';
import { CALL_FACTS, type CallFactsRow } from './facts.ts';

export interface CallRow extends CallFactsRow {
  /** Of its message. */
  id: string;
  logId: string;
  phoneNumber: string | null;
  ourNumber: string | null;
  campaignId: string | null;
  body: string;
  occurredAt: Date;
  status: string;
  statusAt: Date;
  errorCode: string | null;
  carrier: string;
  carrierMessageId: string | null;
  position: string;
}

/** What is asked of calls; null: of any. */
export interface CallQuery {
  phone: string | null;
  ourNumber: string | null;
  campaignId: string | null;
  messageId: string | null;
  outcome: CallOutcome | null;
  since: Date | null;
  until: Date | null;
  after: LogPosition | null;
  limit: number;
}

/**
 * Calls, newest first, at most `limit`. Of a person, of a campaign, and of all there are indexes in order of time; what became
 * of them, and from which number, is looked for in that order, among at most `lookedAt`: `lookedTo` is where that ended, null
 * where nothing was left.
 */
export async function searchCalls(
  db: Queryable,
  query: CallQuery,
  lookedAt = LOOKED_AT,
): Promise<{ found: CallRow[]; lookedTo: LogPosition | null }> {
  const isFiltered = query.outcome !== null || query.ourNumber !== null;
  const most = isFiltered ? Math.max(lookedAt, query.limit) : query.limit;
  const { rows } = await db.query<{
    facts: CallFactsRow;
    row: Omit<CallRow, keyof CallFactsRow | 'occurredAt' | 'statusAt'> | null;
    occurredAt: Date;
    statusAt: Date;
    looked: number;
    lastId: string;
    lastAt: string;
  }>(query.phone === null && query.messageId === null ? SEARCH.all : SEARCH.person, [
    query.phone,
    query.campaignId,
    query.since,
    query.until,
    query.after?.at ?? null,
    query.after?.logId ?? null,
    most,
    query.outcome,
    query.ourNumber,
    query.limit,
    query.messageId,
  ]);
  const [first] = rows;
  const isMore = first !== undefined && first.looked >= most;
  return {
    // Nothing that was looked at fits: then there is one row, of where the search ended.
    found: rows.flatMap(({ facts, occurredAt, row, statusAt }) =>
      row === null ? [] : [{ ...row, ...facts, occurredAt, statusAt }],
    ),
    lookedTo: isMore ? { at: first.lastAt, logId: first.lastId } : null,
  };
}

/** In the order of the person's messages, or of all calls. Both know when a call was made. */
const SEARCH = { person: searching('log'), all: searching('call_log') };

function searching(by: 'log' | 'call_log'): string {
  return `
    WITH looked AS MATERIALIZED (
      SELECT log.log_id, ${by}.occurred_at, log.status_at, log.our_number, call_log.outcome, ${CALL_FACTS} AS facts,
             to_char(${by}.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position,
             jsonb_build_object(
               'id', coalesce(log.message_id, log.log_id), 'logId', log.log_id, 'phoneNumber', log.phone_number,
               'ourNumber', log.our_number, 'campaignId', call_log.campaign_id, 'body', coalesce(log.body, ''),
               'status', log.status, 'errorCode', log.error_code, 'carrier', log.carrier,
               'carrierMessageId', log.carrier_message_id) AS call
        FROM call_log JOIN message_log AS log ON log.log_id = call_log.log_id
       WHERE ${by}.occurred_at IS NOT NULL AND log.direction IS NOT NULL
         AND ($1::text IS NULL OR log.phone_number = $1)
         AND ($11::uuid IS NULL OR log.attempt_id IN (SELECT attempt_id FROM attempt WHERE message_id = $11))
         AND ($2::uuid IS NULL OR call_log.campaign_id = $2)
         AND ($3::timestamptz IS NULL OR ${by}.occurred_at >= $3) AND ($4::timestamptz IS NULL OR ${by}.occurred_at < $4)
         AND ($5::timestamptz IS NULL OR (${by}.occurred_at, ${by}.log_id) < ($5, $6::uuid))
       ORDER BY ${by}.occurred_at DESC, ${by}.log_id DESC LIMIT $7)
    SELECT found.call || jsonb_build_object('position', found.position) AS row, found.facts,
           found.occurred_at AS "occurredAt", found.status_at AS "statusAt", ends.*
      FROM (SELECT count(*)::int AS looked FROM looked) AS counted
     CROSS JOIN LATERAL (
           SELECT counted.looked, log_id AS "lastId", position AS "lastAt"
             FROM looked ORDER BY occurred_at, log_id LIMIT 1) AS ends
      LEFT JOIN LATERAL (
           SELECT * FROM looked
            WHERE ($8::text IS NULL OR outcome = $8) AND ($9::text IS NULL OR our_number = $9)
            ORDER BY occurred_at DESC, log_id DESC LIMIT $10) AS found ON true
     ORDER BY found.occurred_at DESC, found.log_id DESC`;
}
