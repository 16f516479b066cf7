import type { Transaction } from '#shared/postgres/pool.ts';

/** The rule of a message that its campaign took back before any request was made for it. */
export const TAKEN_BACK = 'campaign_stopped';

/**
 * Cancels what waits of campaigns that are not active. Pausing and stopping take back what is queued then; what was at the
 * carrier at that moment, and was not taken by it, waits again afterwards. The phones' rows are locked by the caller.
 * Returns how many messages.
 */
export async function cancelStopped(tx: Transaction, phones: readonly string[]): Promise<number> {
  const { rowCount } = await tx.query(
    `UPDATE message SET state = 'cancelled', rule = $2, due_at = NULL, settled_at = clock_timestamp()
       FROM campaign
      WHERE message.phone_number = ANY ($1) AND message.state IN ('queued', 'held')
        AND message.campaign_id = campaign.campaign_id AND campaign.status <> 'active'`,
    [phones, TAKEN_BACK],
  );
  return rowCount ?? 0;
}
