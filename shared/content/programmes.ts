import type { ProgrammeFile } from '#shared/drills/content-file.ts';
import { asWord } from '#shared/drills/words.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import { parseProgramme } from './read.ts';
import type { By } from './write.ts';

/** A programme as it is kept. */
export interface KeptProgramme {
  programme: ProgrammeFile;
  version: number;
  updatedAt: Date;
  updatedBy: string;
  /** Business time; null: it goes on. */
  archivedAt: Date | null;
}

interface ProgrammeRow {
  definition: unknown;
  version: number;
  updatedAt: Date;
  updatedBy: string;
  archivedAt: Date | null;
}

const COLUMNS =
  'definition, version, updated_at AS "updatedAt", updated_by AS "updatedBy", archived_at AS "archivedAt"';

const kept = ({ definition, ...row }: ProgrammeRow): KeptProgramme => ({
  ...row,
  programme: parseProgramme(definition),
});

/** By slug, at most `limit` behind that one. `archived`: those that are, or are not; null: all. */
export async function listProgrammes(
  db: Queryable,
  { after, archived = null, limit }: { after: string | null; archived?: boolean | null; limit: number },
): Promise<KeptProgramme[]> {
  const { rows } = await db.query<ProgrammeRow>(
    `SELECT ${COLUMNS} FROM programme
      WHERE ($1::text IS NULL OR slug > $1) AND ($3::boolean IS NULL OR (archived_at IS NOT NULL) = $3)
      ORDER BY slug LIMIT $2`,
    [after, limit, archived],
  );
  return rows.map(kept);
}

/** null: there is none. */
export async function readProgramme(db: Queryable, slug: string): Promise<KeptProgramme | null> {
  const { rows } = await db.query<ProgrammeRow>(`SELECT ${COLUMNS} FROM programme WHERE slug = $1`, [slug]);
  return rows[0] === undefined ? null : kept(rows[0]);
}

/** Of these programmes, those that are archived, by slug. */
export async function readArchived(db: Queryable, slugs: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ slug: string }>(
    'SELECT slug FROM programme WHERE slug = ANY ($1) AND archived_at IS NOT NULL ORDER BY slug',
    [slugs],
  );
  return rows.map(({ slug }) => slug);
}

/** Archives a programme at an instant, or (null) has it go on. Behind `beginContentChange`. */
export async function setArchived(
  tx: Transaction,
  slug: string,
  archivedAt: Date | null,
  { by, now }: By,
): Promise<void> {
  await tx.query(
    `UPDATE programme SET archived_at = $2, version = version + 1, updated_at = $3, updated_by = $4 WHERE slug = $1`,
    [slug, archivedAt, now, by],
  );
}

/** How often people registered with each code of a programme, by the code as texts are compared with it. */
export async function readCodeUses(db: Queryable, slug: string): Promise<(code: string) => number> {
  const { rows } = await db.query<{ code: string; uses: number }>(
    'SELECT code, uses FROM registration_code_use WHERE programme_slug = $1',
    [slug],
  );
  const uses = new Map(rows.map((row) => [row.code, row.uses]));
  return (code) => uses.get(asWord(code)) ?? 0;
}
