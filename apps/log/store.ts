import { contradicting, isMessageStatus, isTerminal, statusRank } from '#shared/carriers/status.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { StatusConflict } from './merge.ts';
import type { LogRow } from './row.ts';

/**
 * Writes what a batch knows into the message log: one statement for all rows. A row that is there already is merged
 * with by the rule of `mergeRows`, in SQL: columns of the content go together, by `occurred_at`; the ids and the
 * number that statuses mentioned stand in while there is none; status, time and error code go together, by rank.
 * Idempotent. Rows must come in the order of their ids, so that two tasks never wait for each other in a circle.
 */
export async function upsertRows(db: Queryable, rows: readonly LogRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db.query({ name: 'upsert-message-log', text: UPSERT, values: columnsOf(rows) });
}

/**
 * Times are milliseconds, empty lists null, and lists stand side by side in the select list: each of the three is
 * measurably cheaper for PostgreSQL to read than timestamps, array literals and unnest with many arguments.
 */
const UPSERT = `
INSERT INTO message_log AS log
  (log_id, carrier, carrier_message_id, direction, phone_number, our_number, body, media_urls, message_id,
   attempt_id, segments, status, status_rank, status_at, error_code, unknown_statuses, occurred_at)
SELECT log_id, carrier, carrier_message_id, direction, phone_number, our_number, body,
       CASE WHEN media_urls IS NULL THEN '{}'::text[] ELSE media_urls::text[] END,
       message_id, attempt_id, segments, status, status_rank, to_timestamp(status_at / 1000.0), error_code,
       CASE WHEN unknown_statuses IS NULL THEN '{}'::text[] ELSE unknown_statuses::text[] END,
       to_timestamp(occurred_at / 1000.0)
  FROM (SELECT unnest($1::uuid[]) AS log_id, unnest($2::text[]) AS carrier, unnest($3::text[]) AS carrier_message_id,
               unnest($4::text[]) AS direction, unnest($5::text[]) AS phone_number, unnest($6::text[]) AS our_number,
               unnest($7::text[]) AS body, unnest($8::text[]) AS media_urls, unnest($9::uuid[]) AS message_id,
               unnest($10::uuid[]) AS attempt_id, unnest($11::integer[]) AS segments, unnest($12::text[]) AS status,
               unnest($13::smallint[]) AS status_rank, unnest($14::float8[]) AS status_at,
               unnest($15::text[]) AS error_code, unnest($16::text[]) AS unknown_statuses,
               unnest($17::float8[]) AS occurred_at) AS row
ON CONFLICT (log_id) DO UPDATE SET
  direction = coalesce(log.direction, excluded.direction),
  content_at = CASE WHEN log.direction IS NULL AND excluded.direction IS NOT NULL THEN clock_timestamp() ELSE log.content_at END,
  our_number = CASE WHEN log.direction IS NULL OR excluded.occurred_at < log.occurred_at
                    THEN excluded.our_number ELSE log.our_number END,
  body = CASE WHEN log.direction IS NULL OR excluded.occurred_at < log.occurred_at
              THEN excluded.body ELSE log.body END,
  media_urls = CASE WHEN log.direction IS NULL OR excluded.occurred_at < log.occurred_at
                    THEN excluded.media_urls ELSE log.media_urls END,
  segments = CASE WHEN log.direction IS NULL OR excluded.occurred_at < log.occurred_at
                  THEN excluded.segments ELSE log.segments END,
  occurred_at = least(log.occurred_at, excluded.occurred_at),
  phone_number = CASE WHEN log.direction IS NULL AND excluded.direction IS NULL
                      THEN least(log.phone_number COLLATE "C", excluded.phone_number)
                      WHEN log.direction IS NULL OR excluded.occurred_at < log.occurred_at
                      THEN excluded.phone_number ELSE log.phone_number END,
  message_id = CASE WHEN log.direction IS NULL AND excluded.direction IS NULL
                    THEN least(log.message_id, excluded.message_id)
                    WHEN log.direction IS NULL OR excluded.occurred_at < log.occurred_at
                    THEN excluded.message_id ELSE log.message_id END,
  attempt_id = CASE WHEN log.direction IS NULL AND excluded.direction IS NULL
                    THEN least(log.attempt_id, excluded.attempt_id)
                    WHEN log.direction IS NULL OR excluded.occurred_at < log.occurred_at
                    THEN excluded.attempt_id ELSE log.attempt_id END,
  status = CASE WHEN excluded.status_rank > log.status_rank THEN excluded.status ELSE log.status END,
  status_rank = greatest(log.status_rank, excluded.status_rank),
  status_at = CASE WHEN excluded.status_rank > log.status_rank THEN excluded.status_at
                   WHEN excluded.status_rank = log.status_rank THEN least(log.status_at, excluded.status_at)
                   ELSE log.status_at END,
  error_code = CASE WHEN excluded.status_rank > log.status_rank THEN excluded.error_code
                    WHEN excluded.status_rank = log.status_rank
                    THEN greatest(log.error_code COLLATE "C", excluded.error_code)
                    ELSE log.error_code END,
  unknown_statuses = CASE
    WHEN excluded.unknown_statuses <@ log.unknown_statuses THEN log.unknown_statuses
    ELSE (SELECT array_agg(DISTINCT word COLLATE "C" ORDER BY word COLLATE "C")
            FROM unnest(log.unknown_statuses || excluded.unknown_statuses) AS word) END`;

function columnsOf(rows: readonly LogRow[]): unknown[] {
  return [
    plain(rows.map((row) => row.logId)),
    plain(rows.map((row) => row.carrier)),
    rows.map((row) => row.carrierMessageId),
    plain(rows.map(({ content }) => content?.direction ?? null)),
    plain(rows.map(({ content, mentioned }) => (content ?? mentioned).phoneNumber)),
    plain(rows.map(({ content }) => content?.ourNumber ?? null)),
    rows.map(({ content }) => content?.body ?? null),
    rows.map(({ content }) => arrayLiteral(content?.mediaUrls ?? [])),
    plain(rows.map(({ content, mentioned }) => (content ?? mentioned).messageId)),
    plain(rows.map(({ content, mentioned }) => (content ?? mentioned).attemptId)),
    plain(rows.map(({ content }) => content?.segments ?? null)),
    plain(rows.map(({ status }) => status.status)),
    plain(rows.map(({ status }) => statusRank(status.status))),
    plain(rows.map(({ status }) => status.at.getTime())),
    rows.map(({ status }) => status.errorCode),
    rows.map((row) => arrayLiteral(row.unknownStatuses)),
    plain(rows.map(({ content }) => content?.occurredAt.getTime() ?? null)),
  ];
}

/**
 * An array as PostgreSQL writes it, of ids, numbers, phone numbers and words of our own: none of them holds a character
 * that would have to be quoted, which saves looking at each.
 */
const plain = (values: readonly (string | number | null)[]): string =>
  `{${values.map((value) => value ?? 'NULL').join(',')}}`;

/** An array of texts as PostgreSQL writes it: unnest would flatten arrays within an array. Null for none: no cast. */
const arrayLiteral = (values: readonly string[]): string | null =>
  values.length === 0 ? null : `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;

/**
 * Where a terminal status of the batch contradicts the one that the log already has. Asked before the batch is
 * written. For people to look into: which status stands is decided by rank.
 */
export async function conflictsWithLog(db: Queryable, rows: readonly LogRow[]): Promise<StatusConflict[]> {
  const terminal = new Map(
    rows.filter((row) => isTerminal(row.status.status)).map((row) => [row.logId, row.status.status]),
  );
  if (terminal.size === 0) return [];
  const known = await db.query<{ log_id: string; status: string }>(
    'SELECT log_id, status FROM message_log WHERE log_id = ANY ($1::uuid[])',
    [[...terminal.keys()]],
  );
  return known.rows.flatMap(({ log_id: logId, status }) => {
    const incoming = terminal.get(logId);
    if (incoming === undefined || !isMessageStatus(status)) return [];
    return contradicting(incoming).includes(status) ? [{ logId, statuses: [status, incoming] as const }] : [];
  });
}
