import type { ContactField } from '#shared/contacts/fields.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { type Member, type MemberRow, memberOf, OF_CONTACT } from './audience-member.ts';
import { audienceSql } from './audience-sql.ts';
import { countOf } from './counts.ts';
import type { Campaign } from './store.ts';
import { variantSql } from './variants.ts';

/**
 * The audience of a campaign for whoever only looks at it: as it was loaded, or as it would be if it were loaded now. The
 * same people with the same variants either way, in the order of their ids.
 */

export type AudienceCount = { kind: 'counted'; contacts: number } | { kind: 'faults'; reason: string };

/** How many are to be written to: all, or of a campaign that is under way those that wait. */
export async function countAudience(
  db: Queryable,
  campaign: Campaign,
  fields: readonly ContactField[],
): Promise<AudienceCount> {
  const { campaignId, definition } = campaign;
  if (isLoaded(campaign)) {
    return { kind: 'counted', contacts: await countOf(db, campaignId, ['pending', 'held']) };
  }
  const audience = audienceSql(definition.audience, fields, 1);
  if (audience.kind === 'faults') return audience;
  const { rows } = await db.query<{ contacts: number }>(
    `SELECT count(*)::int AS contacts
       FROM (${audience.among(FIRST)}) AS part JOIN contact USING (contact_id)
      WHERE ${audience.condition}`,
    [...audience.values],
  );
  return { kind: 'counted', contacts: rows[0]?.contacts ?? 0 };
}

export interface AudiencePart {
  /** Behind this contact; null: from the first. */
  after: string | null;
  limit: number;
  /** Of all, chosen by chance and always the same ones: 0.1 is a tenth. */
  share?: number;
  /** Only those who wait, of a campaign that is loaded. */
  waiting: boolean;
}

export type AudienceMembers = { kind: 'members'; members: Member[] } | { kind: 'faults'; reason: string };

export async function readMembers(
  db: Queryable,
  campaign: Campaign,
  fields: readonly ContactField[],
  { after, limit, share = 1, waiting }: AudiencePart,
): Promise<AudienceMembers> {
  const { campaignId, definition } = campaign;
  const values: unknown[] = [campaignId, after ?? NIL, limit];
  // A few of many are found first, in whatever order they lie; a page is read in order, and no further than its limit.
  const kept = share < 1 ? 'MATERIALIZED' : 'NOT MATERIALIZED';
  if (isLoaded(campaign)) {
    const { rows } = await db.query<MemberRow>(
      `WITH part AS ${kept} (
         SELECT contact_id, phone_number, variant, plans, attempts, state, rule FROM campaign_contact
          WHERE campaign_id = $1 AND contact_id > $2 AND ${chosen(share)}
                ${waiting ? "AND state IN ('pending', 'held')" : ''})
       SELECT part.*, ${OF_CONTACT}
         FROM part ${THEIR_CONTACT}
        ORDER BY part.contact_id LIMIT $3`,
      values,
    );
    return { kind: 'members', members: rows.map(memberOf) };
  }
  const audience = audienceSql(definition.audience, fields, 4);
  if (audience.kind === 'faults') return audience;
  const weights = definition.variants.map(({ weight }) => weight);
  const { rows } = await db.query<MemberRow>(
    `WITH part AS ${kept} (
       SELECT contact_id FROM (${audience.among('$2::uuid')}) AS among WHERE ${chosen(share)})
     SELECT $1::uuid AS campaign_id, contact.contact_id, contact.phone_number,
            ${variantSql('$1::uuid', 'contact.contact_id', weights)} AS variant, 0 AS plans, 0 AS attempts, 'pending' AS state, NULL AS rule,
            ${OF_CONTACT}
       FROM part ${THEIR_CONTACT}
      WHERE ${audience.condition}
      ORDER BY part.contact_id LIMIT $3`,
    [...values, ...audience.values],
  );
  return { kind: 'members', members: rows.map(memberOf) };
}

/**
 * Contacts are looked up one by one: what LIMIT is in cannot be joined otherwise. A plan that reads all of a million to find
 * some thousands would take longer than a statement may, and statistics say too little to rule it out.
 */
const THEIR_CONTACT = `CROSS JOIN LATERAL (
  SELECT * FROM contact WHERE contact.contact_id = part.contact_id LIMIT 1) AS contact`;

/** Before that an audience is what its lists and its filter say now. */
const isLoaded = ({ loadedAt }: Campaign): boolean => loadedAt !== null;

/** Before the first contact. */
const NIL = '00000000-0000-0000-0000-000000000000';
const FIRST = `'${NIL}'::uuid`;

/** The end of an id is random, whatever made it. */
const DRAWS = 2 ** 24;
const chosen = (share: number): string =>
  share >= 1
    ? 'true'
    : `('x' || right(contact_id::text, 6))::bit(24)::int < ${Math.floor(Math.max(0, share) * DRAWS)}`;
