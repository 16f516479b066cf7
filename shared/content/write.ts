import type { Drill } from '#shared/contracts/drill.ts';
import type { Example, ExamplesReport } from '#shared/dialog/examples.ts';
import type { ProgrammeFile } from '#shared/drills/content-file.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** Who changes content, and when (business time). */
export interface By {
  by: string;
  now: Date;
}

/**
 * Begins a change of what is published: nobody else changes it until the transaction ends, and afterwards readers find
 * that it is another. Returns the new revision.
 */
export async function beginContentChange(tx: Transaction): Promise<number> {
  const { rows } = await tx.query<{ revision: number }>(
    'UPDATE content_revision SET revision = revision + 1 RETURNING revision',
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the table content_revision has lost its row');
  return row.revision;
}

/** Waits until nobody changes what is published, and keeps others from it to the end of the transaction. */
export async function lockContent(tx: Transaction): Promise<void> {
  await tx.query('SELECT FROM content_revision FOR UPDATE');
}

export interface NewVersion {
  drill: Drill;
  examples: readonly Example[];
  report: ExamplesReport;
  /** Why it is published although the examples do not bear it out; null: they do. */
  overrideReason: string | null;
}

/** Makes versions what people get from now on. Their drafts are done. Behind `beginContentChange`, at most one per drill. */
export async function insertVersions(
  tx: Transaction,
  versions: readonly NewVersion[],
  { by, now }: By,
): Promise<void> {
  if (versions.length === 0) return;
  const slugs = versions.map(({ drill }) => drill.slug);
  await tx.query(
    `INSERT INTO drill (slug, created_at, updated_at, updated_by) SELECT slug, $2, $2, $3 FROM unnest($1::text[]) AS slug
     ON CONFLICT DO NOTHING`,
    [slugs, now, by],
  );
  await tx.query(
    `INSERT INTO drill_version (slug, version, content, examples, report, override_reason, published_at, published_by)
     SELECT new.*, $7, $8
       FROM unnest($1::text[], $2::int[], $3::jsonb[], $4::jsonb[], $5::jsonb[], $6::text[]) AS new`,
    [
      slugs,
      versions.map(({ drill }) => drill.version),
      versions.map(({ drill }) => JSON.stringify(drill)),
      versions.map(({ examples }) => JSON.stringify(examples)),
      versions.map(({ report }) => JSON.stringify(report)),
      versions.map(({ overrideReason }) => overrideReason),
      now,
      by,
    ],
  );
  await tx.query(
    `UPDATE drill SET published_version = new.version, draft = NULL, version = drill.version + 1, updated_at = $3, updated_by = $4
       FROM unnest($1::text[], $2::int[]) AS new(slug, version) WHERE drill.slug = new.slug`,
    [slugs, versions.map(({ drill }) => drill.version), now, by],
  );
}

/** Writes programmes as they are now. Behind `beginContentChange`, at most one of a slug. */
export async function writeProgrammes(
  tx: Transaction,
  programmes: readonly ProgrammeFile[],
  { by, now }: By,
): Promise<void> {
  if (programmes.length === 0) return;
  await tx.query(
    `INSERT INTO programme (slug, definition, created_at, updated_at, updated_by)
     SELECT slug, definition, $3, $3, $4 FROM unnest($1::text[], $2::jsonb[]) AS given(slug, definition)
     ON CONFLICT (slug) DO UPDATE
        SET definition = excluded.definition, version = programme.version + 1, updated_at = excluded.updated_at,
            updated_by = excluded.updated_by`,
    [programmes.map(({ slug }) => slug), programmes.map((programme) => JSON.stringify(programme)), now, by],
  );
}
