import { lockKnownPhones } from '#shared/phone/lock-phones.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { addMoves, type Move } from './counts.ts';
import { IS_NUMBER } from './look-up.ts';
import { cancelUnsent, NEW_RULE, NEW_STATE } from './take-back.ts';

interface Row {
  campaign_id: string;
  contact_id: string;
  phone_number: string;
  variant: number;
  state: 'pending' | 'held' | 'queued';
  rule: string | null;
  message_id: string | null;
  is_lesson: boolean;
  is_answered: boolean;
}

/** What a campaign says of contacts that were deleted while they waited. */
export const CONTACT_DELETED = 'contact_deleted';

/**
 * Takes a contact out of every campaign in which it waits: what is queued and no request was made for is taken back, the
 * rest is cancelled and counted so; whoever was to be written to again is what became of the message before. A message that
 * is at the carrier, or may be, ends as it ends; so does a lesson that the dialog has answered. One that it has not come to
 * may still begin, and is nobody's then. Locks the campaigns, then
 * the phone: as those do who plan, so that nothing is planned for the contact meanwhile. Campaigns whose audience is
 * loaded at this moment find out by themselves that there is no such contact. Returns how many rows were
 * ended.
 */
export async function leaveCampaigns(
  tx: Transaction,
  { contactId, phoneNumber }: { contactId: string; phoneNumber: string },
): Promise<number> {
  // By the number, which has an index; a row of an earlier contact under it is another's.
  await tx.query(
    `SELECT FROM campaign WHERE campaign_id IN
       (SELECT campaign_id FROM campaign_contact
         WHERE phone_number = $1 AND ${IS_NUMBER} AND contact_id = $2 AND state IN ('pending', 'held', 'queued'))
      ORDER BY campaign_id FOR UPDATE`,
    [phoneNumber, contactId],
  );
  await lockKnownPhones(tx, [phoneNumber]);
  const { rows } = await tx.query<Row>(
    `SELECT campaign_id, contact_id, phone_number, variant, state, rule, message_id,
            EXISTS (SELECT FROM campaign WHERE campaign.campaign_id = each.campaign_id AND type = 'drill') AS is_lesson,
            EXISTS (SELECT FROM campaign_drill_answer AS answer WHERE answer.command_id = each.message_id) AS is_answered
       FROM campaign_contact AS each
      WHERE phone_number = $1 AND ${IS_NUMBER} AND contact_id = $2 AND state IN ('pending', 'held', 'queued')
      ORDER BY campaign_id FOR UPDATE`,
    [phoneNumber, contactId],
  );
  const queued = rows.filter(
    (row): row is Row & { message_id: string } => row.state === 'queued' && !row.is_lesson,
  );
  const taken = new Set<Row>(await cancelUnsent(tx, queued, CONTACT_DELETED));
  const left = rows.filter(
    (row) => row.state !== 'queued' || (row.is_lesson ? !row.is_answered : taken.has(row)),
  );
  const { rows: ended } = await tx.query<{ campaign_id: string } & NonNullable<Move['to']>>(
    `UPDATE campaign_contact AS each
        SET state = ${NEW_STATE}, rule = ${NEW_RULE}, due_at = NULL, settled_at = clock_timestamp()
      WHERE contact_id = $1 AND campaign_id = ANY ($2)
     RETURNING campaign_id, state, rule`,
    [contactId, left.map(({ campaign_id }) => campaign_id), 'cancelled', CONTACT_DELETED],
  );
  const ends = new Map(ended.map(({ campaign_id, rule, state }) => [campaign_id, { state, rule }]));
  for (const { campaign_id, rule, state, variant } of left) {
    const to = ends.get(campaign_id) ?? null;
    await addMoves(tx, campaign_id, [{ variant, from: { state, rule }, to, contacts: 1 }]);
  }
  return left.length;
}
