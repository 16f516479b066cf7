import { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import type { GateConfig } from '#shared/compliance/gate-config.ts';
import { wirePerson } from '../consents/schemas.ts';
import { type ConsentParts, standingsOf } from '../consents/standings.ts';
import { decodeCursor, encodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { type Operation, read, reply } from '../http/operation.ts';
import { phoneParams } from '../http/phone.ts';
import { Problem } from '../http/problem.ts';
import { ruleInWords } from '../messages/plan.ts';
import { outgoingSchema, wireOutgoing } from '../messages/schemas.ts';
import { listOutgoing } from '../messages/store.ts';
import {
  campaignsOfPersonSchema,
  eventBatchSchema,
  personSchema,
  sendableSchema,
  wireBatch,
  wireDialog,
  wireProgress,
} from './schemas.ts';
import { sendablesOf } from './sendable.ts';
import { listCampaignsOfPerson, readEventBatches, readPerson, readPersonProgress } from './store.ts';
import { kindSchema, timelineEntrySchema, wireEntry } from './timeline-schemas.ts';
import { entryKinds, readTimeline } from './timeline-store.ts';

const ofVersion = z.object({ version: z.int().min(1) });
const MOST_CAMPAIGNS = 100;
const ofOrdinal = z.object({ ordinal: z.int().min(1) });

/** A place in each kind of what happened. */
const ofTimeline = z.object({
  text: z.object({ at: z.iso.datetime({ precision: 6 }), id: z.uuid() }).optional(),
  message: z.int().min(0).optional(),
  consent: z.int().min(1).optional(),
  campaign: z.object({ at: z.iso.datetime({ precision: 6 }), id: z.uuid() }).optional(),
  drill: z.int().min(1).optional(),
  note: z.int().min(1).optional(),
});

const kinds = z
  .string()
  .max(100)
  .transform((text) => text.split(','))
  .pipe(z.array(kindSchema).max(entryKinds.length))
  .optional()
  .meta({
    description: 'Only these kinds, with commas between them; left out: all',
    example: 'text,message',
  });

/** One person at a time, by number. */
export const personOperations = (
  parts: Pick<ConsentParts, 'pseudonyms'> & { clock: Clock; gate: GateConfig },
): readonly Operation[] => [
  read({
    id: 'getPerson',
    path: '/v1/people/{phone}',
    tag: 'People',
    summary: 'A person: profile, consent, dialog and progress',
    access: 'viewer',
    params: phoneParams,
    replies: { 200: { description: 'What is known', body: personSchema } },
    problems: ['not_found'],
    handle: async ({ params: { phone } }, db) => {
      const person = await readPerson(db, phone);
      if (person === null) throw new Problem('not_found', 'Nobody with this number is known.');
      const { postalCode, state, timeZone } = person;
      const progress = await readPersonProgress(db, phone);
      return reply(200, {
        phoneNumber: phone,
        timeZone,
        state,
        postalCode,
        consent: wirePerson(phone, await standingsOf(db, phone, parts)),
        profile: person.dialog?.state.profile ?? null,
        dialog: wireDialog(person),
        progress: progress.map(wireProgress),
      });
    },
  }),
  read({
    id: 'listPersonTimeline',
    path: '/v1/people/{phone}/timeline',
    tag: 'People',
    summary: 'Everything that happened between you and a person, newest first',
    description:
      'Texts, messages and calls, consent, campaigns with what became of them, lessons and notes. Each kind is in the order in which it was recorded, put together by time. Of a number that nothing is known about, nothing.',
    access: 'viewer',
    params: phoneParams,
    query: z.strictObject({ ...pageQuery, kinds }),
    replies: {
      200: { description: 'A page of it', body: pageOf(timelineEntrySchema, 'TimelinePage') },
    },
    handle: async ({ params: { phone }, query: { cursor, kinds, limit } }, db) => {
      const { entries, next } = await readTimeline(db, {
        phone,
        kinds: new Set(kinds ?? entryKinds),
        after: decodeCursor(ofTimeline, cursor) ?? {},
        limit,
        pseudonyms: parts.pseudonyms,
      });
      return reply(200, {
        items: entries.map(wireEntry),
        nextCursor: next === null ? null : encodeCursor({ ...next }),
      });
    },
  }),
  read({
    id: 'getSendable',
    path: '/v1/people/{phone}/sendable',
    tag: 'People',
    summary: 'What may be sent to a person now, and why not',
    description:
      'As the gate would judge it at this moment, of no topic and without the hours of a campaign, which come on top. Nothing is kept of it.',
    access: 'viewer',
    params: phoneParams,
    replies: { 200: { description: 'By channel and purpose', body: sendableSchema } },
    handle: async ({ params: { phone } }, db) => {
      const now = parts.clock.now();
      const { items, zoneSource, zones } = await sendablesOf(db, phone, {
        config: parts.gate,
        now,
        pseudonyms: parts.pseudonyms,
      });
      return reply(200, {
        phoneNumber: phone,
        asOf: now.toISOString(),
        zones: [...zones],
        zoneSource,
        items: items.map(({ until, ...item }) => ({
          ...item,
          says: ruleInWords(item.rule),
          until: until?.toISOString() ?? null,
        })),
      });
    },
  }),
  read({
    id: 'listPersonEvents',
    path: '/v1/people/{phone}/events',
    tag: 'People',
    summary: 'What happened in the dialog with a person, newest first',
    description: 'One batch for each command: a text, a start, a change of the profile.',
    access: 'viewer',
    params: phoneParams,
    query: z.strictObject(pageQuery),
    replies: {
      200: { description: 'A page of batches', body: pageOf(eventBatchSchema, 'PersonEventPage') },
    },
    handle: async ({ params: { phone }, query: { cursor, limit } }, db) => {
      const before = decodeCursor(ofVersion, cursor)?.version ?? null;
      const batches = await readEventBatches(db, phone, { before, limit: limit + 1 });
      const body = page(batches, limit, {
        item: wireBatch,
        positionOf: ({ version }) => ({ version }),
      });
      return reply(200, body);
    },
  }),
  read({
    id: 'listCampaignsOfPerson',
    path: '/v1/people/{phone}/campaigns',
    tag: 'People',
    summary: 'Campaigns that wrote to a person, the newest first',
    description: `At most ${MOST_CAMPAIGNS}.`,
    access: 'viewer',
    params: phoneParams,
    replies: { 200: { description: 'The campaigns', body: campaignsOfPersonSchema } },
    handle: async ({ params: { phone } }, db) => {
      const campaigns = await listCampaignsOfPerson(db, phone, MOST_CAMPAIGNS);
      return reply(200, {
        items: campaigns.map(({ lastAt, ...campaign }) => ({ ...campaign, lastAt: lastAt.toISOString() })),
      });
    },
  }),
  read({
    id: 'listPersonMessages',
    path: '/v1/people/{phone}/messages',
    tag: 'People',
    summary: 'What was written for a person, sent or not, newest first',
    description: 'With what waits, and what will not go and why. What they wrote is in the message log.',
    access: 'viewer',
    params: phoneParams,
    query: z.strictObject(pageQuery),
    replies: {
      200: { description: 'A page of messages', body: pageOf(outgoingSchema, 'PersonMessagePage') },
    },
    handle: async ({ params: { phone }, query: { cursor, limit } }, db) => {
      const before = decodeCursor(ofOrdinal, cursor)?.ordinal ?? null;
      const rows = await listOutgoing(db, phone, { before, limit: limit + 1 });
      const body = page(rows, limit, {
        item: (row) => wireOutgoing(row, ruleInWords),
        positionOf: ({ ordinal }) => ({ ordinal }),
      });
      return reply(200, body);
    },
  }),
];
