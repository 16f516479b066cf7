import { z } from 'zod';
import { type Drill, drillSchema, languageSchema } from '#shared/contracts/drill.ts';
import type { Drills, PublishedContent } from '#shared/drills/drills.ts';
import { type Operation, read, reply } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';

const listedDrillSchema = z
  .object({
    slug: z.string(),
    name: z.string(),
    version: z.int().meta({ description: 'Published versions never change' }),
    defaultLanguage: languageSchema,
    prompts: z.int().meta({ description: 'How many' }),
    programmes: z.array(z.string()).meta({ description: 'Programmes that it belongs to' }),
  })
  .meta({ id: 'ListedDrill' });
const drillListSchema = z.object({ items: z.array(listedDrillSchema) }).meta({ id: 'DrillList' });
const wholeDrillSchema = drillSchema.meta({ id: 'Drill' });

/** Drills that programmes give, as they are published: content comes with the deployment. */
export const drillOperations = ({ drills }: { drills: Drills }): readonly Operation[] => [
  read({
    id: 'listDrills',
    path: '/v1/drills',
    tag: 'Drills',
    summary: 'Lists the drills of all programmes, by slug',
    access: 'viewer',
    replies: { 200: { description: 'The drills', body: drillListSchema } },
    handle: async () => {
      const content = await drills.current();
      const slugs = [...new Set(content.programmes.flatMap((programme) => programme.drills))].sort();
      const found = await Promise.all(slugs.map((slug) => content.drill(slug)));
      return reply(200, {
        items: found.flatMap((drill) => (drill === null ? [] : [listed(drill, content)])),
      });
    },
  }),
  read({
    id: 'getDrill',
    path: '/v1/drills/{slug}',
    tag: 'Drills',
    summary: 'Gets a drill with all its prompts and languages',
    access: 'viewer',
    params: z.object({ slug: z.string().min(1).max(100) }),
    replies: { 200: { description: 'The published version', body: wholeDrillSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ params: { slug } }) => {
      const drill = await (await drills.current()).drill(slug);
      if (drill === null) throw new Problem('not_found', 'There is no drill of this name.');
      return reply(200, drill, { version: `${drill.slug}.${drill.version}` });
    },
  }),
];

const listed = (
  { defaultLanguage, name, prompts, slug, version }: Drill,
  { programmes }: PublishedContent,
): z.input<typeof listedDrillSchema> => ({
  slug,
  name,
  version,
  defaultLanguage,
  prompts: prompts.length,
  programmes: programmes.filter((programme) => programme.drills.includes(slug)).map((each) => each.slug),
});
