import { z } from 'zod';
import { fromOf, type Message, toOf } from './message.ts';
import { messagesPath, restMessage } from './message-view.ts';

/** GET .../Messages.json: filters and pages. */

export interface ListQuery {
  to: string | null;
  from: string | null;
  /** Instants, ends included; null: open. A message that has not been sent yet counts with its creation. */
  sentFrom: number | null;
  sentUntil: number | null;
  pageSize: number;
  page: number;
  /** Position of the page: the messages older, or newer, than the one with this sid. */
  cursor: { sid: string; towards: 'older' | 'newer' } | null;
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
function spanOf(text: string): { from: number; until: number } | null {
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
    (query.to === null || toOf(message) === query.to) &&
    (query.from === null || fromOf(message) === query.from) &&
    (query.sentFrom === null || at >= query.sentFrom) &&
    (query.sentUntil === null || at <= query.sentUntil)
  );
};

export interface Page {
  /** Newest first. */
  messages: Message[];
  older: boolean;
  newer: boolean;
}

/**
 * One page of `newestFirst`, which may be more than what matches. Pages hang on messages, not on positions: what
 * arrives between two requests neither repeats nor hides anything.
 */
export function pageOf(newestFirst: Iterable<Message>, query: ListQuery, cursorOrdinal: number | null): Page {
  if (query.cursor?.towards === 'newer') {
    const newer: Message[] = [];
    for (const message of newestFirst) {
      if (cursorOrdinal !== null && message.ordinal <= cursorOrdinal) break;
      if (matches(query, message)) newer.push(message);
    }
    return { messages: newer.slice(-query.pageSize), older: true, newer: newer.length > query.pageSize };
  }
  const messages: Message[] = [];
  for (const message of newestFirst) {
    if (cursorOrdinal !== null && message.ordinal >= cursorOrdinal) continue;
    if (!matches(query, message)) continue;
    if (messages.length === query.pageSize) return { messages, older: true, newer: query.cursor !== null };
    messages.push(message);
  }
  return { messages, older: false, newer: query.cursor !== null };
}

/** The page in Twilio's form. */
export function restPage(accountSid: string, query: ListQuery, search: string, page: Page): object {
  const filters = new URLSearchParams(search);
  for (const name of ['Page', 'PageToken', 'PageSize']) filters.delete(name);
  const uri = (index: number, token: string | null): string => {
    const parameters = new URLSearchParams(filters);
    parameters.set('PageSize', String(query.pageSize));
    parameters.set('Page', String(index));
    if (token !== null) parameters.set('PageToken', token);
    return `${messagesPath(accountSid)}?${parameters}`;
  };
  const first = page.messages[0];
  const last = page.messages.at(-1);
  const start = query.page * query.pageSize;
  return {
    end: Math.max(start, start + page.messages.length - 1),
    first_page_uri: uri(0, null),
    next_page_uri: page.older && last ? uri(query.page + 1, `PA${last.sid}`) : null,
    page: query.page,
    page_size: query.pageSize,
    previous_page_uri: page.newer && first ? uri(Math.max(0, query.page - 1), `PB${first.sid}`) : null,
    messages: page.messages.map((message) => restMessage(accountSid, message)),
    start,
    uri: search === '' ? uri(query.page, null) : `${messagesPath(accountSid)}?${search}`,
  };
}
