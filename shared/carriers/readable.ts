import { z } from 'zod';

/** Reading what came from outside: shared by all carriers. */

/** Text without NUL, which PostgreSQL cannot store. No handset sends it. */
export const storableText = (text: string): string => text.replaceAll('\0', '');

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

/** An instant as carriers write them ("2026-03-04T20:00:00.000Z", "2026-03-04 20:00:00", "... UTC"); null: it is none. UTC. */
export function instantOf(text: string | null | undefined): Date | null {
  if (text == null || text === '') return null;
  const iso = text.trim().replace(' UTC', 'Z').replace(' ', 'T');
  const at = new Date(/(?:Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`);
  return Number.isNaN(at.getTime()) ? null : at;
}
