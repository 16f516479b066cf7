import { z } from 'zod';
import { storable, storableText as storableSchema } from '#shared/contracts/storable-text.ts';

/** Reading what came from outside: shared by all carriers. */

/** Text without NUL and halves of characters, which PostgreSQL cannot store. No handset sends them. */
export const storableText = storable;

/** An id of a carrier's, by which something is recognised: one that cannot be stored as it is names nothing. */
export const carrierId = storableSchema.min(1).max(200);

/** A word of a carrier's, such as a status: without what cannot be stored, and not without anything. */
export const carrierWord = z.string().transform(storable).pipe(z.string().min(1));

export const uuidOrNull = (text: unknown): string | null => {
  const parsed = z.uuid().safeParse(text);
  return parsed.success ? parsed.data.toLowerCase() : null;
};

/** A body that is JSON; undefined: it is none. */
export function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // The only way to fail is a text that is no JSON.
    return undefined;
  }
}

/** The faults of what a schema refused, in one line. */
export const faults = (error: z.ZodError): string =>
  error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');

/**
 * An instant as carriers write them ("2026-03-04T20:00:00.000Z", "2026-03-04 20:00:00", "... UTC"); null: it is none, or one
 * of a year that no message is from, which our records have no form for. UTC.
 */
export function instantOf(text: string | null | undefined): Date | null {
  if (text == null || text === '') return null;
  const iso = text.trim().replace(' UTC', 'Z').replace(' ', 'T');
  const at = new Date(/(?:Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`);
  const year = at.getUTCFullYear();
  return year >= 1970 && year <= 9999 ? at : null;
}
