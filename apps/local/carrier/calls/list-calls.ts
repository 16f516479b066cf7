import { z } from 'zod';
import { callStatusSchema } from '#shared/simulator/call-view.ts';
import { spanOf } from '../list-messages.ts';
import type { PageQuery } from '../pages.ts';
import { type Call, callFrom, callTo } from './call.ts';

/** GET .../Calls.json: filters. */

export interface CallQuery extends PageQuery {
  to: string | null;
  from: string | null;
  parentCallSid: string | null;
  status: string | null;
  /** Instants, ends included; null: open. A call that has not begun, or ended, matches no span. */
  started: Span;
  ended: Span;
}

interface Span {
  from: number | null;
  until: number | null;
}

const querySchema = z
  .strictObject({
    To: z.string(),
    From: z.string(),
    ParentCallSid: z.string().regex(/^CA[0-9a-fA-F]{32}$/),
    Status: callStatusSchema.exclude(['initiated']),
    StartTime: z.string(),
    'StartTime<': z.string(),
    'StartTime>': z.string(),
    EndTime: z.string(),
    'EndTime<': z.string(),
    'EndTime>': z.string(),
    PageSize: z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(1).max(1000)),
    Page: z.string().regex(/^\d+$/).transform(Number),
    PageToken: z.string().regex(/^P[AB]CA[0-9a-f]{32}$/),
  })
  .partial();

export const callListParameters: readonly string[] = Object.keys(querySchema.shape);

export function parseCallQuery(
  search: string,
): { ok: true; query: CallQuery } | { ok: false; detail: string } {
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(search)) {
    if (name in fields) return { ok: false, detail: `${name} is given twice` };
    fields[name] = value;
  }
  const parsed = querySchema.safeParse(fields);
  if (!parsed.success) return { ok: false, detail: z.prettifyError(parsed.error).replace(/\s+/g, ' ') };
  const { data } = parsed;
  const started = spanIn(data.StartTime, data['StartTime>'], data['StartTime<']);
  const ended = spanIn(data.EndTime, data['EndTime>'], data['EndTime<']);
  if (started === null || ended === null) return { ok: false, detail: 'a time is not a date' };
  const token = data.PageToken;
  return {
    ok: true,
    query: {
      to: data.To ?? null,
      from: data.From ?? null,
      parentCallSid: data.ParentCallSid ?? null,
      status: data.Status ?? null,
      started,
      ended,
      pageSize: data.PageSize ?? 50,
      page: data.Page ?? 0,
      cursor: token ? { sid: token.slice(2), towards: token.startsWith('PA') ? 'older' : 'newer' } : null,
    },
  };
}

/** Null: one of them is no date. */
function spanIn(on: string | undefined, after: string | undefined, before: string | undefined): Span | null {
  const span: Span = { from: null, until: null };
  for (const [text, bounds] of [
    [on, { from: true, until: true }],
    [after, { from: true, until: false }],
    [before, { from: false, until: true }],
  ] as const) {
    if (text === undefined || text === '') continue;
    const given = spanOf(text);
    if (!given) return null;
    if (bounds.from) span.from = Math.max(span.from ?? given.from, given.from);
    if (bounds.until) span.until = Math.min(span.until ?? given.until, given.until);
  }
  return span;
}

export const callMatches = (query: CallQuery, call: Call): boolean =>
  (query.to === null || callTo(call) === query.to) &&
  (query.from === null || callFrom(call) === query.from) &&
  // No call here has another one for its parent.
  query.parentCallSid === null &&
  (query.status === null || (call.status === 'initiated' ? 'queued' : call.status) === query.status) &&
  within(query.started, call.answeredAt) &&
  within(query.ended, call.endedAt);

const within = ({ from, until }: Span, at: number | null): boolean =>
  (from === null || (at !== null && at >= from)) && (until === null || (at !== null && at <= until));
