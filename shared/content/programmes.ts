import type { ProgrammeFile } from '#shared/drills/content-file.ts';
import { asWord } from '#shared/drills/words.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { parseProgramme } from './read.ts';

/** A programme as it is kept. */
export interface KeptProgramme {
  programme: ProgrammeFile;
  version: number;
  updatedAt: Date;
  updatedBy: string;
}

interface ProgrammeRow {
  definition: unknown;
  version: number;
  updatedAt: Date;
  updatedBy: string;
}

const COLUMNS = 'definition, version, updated_at AS "updatedAt", updated_by AS "updatedBy"';

const kept = ({ definition, ...row }: ProgrammeRow): KeptProgramme => ({
  ...row,
  programme: parseProgramme(definition),
});

/** By slug, at most `limit` behind that one. */
export async function listProgrammes(
  db: Queryable,
  { after, limit }: { after: string | null; limit: number },
): Promise<KeptProgramme[]> {
  const { rows } = await db.query<ProgrammeRow>(
    `SELECT ${COLUMNS} FROM programme WHERE $1::text IS NULL OR slug > $1 ORDER BY slug LIMIT $2`,
    [after, limit],
  );
  return rows.map(kept);
}

/** null: there is none. */
export async function readProgramme(db: Queryable, slug: string): Promise<KeptProgramme | null> {
  const { rows } = await db.query<ProgrammeRow>(`SELECT ${COLUMNS} FROM programme WHERE slug = $1`, [slug]);
  return rows[0] === undefined ? null : kept(rows[0]);
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
