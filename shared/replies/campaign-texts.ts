import { IS_NUMBER } from '#shared/campaigns/look-up.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { CampaignText } from './matching.ts';

/** A number of a person and the one of ours between which something was texted. */
export interface Pair {
  phoneNumber: string;
  ourNumber: string;
}

export const keyOf = ({ ourNumber, phoneNumber }: Pair): string => `${phoneNumber} ${ourNumber}`;

/** A text of a campaign, and to whom in its audience. */
export interface SentCampaignText extends CampaignText {
  /** Null: it is of nobody's audience. */
  variant: number | null;
  /** Null: of a lesson, and of nobody's audience. */
  contactId: string | null;
  /** A lesson begins with it, which the campaign asked for. */
  isLesson: boolean;
}

/**
 * What campaigns texted between these numbers since then, by pair: everything that a carrier was asked to take and has not
 * refused. Of a lesson that is what it begins with: the rest answers what people text. Few campaigns go to one person within the period in which answers to them are looked for. One statement for any
 * number of pairs. `since`: business time.
 */
export async function readCampaignTexts(
  db: Queryable,
  pairs: readonly Pair[],
  since: Date,
): Promise<Map<string, SentCampaignText[]>> {
  const { rows } = await db.query<Pair & SentCampaignText>(
    `SELECT asked.phone_number AS "phoneNumber", asked.our_number AS "ourNumber", message.created_at AS "writtenAt",
            message.ordinal, attempt.posted_at AS "postedAt",
            coalesce(message.campaign_id, message.lesson_campaign_id) AS "campaignId",
            message.campaign_id IS NULL AS "isLesson",
            CASE WHEN message.campaign_id IS NULL THEN learning.variant ELSE message.variant END AS variant,
            CASE WHEN message.campaign_id IS NULL THEN learning.contact_id ELSE message.cause_id END AS "contactId"
       FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[])) AS asked(phone_number, our_number)
       JOIN message ON message.phone_number = asked.phone_number AND message.sender_number = asked.our_number
                   AND (message.campaign_id IS NOT NULL OR message.lesson_campaign_id IS NOT NULL)
                   AND message.created_at >= $3
                   AND message.state IN ('posting', 'ambiguous', 'sent', 'unknown')
       JOIN attempt ON attempt.message_id = message.message_id
                   AND attempt.state IN ('posting', 'ambiguous', 'accepted', 'unknown')
       LEFT JOIN LATERAL (
              SELECT contact_id, variant FROM campaign_contact AS each
               WHERE each.campaign_id = message.lesson_campaign_id AND each.phone_number = message.phone_number
                 AND each.${IS_NUMBER} LIMIT 1) AS learning ON message.campaign_id IS NULL`,
    [pairs.map(({ phoneNumber }) => phoneNumber), pairs.map(({ ourNumber }) => ourNumber), since],
  );
  const byPair = new Map<string, SentCampaignText[]>();
  for (const { ourNumber, phoneNumber, ...text } of rows) {
    const key = keyOf({ ourNumber, phoneNumber });
    byPair.set(key, [...(byPair.get(key) ?? []), text]);
  }
  return byPair;
}
