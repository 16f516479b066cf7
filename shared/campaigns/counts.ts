import type { Queryable, Transaction } from '#shared/postgres/pool.ts';

/** Where a contact of a campaign stands. */
export const contactStates = [
  'pending',
  'queued',
  'sent',
  'delivered',
  'answered',
  'failed',
  'undelivered',
  'held',
  'blocked',
  'skipped',
  'cancelled',
] as const;
export type ContactState = (typeof contactStates)[number];

/** Those that may still lead to something. */
export const openStates = ['pending', 'held', 'queued'] as const satisfies readonly ContactState[];

/** Measure of `campaign_count`: contacts who have followed a link. Equal to the rows of `campaign_click`, whose writer counts them. */
export const CLICKED = 'clicked';

/** Where some contacts of a variant were, and are now. Null: they were, or are, of no variant, or of another one. */
export interface Move {
  variant: number;
  from: { state: ContactState; rule: string | null } | null;
  to: { state: ContactState; rule: string | null } | null;
  contacts: number;
}

/**
 * What rows of `campaign_contact` add up to, kept as they move: a count for each state, and for each state with a rule.
 * To be called in the transaction that moves them, with every move, so that counts equal rows at every commit. Counts are
 * written in one order, so that no two transactions wait for each other.
 */
export async function addMoves(tx: Transaction, campaignId: string, moves: readonly Move[]): Promise<void> {
  const changes: Change[] = [];
  for (const { contacts, from, to, variant } of moves) {
    for (const [place, change] of [
      [from, -contacts],
      [to, contacts],
    ] as const) {
      if (place === null) continue;
      changes.push({ variant, measure: place.state, change });
      if (place.rule !== null) changes.push({ variant, measure: `${place.state}:${place.rule}`, change });
    }
  }
  await addChanges(tx, campaignId, changes);
}

/** Who came to a step of a ladder, and by which ending: equal to the rows of `campaign_step`, whose writer counts them. */
export const stepMeasure = (step: number, via: string): string => `${STEP}${step}:${via}`;
export const STEP = 'step:';

interface Change {
  variant: number;
  measure: string;
  change: number;
}

/** Changes counts of a campaign, each once and in one order. */
export async function addChanges(tx: Transaction, campaignId: string, all: readonly Change[]): Promise<void> {
  const changes = new Map<string, number>();
  for (const { change, measure, variant } of all) {
    const key = `${variant} ${measure}`;
    changes.set(key, (changes.get(key) ?? 0) + change);
  }
  const written = [...changes].filter(([, change]) => change !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
  if (written.length === 0) return;
  await tx.query(
    `INSERT INTO campaign_count AS known (campaign_id, variant, measure, value)
     SELECT $1, split_part(key, ' ', 1)::smallint, split_part(key, ' ', 2), change
       FROM unnest($2::text[], $3::bigint[]) WITH ORDINALITY AS written(key, change, place) ORDER BY place
     ON CONFLICT (campaign_id, variant, measure) DO UPDATE SET value = known.value + excluded.value`,
    [campaignId, written.map(([key]) => key), written.map(([, change]) => change)],
  );
}

/** How many contacts of a campaign are in these states. */
export async function countOf(
  db: Queryable,
  campaignId: string,
  states: readonly ContactState[],
): Promise<number> {
  const { rows } = await db.query<{ contacts: number }>(
    `SELECT coalesce(sum(value), 0)::int AS contacts FROM campaign_count WHERE campaign_id = $1 AND measure = ANY ($2)`,
    [campaignId, states],
  );
  return rows[0]?.contacts ?? 0;
}

/** A count of a campaign. */
export interface Count {
  variant: number;
  measure: string;
  value: number;
}

/** Those that are not 0, by variant. */
export async function readCounts(db: Queryable, campaignId: string): Promise<Count[]> {
  const { rows } = await db.query<Count>(
    `SELECT variant, measure, value::float8 AS value FROM campaign_count
      WHERE campaign_id = $1 AND value <> 0 ORDER BY variant, measure`,
    [campaignId],
  );
  return rows;
}
