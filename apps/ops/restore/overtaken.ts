import { PLANS_LOOKED_THROUGH } from '#shared/campaigns/sent-before-restore.ts';
import { cancelUnsent } from '#shared/campaigns/take-back.ts';
import { campaignMessageId } from '#shared/identity.ts';
import { TAKEN_BACK } from '#shared/messages/cancel-stopped.ts';
import { IS_UNADOPTED } from '#shared/messages/restored.ts';
import { inTransaction, type Pool, type Queryable } from '#shared/postgres/pool.ts';

/**
 * Messages of campaigns that waited at the restore point, and of which the log has never heard, while one went that was planned later for the
 * same person: the first was held, or taken back, and planned again. A carrier that is asked about it finds the later one, knows that
 * this is another's, and the first would go as well.
 */

interface Waiting {
  message_id: string;
  phone_number: string;
  campaign_id: string;
  contact_id: string;
  /** Messages to the same phone by the same channel that went and that no row tells anything of. */
  went: string[];
}

/** Of one look, and of one transaction. */
const AT_ONCE = 500;

/**
 * Has their campaigns take them back: whoever they are for is pending again, and the one that went is taken over in their place
 * (shared/campaigns/sent-before-restore.ts). Returns how many. Idempotent. `allowed` is asked before each transaction.
 */
export async function takeBackOvertaken(pool: Pool, allowed: () => Promise<void>): Promise<number> {
  let sum = 0;
  for await (const waiting of pagesOf(pool)) {
    const overtaken = waiting.filter(isOvertaken);
    if (overtaken.length === 0) continue;
    await allowed();
    sum += (await inTransaction(pool, (tx) => cancelUnsent(tx, overtaken, TAKEN_BACK))).length;
  }
  return sum;
}

async function* pagesOf(db: Queryable): AsyncGenerator<Waiting[]> {
  let last = { phone: '', id: '00000000-0000-0000-0000-000000000000' };
  for (;;) {
    const { rows } = await db.query<Waiting>(
      `SELECT waiting.message_id, waiting.phone_number, waiting.campaign_id, waiting.cause_id AS contact_id,
              ARRAY(SELECT message_id FROM message
                     WHERE message.phone_number = waiting.phone_number AND message.channel = waiting.channel
                       AND ${IS_UNADOPTED}) AS went
         FROM message AS waiting
        WHERE waiting.state IN ('queued', 'held') AND waiting.campaign_id IS NOT NULL AND waiting.variant IS NOT NULL
          AND (waiting.phone_number, waiting.message_id) > ($1, $2::uuid)
        ORDER BY waiting.phone_number, waiting.message_id LIMIT $3`,
      [last.phone, last.id, AT_ONCE],
    );
    const end = rows.at(-1);
    if (end === undefined) return;
    last = { phone: end.phone_number, id: end.message_id };
    yield rows;
  }
}

function isOvertaken({ campaign_id, contact_id, message_id, went }: Waiting): boolean {
  const ids = new Set(went);
  if (ids.size === 0) return false;
  let isLater = false;
  for (let plan = 0; plan < PLANS_LOOKED_THROUGH; plan += 1) {
    const id = campaignMessageId(campaign_id, contact_id, plan);
    if (isLater && ids.has(id)) return true;
    isLater ||= id === message_id;
  }
  return false;
}
