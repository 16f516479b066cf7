import { IS_NUMBER } from '#shared/campaigns/look-up.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { EMPTY_SAMPLE, type Sample } from './judge.ts';

/** What became of messages of one campaign, or of none, from one number. */
export interface PartSample {
  senderNumber: string;
  campaignId: string | null;
  /** Since the breaker of the campaign began to count. */
  ofCampaign: Sample;
  /** Since that of the number did. */
  ofSender: Sample;
}

/** Codes by which carriers say that the person opted out there: those of their tables (shared/carriers/errors.unit.test.ts). */
export const OPTED_OUT_THERE = `('21610', '30630', '63014', '63033', '63050', '1240', '9', 'ConflictException:DESTINATION_PHONE_NUMBER_OPTED_OUT')`;

/** False where there is no code. */
const isOptOut = (errorCode: string): string => `coalesce(${errorCode} IN ${OPTED_OUT_THERE}, false)`;

/**
 * Ends of which a carrier tells that a message did not arrive; one that a person's opt-out brought about is none of ours. That somebody
 * is not there, or talks, is no fault of a call.
 */
const IS_UNDELIVERED = `log.status IN ('undelivered', 'failed') AND NOT ${isOptOut('log.error_code')}`;
const IS_KNOWN = `log.status IN ('delivered', 'read', 'partially_delivered', 'undelivered', 'failed',
                                 'completed', 'busy', 'no-answer')`;
/** Of calls: unwanted, or rejected by an analysis on the way (RFC 8197, RFC 8688). */
const IS_FILTERED = `log.status IN ('undelivered', 'failed') AND log.error_code IN ('30007', 'sip_607', 'sip_608')`;
/** The carrier never took the message, and is not asked again; that somebody had opted out there is no fault of it. */
const IS_REFUSED = `(message.state = 'failed' AND attempt.state = 'refused' AND NOT ${isOptOut('attempt.error_code')})`;

/**
 * The campaign whose lesson somebody had last, of those that are under way: messages of a lesson are the dialog's, and say
 * nothing of it. One row, or none.
 */
const lessonOf = (phoneNumber: string): string =>
  `SELECT lesson.campaign_id FROM campaign_contact AS lesson JOIN campaign ON campaign.campaign_id = lesson.campaign_id
    WHERE lesson.phone_number = ${phoneNumber} AND lesson.${IS_NUMBER} AND lesson.state = 'sent'
      AND campaign.type = 'drill' AND campaign.status = 'active'
    ORDER BY lesson.settled_at DESC LIMIT 1`;

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
 * What became of everything that went out since then (real time), by number and campaign, in one statement whose cost is
 * that of so many messages: the log and the changes of consent lie in the order of their time, and what belongs to each is
 * looked up one by one (`shared/campaigns/look-up.ts`). `since` is a value, so that PostgreSQL knows how little of the log it
 * is about. A breaker that was reset counts what went out since. Somebody who asks to be left alone is counted once for
 * each campaign and number, however often they say so and after however many messages. Of a lesson, the newest text to
 * each person stands for it.
 */
export async function readSamples(db: Queryable, since: Date): Promise<PartSample[]> {
  const { rows } = await db.query<Row>(
    `WITH sent AS (
       SELECT log.our_number AS sender_number, coalesce(message.campaign_id, lesson.campaign_id) AS campaign_id,
              log.first_seen_at AS at, ${IS_KNOWN} AS is_known, ${IS_UNDELIVERED} AS is_undelivered,
              ${IS_FILTERED} AS is_filtered, false AS is_opt_out,
              lesson.campaign_id IS NULL OR row_number() OVER (
                PARTITION BY lesson.campaign_id, log.phone_number ORDER BY log.first_seen_at DESC) = 1 AS stands
         FROM message_log AS log
         LEFT JOIN LATERAL (SELECT campaign_id FROM message WHERE message_id = log.message_id LIMIT 1) AS message ON true
         LEFT JOIN LATERAL (${lessonOf('log.phone_number')}) AS lesson ON message.campaign_id IS NULL
        WHERE log.direction = 'outbound' AND log.first_seen_at >= $1),
     opt_outs AS (
       SELECT DISTINCT ON (last.sender_number, coalesce(message.campaign_id, lesson.campaign_id), change.phone_number)
              last.sender_number, coalesce(message.campaign_id, lesson.campaign_id), last.posted_at AS at,
              false, false, false, true, true
         FROM consent_change AS change
         CROSS JOIN LATERAL (
                SELECT sender_number, message_id, posted_at FROM attempt
                 WHERE attempt.phone_number = change.phone_number AND attempt.carrier_message_id IS NOT NULL
                   AND attempt.posted_at >= $1 AND attempt.posted_at <= change.recorded_at
                 ORDER BY posted_at DESC LIMIT 1) AS last
         LEFT JOIN LATERAL (SELECT campaign_id FROM message WHERE message_id = last.message_id LIMIT 1) AS message ON true
         LEFT JOIN LATERAL (${lessonOf('change.phone_number')}) AS lesson ON message.campaign_id IS NULL
        WHERE change.recorded_at >= $1 AND change.status <> 'opted_in' AND change.method IN ('sms', 'carrier', 'voice')
        ORDER BY last.sender_number, coalesce(message.campaign_id, lesson.campaign_id), change.phone_number,
                 last.posted_at DESC),
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
              SELECT each.stands AND each.at >= coalesce(guard.watched_from, '-infinity') AS in_campaign,
                     -- What a campaign was paused for is not held against its numbers either, once it is resumed.
                     each.at >= greatest(sender.watched_from, guard.watched_from, '-infinity') AS in_sender) AS counts
      GROUP BY each.sender_number, each.campaign_id`,
    [since],
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

/** What became of everything that one campaign has sent: for a careful start, whose messages are few. Lessons have none. */
export async function readCampaignSample(db: Queryable, campaignId: string): Promise<Sample> {
  const { rows } = await db.query<Sample>(
    `SELECT count(*)::int AS sent, (count(*) FILTER (WHERE ${IS_KNOWN} OR ${IS_REFUSED}))::int AS known,
            (count(*) FILTER (WHERE ${IS_UNDELIVERED} OR ${IS_REFUSED}))::int AS undelivered,
            (count(*) FILTER (WHERE ${IS_FILTERED}))::int AS filtered,
            (count(DISTINCT attempt.phone_number) FILTER (WHERE EXISTS (
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
  return rows[0] ?? EMPTY_SAMPLE;
}
