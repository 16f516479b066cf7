import { moveContacts } from '#shared/campaigns/take-back.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/**
 * Lessons that were asked for and of which the dialog says nothing: their commands stand in a stream that it is behind in, or
 * lie in quarantine, where nobody may ever send them on. Those of a campaign have waited since `due_at`.
 */

/** How long an answer is waited for, in ms of business time: longer than it takes to mend what keeps the dialog. */
export const ANSWERED_WITHIN_MS = 24 * 3_600_000;
/** The same once the campaign is over: the dialog refuses whatever it comes to now. */
export const ANSWERED_AFTER_END_MS = 15 * 60_000;
/** Answers come within seconds; after so long, in ms, the next may take any time. */
const LATE_MS = 60_000;

/** What becomes of whoever's lesson has no answer. */
const UNANSWERED = { state: 'failed', rule: 'unanswered' } as const;

/** Of a row `each`: the dialog has said nothing. What it has said is taken over, not given up. */
const HAS_NO_ANSWER =
  'NOT EXISTS (SELECT FROM campaign_drill_answer AS answer WHERE answer.command_id = each.message_id)';

/**
 * Gives up the lessons of a campaign, whose row is locked, that have waited for their answer long enough: `failed`, for good.
 * A lesson that begins later all the same stays the only one they get of it, and its answer is not heard any more. Returns
 * whether all that is still queued waits for late answers; false: nothing is queued, or answers are to be expected.
 */
export async function giveUpUnanswered(
  tx: Transaction,
  campaignId: string,
  { isOver, now }: { isOver: boolean; now: Date },
): Promise<{ isLate: boolean }> {
  const before = (ms: number): Date => new Date(now.getTime() - ms);
  // Tasks of an earlier version did not say since when.
  await tx.query(
    `UPDATE campaign_contact SET due_at = $2 WHERE campaign_id = $1 AND state = 'queued' AND due_at IS NULL`,
    [campaignId, now],
  );
  const { rows } = await tx.query<{ contact_id: string }>(
    `SELECT contact_id FROM campaign_contact AS each
      WHERE campaign_id = $1 AND state = 'queued' AND due_at <= $2 AND ${HAS_NO_ANSWER} FOR UPDATE`,
    [campaignId, before(isOver ? ANSWERED_AFTER_END_MS : ANSWERED_WITHIN_MS)],
  );
  await moveContacts(tx, campaignId, rows, { from: { state: 'queued', rule: null }, to: UNANSWERED, now });
  const { rows: left } = await tx.query<{ is_late: boolean | null }>(
    `SELECT max(due_at) <= $2 AS is_late FROM campaign_contact WHERE campaign_id = $1 AND state = 'queued'`,
    [campaignId, before(LATE_MS)],
  );
  return { isLate: left[0]?.is_late === true };
}
