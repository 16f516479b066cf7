import type { ContactField } from '#shared/contacts/fields.ts';
import { filterSql } from '#shared/contacts/filter.ts';
import type { Audience } from './definition.ts';

/** An audience as SQL, for whoever loads it and for whoever only looks at it: the same people. */
export type AudienceSql =
  | {
      kind: 'sql';
      /**
       * Selects the `contact_id` of those among whom the audience is looked for, each once and in their order, behind the id that
       * `after` is in SQL, at most as many as `limit` is.
       */
      among(after: string, limit: string): string;
      /** Holds of a row of `contact` that is in the audience. */
      condition: string;
      /** Of its parameters, the first of which is `$first`. */
      values: readonly unknown[];
    }
  | { kind: 'faults'; reason: string };

/** Throws nothing: what cannot be used any more, as a field that was deleted, is said. */
export function audienceSql(audience: Audience, fields: readonly ContactField[], first: number): AudienceSql {
  const { exclude, filter, include, respondersOf } = audience;
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${first - 1 + values.push(value)}`;
  const lists = include.length > 0 ? parameter(include) : null;
  const responders = respondersOf === null ? null : parameter(respondersOf);
  const conditions: string[] = [];
  if (exclude.length > 0) {
    conditions.push(
      `NOT EXISTS (SELECT FROM list_member WHERE list_member.contact_id = contact.contact_id
                      AND list_member.list_id = ANY (${parameter(exclude)}::uuid[]))`,
    );
  }
  if (responders !== null) {
    conditions.push(
      `EXISTS (SELECT FROM campaign_contact AS earlier
                WHERE earlier.campaign_id = ${responders}::uuid AND earlier.contact_id = contact.contact_id
                  AND earlier.replied_at IS NOT NULL)`,
    );
  }
  if (filter !== null) {
    const read = filterSql(filter, fields, first + values.length);
    if (read.kind === 'faults') {
      const faults = read.faults.map(({ message, path }) => `${path} ${message}`);
      return { kind: 'faults', reason: `its filter cannot be used any more: ${faults.join('; ')}` };
    }
    values.push(...read.filter.values);
    conditions.push(`coalesce(${read.filter.sql}, false)`);
  }
  return {
    kind: 'sql',
    among: (after, limit) => {
      if (lists !== null) {
        // Of each list its first, by its key: of several at once there is no order, and all of every list would be read.
        return `SELECT DISTINCT contact_id
                  FROM unnest(${lists}::uuid[]) AS included(list_id)
                 CROSS JOIN LATERAL (SELECT contact_id FROM list_member
                                      WHERE list_member.list_id = included.list_id AND list_member.contact_id > ${after}
                                      ORDER BY contact_id LIMIT ${limit}) AS first
                 ORDER BY contact_id LIMIT ${limit}`;
      }
      return responders === null
        ? `SELECT contact_id FROM contact WHERE contact_id > ${after} ORDER BY contact_id LIMIT ${limit}`
        : `SELECT contact_id FROM campaign_contact WHERE campaign_id = ${responders}::uuid AND replied_at IS NOT NULL
              AND contact_id > ${after} ORDER BY contact_id LIMIT ${limit}`;
    },
    condition: conditions.length === 0 ? 'true' : conditions.join(' AND '),
    values,
  };
}

/**
 * The same as one condition that holds of a row of `contact`, for whoever asks whether somebody is in an audience and has no part of
 * it before them.
 */
export function audienceMemberSql(
  audience: Audience,
  fields: readonly ContactField[],
  first: number,
): { kind: 'sql'; condition: string; values: readonly unknown[] } | { kind: 'faults'; reason: string } {
  const sql = audienceSql(audience, fields, first);
  if (sql.kind === 'faults') return sql;
  if (audience.include.length === 0) return { kind: 'sql', condition: sql.condition, values: sql.values };
  return {
    kind: 'sql',
    // Lists are its first parameter.
    condition: `EXISTS (SELECT FROM list_member WHERE list_member.contact_id = contact.contact_id
                           AND list_member.list_id = ANY ($${first}::uuid[])) AND ${sql.condition}`,
    values: sql.values,
  };
}
