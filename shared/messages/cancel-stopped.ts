import type { Transaction } from '#shared/postgres/pool.ts';

/** The rule of a message that its campaign took back before any request was made for it. */
export const TAKEN_BACK = 'campaign_stopped';
/** The rule of a step of a ladder that its person made needless: they have answered an earlier one. */
export const HAS_REPLIED = 'has_replied';
/**
 * Whether somebody (`each` of `campaign_contact`) has said something to their campaign, so that no repetition and no later step
 * goes to them. On a ladder hearing counts, and not what the dialog makes of it later: nobody who has answered is called
 * because the dialog is slow, or had a question of its own open.
 */
export const IS_HEARD = 'coalesce(each.replied_at, each.heard_at) IS NOT NULL';

/**
 * Cancels what waits of campaigns that are not active. Pausing and stopping take back what is queued then; what was at the
 * carrier at that moment, and was not taken by it, waits again afterwards. So does it with a later step of a ladder whose
 * person has answered meanwhile. The phones' rows are locked by the caller. Returns how many messages.
 */
export async function cancelStopped(tx: Transaction, phones: readonly string[]): Promise<number> {
  const { rowCount } = await tx.query(
    `UPDATE message
        SET state = 'cancelled', rule = CASE WHEN campaign.status <> 'active' THEN $2 ELSE $3 END, due_at = NULL,
            settled_at = clock_timestamp()
       FROM campaign
      WHERE message.phone_number = ANY ($1) AND message.state IN ('queued', 'held')
        AND message.campaign_id = campaign.campaign_id
        AND (campaign.status <> 'active'
             OR message.step IS NOT NULL
                -- As a value, and not EXISTS: that may be answered by reading everybody who has replied to any campaign.
                AND (SELECT ${IS_HEARD} AND each.attempts > 0 FROM campaign_contact AS each
                      WHERE each.campaign_id = message.campaign_id AND each.contact_id = message.cause_id))`,
    [phones, TAKEN_BACK, HAS_REPLIED],
  );
  return rowCount ?? 0;
}
