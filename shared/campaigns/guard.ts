import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { Stage } from './careful-start.ts';
import type { Definition } from './definition.ts';

export type TrippedBy = 'undelivered' | 'filtered' | 'opted_out' | 'canary' | 'budget';

/** What watches over a campaign that is under way. */
export interface Guard {
  stage: Stage;
  /** Business time. */
  stageSince: Date;
  /** It was paused by itself, and nobody has resumed it since. */
  trippedBy: TrippedBy | null;
}

interface Row {
  stage: Stage;
  stage_since: Date;
  tripped_by: TrippedBy | null;
}

/**
 * The guard of a campaign that is active and whose row is locked, made where there is none yet. One that was tripped has been
 * resumed by somebody: what its breaker counts begins anew, and a careful start that was stopped goes on with its ramp.
 */
export async function guardOf(
  tx: Transaction,
  { campaignId, definition }: { campaignId: string; definition: Pick<Definition, 'canary'> },
  now: Date,
): Promise<Guard> {
  const known = await readGuard(tx, campaignId);
  if (known !== null && known.trippedBy === null) return known;
  const { rows } = await tx.query<Row>(
    `INSERT INTO campaign_guard AS known (campaign_id, stage, stage_since) VALUES ($1, $2, $3)
     ON CONFLICT (campaign_id) DO UPDATE
        SET stage = CASE WHEN known.tripped_by = 'canary' THEN 'ramp' ELSE known.stage END,
            stage_since = CASE WHEN known.tripped_by = 'canary' THEN excluded.stage_since ELSE known.stage_since END,
            watched_from = CASE WHEN known.tripped_at IS NULL THEN known.watched_from ELSE clock_timestamp() END,
            tripped_at = NULL, tripped_by = NULL
     RETURNING stage, stage_since, tripped_by`,
    [campaignId, definition.canary === null ? 'open' : 'slice', now],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a guard that was written has no row');
  return { stage: row.stage, stageSince: row.stage_since, trippedBy: row.tripped_by };
}

/** How far a careful start has come. */
export async function writeStage(
  tx: Transaction,
  campaignId: string,
  stage: Stage,
  now: Date,
): Promise<void> {
  await tx.query('UPDATE campaign_guard SET stage = $2, stage_since = $3 WHERE campaign_id = $1', [
    campaignId,
    stage,
    now,
  ]);
}

/** Notes that a campaign, whose row is locked, is paused by its guard. */
export async function writeTrip(
  tx: Transaction,
  campaignId: string,
  trippedBy: TrippedBy,
  now: Date,
): Promise<void> {
  await tx.query(
    `INSERT INTO campaign_guard AS known (campaign_id, stage_since, tripped_at, tripped_by) VALUES ($1, $3, $3, $2)
     ON CONFLICT (campaign_id) DO UPDATE SET tripped_at = excluded.tripped_at, tripped_by = excluded.tripped_by`,
    [campaignId, trippedBy, now],
  );
}

/**
 * Whether the breaker of a campaign, which is active and whose row is locked, counts nothing of what there was at `at` (real
 * time): somebody has resumed it since, or has resumed it and it was not looked at yet.
 */
export async function isCountedAnew(tx: Transaction, campaignId: string, at: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    `SELECT FROM campaign_guard WHERE campaign_id = $1 AND (tripped_at IS NOT NULL OR watched_from > $2)`,
    [campaignId, at],
  );
  return rowCount === 1;
}

/** As it stands, for whoever only looks; null: it was never active. */
export async function readGuard(db: Queryable, campaignId: string): Promise<Guard | null> {
  const { rows } = await db.query<Row>(
    'SELECT stage, stage_since, tripped_by FROM campaign_guard WHERE campaign_id = $1',
    [campaignId],
  );
  const [row] = rows;
  return row === undefined
    ? null
    : { stage: row.stage, stageSince: row.stage_since, trippedBy: row.tripped_by };
}
