import type { Channel, Intent } from '#shared/compliance/touch.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { addMoves } from './counts.ts';
import { LOOKED_UP } from './look-up.ts';
import type { Prices } from './prices.ts';
import { plannedAgain, readSentBefore, takenOverNow } from './sent-before-restore.ts';
import { keepTakenOver } from './take-over-sent.ts';

/** Somebody who waits in a campaign that is over. */
export interface WaitingContact {
  contact_id: string;
  phone_number: PhoneNumber;
  variant: number;
  plans: number;
  step: number | null;
  state: 'pending' | 'held';
  rule: string | null;
}

/**
 * Of a campaign that is over: whoever waits and had been written to before a restore of the database is queued with what went, as
 * dispatch would have it, and settled as written to. The campaign's row is locked, and theirs. Phones are not: nobody else changes
 * messages that went and are of no campaign. Returns who they are.
 */
export async function takeOverWaiting(
  tx: Transaction,
  campaignId: string,
  waiting: readonly WaitingContact[],
  prices: Prices,
): Promise<ReadonlySet<WaitingContact>> {
  const members = waiting.map((row) => ({
    row,
    contactId: row.contact_id,
    phoneNumber: row.phone_number,
    plans: row.plans,
    step: row.step,
  }));
  const found = await readSentBefore(tx, campaignId, members);
  if (found.size === 0) return new Set();
  const { channels, intent, topic } = await readKind(tx, campaignId);
  const isLadder = channels.length > 0;
  const taken = members.flatMap((member) => {
    const channel = channels[member.step ?? 0] ?? 'sms';
    const sent = takenOverNow(found.get(member.contactId) ?? [], { channel, isLadder });
    const last = sent.at(-1);
    return last === undefined ? [] : [{ ...member, last, sent }];
  });
  if (taken.length === 0) return new Set();
  const of = { campaignId, intent, topic };
  const messages = taken.flatMap((member) =>
    member.sent.map((each) =>
      plannedAgain(of, member, { content: null, sent: each, variant: member.row.variant }),
    ),
  );
  const earlier = taken.flatMap(({ contactId, sent }) =>
    sent.slice(0, -1).map(({ messageId }) => ({ contactId, messageId })),
  );
  await keepTakenOver(tx, campaignId, { earlier, messages }, prices);
  await tx.query(
    `UPDATE campaign_contact AS each
        SET state = 'queued', rule = NULL, due_at = NULL, message_id = became.message_id,
            plans = greatest(each.plans, became.plans)
       FROM unnest($2::uuid[], $3::uuid[], $4::smallint[]) AS became(contact_id, message_id, plans) ${LOOKED_UP}
      WHERE each.ctid = found.ctid`,
    [
      campaignId,
      taken.map(({ contactId }) => contactId),
      taken.map(({ last }) => last.messageId),
      taken.map(({ last }) => last.plan + 1),
    ],
  );
  await addMoves(
    tx,
    campaignId,
    taken.map(({ row: { rule, state, variant } }) => ({
      variant,
      from: { state, rule },
      to: { state: 'queued', rule: null },
      contacts: 1,
    })),
  );
  return new Set(taken.map(({ row }) => row));
}

/** What is known of a campaign, also of one whose definition nobody can read any more. `channels`: of the steps of its ladder; none: it has no ladder. */
async function readKind(
  tx: Transaction,
  campaignId: string,
): Promise<{ intent: Intent; topic: string | null; channels: Channel[] }> {
  const { rows } = await tx.query<{ intent: Intent; topic: string | null; channels: Channel[] }>(
    `SELECT intent, definition ->> 'topic' AS topic, jsonb_path_query_array(definition, '$.ladder[*].channel') AS channels
       FROM campaign WHERE campaign_id = $1`,
    [campaignId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a campaign that is locked is not there');
  return row;
}
