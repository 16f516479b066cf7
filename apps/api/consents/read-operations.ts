import { z } from 'zod';
import { dayAfter } from '#shared/consent/deadline.ts';
import { exportConsents } from '#shared/consent/export.ts';
import { readHistory } from '#shared/consent/history.ts';
import { type Cursor, listStandings } from '#shared/consent/list.ts';
import { evidenceOf } from '#shared/evidence/bundle.ts';
import { evidencePage } from '#shared/evidence/page.ts';
import { decodeCursor, numberInCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { type Operation, read, reply, replyAs } from '../http/operation.ts';
import { phoneParams } from '../http/phone.ts';
import type { PhoneReferences } from '../http/phone-reference.ts';
import { Problem } from '../http/problem.ts';
import { textStream } from '../http/text-stream.ts';
import { nameOf } from '../identity/identity.ts';
import {
  consentSchema,
  evidenceSchema,
  listedSchema,
  statusSchema,
  wireChange,
  wireListed,
  wirePerson,
} from './schemas.ts';
import { type ConsentParts, standingsOf } from './standings.ts';

const listPosition = z.object({
  phoneNumber: z.string().max(100),
  scope: z.string().max(80),
  deadline: z.union([z.iso.date(), z.literal('')]),
});
const historyPosition = z.object({ position: z.int().min(1) });

const cursorOf = (text: string | undefined, references: PhoneReferences): Cursor | null => {
  const at = decodeCursor(listPosition, text);
  if (at === null) return null;
  return {
    ...at,
    phoneNumber: numberInCursor(at.phoneNumber, references),
    deadline: at.deadline === '' ? null : at.deadline,
  };
};

export type ConsentReadParts = Pick<ConsentParts, 'clock' | 'pseudonyms'> & { references: PhoneReferences };

/** Where people stand, and what proves it. */
export const consentReads = ({ clock, pseudonyms, references }: ConsentReadParts): readonly Operation[] => [
  read({
    id: 'listConsents',
    path: '/v1/consents',
    tag: 'Consent',
    summary: 'Lists people by where they stand',
    description:
      'Pending requests by their deadline, the soonest first; everybody else by phone number. A pending request blocks already: the deadline is for what you have to do.',
    access: 'viewer',
    query: z.strictObject({
      ...pageQuery,
      status: statusSchema.default('pending_opt_out'),
      dueWithin: z.coerce.number().int().min(0).max(366).optional().meta({
        description: 'Pending requests only: due within so many days, US Eastern, those overdue included',
      }),
    }),
    replies: { 200: { description: 'A page of people', body: pageOf(listedSchema, 'ConsentPage') } },
    handle: async ({ query: { cursor, dueWithin, limit, status } }, db) => {
      if (dueWithin !== undefined && status !== 'pending_opt_out') {
        throw new Problem('invalid_request', 'Only pending requests have a deadline.', {
          faults: [{ in: 'query', pointer: 'dueWithin', detail: 'goes with status=pending_opt_out alone' }],
        });
      }
      const rows = await listStandings(db, {
        status,
        ...(dueWithin === undefined ? {} : { dueBy: dayAfter(clock.now(), dueWithin) }),
        cursor: cursorOf(cursor, references),
        limit: limit + 1,
      });
      const body = page(rows, limit, {
        item: wireListed,
        positionOf: ({ deadline, phoneNumber, scope }) => ({
          phoneNumber: references.sealed(phoneNumber),
          scope,
          deadline: deadline ?? '',
        }),
      });
      return reply(200, body);
    },
  }),
  read({
    id: 'exportConsents',
    path: '/v1/consents/export',
    tag: 'Consent',
    summary: 'Every consent that is in force, as CSV',
    description:
      'As it was given, with the wording that was shown. The file can be imported elsewhere. Texts that a spreadsheet would compute begin with an apostrophe.',
    access: 'viewer',
    replies: { 200: { description: 'CSV, of any length', body: textStream, mediaType: 'text/csv' } },
    handle: async (_request, db) =>
      reply(200, exportConsents(db, 'consents'), {
        headers: { 'content-disposition': 'attachment; filename="consents.csv"' },
      }),
  }),
  read({
    id: 'getConsent',
    path: '/v1/consents/{phone}',
    tag: 'Consent',
    summary: 'Where a person stands, and how it came to that',
    description: 'Of a number that nothing is known about, an empty history.',
    access: 'viewer',
    params: phoneParams,
    query: z.strictObject(pageQuery),
    replies: { 200: { description: 'Standings and a page of the history', body: consentSchema } },
    handle: async ({ params: { phone }, query: { cursor, limit } }, db) => {
      const before = decodeCursor(historyPosition, cursor)?.position ?? null;
      const standings = await standingsOf(db, phone, { pseudonyms });
      const changes = await readHistory(db, phone, { before, limit: limit + 1, pseudonyms });
      const { items, nextCursor } = page(changes, limit, {
        item: wireChange,
        positionOf: ({ position }) => ({ position }),
      });
      return reply(200, { ...wirePerson(phone, standings), history: items, nextCursor });
    },
  }),
  read({
    id: 'getConsentEvidence',
    path: '/v1/consents/{phone}/evidence',
    tag: 'Consent',
    summary: 'Everything on record about one person',
    description:
      'Consents with the wording that was shown, revocations with their words, every message with its final status, the decisions of the gate and what people judged, chained by SHA-256. `format=html` is the same as a page for printing. Keep `lastHash` apart from the file: only it tells the record from one that was written anew.',
    access: 'viewer',
    params: phoneParams,
    query: z.strictObject({ format: z.enum(['json', 'html']).default('json') }),
    replies: { 200: { description: 'The record', body: evidenceSchema, alsoAs: ['text/html'] } },
    handle: async ({ identity, params: { phone }, query: { format } }, db) => {
      const bundle = await evidenceOf(db, phone, { now: clock.now(), by: nameOf(identity), pseudonyms });
      return format === 'html' ? replyAs(200, 'text/html', evidencePage(bundle)) : reply(200, bundle);
    },
  }),
];
