import type { Transaction } from '#shared/postgres/pool.ts';
import { type StartFailure, startFailureMeasure } from './measures.ts';

/** Counts a campaign that failed before anything of it went, in the transaction that ends it. `now`: business time. */
export async function countStartFailure(
  tx: Transaction,
  campaignId: string,
  failure: StartFailure,
  now: Date,
): Promise<void> {
  await tx.query(
    `INSERT INTO operating_count AS known (day, campaign_id, measure, value) VALUES (($1::timestamptz AT TIME ZONE 'UTC')::date, $2, $3, 1)
     ON CONFLICT (day, campaign_id, measure) DO UPDATE SET value = known.value + 1`,
    [now, campaignId, startFailureMeasure(failure)],
  );
}
