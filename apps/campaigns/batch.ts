import type { Dispatched } from '#shared/campaigns/dispatch.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import type { Pool } from '#shared/postgres/pool.ts';

/**
 * How many people a campaign takes at a time: as many as the environment has it, and fewer while its database is slow. A batch
 * that took too long is undone, and would be undone again, for ever, if it came again as it was.
 */

type Slowed = Pick<Campaign, 'batchMost'>;

/** A batch that was planned in this many ms may be twice as large: it then takes about half of what it may. */
const QUICK_MS = 2_500;

/** Most people in one batch. Pure. */
export const batchOf = ({ batchMost }: Slowed, batchSize: number): number =>
  Math.min(batchSize, batchMost ?? batchSize);

/**
 * Most people in the next batch, after one that took `tookMs` up to where it is committed: twice as many where it was quick, until
 * nothing of it is limited any more (null). Pure.
 */
export function nextBatch(
  { batchMost }: Slowed,
  dispatched: Pick<Dispatched, 'due'> | null,
  { batchSize, tookMs }: { batchSize: number; tookMs: number },
): number | null {
  if (batchMost === null || dispatched === null || dispatched.due === 0 || tookMs > QUICK_MS)
    return batchMost;
  return batchMost * 2 >= batchSize ? null : batchMost * 2;
}

/** Why a campaign is slower than its pace, for people; null: it is not, as far as this is concerned. Pure. */
export const slowedReason = ({ batchMost }: Slowed): string | null =>
  batchMost === null
    ? null
    : `Its database is slow: no more than ${batchMost} ${batchMost === 1 ? 'person is' : 'people are'} planned at a time.`;

const PUT_OFF =
  'Its database is slow: what was planned last took too long and was undone. It is tried again with half as many people at a time.';

/**
 * Has a campaign whose turn took too long tried again later, and if that is under way with half as many people as were in its
 * batch (`batch`), one at the least; whoever looks at it sees why nothing goes.
 */
export async function putOff(
  pool: Pool,
  campaignId: string,
  { again, batch }: { again: Date; batch: number },
): Promise<void> {
  await pool.query(
    `UPDATE campaign
        SET due_at = $2,
            batch_most = CASE status WHEN 'active' THEN greatest(1, least(batch_most, $3) / 2) ELSE batch_most END,
            reason = CASE status WHEN 'active' THEN $4 ELSE reason END
      WHERE campaign_id = $1 AND due_at IS NOT NULL`,
    [campaignId, again, batch, PUT_OFF],
  );
}
