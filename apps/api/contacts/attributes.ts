import { type ContactField, type FieldValue, valueSchema } from '#shared/contacts/fields.ts';
import type { Fault } from '../http/problem.ts';

/** Values as they are given, by the names of fields; null takes one away. */
export type GivenAttributes = Readonly<Record<string, FieldValue | null>>;

/** Everything that is wrong with values of fields that an organisation has added. */
export function attributeFaults(given: unknown, fields: readonly ContactField[]): Fault[] {
  if (typeof given !== 'object' || given === null) return [];
  const known = new Map(fields.map((field) => [field.name, field]));
  return Object.entries(given).flatMap(([name, value]): Fault[] => {
    const field = known.get(name);
    const fault = (detail: string): Fault[] => [
      { in: 'body', pointer: `/attributes/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, detail },
    ];
    if (field === undefined) return fault('is no field of contacts: /v1/contact-fields has those that are');
    if (value === null || valueSchema(field).safeParse(value).success) return [];
    return fault(`must be ${wordsFor(field)}`);
  });
}

const wordsFor = ({ choices, type }: ContactField): string => {
  switch (type) {
    case 'text':
      return 'a text of 1 to 500 characters';
    case 'number':
      return 'a number';
    case 'date':
      return 'a date, like 2026-11-26';
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of ${choices.join(', ')}`;
  }
};

/** Values as they are kept, once they are found to be right: those before, with what is given put in or taken away. */
export function mergedAttributes(
  before: Readonly<Record<string, FieldValue>>,
  given: GivenAttributes,
  fields: readonly ContactField[],
): Record<string, FieldValue> {
  const merged = { ...before };
  for (const field of fields) {
    if (!Object.hasOwn(given, field.name)) continue;
    const value = given[field.name];
    if (value === null || value === undefined) delete merged[field.name];
    else merged[field.name] = valueSchema(field).parse(value);
  }
  return merged;
}
