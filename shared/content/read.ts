import { z } from 'zod';
import { type Drill, drillSchema } from '#shared/contracts/drill.ts';
import { type Example, exampleSchema } from '#shared/dialog/examples.ts';
import type { ProgrammeFile } from '#shared/drills/content-file.ts';
import { programmeFileSchema } from '#shared/drills/programme.ts';
import { messageOf } from '#shared/errors.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

/** What is published, as it stands in PostgreSQL. */

/**
 * Fields that a newer version of the product has written are left out: while services are rolled, both versions read.
 * Fields that an older one did not know have their defaults.
 */
const storedProgrammeSchema = programmeFileSchema.strip();

export async function readRevision(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ revision: number }>('SELECT revision FROM content_revision');
  const [row] = rows;
  if (row === undefined) throw new Error('the table content_revision has lost its row');
  return row.revision;
}

export const parseProgramme = (definition: unknown): ProgrammeFile => storedProgrammeSchema.parse(definition);

/**
 * All programmes that go on, by slug. One that cannot be read is named, and keeps all from being read: without it its people and
 * numbers would be taken for those of others.
 */
export async function readProgrammes(db: Queryable): Promise<ProgrammeFile[]> {
  const { rows } = await db.query<{ slug: string; definition: unknown }>(
    'SELECT slug, definition FROM programme WHERE archived_at IS NULL ORDER BY slug',
  );
  return rows.map(({ definition, slug }) => {
    try {
      return parseProgramme(definition);
    } catch (cause) {
      throw new Error(`the programme ${slug} cannot be read: ${messageOf(cause)}`, { cause });
    }
  });
}

const publishedRowSchema = z.object({ content: drillSchema });

/** The published versions of all drills, by slug. */
export async function readPublishedDrills(db: Queryable): Promise<Drill[]> {
  return readPublishedBesides(db, []);
}

/** The same without those that are known: a version never changes. */
export async function readPublishedBesides(db: Queryable, known: readonly Drill[]): Promise<Drill[]> {
  const { rows } = await db.query(
    `SELECT content FROM drill JOIN drill_version USING (slug)
      WHERE drill_version.version = drill.published_version
        AND NOT EXISTS (SELECT FROM unnest($1::text[], $2::int[]) AS known(slug, version)
                         WHERE known.slug = drill.slug AND known.version = drill.published_version)
      ORDER BY slug`,
    [known.map(({ slug }) => slug), known.map(({ version }) => version)],
  );
  return rows.map((row) => publishedRowSchema.parse(row).content);
}

/** The published version of each drill that has one, by slug. */
export async function readPublishedVersions(db: Queryable): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ slug: string; published_version: number }>(
    'SELECT slug, published_version FROM drill WHERE published_version IS NOT NULL ORDER BY slug',
  );
  return new Map(rows.map(({ published_version, slug }) => [slug, published_version]));
}

const exampleRowSchema = z.object({ slug: z.string(), examples: z.array(exampleSchema) });

/** Example conversations of the published versions of drills, by slug. */
export async function readExamples(
  db: Queryable,
  slugs: readonly string[],
): Promise<ReadonlyMap<string, Example[]>> {
  const { rows } = await db.query(
    `SELECT slug, examples FROM drill JOIN drill_version USING (slug)
      WHERE drill_version.version = drill.published_version AND slug = ANY ($1)`,
    [slugs],
  );
  return new Map(
    rows.map((row) => {
      const { examples, slug } = exampleRowSchema.parse(row);
      return [slug, examples];
    }),
  );
}
