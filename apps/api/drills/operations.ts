import { z } from 'zod';
import {
  type KeptVersion,
  listVersions,
  readPublishedWithExamples,
  readVersion,
} from '#shared/content/versions.ts';
import { drillYaml } from '#shared/content/yaml.ts';
import { type Drill, drillSchema, languageSchema } from '#shared/contracts/drill.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { exampleSchema } from '#shared/dialog/examples.ts';
import type { Drills, PublishedContent } from '#shared/drills/drills.ts';
import { languagesOf } from '#shared/drills/languages.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { type Operation, read, reply } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { instant } from '../http/time.ts';

const MOST_VERSIONS = 2_147_483_647;

const listedDrillSchema = z
  .object({
    slug: z.string(),
    name: z.string(),
    version: z.int().meta({ description: 'Published versions never change' }),
    defaultLanguage: languageSchema,
    languages: z
      .array(languageSchema)
      .meta({ description: 'That it has something in, the default one first' }),
    prompts: z.int().meta({ description: 'How many' }),
    programmes: z
      .array(z.string())
      .meta({ description: 'Programmes that it belongs to; archived ones do not count' }),
  })
  .meta({ id: 'ListedDrill' });
const drillListSchema = z.object({ items: z.array(listedDrillSchema) }).meta({ id: 'DrillList' });
const wholeDrillSchema = drillSchema.meta({ id: 'Drill' });

const versionSchema = z
  .object({
    slug: z.string(),
    version: z.int(),
    isCurrent: z.boolean().meta({ description: 'Whether it is what people get' }),
    publishedAt: instant,
    publishedBy: z.string(),
    overrideReason: z
      .string()
      .nullable()
      .meta({ description: 'Why it was published although its examples did not bear it out' }),
  })
  .meta({ id: 'DrillVersion' });
const wholeVersionSchema = versionSchema
  .extend({ drill: wholeDrillSchema, examples: z.array(exampleSchema) })
  .meta({ id: 'WholeDrillVersion' });

const slugParams = z.object({ slug: storableText.min(1).max(100) });
const noDrill = (): Problem => new Problem('not_found', 'There is no drill of this name.');

const wireVersion = (row: KeptVersion): z.input<typeof versionSchema> => ({
  ...row,
  publishedAt: row.publishedAt.toISOString(),
});

/** Drills that programmes give, as they are and were published. */
export const drillOperations = ({ drills }: { drills: Drills }): readonly Operation[] => [
  read({
    id: 'listDrillVersions',
    path: '/v1/drills/{slug}/versions',
    tag: 'Drills',
    summary: 'Lists the versions of a drill that were published, newest first',
    access: 'viewer',
    params: slugParams,
    query: z.strictObject(pageQuery),
    replies: { 200: { description: 'A page of them', body: pageOf(versionSchema, 'DrillVersionPage') } },
    problems: ['not_found'],
    handle: async ({ params: { slug }, query: { cursor, limit } }, db) => {
      const before = decodeCursor(z.object({ version: z.int().max(MOST_VERSIONS) }), cursor)?.version ?? null;
      const rows = await listVersions(db, slug, { before, limit: limit + 1 });
      if (rows.length === 0 && before === null) throw noDrill();
      const positionOf = ({ version }: KeptVersion) => ({ version });
      return reply(200, page(rows, limit, { item: wireVersion, positionOf }));
    },
  }),
  read({
    id: 'getDrillVersion',
    path: '/v1/drills/{slug}/versions/{version}',
    tag: 'Drills',
    summary: 'Gets a drill as it was published once, with its examples',
    access: 'viewer',
    params: slugParams.extend({ version: z.coerce.number().int().min(1).max(MOST_VERSIONS) }),
    replies: { 200: { description: 'The version', body: wholeVersionSchema } },
    problems: ['not_found'],
    handle: async ({ params: { slug, version } }, db) => {
      const row = await readVersion(db, slug, version);
      if (row === null) throw noDrill();
      const { drill, examples, ...head } = row;
      return reply(200, { ...wireVersion(head), drill, examples });
    },
  }),
  read({
    id: 'getDrillFile',
    path: '/v1/drills/{slug}/file',
    tag: 'Drills',
    summary: 'Gets a drill as it is published as a YAML file, with its examples',
    access: 'viewer',
    params: slugParams,
    replies: { 200: { description: 'The file', body: z.string(), mediaType: 'application/yaml' } },
    problems: ['not_found'],
    handle: async ({ params: { slug } }, db) => {
      const [drill] = await readPublishedWithExamples(db, [slug]);
      if (drill === undefined) throw noDrill();
      return reply(200, drillYaml(drill));
    },
  }),
  read({
    id: 'listDrills',
    path: '/v1/drills',
    tag: 'Drills',
    summary: 'Lists the drills that are published, of all programmes and of none, by slug',
    access: 'viewer',
    replies: { 200: { description: 'The drills', body: drillListSchema } },
    handle: async () => {
      const content = await drills.current();
      const bySlug = content.drills.toSorted((a, b) => (a.slug < b.slug ? -1 : 1));
      return reply(200, { items: bySlug.map((drill) => listed(drill, content)) });
    },
  }),
  read({
    id: 'getDrill',
    path: '/v1/drills/{slug}',
    tag: 'Drills',
    summary: 'Gets a drill with all its prompts and languages',
    access: 'viewer',
    params: z.object({ slug: storableText.pipe(z.string().min(1).max(100)) }),
    replies: { 200: { description: 'The published version', body: wholeDrillSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ params: { slug } }) => {
      const drill = await (await drills.current()).drill(slug);
      if (drill === null) throw noDrill();
      return reply(200, drill, { version: `${drill.slug}.${drill.version}` });
    },
  }),
];

const listed = (drill: Drill, { programmes }: PublishedContent): z.input<typeof listedDrillSchema> => ({
  slug: drill.slug,
  name: drill.name,
  version: drill.version,
  defaultLanguage: drill.defaultLanguage,
  languages: languagesOf(drill),
  prompts: drill.prompts.length,
  programmes: programmes.filter(({ drills }) => drills.includes(drill.slug)).map(({ slug }) => slug),
});
