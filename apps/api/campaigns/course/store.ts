import type { Queryable } from '#shared/postgres/pool.ts';

/** How campaigns go on, for whoever watches them: rates of now, and what happened when. */

/** What "now" is for a rate: the last minute. */
export const RATE_WINDOW_MS = 60_000;

/** What some campaigns have come to; a campaign that has nobody is not in it. */
export interface Progress {
  /** Contacts by their state. */
  states: ReadonlyMap<string, number>;
  replied: number;
}

/** Of these campaigns, by their ids, from the counts that are kept. */
export async function readProgress(
  db: Queryable,
  campaignIds: readonly string[],
): Promise<ReadonlyMap<string, Progress>> {
  const { rows } = await db.query<{ campaign_id: string; measure: string; contacts: number }>(
    `SELECT campaign_id, measure, sum(value)::float8 AS contacts FROM campaign_count
      WHERE campaign_id = ANY ($1) AND measure !~ ':' GROUP BY campaign_id, measure`,
    [campaignIds],
  );
  const found = new Map<string, { states: Map<string, number>; replied: number }>();
  for (const { campaign_id, contacts, measure } of rows) {
    const progress = found.get(campaign_id) ?? { states: new Map<string, number>(), replied: 0 };
    found.set(campaign_id, progress);
    if (measure === 'replied') progress.replied = contacts;
    else progress.states.set(measure, contacts);
  }
  return found;
}

/** Messages and calls that carriers took of these campaigns in the last minute, by their ids. `now`: business time. */
export async function readRates(
  db: Queryable,
  campaignIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, number>> {
  if (campaignIds.length === 0) return new Map();
  const { rows } = await db.query<{ campaign_id: string; messages: number }>(
    `SELECT told.campaign_id, count(*)::int AS messages
       FROM message_log AS log JOIN campaign_delivery AS told USING (log_id)
      WHERE log.occurred_at > $2 AND log.occurred_at <= $3 AND told.campaign_id = ANY ($1) AND told.outcome <> 'refused'
      GROUP BY told.campaign_id`,
    [campaignIds, new Date(now.getTime() - RATE_WINDOW_MS), now],
  );
  return new Map(rows.map(({ campaign_id, messages }) => [campaign_id, messages]));
}

/** Segments that carriers took of these numbers in the last minute, whatever they were of. `now`: business time. */
export async function readNumberRates(
  db: Queryable,
  numbers: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ our_number: string; segments: number }>(
    `SELECT our_number, sum(coalesce(segments, 1))::int AS segments FROM message_log
      WHERE occurred_at > $2 AND occurred_at <= $3 AND our_number = ANY ($1) AND direction = 'outbound'
        AND carrier_message_id IS NOT NULL
      GROUP BY our_number`,
    [numbers, new Date(now.getTime() - RATE_WINDOW_MS), now],
  );
  return new Map(rows.map(({ our_number, segments }) => [our_number, segments]));
}

/** What happened in a step of time, in messages and contacts. */
export interface CoursePoint {
  at: Date;
  sent: number;
  delivered: number;
  missed: number;
  replied: number;
}

/** When the first and the last message of a campaign went; null: none has. */
export interface Span {
  from: Date;
  to: Date;
}

/** The end of an id is random, whatever made it. */
const DRAWS = 2 ** 24;
const chosen = (column: string, place: string): string =>
  `('x' || right(${column}::text, 6))::bit(24)::int < ${place}::int`;

/** As much of a campaign as is looked at: `share` of its contacts, always the same ones. */
const drawn = (share: number): number => Math.floor(Math.min(1, share) * DRAWS);

export async function readSpan(db: Queryable, campaignId: string, share: number): Promise<Span | null> {
  const { rows } = await db.query<{ from: Date | null; to: Date | null }>(
    `SELECT min(log.occurred_at) AS "from", max(greatest(log.occurred_at, log.status_at)) AS "to"
       FROM campaign_delivery AS told JOIN message_log AS log USING (log_id)
      WHERE told.campaign_id = $1 AND ${chosen('told.contact_id', '$2')}`,
    [campaignId, drawn(share)],
  );
  const [row] = rows;
  return row?.from && row.to ? { from: row.from, to: row.to } : null;
}

/**
 * What carriers took and said, and who answered, in steps of `stepSeconds` that begin at whole multiples of it; steps in
 * which nothing happened are left out. Counted of `share` of the contacts, and made those of all.
 */
export async function readCourse(
  db: Queryable,
  campaignId: string,
  { share, stepSeconds }: { share: number; stepSeconds: number },
): Promise<CoursePoint[]> {
  const { rows } = await db.query<{
    at: Date;
    sent: number;
    delivered: number;
    missed: number;
    replied: number;
  }>(
    `WITH told AS MATERIALIZED (
       SELECT log.occurred_at, log.status_at, told.outcome
         FROM campaign_delivery AS told JOIN message_log AS log USING (log_id)
        WHERE told.campaign_id = $1 AND ${chosen('told.contact_id', '$3')}),
     happened AS (
       SELECT occurred_at AS at, 1 AS sent, 0 AS delivered, 0 AS missed, 0 AS replied FROM told
        WHERE outcome <> 'refused' AND occurred_at IS NOT NULL
       UNION ALL
       SELECT status_at, 0, 1, 0, 0 FROM told WHERE outcome IN ('delivered', 'read')
       UNION ALL
       SELECT status_at, 0, 0, 1, 0 FROM told WHERE outcome IN ('undelivered', 'failed', 'refused')
       UNION ALL
       SELECT replied_at, 0, 0, 0, 1 FROM campaign_contact
        WHERE campaign_id = $1 AND replied_at IS NOT NULL AND ${chosen('contact_id', '$3')})
     SELECT date_bin(make_interval(secs => $2), at, TIMESTAMPTZ '2000-01-01T00:00:00Z') AS at,
            sum(sent)::int AS sent, sum(delivered)::int AS delivered, sum(missed)::int AS missed,
            sum(replied)::int AS replied
       FROM happened GROUP BY 1 ORDER BY 1`,
    [campaignId, stepSeconds, drawn(share)],
  );
  const all = (found: number): number => Math.round(found / Math.min(1, share));
  return rows.map((row) => ({
    at: row.at,
    sent: all(row.sent),
    delivered: all(row.delivered),
    missed: all(row.missed),
    replied: all(row.replied),
  }));
}
