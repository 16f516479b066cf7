import { HAS_REPLIED, IS_HEARD } from '#shared/messages/cancel-stopped.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { cancelUnsent } from './take-back.ts';

/** Contacts of one transaction. */
const WITHDRAWN_AT_ONCE = 2_000;

/**
 * Takes back what is queued of a ladder for whoever has answered an earlier step; the claim cancels what is left. They are
 * settled with all others then. The campaign's row is locked; phones are locked here, of messages alone that nobody has asked
 * a carrier for: whoever is being called is not waited for. Returns for how many phones were locked.
 */
export async function withdrawAnswered(tx: Transaction, campaignId: string): Promise<number> {
  const { rows } = await tx.query<{ phone_number: string; message_id: string }>(
    `SELECT each.phone_number, each.message_id
       FROM campaign_contact AS each
      CROSS JOIN LATERAL (SELECT FROM message
                           WHERE message.message_id = each.message_id AND message.state IN ('queued', 'held')
                           LIMIT 1) AS unsent
      WHERE each.campaign_id = $1 AND each.state = 'queued' AND each.step IS NOT NULL AND each.attempts > 0
        AND ${IS_HEARD}
      LIMIT $2 FOR UPDATE OF each`,
    [campaignId, WITHDRAWN_AT_ONCE],
  );
  if (rows.length > 0) await cancelUnsent(tx, rows, HAS_REPLIED);
  return rows.length;
}
