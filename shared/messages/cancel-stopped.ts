import type { Transaction } from '#shared/postgres/pool.ts';
import { CAMPAIGN_OVER, CAMPAIGN_PAUSED, LOOK_AGAIN_MS } from './lesson-rules.ts';

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
 * person has answered meanwhile.
 *
 * Texts with which a lesson of such a campaign begins are held instead: the dialog has begun it. Whoever leads the campaign lets
 * them go on, or ends them together with their lesson (`shared/campaigns/lessons.ts`). A campaign that is completed has
 * started all its lessons, and they go.
 *
 * The phones' rows are locked by the caller. `now`: business time. Returns how many messages.
 */
export async function cancelStopped(tx: Transaction, phones: readonly string[], now: Date): Promise<number> {
  const { rowCount } = await tx.query(
    `UPDATE message
        SET state = CASE WHEN message.campaign_id IS NULL THEN 'held' ELSE 'cancelled' END,
            rule = CASE WHEN message.campaign_id IS NULL AND campaign.status = 'paused' THEN $4
                        WHEN message.campaign_id IS NULL THEN $5
                        WHEN campaign.status <> 'active' THEN $2 ELSE $3 END,
            due_at = CASE WHEN message.campaign_id IS NULL THEN $7::timestamptz END,
            settled_at = CASE WHEN message.campaign_id IS NOT NULL THEN clock_timestamp() END
       FROM campaign
      WHERE message.phone_number = ANY ($1) AND message.state IN ('queued', 'held')
        AND coalesce(message.campaign_id, message.lesson_campaign_id) = campaign.campaign_id
        AND CASE WHEN message.campaign_id IS NULL
                 THEN (campaign.status NOT IN ('active', 'completed') OR campaign.end_at <= $6)
                      AND (message.state = 'queued' OR message.due_at <= $6)
                 ELSE campaign.status <> 'active'
                      OR message.step IS NOT NULL
                         -- As a value, and not EXISTS: that may be answered by reading everybody who has replied to any campaign.
                         AND (SELECT ${IS_HEARD} AND each.attempts > 0 FROM campaign_contact AS each
                               WHERE each.campaign_id = message.campaign_id AND each.contact_id = message.cause_id) END`,
    [
      phones,
      TAKEN_BACK,
      HAS_REPLIED,
      CAMPAIGN_PAUSED,
      CAMPAIGN_OVER,
      now,
      new Date(now.getTime() + LOOK_AGAIN_MS),
    ],
  );
  return rowCount ?? 0;
}
