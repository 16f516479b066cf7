import { type ContactField, isOwnField } from '#shared/contacts/fields.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { type Member, type MemberRow, memberOf, ofContactOnly } from './audience-member.ts';
import { audienceSql } from './audience-sql.ts';
import { countOf } from './counts.ts';
import { fieldsUsed } from './fields-used.ts';
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
       FROM (${audience.among(FIRST, 'ALL')}) AS part JOIN contact USING (contact_id)
      WHERE ${audience.condition}`,
    [...audience.values],
  );
  return { kind: 'counted', contacts: rows[0]?.contacts ?? 0 };
}

export interface AudiencePart {
  /** Behind this contact; null: from the first. */
  after: string | null;
  /** Members that are returned. */
  limit: number;
  /** Contacts that are looked at, whoever of them is in the audience. */
  looked?: number;
}

export type AudiencePage =
  /** `lookedTo`: nobody else up to this contact is in the audience; null: nobody else at all. */
  { kind: 'members'; members: Member[]; lookedTo: string | null } | { kind: 'faults'; reason: string };

/** Contacts that one statement looks at: what a filter asks of a million takes longer than a statement may. */
const LOOKED_AT_ONCE = 20_000;

/**
 * Members in the order of their ids. Of a filter that few match it may return none though there are some further on: it
 * looks no further than a statement can. Of their attributes only those that the definition names.
 */
export async function readPage(
  db: Queryable,
  campaign: Campaign,
  fields: readonly ContactField[],
  { after, limit, looked = LOOKED_AT_ONCE }: AudiencePart,
): Promise<AudiencePage> {
  const source = sourceOf(campaign, fields, 6);
  if (source.kind === 'faults') return source;
  const { rows } = await db.query<{ last: string | null; looked: number } & (MemberRow | NoMember)>(
    `WITH part AS (SELECT * FROM (${source.among('$2::uuid', '$4')}) AS among ORDER BY contact_id LIMIT $4),
     member AS (
       SELECT ${source.columns}, ${ofContactOnly('$5')}
         FROM part ${THEIR_CONTACT}
        WHERE ${source.condition}
        ORDER BY part.contact_id LIMIT $3)
     SELECT (SELECT contact_id FROM part ORDER BY contact_id DESC LIMIT 1) AS last,
            (SELECT count(*)::int FROM part) AS looked, member.*
       FROM (SELECT) AS one LEFT JOIN member ON true
      ORDER BY member.contact_id`,
    // One more than is asked for, to see whether there is one.
    [campaign.campaignId, after ?? NIL, limit + 1, looked, attributesOf(campaign), ...source.values],
  );
  const found = rows.filter((row): row is typeof row & MemberRow => row.contact_id !== null).map(memberOf);
  const members = found.slice(0, limit);
  const [first] = rows;
  const isAll = (first?.looked ?? 0) < looked;
  const beyond = isAll ? null : (first?.last ?? null);
  return {
    kind: 'members',
    members,
    lookedTo: found.length > limit ? (members.at(-1)?.contactId ?? after) : beyond,
  };
}

/** What stands beside a part of an audience that nobody in it belongs to. */
type NoMember = { contact_id: null };

export type ChosenContacts = { kind: 'chosen'; contactIds: string[] } | { kind: 'faults'; reason: string };

/**
 * Ids of those who are to be written to, in order: `share` of them, chosen by chance and always the same ones (0.1 is a
 * tenth), `limit` at the most. One look at all of the audience, as counting it.
 */
export async function chooseContacts(
  db: Queryable,
  campaign: Campaign,
  fields: readonly ContactField[],
  { limit, share }: { share: number; limit: number },
): Promise<ChosenContacts> {
  const source = sourceOf(campaign, fields, 3);
  if (source.kind === 'faults') return source;
  const { rows } = await db.query<{ contact_id: string }>(
    `WITH part AS NOT MATERIALIZED (
       SELECT * FROM (${source.among('$1::uuid', 'ALL')}) AS among WHERE ${chosen(share)} AND ${source.waits})
     SELECT part.contact_id FROM part JOIN contact USING (contact_id)
      WHERE ${source.condition} ORDER BY part.contact_id LIMIT $2`,
    [NIL, limit, ...source.values],
  );
  return { kind: 'chosen', contactIds: rows.map((row) => row.contact_id) };
}

/** Of these contacts those who are in the audience, in no particular order. Of their attributes as `readPage`. */
export async function readChosen(
  db: Queryable,
  campaign: Campaign,
  contactIds: readonly string[],
): Promise<Member[]> {
  const part = isLoaded(campaign)
    ? `SELECT found.* FROM unnest($2::uuid[]) AS one(contact_id)
        CROSS JOIN LATERAL (
          SELECT ${OF_LOADED} FROM campaign_contact
           WHERE campaign_id = $1 AND campaign_contact.contact_id = one.contact_id LIMIT 1) AS found`
    : 'SELECT contact_id FROM unnest($2::uuid[]) AS one(contact_id)';
  const { rows } = await db.query<MemberRow>(
    `SELECT ${columnsOf(campaign)}, ${ofContactOnly('$3')} FROM (${part}) AS part ${THEIR_CONTACT}`,
    [campaign.campaignId, contactIds, attributesOf(campaign)],
  );
  return rows.map(memberOf);
}

type Source =
  | {
      kind: 'sql';
      /** As that of `audienceSql`; of one that is loaded with what is known of everybody. */
      among(after: string, limit: string): string;
      /** What is read of `part`, some of these, and of `contact`. */
      columns: string;
      condition: string;
      /** Holds of a row of `among` that is to be written to. */
      waits: string;
      values: readonly unknown[];
    }
  | { kind: 'faults'; reason: string };

function sourceOf(campaign: Campaign, fields: readonly ContactField[], first: number): Source {
  const columns = columnsOf(campaign);
  if (isLoaded(campaign)) {
    return {
      ...{ kind: 'sql', columns, condition: 'true', waits: "state IN ('pending', 'held')" },
      among: (after) =>
        `SELECT ${OF_LOADED} FROM campaign_contact WHERE campaign_id = $${first} AND contact_id > ${after}`,
      values: [campaign.campaignId],
    };
  }
  const audience = audienceSql(campaign.definition.audience, fields, first);
  return audience.kind === 'faults' ? audience : { ...audience, columns, waits: 'true' };
}

const OF_LOADED = 'contact_id, phone_number, variant, plans, attempts, state, rule, step';

/** What a member is made of, but for what is read of the contact; the campaign is `$1`. */
function columnsOf({ definition, ...campaign }: Campaign): string {
  if (isLoaded(campaign)) return '$1::uuid AS campaign_id, part.*';
  const weights = definition.variants.map(({ weight }) => weight);
  return `$1::uuid AS campaign_id, contact.contact_id, contact.phone_number, ${variantSql('$1::uuid', 'contact.contact_id', weights)} AS variant,
          0 AS plans, 0 AS attempts, 'pending' AS state, NULL AS rule, NULL::smallint AS step`;
}

const attributesOf = ({ definition }: Campaign): string[] =>
  [...fieldsUsed(definition)].filter((field) => !isOwnField(field));

/**
 * Contacts are looked up one by one: what LIMIT is in cannot be joined otherwise. A plan that reads all of a million to find
 * some thousands would take longer than a statement may, and statistics say too little to rule it out.
 */
const THEIR_CONTACT = `CROSS JOIN LATERAL (
  SELECT * FROM contact WHERE contact.contact_id = part.contact_id LIMIT 1) AS contact`;

/** Before that an audience is what its lists and its filter say now. */
const isLoaded = ({ loadedAt }: Pick<Campaign, 'loadedAt'>): boolean => loadedAt !== null;

/** Before the first contact. */
const NIL = '00000000-0000-0000-0000-000000000000';
const FIRST = `'${NIL}'::uuid`;

/** The end of an id is random, whatever made it. */
const DRAWS = 2 ** 24;
const chosen = (share: number): string =>
  share >= 1
    ? 'true'
    : `('x' || right(contact_id::text, 6))::bit(24)::int < ${Math.floor(Math.max(0, share) * DRAWS)}`;
