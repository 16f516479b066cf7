import { keywordKey } from '#shared/campaigns/accepted-keywords.ts';
import { audienceMemberSql } from '#shared/campaigns/audience-sql.ts';
import {
  type Audience,
  audienceSchema,
  type CampaignFault,
  type Definition,
} from '#shared/campaigns/definition.ts';
import type { ContactField } from '#shared/contacts/fields.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

/** Another campaign that accepts one of the same keywords. */
interface Rival {
  campaignId: string;
  name: string;
  /** As they are compared. */
  keywords: ReadonlySet<string>;
  audience: Audience;
  isLoaded: boolean;
}

/**
 * Accepted keywords of a campaign that another one, which is scheduled or under way, accepts as well from somebody of the same people
 * at one of the same numbers: their answer would count for whichever wrote last. A statement, and one for each such
 * campaign whose people have to be looked at. A pool is its numbers.
 */
export async function rivalKeywordFaults(
  db: Queryable,
  { campaignId, definition }: { campaignId: string; definition: Definition },
  { fields, ownNumber }: { fields: readonly ContactField[]; ownNumber: PhoneNumber },
): Promise<CampaignFault[]> {
  const { acceptedKeywords, audience } = definition;
  if (acceptedKeywords.length === 0) return [];
  const faults: CampaignFault[] = [];
  for (const rival of await readRivals(db, { campaignId, definition }, ownNumber)) {
    const shared = acceptedKeywords.flatMap((keyword, index) =>
      rival.keywords.has(keywordKey(keyword)) ? [{ keyword, index }] : [],
    );
    if (shared.length === 0 || !(await haveSomebodyInCommon(db, audience, rival, fields))) continue;
    for (const { index, keyword } of shared) {
      faults.push({
        pointer: `/acceptedKeywords/${index}`,
        message: `${keyword} is accepted by the campaign "${rival.name}" too, which goes from the same number to some of the same people`,
      });
    }
  }
  return faults;
}

async function readRivals(
  db: Queryable,
  { campaignId, definition }: { campaignId: string; definition: Definition },
  ownNumber: PhoneNumber,
): Promise<Rival[]> {
  const { rows } = await db.query<{
    campaign_id: string;
    name: string;
    keywords: string[];
    audience: unknown;
    is_loaded: boolean;
  }>(
    `SELECT campaign_id, name, definition -> 'audience' AS audience,
            ARRAY(SELECT jsonb_array_elements_text(definition -> 'acceptedKeywords')) AS keywords,
            loaded_at IS NOT NULL AS is_loaded
       FROM campaign
      WHERE campaign_id <> $1 AND definition ? 'acceptedKeywords'
        AND status IN ('scheduled', 'loading', 'active', 'paused')
        AND ${numbersSql("definition ->> 'senderPool'", "coalesce(definition -> 'senderNumbers', '[]')")}
            && ${numbersSql('$2::text', '$3::jsonb')}
      ORDER BY campaign_id`,
    [campaignId, definition.senderPool, JSON.stringify(definition.senderNumbers), ownNumber],
  );
  return rows.map((row) => ({
    campaignId: row.campaign_id,
    name: row.name,
    keywords: new Set(row.keywords.map(keywordKey)),
    audience: audienceSchema.parse(row.audience),
    isLoaded: row.is_loaded,
  }));
}

/** The numbers that a campaign goes from: those of its pool, or its own, or ($4) the organisation's. */
const numbersSql = (pool: string, numbers: string): string =>
  `CASE WHEN ${pool} IS NOT NULL THEN ARRAY(SELECT sender_number FROM sender WHERE sender.pool = ${pool})
        WHEN ${numbers} = '[]' THEN ARRAY[$4::text]
        ELSE ARRAY(SELECT jsonb_array_elements_text(${numbers})) END`;

/** Whether somebody is in an audience and in that of another campaign, as it was put together or, if it was not yet, would be now. */
async function haveSomebodyInCommon(
  db: Queryable,
  audience: Audience,
  { audience: theirs, campaignId, isLoaded }: Rival,
  fields: readonly ContactField[],
): Promise<boolean> {
  const own = audienceMemberSql(audience, fields, 1);
  // What cannot be used any more is a fault of its own.
  if (own.kind === 'faults') return false;
  const place = own.values.length + 1;
  const other = isLoaded
    ? ({
        kind: 'sql',
        condition: `EXISTS (SELECT FROM campaign_contact AS theirs
                             WHERE theirs.campaign_id = $${place}::uuid AND theirs.contact_id = contact.contact_id)`,
        values: [campaignId],
      } as const)
    : audienceMemberSql(theirs, fields, place);
  if (other.kind === 'faults') return false;
  const { rows } = await db.query<{ meet: boolean }>(
    `SELECT EXISTS (SELECT FROM contact WHERE ${own.condition} AND ${other.condition}) AS meet`,
    [...own.values, ...other.values],
  );
  return rows[0]?.meet ?? false;
}
