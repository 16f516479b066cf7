import { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import { checkDraft } from '#shared/content/check.ts';
import {
  discardDraft,
  insertDraft,
  type KeptDraft,
  listDrafts,
  lockDraft,
  readDraft,
  writeDrafts,
} from '#shared/content/drafts.ts';
import { publishContent } from '#shared/content/publish.ts';
import { readStanding } from '#shared/content/standing.ts';
import { beginContentChange } from '#shared/content/write.ts';
import { drillYaml } from '#shared/content/yaml.ts';
import { languageSchema } from '#shared/contracts/drill.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { drillDraftSchema } from '#shared/drills/content-file.ts';
import { slugSchema } from '#shared/drills/programme.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { change, type Operation, read, reply } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { instant } from '../http/time.ts';
import { checkVersion } from '../http/version.ts';
import { nameOf } from '../identity/identity.ts';
import { findingSchema, refused, storableDocument, wireFinding } from './words.ts';

const tag = 'Drills';
const params = z.object({ slug: slugSchema });

const exampleDraft: z.input<typeof drillDraftSchema> = {
  slug: 'clean-hands',
  name: 'Clean hands',
  defaultLanguage: 'en',
  prompts: [
    {
      slug: 'how-long',
      messages: [{ text: { en: 'How long do you wash your hands?\na) 5 seconds\nb) 20 seconds' } }],
      options: { en: ['a) 5 seconds', 'b) 20 seconds'] },
      correctResponse: { en: 'b) 20 seconds' },
    },
    { slug: 'goodbye', messages: [{ text: { en: 'Thank you!' } }] },
  ],
  examples: [{ name: 'knows it', turns: [{ says: 'b', expect: 'right', hears: [] }] }],
};

const draftBody = storableDocument(drillDraftSchema).meta({
  id: 'NewDrillDraft',
  example: exampleDraft,
});

const keptSchema = z
  .object({
    slug: z.string(),
    publishedVersion: z.int().nullable().meta({ description: 'What people get meanwhile; null: nothing' }),
    updatedAt: instant,
    updatedBy: z.string(),
    draft: drillDraftSchema,
  })
  .meta({ id: 'DrillDraft' });

const listedSchema = keptSchema
  .omit({ draft: true })
  .extend({ name: z.string() })
  .meta({ id: 'ListedDrillDraft' });

const checkSchema = z
  .object({
    faults: z.array(findingSchema).meta({ description: 'What keeps it from being published' }),
    warnings: z.array(findingSchema).meta({ description: 'What works, and you should know' }),
    lengths: z
      .array(
        z.object({
          prompt: z.string(),
          message: z.int().meta({ description: 'Which message of the prompt, from 0' }),
          language: languageSchema,
          encoding: z.enum(['GSM-7', 'UCS-2']),
          segments: z.int(),
          units: z.int(),
        }),
      )
      .meta({ description: 'Of each text in each language, without the answers that it repeats' }),
    examples: z
      .object({
        failures: z.array(findingSchema),
        unreached: z.array(findingSchema).meta({ description: 'What can happen and happens in no example' }),
        untestedLanguages: z.array(languageSchema),
      })
      .meta({ description: 'If there is anything in it, publishing takes a reason' }),
  })
  .meta({ id: 'DrillCheck' });

const publishBody = z
  .strictObject({
    overrideReason: storableText.trim().min(1).max(500).optional().meta({
      description: 'Why it is published although its examples do not bear it out; kept with the version',
    }),
  })
  .meta({ id: 'PublishDrill', example: { overrideReason: 'Tried on our own phones.' } });

const publishedSchema = z
  .object({ slug: z.string(), version: z.int(), isNew: z.boolean() })
  .meta({ id: 'PublishedDrill' });

const wire = ({ version: _, ...row }: KeptDraft): z.input<typeof keptSchema> => ({
  ...row,
  updatedAt: row.updatedAt.toISOString(),
});
const listed = ({ draft, version: _, ...row }: KeptDraft): z.input<typeof listedSchema> => ({
  ...row,
  name: draft.name,
  updatedAt: row.updatedAt.toISOString(),
});
const audited = ({ draft }: KeptDraft) => ({ draft });

const noDraft = (): Problem => new Problem('not_found', 'Nobody works on a drill of this name.');

export interface DraftParts {
  clock: Clock;
  defaultSender: PhoneNumber;
}

/** What authors work on, until they publish it. */
export const draftOperations = ({ clock, defaultSender }: DraftParts): readonly Operation[] => [
  read({
    id: 'listDrillDrafts',
    path: '/v1/drill-drafts',
    tag,
    summary: 'Lists drills that somebody works on, by slug',
    access: 'viewer',
    query: z.strictObject(pageQuery),
    replies: { 200: { description: 'A page of them', body: pageOf(listedSchema, 'DrillDraftPage') } },
    handle: async ({ query: { cursor, limit } }, db) => {
      const after = decodeCursor(z.object({ slug: storableText }), cursor)?.slug ?? null;
      const rows = await listDrafts(db, { after, limit: limit + 1 });
      return reply(200, page(rows, limit, { item: listed, positionOf: (row) => ({ slug: row.slug }) }));
    },
  }),
  read({
    id: 'getDrillDraft',
    path: '/v1/drill-drafts/{slug}',
    tag,
    summary: 'Gets the draft of a drill',
    access: 'viewer',
    params,
    replies: { 200: { description: 'The draft', body: keptSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ params: { slug } }, db) => {
      const row = await readDraft(db, slug);
      if (row === null) throw noDraft();
      return reply(200, wire(row), { version: row.version });
    },
  }),
  read({
    id: 'checkDrillDraft',
    path: '/v1/drill-drafts/{slug}/check',
    tag,
    summary: 'Checks a draft, all at once: faults, translations, lengths, examples',
    access: 'viewer',
    params,
    replies: { 200: { description: 'What was found', body: checkSchema } },
    problems: ['not_found'],
    handle: async ({ params: { slug } }, db) => {
      const row = await readDraft(db, slug);
      if (row === null) throw noDraft();
      const standing = await readStanding(db);
      const found = checkDraft(row.draft, (row.publishedVersion ?? 0) + 1, standing, defaultSender);
      return reply(200, {
        faults: found.faults.map((fault) =>
          fault.kind === 'drill' && fault.slug === slug
            ? wireFinding(fault)
            : { path: '', message: `${fault.kind} ${fault.slug}: ${fault.message}` },
        ),
        warnings: found.warnings.map(wireFinding),
        lengths: found.lengths,
        examples: {
          failures: found.report.failures.map(wireFinding),
          unreached: found.report.unreached.map(wireFinding),
          untestedLanguages: found.report.untestedLanguages,
        },
      });
    },
  }),
  read({
    id: 'getDrillDraftFile',
    path: '/v1/drill-drafts/{slug}/file',
    tag,
    summary: 'Gets the draft of a drill as a YAML file',
    access: 'viewer',
    params,
    replies: { 200: { description: 'The file', body: z.string(), mediaType: 'application/yaml' } },
    problems: ['not_found'],
    handle: async ({ params: { slug } }, db) => {
      const row = await readDraft(db, slug);
      if (row === null) throw noDraft();
      return reply(200, drillYaml(row.draft));
    },
  }),
  change({
    id: 'createDrillDraft',
    method: 'post',
    path: '/v1/drill-drafts',
    tag,
    summary: 'Begins a draft: of a new drill, or of the next version of one',
    access: 'operator',
    body: draftBody,
    replies: { 201: { description: 'The draft', body: keptSchema, versioned: true } },
    problems: ['conflict'],
    handle: async ({ body: draft, identity }, { tx, audit }) => {
      const row = await insertDraft(tx, draft, { by: nameOf(identity), now: clock.now() });
      if (row === null)
        throw new Problem('conflict', 'Somebody works on this drill already: change that draft.');
      audit({
        subject: 'drill-draft',
        subjectId: row.slug,
        action: 'created',
        before: null,
        after: audited(row),
      });
      return reply(201, wire(row), { version: row.version });
    },
  }),
  change({
    id: 'replaceDrillDraft',
    method: 'put',
    path: '/v1/drill-drafts/{slug}',
    tag,
    summary: 'Changes a draft',
    description: 'The draft is kept as it is given, also with faults that keep it from being published.',
    access: 'operator',
    requiresVersion: true,
    params,
    body: draftBody,
    replies: { 200: { description: 'As it is now', body: keptSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ body: draft, identity, ifMatch, params: { slug } }, { tx, audit }) => {
      const before = await lockDraft(tx, slug);
      if (before === null) throw noDraft();
      checkVersion(before, ifMatch);
      if (draft.slug !== slug) {
        throw new Problem('invalid_request', 'The name of a drill never changes.', {
          faults: [{ in: 'body', pointer: '/slug', detail: `must be "${slug}"` }],
        });
      }
      const [row] = await writeDrafts(tx, [draft], { by: nameOf(identity), now: clock.now() });
      if (row === undefined) throw new Error('a draft that was written has no row');
      audit({
        subject: 'drill-draft',
        subjectId: slug,
        action: 'updated',
        before: audited(before),
        after: audited(row),
      });
      return reply(200, wire(row), { version: row.version });
    },
  }),
  change({
    id: 'discardDrillDraft',
    method: 'delete',
    path: '/v1/drill-drafts/{slug}',
    tag,
    summary: 'Gives a draft up; what is published stays',
    access: 'operator',
    params,
    replies: { 204: { description: 'It is gone', body: null } },
    problems: ['not_found', 'changed_meanwhile'],
    handle: async ({ ifMatch, params: { slug } }, { tx, audit }) => {
      const row = await lockDraft(tx, slug);
      if (row === null) throw noDraft();
      checkVersion(row, ifMatch);
      await discardDraft(tx, slug);
      audit({
        subject: 'drill-draft',
        subjectId: slug,
        action: 'deleted',
        before: audited(row),
        after: null,
      });
      return reply(204, null);
    },
  }),
  change({
    id: 'publishDrillDraft',
    method: 'post',
    path: '/v1/drill-drafts/{slug}/publish',
    tag,
    summary: 'Publishes a draft: whoever begins the drill from now on gets it',
    description:
      'Refused with all faults at once. Its examples are played: where they fail, or leave a branch or a language out, a reason is needed. Whoever is in the middle of the drill keeps the version that they began with. A draft that is what is published already makes no new version.',
    access: 'operator',
    requiresVersion: true,
    params,
    body: publishBody,
    replies: { 200: { description: 'What people get from now on', body: publishedSchema } },
    problems: ['not_found', 'conflict'],
    handle: async ({ body: { overrideReason }, identity, ifMatch, params: { slug } }, { tx, audit }) => {
      // In this order, as whoever publishes does.
      await beginContentChange(tx);
      const row = await lockDraft(tx, slug);
      if (row === null) throw noDraft();
      checkVersion(row, ifMatch);
      const by = { by: nameOf(identity), now: clock.now() };
      const result = await publishContent(
        tx,
        { drills: [row.draft], programmes: [], overrideReason: overrideReason ?? null },
        { ...by, defaultSender },
      );
      if (result.kind === 'refused') {
        const open = result.unproven.flatMap(({ findings }) => findings);
        throw refused(
          [...result.faults, ...open],
          { kind: 'drill', slug },
          result.faults.length > 0
            ? 'It cannot be published as it is.'
            : 'Its examples do not bear it out: mend them, or give a reason.',
        );
      }
      const [drill] = result.versions;
      if (drill === undefined) await discardDraft(tx, slug);
      const version = drill?.version ?? row.publishedVersion;
      if (version === null) throw new Error('a drill that is published has no version');
      audit({
        subject: 'drill',
        subjectId: slug,
        action: 'published',
        before: row.publishedVersion === null ? null : { version: row.publishedVersion },
        after: { version, ...(overrideReason === undefined ? {} : { overrideReason }) },
      });
      return reply(200, { slug, version, isNew: drill !== undefined });
    },
  }),
];
