import { audienceSql } from '#shared/campaigns/audience-sql.ts';
import type { Audience } from '#shared/campaigns/definition.ts';
import type { ContactField } from '#shared/contacts/fields.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

/** What the lists of an audience say of it, in contacts. */
export interface AudienceLists {
  /** Times that somebody stands on one more of them. */
  duplicates: number;
  /** Who would be in it, but for those that are excluded. */
  excluded: number;
  landlines: number;
}

export type AudienceListsFound = { kind: 'found'; lists: AudienceLists } | { kind: 'faults'; reason: string };

const NIL = `'00000000-0000-0000-0000-000000000000'::uuid`;

export async function readAudienceLists(
  db: Queryable,
  audience: Audience,
  fields: readonly ContactField[],
): Promise<AudienceListsFound> {
  const { exclude, include } = audience;
  const all = audienceSql({ ...audience, exclude: [] }, fields, 3);
  if (all.kind === 'faults') return all;
  const { rows } = await db.query<AudienceLists>(
    `WITH part AS (
       SELECT contact.contact_id, contact.line_type = 'landline' AS is_landline,
              EXISTS (SELECT FROM list_member AS off
                       WHERE off.contact_id = contact.contact_id AND off.list_id = ANY ($2::uuid[])) AS is_excluded
         FROM (${all.among(NIL, 'ALL')}) AS among JOIN contact USING (contact_id)
        WHERE ${all.condition})
     SELECT count(*) FILTER (WHERE is_excluded)::int AS excluded,
            count(*) FILTER (WHERE is_landline AND NOT is_excluded)::int AS landlines,
            (SELECT coalesce(sum(times - 1), 0)::int
               FROM (SELECT count(*) AS times FROM list_member WHERE list_id = ANY ($1::uuid[])
                      GROUP BY contact_id HAVING count(*) > 1) AS repeated) AS duplicates
       FROM part`,
    [include, exclude, ...all.values],
  );
  const [lists] = rows;
  return { kind: 'found', lists: lists ?? { duplicates: 0, excluded: 0, landlines: 0 } };
}
