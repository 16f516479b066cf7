import { PLANS_LOOKED_THROUGH } from '#shared/campaigns/sent-before-restore.ts';
import { campaignMessageId } from '#shared/identity.ts';
import { TAKEN_BACK } from '#shared/messages/cancel-stopped.ts';
import { HAS_UNADOPTED, IS_UNADOPTED } from '#shared/messages/restored.ts';
import { lockKnownPhones } from '#shared/phone/lock-phones.ts';
import { inTransaction, type Pool, type Queryable, type Transaction } from '#shared/postgres/pool.ts';
import { UNSETTLED } from './known.ts';

/**
 * Messages of campaigns that waited at the restore point, or were just being handed over, and of which the log has never heard, while one went
 * that was planned later for the same person: the first was held, taken back or refused, and planned again. A carrier that is asked about it
 * finds the later one, knows that this is another's, and the first would go as well.
 */

interface Waiting {
  message_id: string;
  phone_number: string;
  campaign_id: string;
  contact_id: string;
  /** How often something was planned for them by the restore point. */
  plans: number;
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
  const { rows } = await pool.query<{ is_some: boolean }>(`SELECT ${HAS_UNADOPTED} AS is_some`);
  if (rows[0]?.is_some !== true) return 0;
  let sum = 0;
  for await (const waiting of pagesOf(pool)) {
    const overtaken = waiting.filter(isOvertaken);
    if (overtaken.length === 0) continue;
    await allowed();
    sum += await inTransaction(pool, (tx) => takeBack(tx, overtaken));
  }
  return sum;
}

/** Whoever handed them over is off: a request that was under way at the restore point is none any more. */
async function takeBack(tx: Transaction, overtaken: readonly Waiting[]): Promise<number> {
  await lockKnownPhones(tx, [...new Set(overtaken.map(({ phone_number }) => phone_number))]);
  const { rowCount } = await tx.query(
    `WITH taken_back AS (
       UPDATE message SET state = 'cancelled', rule = $2, due_at = NULL, settled_at = clock_timestamp()
        WHERE message_id = ANY ($1) AND ${UNSETTLED}
       RETURNING message_id),
     closed AS (
       UPDATE attempt SET state = 'not_sent', ended_at = clock_timestamp(), next_look_at = NULL, touched_at = NULL,
                          over_at = CASE attempt.channel WHEN 'voice' THEN clock_timestamp() END
         FROM taken_back WHERE attempt.message_id = taken_back.message_id AND attempt.state IN ('posting', 'ambiguous'))
     SELECT FROM taken_back`,
    [overtaken.map(({ message_id }) => message_id), TAKEN_BACK],
  );
  return rowCount ?? 0;
}

async function* pagesOf(db: Queryable): AsyncGenerator<Waiting[]> {
  let last = { phone: '', id: '00000000-0000-0000-0000-000000000000' };
  for (;;) {
    const { rows } = await db.query<Waiting>(
      `SELECT waiting.message_id, waiting.phone_number, waiting.campaign_id, waiting.cause_id AS contact_id,
              coalesce((SELECT plans FROM campaign_contact
                         WHERE campaign_contact.campaign_id = waiting.campaign_id
                           AND campaign_contact.contact_id = waiting.cause_id), 0) AS plans,
              ARRAY(SELECT message_id FROM message
                     WHERE message.phone_number = waiting.phone_number AND message.channel = waiting.channel
                       AND ${IS_UNADOPTED}) AS went
         FROM message AS waiting
        WHERE waiting.state IN ('queued', 'posting', 'held', 'ambiguous') AND waiting.campaign_id IS NOT NULL AND waiting.variant IS NOT NULL
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

function isOvertaken({ campaign_id, contact_id, message_id, plans, went }: Waiting): boolean {
  const ids = new Set(went);
  if (ids.size === 0) return false;
  let isLater = false;
  for (let plan = 0; plan < plans + PLANS_LOOKED_THROUGH; plan += 1) {
    const id = campaignMessageId(campaign_id, contact_id, plan);
    if (isLater && ids.has(id)) return true;
    isLater ||= id === message_id;
  }
  return false;
}
