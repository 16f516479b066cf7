import pg from 'pg';
import { z } from 'zod';
import { storableText } from '#shared/contracts/storable-text.ts';
import { type ContactField, isOwnField, type OwnField, ownFields, valueSchema } from './fields.ts';

/**
 * Who is meant: conditions on contacts, as data. The same in the API, the console, exports and audiences. It becomes one
 * SQL condition in which every value is a parameter and every name is one of ours or a field that is known, so that
 * nothing that somebody writes is ever read as SQL.
 */

const value = z.union([storableText.pipe(z.string().max(500)), z.number(), z.boolean()]);
const fieldName = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/);

const conditionSchema = z.union([
  z.strictObject({ field: fieldName, is: value }),
  z.strictObject({ field: fieldName, in: z.array(value).min(1).max(100) }),
  z.strictObject({ field: fieldName, contains: storableText.pipe(z.string().min(1).max(100)) }),
  z.strictObject({ field: fieldName, atLeast: value }),
  z.strictObject({ field: fieldName, atMost: value }),
  z.strictObject({ field: fieldName, known: z.boolean() }),
  z.strictObject({ tag: storableText.pipe(z.string().min(1).max(100)) }),
  z.strictObject({ list: z.uuid() }),
  z.strictObject({ replied: z.boolean() }),
]);
type Condition = z.infer<typeof conditionSchema>;

export type Filter = Condition | { all: Filter[] } | { any: Filter[] } | { not: Filter };

const MOST_PARTS = 50;

/** No condition at all in `all` is everybody, in `any` nobody. */
export const filterSchema: z.ZodType<Filter> = z
  .lazy(() =>
    z.union(
      [
        z.strictObject({ all: z.array(filterSchema).max(MOST_PARTS) }),
        z.strictObject({ any: z.array(filterSchema).max(MOST_PARTS) }),
        z.strictObject({ not: filterSchema }),
        conditionSchema,
      ],
      'is no filter: it must be one condition (field with is, in, contains, atLeast, atMost or known; tag; list; replied), or all, any or not of filters',
    ),
  )
  .meta({
    id: 'ContactFilter',
    description:
      'Who is meant: one condition, or `all`, `any` or `not` of filters. Fields are those that every contact has, in lower case with underscores (`language`, `postal_code`, `created_at`), and those of `/v1/contact-fields`.',
    example: { all: [{ field: 'language', is: 'es' }, { not: { replied: true } }] },
  });

export interface FilterFault {
  /** Where in the filter: `all.0.field`. */
  path: string;
  message: string;
}

/** A condition and the values of its parameters. */
export interface FilterSql {
  /** On a row of `contact`. */
  sql: string;
  values: readonly unknown[];
}

const DEEPEST = 10;
/** A statement takes no more than 65,535 values, of everything that it is made of. */
const MOST_VALUES = 1_000;

/**
 * The condition in SQL, with parameters that are numbered from `first`; or everything that is wrong with it: fields that
 * nobody knows, comparisons that a field does not have, values of another type.
 */
export function filterSql(
  filter: Filter,
  fields: readonly ContactField[],
  first: number,
): { kind: 'sql'; filter: FilterSql } | { kind: 'faults'; faults: readonly FilterFault[] } {
  const values: unknown[] = [];
  const faults: FilterFault[] = [];
  const known = new Map(fields.map((field) => [field.name, field]));
  const parameter = (given: unknown, type: string): string => {
    // As an instant: PostgreSQL takes neither all years nor all offsets that the text of one may have.
    values.push(type === 'timestamptz' ? new Date(String(given)) : given);
    return `$${first + values.length - 1}::${type}`;
  };
  const fault = (path: string, message: string): string => {
    faults.push({ path, message });
    return 'false';
  };

  function condition(each: Filter, path: string, depth: number): string {
    if (depth > DEEPEST) return fault(path, `is nested more than ${DEEPEST} deep`);
    if ('all' in each) return several(each.all, 'AND', 'true', `${path}all.`, depth);
    if ('any' in each) return several(each.any, 'OR', 'false', `${path}any.`, depth);
    if ('not' in each) return `NOT coalesce(${condition(each.not, `${path}not.`, depth + 1)}, false)`;
    if ('tag' in each) return `contact.tags @> ARRAY[${parameter(each.tag, 'text')}]`;
    if ('list' in each) {
      return `EXISTS (SELECT FROM list_member WHERE list_member.contact_id = contact.contact_id AND list_member.list_id = ${parameter(each.list, 'uuid')})`;
    }
    if ('replied' in each) return `contact.last_reply_at IS ${each.replied ? 'NOT NULL' : 'NULL'}`;
    const { field } = each;
    if (isOwnField(field)) return ofOwnField(each, field, path);
    const given = known.get(field);
    return given ? ofAddedField(each, given, path) : fault(`${path}field`, `there is no field ${field}`);
  }

  const several = (
    all: readonly Filter[],
    word: 'AND' | 'OR',
    none: string,
    path: string,
    depth: number,
  ): string =>
    all.length === 0
      ? none
      : `(${all.map((each, index) => condition(each, `${path}${index}.`, depth + 1)).join(` ${word} `)})`;

  function ofOwnField(each: FieldCondition, field: OwnField, path: string): string {
    const column = field === 'first_name' ? FIRST_NAME : `contact.${field}`;
    if ('known' in each) return `${column} IS ${each.known ? 'NOT NULL' : 'NULL'}`;
    if ('contains' in each) return contains(column, each.contains, ownFields[field] === 'text', path);
    const instant = ownFields[field] === 'instant';
    const schema = instant ? z.iso.datetime({ offset: true }) : z.string();
    const wanted = instant ? 'an instant, like 2026-11-26T09:00:00Z' : 'a text';
    if (!instant && ('atLeast' in each || 'atMost' in each)) {
      return fault(path.replace(/\.$/, ''), `${field} has no order: use is, in, contains or known`);
    }
    return compared(each, column, instant ? 'timestamptz' : 'text', schema, wanted, path);
  }

  function ofAddedField(each: FieldCondition, field: ContactField, path: string): string {
    const named = pg.escapeLiteral(field.name);
    const text = `(contact.attributes ->> ${named})`;
    if ('known' in each) return `${text} IS ${each.known ? 'NOT NULL' : 'NULL'}`;
    if ('contains' in each) return contains(text, each.contains, field.type === 'text', path);
    const schema = valueSchema(field);
    const wanted = field.type === 'choice' ? `one of ${field.choices.join(', ')}` : `a ${field.type}`;
    if ('is' in each && schema.safeParse(each.is).success) {
      // By the index of all attributes, in which contacts that have none are not.
      const value = `jsonb_build_object(${named}, to_jsonb(${parameter(each.is, sqlType(field))}))`;
      return `(contact.attributes <> '{}' AND contact.attributes @> ${value})`;
    }
    if (field.type !== 'number' && field.type !== 'date' && ('atLeast' in each || 'atMost' in each)) {
      return fault(path.replace(/\.$/, ''), `${field.name} has no order: use is, in or known`);
    }
    const typed = isTyped(field)
      ? // A value from when the field was of another type is none.
        `CASE jsonb_typeof(contact.attributes -> ${named}) WHEN '${field.type}' THEN ${text}::${sqlType(field)} END`
      : text;
    return compared(each, typed, sqlType(field), schema, wanted, path);
  }

  const contains = (column: string, part: string, isText: boolean, path: string): string =>
    isText
      ? `position(lower(${parameter(part, 'text')}) IN lower(${column})) > 0`
      : fault(`${path}contains`, 'is for texts only');

  function compared(
    each: Exclude<FieldCondition, { contains: string } | { known: boolean }>,
    column: string,
    type: string,
    schema: z.ZodType,
    wanted: string,
    path: string,
  ): string {
    const checked = (given: unknown, at: string): string =>
      schema.safeParse(given).success ? parameter(given, type) : fault(`${path}${at}`, `must be ${wanted}`);
    if ('is' in each) return `${column} = ${checked(each.is, 'is')}`;
    if ('in' in each) return `${column} IN (${each.in.map((one, i) => checked(one, `in.${i}`)).join(', ')})`;
    if ('atLeast' in each) return `${column} >= ${checked(each.atLeast, 'atLeast')}`;
    return `${column} <= ${checked(each.atMost, 'atMost')}`;
  }

  const sql = condition(filter, '', 0);
  if (values.length > MOST_VALUES) fault('', `has more than ${MOST_VALUES} values`);
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'sql', filter: { sql, values } };
}

type FieldCondition = Extract<Condition, { field: string }>;

/** As texts of campaigns have it. */
const FIRST_NAME = "substring(contact.name FROM '\\S+')";

const isTyped = ({ type }: ContactField): boolean => type === 'number' || type === 'boolean';

const sqlType = ({ type }: ContactField): string =>
  type === 'number' ? 'numeric' : type === 'boolean' ? 'boolean' : 'text';
