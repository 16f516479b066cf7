import type { Transaction } from '#shared/postgres/pool.ts';
import type { ProgressRow } from './next-drill.ts';

/** Whose progress: one person in one programme. */
export interface ProgressKey {
  phoneNumber: string;
  programmeSlug: string;
}

/** As a key of maps. */
export const keyOf = ({ phoneNumber, programmeSlug }: ProgressKey): string =>
  `${phoneNumber} ${programmeSlug}`;

interface StoredRow
  extends ProgressKey,
    Omit<ProgressRow, 'requestedAt' | 'startedAt' | 'completedAt' | 'nothingMoreAt'> {
  requestedAt: Date;
  startedAt: Date | null;
  completedAt: Date | null;
  nothingMoreAt: Date | null;
}

/** All rows of these people in all programmes, by `keyOf`. */
export async function readProgress(
  tx: Transaction,
  phones: readonly string[],
): Promise<Map<string, ProgressRow[]>> {
  const { rows } = await tx.query<StoredRow>(
    `SELECT phone_number AS "phoneNumber", programme_slug AS "programmeSlug", drill_slug AS "drillSlug",
            drill_instance_id AS "drillInstanceId", requested_at AS "requestedAt",
            started_at AS "startedAt", completed_at AS "completedAt",
            nothing_more_at AS "nothingMoreAt"
       FROM drill_progress WHERE phone_number = ANY ($1)`,
    [phones],
  );
  const progress = new Map<string, ProgressRow[]>();
  for (const row of rows) {
    const list = progress.get(keyOf(row)) ?? [];
    list.push({
      drillSlug: row.drillSlug,
      drillInstanceId: row.drillInstanceId,
      requestedAt: row.requestedAt.toISOString(),
      startedAt: row.startedAt?.toISOString() ?? null,
      completedAt: row.completedAt?.toISOString() ?? null,
      nothingMoreAt: row.nothingMoreAt?.toISOString() ?? null,
    });
    progress.set(keyOf(row), list);
  }
  return progress;
}

export type ProgressChange = ProgressKey & ProgressRow;

/** Writes rows as they are now. At most one per person, programme and drill. */
export async function writeProgress(tx: Transaction, rows: readonly ProgressChange[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `INSERT INTO drill_progress (phone_number, programme_slug, drill_slug, drill_instance_id,
                                 requested_at, started_at, completed_at, nothing_more_at)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[],
                          $5::timestamptz[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[])
     ON CONFLICT (phone_number, programme_slug, drill_slug) DO UPDATE
        SET drill_instance_id = excluded.drill_instance_id, requested_at = excluded.requested_at,
            started_at = excluded.started_at, completed_at = excluded.completed_at,
            nothing_more_at = excluded.nothing_more_at`,
    [
      rows.map((row) => row.phoneNumber),
      rows.map((row) => row.programmeSlug),
      rows.map((row) => row.drillSlug),
      rows.map((row) => row.drillInstanceId),
      rows.map((row) => row.requestedAt),
      rows.map((row) => row.startedAt),
      rows.map((row) => row.completedAt),
      rows.map((row) => row.nothingMoreAt),
    ],
  );
}

/** Removes rows. */
export async function removeProgress(
  tx: Transaction,
  gone: readonly (ProgressKey & { drillSlug: string })[],
): Promise<void> {
  if (gone.length === 0) return;
  await tx.query(
    `DELETE FROM drill_progress USING unnest($1::text[], $2::text[], $3::text[])
            AS gone(phone_number, programme_slug, drill_slug)
      WHERE drill_progress.phone_number = gone.phone_number
        AND drill_progress.programme_slug = gone.programme_slug
        AND drill_progress.drill_slug = gone.drill_slug`,
    [
      gone.map((row) => row.phoneNumber),
      gone.map((row) => row.programmeSlug),
      gone.map((row) => row.drillSlug),
    ],
  );
}
