import type { Queryable } from '#shared/postgres/pool.ts';

export const sources = ['user_opt_out', 'admin_import', 'compliance', 'carrier'] as const;
export type SuppressionSource = (typeof sources)[number];

/** A number that nothing is sent to, in a scope. */
export interface Suppressed {
  phoneNumber: string;
  scope: string;
  source: SuppressionSource;
  reason: string;
  addedAt: Date;
  changeId: string;
  /** `addedAt` with its microseconds, which a Date would lose. */
  position: string;
}

/** Where a page ended. */
export interface SuppressionPosition {
  at: string;
  phoneNumber: string;
  scope: string;
}

const COLUMNS = `phone_number AS "phoneNumber", scope, source, reason, added_at AS "addedAt",
       change_id AS "changeId", to_char(added_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position`;

/**
 * Suppressions, newest first, at most `limit` behind `after`; null: of any. Those of erased people have no number to be
 * listed by.
 */
export async function listSuppressions(
  db: Queryable,
  wanted: {
    source: SuppressionSource | null;
    scope: string | null;
    since: Date | null;
    after: SuppressionPosition | null;
    limit: number;
  },
): Promise<Suppressed[]> {
  const { after, limit, scope, since, source } = wanted;
  const { rows } = await db.query<Suppressed>(
    `SELECT ${COLUMNS} FROM suppression
      WHERE phone_number LIKE '+%' AND ($1::text IS NULL OR source = $1) AND ($2::text IS NULL OR scope = $2)
        AND ($3::timestamptz IS NULL OR added_at >= $3)
        AND ($4::timestamptz IS NULL OR (added_at, phone_number, scope) < ($4, $5, $6))
      ORDER BY added_at DESC, phone_number DESC, scope DESC LIMIT $7`,
    [source, scope, since, after?.at ?? null, after?.phoneNumber ?? null, after?.scope ?? null, limit],
  );
  return rows;
}

/** All scopes in which a number is suppressed, under any of its names: few. */
export async function suppressionsOf(db: Queryable, names: readonly string[]): Promise<Suppressed[]> {
  const { rows } = await db.query<Suppressed>(
    `SELECT ${COLUMNS} FROM suppression WHERE phone_number = ANY ($1) ORDER BY scope`,
    [names],
  );
  return rows;
}
