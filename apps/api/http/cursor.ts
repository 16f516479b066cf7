import { z } from 'zod';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { PhoneReferences } from './phone-reference.ts';
import { Problem } from './problem.ts';

/**
 * Pages by cursor: the position of the last row of a page, opaque to callers, so that what is added or deleted meanwhile
 * neither repeats nor hides a row.
 */

export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 200;

/** Query parameters of every list. */
export const pageQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_LIMIT)
    .default(DEFAULT_LIMIT)
    .meta({ description: 'Most rows of the page' }),
  cursor: z
    .string()
    .max(500)
    .optional()
    .meta({ description: 'Where the page begins: `nextCursor` of the page before' }),
};

/** What a list answers: a page, and where the next one begins. */
export const pageOf = <T extends z.ZodType>(item: T, id: string) =>
  z
    .object({
      items: z.array(item),
      nextCursor: z.string().nullable().meta({ description: 'Of the next page; null: this is the last' }),
    })
    .meta({ id });

/** A cursor as text. What is undefined is left out of it. */
export const encodeCursor = (position: object): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/** The position in a cursor; 400 for what is no cursor of this list. Null for none. */
export function decodeCursor<S extends z.ZodType>(
  position: S,
  cursor: string | undefined,
): z.output<S> | null {
  if (cursor === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    // Not JSON: the caller made it up.
    throw fault();
  }
  const parsed = position.safeParse(value);
  if (!parsed.success) throw fault();
  return parsed.data;
}

const fault = (): Problem =>
  new Problem('invalid_request', 'The cursor is not valid.', {
    faults: [
      { in: 'query', pointer: 'cursor', detail: 'is none of this list: take it from the page before' },
    ],
  });

/** A phone number in the position of a cursor: cursors stand in addresses, so a reference stands there for it. */
export function numberInCursor(text: string, references: PhoneReferences): PhoneNumber {
  const phone = references.phoneOf(text);
  if (phone === null) throw fault();
  return phone;
}

/**
 * A page of rows that were read with one more than its limit: the last one says whether there is a next page.
 * `positionOf` gives the position of a row.
 */
export function page<Row, Item>(
  rows: readonly Row[],
  limit: number,
  parts: { item(row: Row): Item; positionOf(row: Row): Readonly<Record<string, string | number>> },
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(parts.item),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(parts.positionOf(last)) : null,
  };
}
