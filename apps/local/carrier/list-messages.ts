import { z } from 'zod';
import { fromOf, type Message, toOf } from './message.ts';
import type { PageQuery } from './pages.ts';

/** GET .../Messages.json: filters. */

export interface ListQuery extends PageQuery {
  to: string | null;
  from: string | null;
  /** Instants, ends included; null: open. A message that has not been sent yet counts with its creation. */
  sentFrom: number | null;
  sentUntil: number | null;
}

export type ParsedQuery = { ok: true; query: ListQuery } | { ok: false; detail: string };

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

const querySchema = z
  .strictObject({
    To: z.string(),
    From: z.string(),
    DateSent: z.string(),
    'DateSent<': z.string(),
    'DateSent>': z.string(),
    PageSize: z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(1).max(1000)),
    Page: z.string().regex(/^\d+$/).transform(Number),
    PageToken: z.string().regex(/^P[AB](SM|MM)[0-9a-f]{32}$/),
  })
  .partial();

export const listParameters: readonly string[] = Object.keys(querySchema.shape);

/** A day covers all of its 24 hours (GMT); an instant covers its second, which is as fine as Twilio's dates are. */
export function spanOf(text: string): { from: number; until: number } | null {
  const from = Date.parse(DATE.test(text) ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(from)) return null;
  return DATE.test(text) ? { from, until: from + DAY_MS - 1 } : { from, until: from + 999 };
}

export function parseListQuery(search: string): ParsedQuery {
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(search)) {
    if (name in fields) return { ok: false, detail: `${name} is given twice` };
    fields[name] = value;
  }
  const parsed = querySchema.safeParse(fields);
  if (!parsed.success) return { ok: false, detail: z.prettifyError(parsed.error).replace(/\s+/g, ' ') };
  const { data } = parsed;

  let sentFrom: number | null = null;
  let sentUntil: number | null = null;
  for (const [name, bounds] of [
    ['DateSent', { from: true, until: true }],
    ['DateSent>', { from: true, until: false }],
    ['DateSent<', { from: false, until: true }],
  ] as const) {
    const text = data[name];
    if (text === undefined || text === '') continue;
    const span = spanOf(text);
    if (!span) return { ok: false, detail: `${name} is not a date` };
    if (bounds.from) sentFrom = Math.max(sentFrom ?? span.from, span.from);
    if (bounds.until) sentUntil = Math.min(sentUntil ?? span.until, span.until);
  }
  const token = data.PageToken;
  return {
    ok: true,
    query: {
      to: data.To ?? null,
      from: data.From ?? null,
      sentFrom,
      sentUntil,
      pageSize: data.PageSize ?? 50,
      page: data.Page ?? 0,
      cursor: token ? { sid: token.slice(2), towards: token.startsWith('PA') ? 'older' : 'newer' } : null,
    },
  };
}

export const matches = (query: ListQuery, message: Message): boolean => {
  const at = message.sentAt ?? message.createdAt;
  return (
    // Twilio knows nothing of what goes through others.
    message.carrier === 'twilio' &&
    (query.to === null || toOf(message) === query.to) &&
    (query.from === null || fromOf(message) === query.from) &&
    (query.sentFrom === null || at >= query.sentFrom) &&
    (query.sentUntil === null || at <= query.sentUntil)
  );
};
