import type { Queryable } from '#shared/postgres/pool.ts';
import type { Sample } from './judge.ts';

/** What became of messages of one campaign, or of none, from one number. */
export interface PartSample {
  senderNumber: string;
  campaignId: string | null;
  /** Since the breaker of the campaign began to count. */
  ofCampaign: Sample;
  /** Since that of the number did. */
  ofSender: Sample;
}

/** Ends of which a carrier tells that a message did not arrive; one that a person's opt-out brought about is none of ours. */
const IS_UNDELIVERED = `log.status IN ('undelivered', 'failed') AND log.error_code IS DISTINCT FROM '21610'`;
const IS_KNOWN = `log.status IN ('delivered', 'read', 'partially_delivered', 'undelivered', 'failed')`;
const IS_FILTERED = `log.status IN ('undelivered', 'failed') AND log.error_code = '30007'`;
/** The carrier never took the message, and is not asked again; that somebody had opted out there is no fault of it. */
const IS_REFUSED = `(message.state = 'failed' AND attempt.state = 'refused' AND attempt.error_code IS DISTINCT FROM '21610')`;

/** Known before the statement is planned: it decides how much of the log is read. */
const SINCE = `(statement_timestamp() - $1 * interval '1 millisecond')`;

interface Row {
  sender_number: string;
  campaign_id: string | null;
  sent: number;
  known: number;
  undelivered: number;
  filtered: number;
  sender_sent: number;
  sender_known: number;
  sender_undelivered: number;
  sender_filtered: number;
  opted_out: number;
  sender_opted_out: number;
}

/**
 * What became of everything that went out in the last `windowMs` (real time), by number and campaign, in one statement whose
 * cost is that of so many messages: the log and the changes of consent lie in the order of their time.
 * A breaker that was reset counts what went out since.
 */
export async function readSamples(db: Queryable, windowMs: number): Promise<PartSample[]> {
  const { rows } = await db.query<Row>(
    `WITH sent AS (
       SELECT log.our_number AS sender_number, message.campaign_id, log.first_seen_at AS at,
              ${IS_KNOWN} AS is_known, ${IS_UNDELIVERED} AS is_undelivered, ${IS_FILTERED} AS is_filtered,
              false AS is_opt_out
         FROM message_log AS log LEFT JOIN message ON message.message_id = log.message_id
        WHERE log.direction = 'outbound' AND log.first_seen_at >= ${SINCE}),
     opt_outs AS (
       -- A person who says it again asks no second time.
       SELECT DISTINCT ON (last.message_id)
              last.sender_number, message.campaign_id, last.posted_at AS at, false, false, false, true
         FROM consent_change AS change
         CROSS JOIN LATERAL (
                SELECT sender_number, message_id, posted_at FROM attempt
                 WHERE attempt.phone_number = change.phone_number AND attempt.carrier_message_id IS NOT NULL
                   AND attempt.posted_at BETWEEN ${SINCE} AND change.recorded_at
                 ORDER BY posted_at DESC LIMIT 1) AS last
         LEFT JOIN message ON message.message_id = last.message_id
        WHERE change.recorded_at >= ${SINCE} AND change.status <> 'opted_in' AND change.method IN ('sms', 'carrier', 'voice')),
     each AS (SELECT * FROM sent UNION ALL SELECT * FROM opt_outs)
     SELECT each.sender_number, each.campaign_id,
            (count(*) FILTER (WHERE in_campaign AND NOT is_opt_out))::int AS sent,
            (count(*) FILTER (WHERE in_campaign AND is_known))::int AS known,
            (count(*) FILTER (WHERE in_campaign AND is_undelivered))::int AS undelivered,
            (count(*) FILTER (WHERE in_campaign AND is_filtered))::int AS filtered,
            (count(*) FILTER (WHERE in_campaign AND is_opt_out))::int AS opted_out,
            (count(*) FILTER (WHERE in_sender AND NOT is_opt_out))::int AS sender_sent,
            (count(*) FILTER (WHERE in_sender AND is_known))::int AS sender_known,
            (count(*) FILTER (WHERE in_sender AND is_undelivered))::int AS sender_undelivered,
            (count(*) FILTER (WHERE in_sender AND is_filtered))::int AS sender_filtered,
            (count(*) FILTER (WHERE in_sender AND is_opt_out))::int AS sender_opted_out
       FROM each
       LEFT JOIN campaign_guard AS guard ON guard.campaign_id = each.campaign_id
       LEFT JOIN sender ON sender.sender_number = each.sender_number
       CROSS JOIN LATERAL (
              SELECT each.at >= coalesce(guard.watched_from, '-infinity') AS in_campaign,
                     each.at >= coalesce(sender.watched_from, '-infinity') AS in_sender) AS counts
      GROUP BY each.sender_number, each.campaign_id`,
    [windowMs],
  );
  return rows.map((row) => ({
    senderNumber: row.sender_number,
    campaignId: row.campaign_id,
    ofCampaign: {
      sent: row.sent,
      known: row.known,
      undelivered: row.undelivered,
      filtered: row.filtered,
      optedOut: row.opted_out,
    },
    ofSender: {
      sent: row.sender_sent,
      known: row.sender_known,
      undelivered: row.sender_undelivered,
      filtered: row.sender_filtered,
      optedOut: row.sender_opted_out,
    },
  }));
}

/** What became of everything that one campaign has sent: for a careful start, whose messages are few. */
export async function readCampaignSample(db: Queryable, campaignId: string): Promise<Sample> {
  const { rows } = await db.query<Sample>(
    `SELECT count(*)::int AS sent, (count(*) FILTER (WHERE ${IS_KNOWN} OR ${IS_REFUSED}))::int AS known,
            (count(*) FILTER (WHERE ${IS_UNDELIVERED} OR ${IS_REFUSED}))::int AS undelivered,
            (count(*) FILTER (WHERE ${IS_FILTERED}))::int AS filtered,
            (count(*) FILTER (WHERE EXISTS (
               SELECT FROM consent_change AS change
                WHERE change.phone_number = attempt.phone_number AND change.recorded_at >= attempt.posted_at
                  AND change.status <> 'opted_in')))::int AS "optedOut"
       FROM message
       JOIN attempt ON attempt.message_id = message.message_id
                   AND (attempt.carrier_message_id IS NOT NULL OR ${IS_REFUSED})
       LEFT JOIN message_log AS log ON log.attempt_id = attempt.attempt_id AND log.direction = 'outbound'
      WHERE message.campaign_id = $1`,
    [campaignId],
  );
  return rows[0] ?? { sent: 0, known: 0, undelivered: 0, filtered: 0, optedOut: 0 };
}
