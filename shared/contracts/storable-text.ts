import { z } from 'zod';

/**
 * PostgreSQL stores neither the character U+0000 nor halves of surrogate pairs. A command that carries one would fail
 * in whichever service first writes it, so the contract decides about it at the door.
 */

/** Without what PostgreSQL refuses: NUL falls away, half a surrogate pair becomes U+FFFD. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '');

/** A text of our own making: one that cannot be stored is a fault of whoever made it, and refused. */
export const storableText = z
  .string()
  .refine(
    (text) => text.isWellFormed() && !text.includes('\0'),
    'must not contain U+0000 or half a character',
  );

/** A text from outside: what cannot be stored is taken out, because refusing it would lose what a person said. */
export const cleanedText = z.string().transform(storable);

/** Where a document has texts, as values or as names, that cannot be stored. */
export function unstorablePaths(value: unknown, path: readonly PropertyKey[] = []): PropertyKey[][] {
  const isStorable = (text: string): boolean => storable(text) === text;
  if (typeof value === 'string') return isStorable(value) ? [] : [[...path]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => [
    ...(isStorable(name) ? [] : [[...path]]),
    ...unstorablePaths(each, [...path, name]),
  ]);
}
