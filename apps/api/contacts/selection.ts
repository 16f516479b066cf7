import { z } from 'zod';
import type { ContactField } from '#shared/contacts/fields.ts';
import { type Filter, filterSchema, filterSql } from '#shared/contacts/filter.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { isTooDeep } from '../http/parse.ts';
import { toldPhone } from '../http/phone.ts';
import { type Fault, Problem } from '../http/problem.ts';

/** Which contacts are asked for, in the query of an address. All of it must hold. */

const FILTER_CHARACTERS = 4_000;

/** A filter as a text of JSON. */
const filterText = z
  .string()
  .max(FILTER_CHARACTERS)
  .transform((text, context): Filter => {
    const refuse = (message: string): never => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // Not JSON: the caller is told.
      return refuse('must be JSON, like {"field":"language","is":"es"}');
    }
    if (isTooDeep(value)) return refuse('is nested too deep');
    const parsed = filterSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const { message, path } of parsed.error.issues) {
      context.addIssue({ code: 'custom', message: [path.map(String).join('.'), message].join(' ').trim() });
    }
    return z.NEVER;
  })
  .meta({
    description: `A filter as JSON (\`ContactFilter\`), up to ${FILTER_CHARACTERS} characters; longer ones go to \`/v1/contacts/search\``,
    example: '{"field":"language","is":"es"}',
  });

const shortText = storableText.min(1).max(200);

export const selectionQuery = {
  q: shortText.optional().meta({ description: 'What the name begins with; case does not count' }),
  phone: toldPhone.optional(),
  externalId: shortText.optional().meta({ description: 'The id that your own records have' }),
  tag: storableText.min(1).max(100).optional(),
  list: z.uuid().optional().meta({ description: 'The id of a list that they are on' }),
  filter: filterText.optional(),
};

export interface Selection {
  q?: string | undefined;
  phone?: string | undefined;
  externalId?: string | undefined;
  tag?: string | undefined;
  list?: string | undefined;
  filter?: Filter | undefined;
}

/** A condition on rows of `contact`; its parameters are numbered from 1. */
export interface Where {
  sql: string;
  values: readonly unknown[];
}

/** The condition of a selection. Throws a problem that has everything that is wrong with its filter. */
export function whereOf(
  { externalId, filter, list, phone, q, tag }: Selection,
  fields: readonly ContactField[],
): Where {
  const asked: Filter = {
    all: [
      ...(phone === undefined ? [] : [{ field: 'phone_number', is: phone }]),
      ...(externalId === undefined ? [] : [{ field: 'external_id', is: externalId }]),
      ...(tag === undefined ? [] : [{ tag }]),
      ...(list === undefined ? [] : [{ list }]),
    ],
  };
  const conditions: string[] = [];
  const values: unknown[] = [];
  for (const each of filter === undefined ? [asked] : [asked, filter]) {
    const read = filterSql(each, fields, values.length + 1);
    if (read.kind === 'faults') {
      throw new Problem('invalid_request', 'The filter cannot be used: see faults.', {
        faults: read.faults.map(({ message, path }) => ({
          in: 'query',
          pointer: 'filter',
          detail: `${path} ${message}`.trim(),
        })),
      });
    }
    conditions.push(read.filter.sql);
    values.push(...read.filter.values);
  }
  if (q !== undefined) {
    values.push(beginningWith(q));
    conditions.push(`lower(contact.name) LIKE lower($${values.length}::text)`);
  }
  // Each as it is, so that indexes serve it.
  return { sql: conditions.map((condition) => `(${condition})`).join(' AND '), values };
}

/** What texts are LIKE that begin so. */
export const beginningWith = (words: string): string => `${words.replaceAll(/[\\%_]/g, '\\$&')}%`;

/** What is wrong with a filter in a body under `/filter`, that its schema does not tell. */
export function filterFaults(filter: Filter, fields: readonly ContactField[]): Fault[] {
  const read = filterSql(filter, fields, 1);
  if (read.kind === 'sql') return [];
  return read.faults.map(({ message, path }) => ({
    in: 'body',
    pointer: `/filter${path === '' ? '' : `/${path.replaceAll('.', '/')}`}`,
    detail: message,
  }));
}

/** The condition of a filter in a body. Throws a problem that has everything that is wrong with it. */
export function whereOfFilter(filter: Filter, fields: readonly ContactField[], first = 1): Where {
  const faults = filterFaults(filter, fields);
  if (faults.length > 0) {
    throw new Problem('invalid_request', 'The filter cannot be used: see faults.', { faults });
  }
  const read = filterSql(filter, fields, first);
  if (read.kind === 'faults') throw new Error('a filter without faults has some');
  return { sql: `(${read.filter.sql})`, values: read.filter.values };
}
