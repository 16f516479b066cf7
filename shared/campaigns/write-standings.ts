import type { Transaction } from '#shared/postgres/pool.ts';
import { ladderOf } from './ladder-of.ts';
import { isUnderWay } from './lifecycle.ts';
import { LOOKED_UP } from './look-up.ts';
import type { RetryRule } from './retry.ts';
import type { Standing } from './standing.ts';
import type { Campaign } from './store.ts';

/** What decides whether a campaign writes to somebody again. */
export type Repeating = Pick<Campaign, 'definition' | 'endAt' | 'status' | 'type'>;

/** What a campaign says about writing to somebody again. */
export const retryRuleOf = ({ definition, endAt, status, type }: Repeating): RetryRule => ({
  maxAttempts: definition.maxAttempts,
  retryDelayMinutes: definition.retryDelayMinutes,
  endAt,
  isUnderWay: isUnderWay(status),
  ladder: ladderOf({ type, definition }),
});

/** Writes where contacts of a campaign, whose rows are locked, stand now. Without their counts. */
export async function writeStandings(
  tx: Transaction,
  campaignId: string,
  moved: readonly { row: { contact_id: string }; to: Standing }[],
): Promise<void> {
  if (moved.length === 0) return;
  await tx.query(
    `UPDATE campaign_contact AS each
        SET state = became.state, rule = became.rule, due_at = became.due_at, attempts = became.attempts,
            reached_at = CASE WHEN became.is_reached THEN coalesce(each.reached_at, clock_timestamp()) END,
            missed_state = became.missed_state, missed_rule = became.missed_rule,
            settled_at = CASE WHEN became.state NOT IN ('held', 'pending', 'queued') THEN clock_timestamp() END
       FROM unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::smallint[], $7::boolean[], $8::text[], $9::text[])
            AS became(contact_id, state, rule, due_at, attempts, is_reached, missed_state, missed_rule) ${LOOKED_UP}
      WHERE each.ctid = found.ctid`,
    [
      campaignId,
      moved.map(({ row }) => row.contact_id),
      moved.map(({ to }) => to.state),
      moved.map(({ to }) => to.rule),
      moved.map(({ to }) => to.dueAt),
      moved.map(({ to }) => to.attempts),
      moved.map(({ to }) => to.isReached),
      moved.map(({ to }) => to.missed?.state ?? null),
      moved.map(({ to }) => to.missed?.rule ?? null),
    ],
  );
}
