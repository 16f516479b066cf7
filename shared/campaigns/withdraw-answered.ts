import { HAS_REPLIED } from '#shared/messages/cancel-stopped.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { cancelUnsent } from './take-back.ts';

/** Contacts of one transaction. */
const WITHDRAWN_AT_ONCE = 2_000;

/**
 * Takes back what is queued of a ladder for whoever has answered an earlier step; the claim cancels what is left. They are
 * settled with all others then. The campaign's row is locked; phones are locked here. Returns how many messages.
 */
export async function withdrawAnswered(tx: Transaction, campaignId: string): Promise<number> {
  const { rows } = await tx.query<{ phone_number: string; message_id: string }>(
    `SELECT phone_number, message_id FROM campaign_contact
      WHERE campaign_id = $1 AND state = 'queued' AND step IS NOT NULL AND attempts > 0 AND replied_at IS NOT NULL
      LIMIT $2 FOR UPDATE`,
    [campaignId, WITHDRAWN_AT_ONCE],
  );
  return (await cancelUnsent(tx, rows, HAS_REPLIED)).length;
}
