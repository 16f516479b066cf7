import { z } from 'zod';
import { type Drill, drillSchema } from '#shared/contracts/drill.ts';
import { type Example, exampleSchema } from '#shared/dialog/examples.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

/** What was published, and by whom. */
export interface KeptVersion {
  slug: string;
  version: number;
  /** Whether it is what people get. */
  isCurrent: boolean;
  publishedAt: Date;
  publishedBy: string;
  overrideReason: string | null;
}

const COLUMNS = `drill_version.slug, drill_version.version, drill_version.version = drill.published_version AS "isCurrent",
                 published_at AS "publishedAt", published_by AS "publishedBy", override_reason AS "overrideReason"`;

const contentSchema = z.object({ drill: drillSchema, examples: z.array(exampleSchema) });

/** Newest first, at most `limit` before that one. */
export async function listVersions(
  db: Queryable,
  slug: string,
  { before, limit }: { before: number | null; limit: number },
): Promise<KeptVersion[]> {
  const { rows } = await db.query<KeptVersion>(
    `SELECT ${COLUMNS} FROM drill_version JOIN drill USING (slug)
      WHERE slug = $1 AND ($2::int IS NULL OR drill_version.version < $2)
      ORDER BY drill_version.version DESC LIMIT $3`,
    [slug, before, limit],
  );
  return rows;
}

/** null: there is none. */
export async function readVersion(
  db: Queryable,
  slug: string,
  version: number,
): Promise<(KeptVersion & { drill: Drill; examples: Example[] }) | null> {
  const { rows } = await db.query<KeptVersion & { drill: unknown; examples: unknown }>(
    `SELECT ${COLUMNS}, content AS drill, examples FROM drill_version JOIN drill USING (slug)
      WHERE slug = $1 AND drill_version.version = $2`,
    [slug, version],
  );
  const [row] = rows;
  return row === undefined ? null : { ...row, ...contentSchema.parse(row) };
}

/** The published versions of drills with their examples, by slug. `slugs` left out: of all. */
export async function readPublishedWithExamples(
  db: Queryable,
  slugs?: readonly string[],
): Promise<(Drill & { examples: Example[] })[]> {
  const { rows } = await db.query(
    `SELECT content AS drill, examples FROM drill JOIN drill_version USING (slug)
      WHERE drill_version.version = drill.published_version AND ($1::text[] IS NULL OR slug = ANY ($1)) ORDER BY slug`,
    [slugs ?? null],
  );
  return rows.map((row) => {
    const { drill, examples } = contentSchema.parse(row);
    return { ...drill, examples };
  });
}
