import { z } from 'zod';
import { windowSchema } from '#shared/campaigns/windows.ts';
import type { Clock } from '#shared/clock.ts';
import type { Logger } from '#shared/logger.ts';
import { type HoursRules, hoursKept, type OwnWindow } from '#shared/operating/hours-kept.ts';
import { type HoursVerdict, NO_CAMPAIGN, type OperatingMeasure } from '#shared/operating/measures.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';

/** Rows of so many ms are counted in one transaction: after an outage there are many, and memory is bounded. */
export const SPAN_MS = 30_000;
/** What was written so lately may belong to a transaction whose number nobody saw yet, in ms. */
const SETTLES_MS = 1_000;
/** Of what left outside its hours so many of one span are named in the log: of more, those are enough to find the fault. */
const MOST_NAMED = 20;
/**
 * A request that was answered later than this, in ms, had lost its answer: what is known of its time is when it began. Others
 * are answered within the time-out of a request.
 */
const ANSWERED_MS = 10_000;

export interface CountParts {
  clock: Pick<Clock, 'now' | 'machineTime'>;
  hours: HoursRules;
  logger: Pick<Logger, 'warn'>;
  /** One of all tasks looks so often, in ms. */
  everyMs: number;
  /** Most that is counted at once, in ms of real time. Left out: SPAN_MS. */
  spanMs?: number;
  /** Left out: SETTLES_MS. */
  settlesMs?: number;
}

/** What was counted, over all days and campaigns. */
export type Counted = Readonly<Partial<Record<OperatingMeasure, number>>>;

/** One count that grows. */
interface Growth {
  day: string;
  campaignId: string;
  measure: OperatingMeasure;
  value: number;
}

/**
 * Counts what was written since the last time: each row once, whoever dies when, because how far it has come is written with
 * the counts. What may still be in a transaction under way waits for it: a row counts when nothing older can appear any more.
 * Every task may call it at any time; one of them counts. Null: it is not time yet, another one is at it, or nothing can be
 * counted yet. `more`: there is more to count now.
 */
export function countRows(
  pool: Pool,
  { clock, everyMs, hours, logger, settlesMs = SETTLES_MS, spanMs = SPAN_MS }: CountParts,
): Promise<{ counted: Counted; more: boolean } | null> {
  return inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{
      from: string;
      to: string;
      is_bound: boolean;
      is_over: boolean;
      is_whole: boolean;
    }>(
      `SELECT counted_to::text AS from, least(bound_at, counted_to + $2 * interval '1 millisecond')::text AS to,
              -- A number that this server has not given out yet is one of another that its data came from: none here comes before it
              -- for a long time. (Or of a moment ago, and the next look sees it: a new bound does no harm.)
              coalesce(bound_at IS NOT NULL AND bound_xid < pg_snapshot_xmax(pg_current_snapshot()), false) AS is_bound,
              coalesce(pg_snapshot_xmin(pg_current_snapshot()) >= bound_xid, false) AS is_over,
              coalesce(bound_at <= counted_to + $2 * interval '1 millisecond', false) AS is_whole
         FROM operating_watch
        WHERE looked_at < clock_timestamp() - $1 * interval '1 millisecond' OR bound_at IS NOT NULL
          FOR UPDATE SKIP LOCKED`,
      [everyMs, spanMs],
    );
    const [watch] = rows;
    if (watch === undefined) return null;
    if (!watch.is_bound) {
      // The lock on its row has given this transaction a number, after it began: what had one by then has a lower one. (The end of
      // a snapshot would not do: it is one past the highest that is over, and others above it may be under way.)
      await tx.query(
        `UPDATE operating_watch
            SET looked_at = now(), bound_xid = pg_current_xact_id(),
                bound_at = greatest(counted_to, now() - $1 * interval '1 millisecond')`,
        [settlesMs],
      );
      return null;
    }
    if (!watch.is_over) return null;
    const offsetMs = clock.now().getTime() - clock.machineTime().getTime();
    const span = [watch.from, watch.to] as const;
    const growths = [...(await readSent(tx, span, hours, logger)), ...(await readOthers(tx, span, offsetMs))];
    const counted = await grow(tx, growths);
    await tx.query(
      `UPDATE operating_watch
          SET counted_to = $1, bound_at = CASE WHEN $2 THEN NULL ELSE bound_at END,
              bound_xid = CASE WHEN $2 THEN NULL ELSE bound_xid END`,
      [watch.to, watch.is_whole],
    );
    return { counted, more: !watch.is_whole };
  });
}

/** What went to the same campaign, place and hour. */
interface SentRow {
  day: string;
  campaign_id: string | null;
  is_taken: boolean;
  is_planned: boolean;
  channel: 'sms' | 'voice' | null;
  area: string;
  time_zone: string | null;
  state: string | null;
  postal_code: string | null;
  minute: number;
  windows: unknown;
  messages: number;
  /** Some of them. */
  message_ids: string[];
}

const windowsSchema = z.array(windowSchema);

async function readSent(
  tx: Transaction,
  [from, to]: readonly [string, string],
  rules: HoursRules,
  logger: Pick<Logger, 'warn'>,
): Promise<Growth[]> {
  // All hours begin at whole minutes: messages of one minute to people of whom the same is known are judged together.
  const { rows } = await tx.query<SentRow>(
    `WITH gone AS MATERIALIZED (
       SELECT log.message_id, log.occurred_at, log.carrier_message_id IS NOT NULL AS is_taken, left(log.phone_number, 5) AS area, log.phone_number,
              coalesce(message.campaign_id, message.lesson_campaign_id) AS campaign_id, message.channel,
              coalesce(message.intent IN ('transactional', 'marketing'), false) AS is_planned,
              log.occurred_at - CASE WHEN attempt.ended_at - attempt.posted_at > $3 * interval '1 millisecond'
                                     THEN attempt.ended_at - attempt.posted_at ELSE interval '0' END AS at
         FROM message_log AS log
         LEFT JOIN message ON message.message_id = log.message_id
         LEFT JOIN attempt ON attempt.attempt_id = log.attempt_id
        WHERE log.content_at > $1 AND log.content_at <= $2 AND log.direction = 'outbound'),
     added AS (
       SELECT (gone.occurred_at AT TIME ZONE 'UTC')::date::text AS day, gone.campaign_id, is_taken, is_planned, gone.channel,
              area, phone.time_zone, phone.state, phone.postal_code,
              (extract(epoch FROM date_trunc('minute', gone.at)) * 1000)::float8 AS minute, count(*)::int AS messages,
              (array_agg(gone.message_id ORDER BY gone.message_id))[1:$4] AS message_ids
         FROM gone LEFT JOIN phone ON phone.phone_number = gone.phone_number
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
     SELECT added.*, campaign.definition -> 'windows' AS windows FROM added LEFT JOIN campaign USING (campaign_id)`,
    [from, to, ANSWERED_MS, MOST_NAMED],
  );
  const windows = new Map<string, readonly OwnWindow[] | null>();
  let named = 0;
  return rows.flatMap((row): Growth[] => {
    const { day, messages } = row;
    const campaignId = row.campaign_id ?? NO_CAMPAIGN;
    const counts = (measure: OperatingMeasure): Growth => ({ day, campaignId, measure, value: messages });
    if (!row.is_taken) return [counts('refused')];
    if (!row.is_planned) return [counts('sent')];
    if (row.campaign_id !== null && !windows.has(campaignId)) {
      windows.set(campaignId, windowsOf(campaignId, row.windows, logger));
    }
    const own = windows.get(campaignId) ?? null;
    const verdict = verdictOf(row, own, rules);
    if (verdict === 'outside_law' || verdict === 'outside_window') {
      // Before they are counted: who dies in between names them again, and never not at all.
      for (const messageId of row.message_ids.slice(0, MOST_NAMED - named)) {
        named += 1;
        logger.warn(
          { messageId, campaignId: row.campaign_id, verdict, minute: new Date(row.minute).toISOString() },
          'it left outside its hours',
        );
      }
    }
    return [counts('sent'), counts(verdict)];
  });
}

/**
 * Of a campaign that is not there any more, or whose windows cannot be read, only the law and the hours of the organisation are
 * left to judge by: one row that is wrong may not keep everything else from being counted.
 */
function windowsOf(
  campaignId: string,
  stored: unknown,
  logger: Pick<Logger, 'warn'>,
): readonly OwnWindow[] | null {
  if (stored === null) return null;
  const read = windowsSchema.safeParse(stored);
  if (read.success) return read.data;
  logger.warn(
    { campaignId, faults: read.error.issues.map(({ message, path }) => `${path.join('.')}: ${message}`) },
    'the windows of a campaign cannot be read: what it sent is judged without them',
  );
  return null;
}

/** Of somebody who was erased nobody knows any more where they were. */
const verdictOf = (row: SentRow, windows: readonly OwnWindow[] | null, rules: HoursRules): HoursVerdict =>
  hoursKept(
    row.minute,
    { phoneNumber: row.area, zone: row.time_zone, state: row.state, postalCode: row.postal_code },
    { channel: row.channel ?? 'sms', windows },
    rules,
  );

/** Rows that count as they are. `offsetMs`: how far business time is ahead of real time. */
async function readOthers(
  tx: Transaction,
  [from, to]: readonly [string, string],
  offsetMs: number,
): Promise<Growth[]> {
  const { rows } = await tx.query<Growth>(
    `WITH row AS (
       SELECT decided_at AS at, campaign_id,
              CASE WHEN verdict = 'send' THEN 'allowed' WHEN rule IN ('suppressed', 'revoked') THEN 'suppressed'
                   ELSE 'blocked' END AS measure
         FROM decision WHERE recorded_at > $1 AND recorded_at <= $2 AND verdict <> 'hold'
       UNION ALL
       SELECT received_at, campaign_id,
              CASE WHEN campaign_id IS NOT NULL THEN 'heard_of_campaign' WHEN contact_id IS NOT NULL THEN 'heard_of_contact'
                   ELSE 'heard_of_nobody' END
         FROM reply WHERE stored_at > $1 AND stored_at <= $2
       UNION ALL
       SELECT settled_at + $3 * interval '1 millisecond', campaign_id, 'left_out'
         FROM campaign_contact WHERE settled_at > $1 AND settled_at <= $2 AND state IN ('blocked', 'skipped')
       UNION ALL
       SELECT recorded_at + $3 * interval '1 millisecond', NULL, 'opted_out'
         FROM consent_change AS change
        WHERE recorded_at > $1 AND recorded_at <= $2 AND status <> 'opted_in' AND method <> 'import'
          -- Who was counted when they asked is not counted again when it has been carried through.
          AND (status = 'pending_opt_out'
               OR (SELECT before.status FROM consent_change AS before
                    WHERE before.phone_number = change.phone_number AND before.scope = change.scope
                      AND before.position < change.position AND NOT before.found_late
                    ORDER BY before.position DESC LIMIT 1) IS DISTINCT FROM 'pending_opt_out'))
     SELECT (at AT TIME ZONE 'UTC')::date::text AS day, coalesce(campaign_id, $4) AS "campaignId", measure,
            count(*)::int AS value
       FROM row GROUP BY 1, 2, 3`,
    [from, to, offsetMs, NO_CAMPAIGN],
  );
  return rows;
}

/** Adds to counts, each once and in one order. Returns the sum of each measure. */
async function grow(tx: Transaction, growths: readonly Growth[]): Promise<Counted> {
  const counted: Partial<Record<OperatingMeasure, number>> = {};
  for (const { measure, value } of growths) counted[measure] = (counted[measure] ?? 0) + value;
  if (growths.length === 0) return counted;
  await tx.query(
    `INSERT INTO operating_count AS known (day, campaign_id, measure, value)
     SELECT day, campaign_id, measure, sum(value)
       FROM unnest($1::date[], $2::uuid[], $3::text[], $4::bigint[]) AS grown(day, campaign_id, measure, value)
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
     ON CONFLICT (day, campaign_id, measure) DO UPDATE SET value = known.value + excluded.value`,
    [
      growths.map(({ day }) => day),
      growths.map(({ campaignId }) => campaignId),
      growths.map(({ measure }) => measure),
      growths.map(({ value }) => value),
    ],
  );
  return counted;
}
