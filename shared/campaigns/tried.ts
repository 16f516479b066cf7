import type { Queryable } from '#shared/postgres/pool.ts';
import type { ContactState, Count } from './counts.ts';

/** States that everybody is in whom the carrier was asked to write to, once nothing more is planned for them. */
export const TRIED = [
  'sent',
  'delivered',
  'answered',
  'undelivered',
  'failed',
] as const satisfies readonly ContactState[];

/**
 * Contacts of a campaign whom the carrier was asked to write to and whose state does not say so, by state and variant: those
 * whose next message waits, for its time, for the hours or for a number, or is queued, and those whose next message was
 * blocked or cancelled. Read from the rows, which are few: `campaign_contact_tried` holds these alone.
 */
export async function readTriedBefore(db: Queryable, campaignId: string): Promise<Count[]> {
  const { rows } = await db.query<Count>(
    `SELECT variant, state AS measure, count(*)::float8 AS value FROM campaign_contact
      WHERE campaign_id = $1 AND attempts > 0 AND state IN ('pending', 'queued', 'held', 'blocked', 'cancelled')
      GROUP BY variant, state ORDER BY variant, state`,
    [campaignId],
  );
  return rows;
}

/** How many contacts counts have of these measures; `variant`: of it alone. Pure. */
export const sumOf = (counts: readonly Count[], measures: readonly string[], variant?: number): number =>
  counts.reduce(
    (sum, { measure, value, variant: of }) =>
      (variant === undefined || of === variant) && measures.includes(measure) ? sum + value : sum,
    0,
  );
