import { type DrillDraft, drillDraftSchema } from '#shared/drills/content-file.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { By } from './write.ts';

/** What authors work on, one draft for each drill. */
export interface KeptDraft {
  slug: string;
  draft: DrillDraft;
  /** What people get meanwhile; null: the drill was never published. */
  publishedVersion: number | null;
  version: number;
  updatedAt: Date;
  updatedBy: string;
}

interface DraftRow extends Omit<KeptDraft, 'draft'> {
  draft: unknown;
}

const COLUMNS = `slug, draft, published_version AS "publishedVersion", version, updated_at AS "updatedAt",
                 updated_by AS "updatedBy"`;

const kept = (row: DraftRow): KeptDraft => ({ ...row, draft: drillDraftSchema.parse(row.draft) });

/** By slug, at most `limit` behind that one. */
export async function listDrafts(
  db: Queryable,
  { after, limit }: { after: string | null; limit: number },
): Promise<KeptDraft[]> {
  const { rows } = await db.query<DraftRow>(
    `SELECT ${COLUMNS} FROM drill WHERE draft IS NOT NULL AND ($1::text IS NULL OR slug > $1) ORDER BY slug LIMIT $2`,
    [after, limit],
  );
  return rows.map(kept);
}

/** null: there is none. */
export async function readDraft(db: Queryable, slug: string): Promise<KeptDraft | null> {
  const { rows } = await db.query<DraftRow>(
    `SELECT ${COLUMNS} FROM drill WHERE slug = $1 AND draft IS NOT NULL`,
    [slug],
  );
  return rows[0] === undefined ? null : kept(rows[0]);
}

/** The same, locked to the end of the transaction. */
export async function lockDraft(tx: Transaction, slug: string): Promise<KeptDraft | null> {
  const { rows } = await tx.query<DraftRow>(
    `SELECT ${COLUMNS} FROM drill WHERE slug = $1 AND draft IS NOT NULL FOR UPDATE`,
    [slug],
  );
  return rows[0] === undefined ? null : kept(rows[0]);
}

/** Drafts of these drills, locked to the end of the transaction, by slug. */
export async function lockDrafts(tx: Transaction, slugs: readonly string[]): Promise<KeptDraft[]> {
  const { rows } = await tx.query<DraftRow>(
    `SELECT ${COLUMNS} FROM drill WHERE slug = ANY ($1) AND draft IS NOT NULL ORDER BY slug FOR UPDATE`,
    [slugs],
  );
  return rows.map(kept);
}

/** Begins a draft; null: there is one already. */
export async function insertDraft(
  tx: Transaction,
  draft: DrillDraft,
  { by, now }: By,
): Promise<KeptDraft | null> {
  const { rows } = await tx.query<DraftRow>(
    `INSERT INTO drill (slug, draft, created_at, updated_at, updated_by) VALUES ($1, $2, $3, $3, $4)
     ON CONFLICT (slug) DO UPDATE
        SET draft = excluded.draft, version = drill.version + 1, updated_at = excluded.updated_at,
            updated_by = excluded.updated_by
      WHERE drill.draft IS NULL
     RETURNING ${COLUMNS}`,
    [draft.slug, JSON.stringify(draft), now, by],
  );
  return rows[0] === undefined ? null : kept(rows[0]);
}

/** Writes drafts as they are now, whether there are any or not; at most one of a slug. */
export async function writeDrafts(
  tx: Transaction,
  drafts: readonly DrillDraft[],
  { by, now }: By,
): Promise<KeptDraft[]> {
  if (drafts.length === 0) return [];
  const { rows } = await tx.query<DraftRow>(
    `INSERT INTO drill (slug, draft, created_at, updated_at, updated_by)
     SELECT slug, draft, $3, $3, $4 FROM unnest($1::text[], $2::jsonb[]) AS given(slug, draft) ORDER BY slug
     ON CONFLICT (slug) DO UPDATE
        SET draft = excluded.draft, version = drill.version + 1, updated_at = excluded.updated_at,
            updated_by = excluded.updated_by
     RETURNING ${COLUMNS}`,
    [drafts.map(({ slug }) => slug), drafts.map((draft) => JSON.stringify(draft)), now, by],
  );
  return rows.map(kept);
}

/** Gives a draft up. A drill that was never published is gone with it. */
export async function discardDraft(tx: Transaction, slug: string): Promise<void> {
  const { rowCount } = await tx.query('DELETE FROM drill WHERE slug = $1 AND published_version IS NULL', [
    slug,
  ]);
  if (rowCount === 0) {
    await tx.query('UPDATE drill SET draft = NULL, version = version + 1 WHERE slug = $1', [slug]);
  }
}
