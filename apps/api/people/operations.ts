import { z } from 'zod';
import { wirePerson } from '../consents/schemas.ts';
import { type ConsentParts, standingsOf } from '../consents/standings.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
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
  wireBatch,
  wireDialog,
  wireProgress,
} from './schemas.ts';
import { listCampaignsOfPerson, readEventBatches, readPerson, readPersonProgress } from './store.ts';

const ofVersion = z.object({ version: z.int().min(1) });
const MOST_CAMPAIGNS = 100;
const ofOrdinal = z.object({ ordinal: z.int().min(1) });

/** One person at a time, by number. */
export const personOperations = (parts: Pick<ConsentParts, 'pseudonyms'>): readonly Operation[] => [
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
