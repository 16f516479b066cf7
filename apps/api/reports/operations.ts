import { z } from 'zod';
import type { Drills } from '#shared/drills/drills.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { type Operation, read, reply } from '../http/operation.ts';
import { phoneParams } from '../http/phone.ts';
import { Problem } from '../http/problem.ts';
import {
  drillReportSchema,
  givenName,
  personDrillSchema,
  reportQuery,
  wirePersonDrill,
  wireReport,
} from './schemas.ts';
import { readPersonDrills, readPromptCounts, readReportedVersions, readWrongAnswers } from './store.ts';

/** Wrong answers that are compared with each other, per prompt: the work grows with their square. */
const MOST_COMPARED = 100;

/** PostgreSQL has no year 0. */
const startedAt = z.iso.datetime({ precision: 3 }).refine((at) => at >= '0001');
const ofDrill = z.object({ startedAt, instanceId: z.uuid() });

/** What people made of drills: each prompt of one, and one person. */
export const reportOperations = ({ drills }: { drills: Drills }): readonly Operation[] => [
  read({
    id: 'getDrillReport',
    path: '/v1/drills/{slug}/report',
    tag: 'Drills',
    summary: 'What became of each prompt of a drill, by programme and language',
    description: 'Of one version. Counts equal the events of dialogs that progress has read.',
    access: 'viewer',
    params: z.object({ slug: givenName }),
    query: reportQuery,
    replies: { 200: { description: 'The report', body: drillReportSchema } },
    problems: ['not_found'],
    handle: async ({ params: { slug }, query }, db) => {
      const versions = await readReportedVersions(db, slug);
      if (versions.length === 0 && (await (await drills.current()).drill(slug)) === null)
        throw new Problem('not_found', 'There is no drill of this name.');
      const version = query.version ?? versions[0] ?? null;
      if (version === null) return reply(200, { drill: slug, version, versions, items: [] });
      const selection = {
        ...{ drill: slug, version },
        programme: query.programme ?? null,
        language: query.language ?? null,
      };
      // First: what comes in between is counted with the answers that are not shown.
      const answers = await readWrongAnswers(db, selection, MOST_COMPARED);
      const items = wireReport(await readPromptCounts(db, selection), answers);
      return reply(200, { drill: slug, version, versions, items });
    },
  }),
  read({
    id: 'listPersonDrills',
    path: '/v1/people/{phone}/drills',
    tag: 'People',
    summary: 'Drills that a person went through, newest first',
    access: 'viewer',
    params: phoneParams,
    query: z.strictObject(pageQuery),
    replies: { 200: { description: 'A page of drills', body: pageOf(personDrillSchema, 'PersonDrillPage') } },
    handle: async ({ params: { phone }, query: { cursor, limit } }, db) => {
      const before = decodeCursor(ofDrill, cursor);
      const rows = await readPersonDrills(db, phone, { before, limit: limit + 1 });
      const body = page(rows, limit, {
        item: wirePersonDrill,
        positionOf: ({ instanceId, startedAt }) => ({ startedAt: startedAt.toISOString(), instanceId }),
      });
      return reply(200, body);
    },
  }),
];
