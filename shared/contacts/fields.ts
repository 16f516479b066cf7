import { z } from 'zod';
import { storableText } from '#shared/contracts/storable-text.ts';

/** What is known of a contact: fields that every contact has, and those that an organisation adds. */

export const fieldTypes = ['text', 'number', 'date', 'boolean', 'choice'] as const;
export type FieldType = (typeof fieldTypes)[number];

export interface ContactField {
  /** As filters, columns of imports and texts name it. */
  name: string;
  label: string;
  type: FieldType;
  /** Of a choice. */
  choices: readonly string[];
}

/** Columns of the contact's own row, by the names that filters and texts use. */
export const ownFields = {
  phone_number: 'text',
  external_id: 'text',
  name: 'text',
  first_name: 'text',
  language: 'text',
  time_zone: 'text',
  state: 'text',
  postal_code: 'text',
  line_type: 'text',
  last_reply: 'text',
  last_reply_at: 'instant',
  created_at: 'instant',
  updated_at: 'instant',
} as const;
export type OwnField = keyof typeof ownFields;

export const isOwnField = (name: string): name is OwnField => Object.hasOwn(ownFields, name);

/** Name of a field that an organisation adds: not one that every contact has. */
export const fieldNameSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,39}$/,
    'must begin with a letter; then lower-case letters, digits and underscores, 40 at most',
  )
  .refine(
    (name) => !isOwnField(name) && name !== 'tags' && name !== 'lists',
    'is a field that every contact has',
  );

export const LONGEST_VALUE = 500;

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** A value as it is kept: text, number and boolean as in JSON, a date as 2026-11-26. */
export type FieldValue = string | number | boolean;

/** What a value of the field must be, as JSON. */
export function valueSchema({
  type,
  choices,
}: Pick<ContactField, 'type' | 'choices'>): z.ZodType<FieldValue> {
  switch (type) {
    case 'text':
      return storableText.pipe(z.string().trim().min(1).max(LONGEST_VALUE));
    case 'number':
      return z.number();
    case 'date':
      return z.iso.date();
    case 'boolean':
      return z.boolean();
    case 'choice':
      return z.enum(choices as [string, ...string[]]);
  }
}

const TRUE = new Set(['true', 'yes', 'y', '1', 'x', 'sí', 'si']);
const FALSE = new Set(['false', 'no', 'n', '0']);

/** What somebody wrote in a cell, read as a value of the field; null: it is none. The cell is trimmed and not empty. */
export function readCell(
  { type, choices }: Pick<ContactField, 'type' | 'choices'>,
  cell: string,
): FieldValue | null {
  switch (type) {
    case 'text':
      return cell.length <= LONGEST_VALUE ? cell : null;
    case 'number': {
      const value = /^[+-]?\d+(?:\.\d+)?$/.test(cell) ? Number(cell) : Number.NaN;
      return Number.isFinite(value) ? value : null;
    }
    case 'date':
      return DATE.test(cell) && z.iso.date().safeParse(cell).success ? cell : null;
    case 'boolean': {
      const word = cell.toLowerCase();
      return TRUE.has(word) ? true : FALSE.has(word) ? false : null;
    }
    case 'choice':
      return choices.find((choice) => choice.toLowerCase() === cell.toLowerCase()) ?? null;
  }
}
