import { addMoves, type ContactState, type Move } from '#shared/campaigns/counts.ts';
import { LOOKED_UP } from '#shared/campaigns/look-up.ts';
import type { Prices } from '#shared/campaigns/prices.ts';
import { addSpend } from '#shared/campaigns/spend.ts';
import { cancelUnsent } from '#shared/campaigns/take-back.ts';
import { TAKEN_BACK } from '#shared/messages/cancel-stopped.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { replanned } from '#shared/senders/rules.ts';

/** Contacts of one transaction: those that are queued are a minute's. */
const SETTLED_AT_ONCE = 5_000;

interface Row {
  contact_id: string;
  phone_number: string;
  variant: number;
  message_id: string;
  state: 'sent' | 'failed' | 'blocked' | 'unknown' | 'cancelled' | 'held';
  rule: string | null;
  due_at: Date | null;
  attempts: number;
}

/** What a contact is, by what became of its message. A request whose answer nobody knows counts as sent: it is never repeated. */
const stateOf: Readonly<Record<Row['state'], ContactState>> = {
  sent: 'sent',
  unknown: 'sent',
  failed: 'failed',
  blocked: 'blocked',
  cancelled: 'cancelled',
  held: 'held',
};

/**
 * Takes over what became of the messages that are queued. One that the gate holds in the claim, because its window closed
 * while it waited or a cap was reached, is taken back and planned again when it may go: nothing waits in a queue, and what
 * is queued stays a minute's work; so is one whose number is halted or has sent what it may in a day. What the campaign took
 * back when it was paused is to be sent again. The campaign's row is locked. Returns whether phones were locked for it: then
 * nothing else that locks phones may follow in the transaction.
 */
export async function settleQueued(
  tx: Transaction,
  campaignId: string,
  now: Date,
  prices: Prices,
): Promise<{ lockedPhones: boolean }> {
  const { rows } = await tx.query<Row>(
    `SELECT each.contact_id, each.phone_number, each.variant, each.message_id, message.state, message.rule,
            message.due_at, message.attempts
       FROM campaign_contact AS each JOIN message ON message.message_id = each.message_id
      WHERE each.campaign_id = $1 AND each.state = 'queued'
        AND (message.state IN ('sent', 'failed', 'blocked', 'unknown', 'cancelled')
             OR message.state = 'held' AND (message.verdict = 'hold' AND message.rule = message.decided_rule
                                            OR message.rule = ANY ($3)))
      ORDER BY each.message_id LIMIT $2
        FOR UPDATE OF each`,
    [campaignId, SETTLED_AT_ONCE, replanned],
  );
  if (rows.length === 0) return { lockedPhones: false };
  const held = rows.filter(({ state }) => state === 'held');
  const taken = new Set(await cancelUnsent(tx, held, 'held_by_campaign'));
  const moved = rows.filter((row) => row.state !== 'held' || taken.has(row));
  await tx.query(
    `UPDATE campaign_contact AS each
        SET state = became.state, rule = became.rule, due_at = became.due_at, attempts = each.attempts + became.attempts,
            settled_at = CASE WHEN became.state NOT IN ('held', 'pending') THEN clock_timestamp() END
       FROM unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::int[])
            AS became(contact_id, state, rule, due_at, attempts) ${LOOKED_UP}
      WHERE each.ctid = found.ctid`,
    [
      campaignId,
      moved.map(({ contact_id }) => contact_id),
      moved.map(placeOf),
      moved.map(ruleOf),
      moved.map((row) => (row.state === 'held' ? row.due_at : placeOf(row) === 'pending' ? now : null)),
      moved.map(({ attempts }) => attempts),
    ],
  );
  await addMoves(tx, campaignId, moved.map(moveOf));
  await addSpend(
    tx,
    campaignId,
    rows.map(({ message_id }) => message_id),
    prices,
  );
  return { lockedPhones: held.length > 0 };
}

const isTakenBack = ({ rule, state }: Row): boolean => state === 'cancelled' && rule === TAKEN_BACK;

const placeOf = (row: Row): ContactState => (isTakenBack(row) ? 'pending' : stateOf[row.state]);

const ruleOf = (row: Row): string | null => {
  if (row.state === 'sent' || isTakenBack(row)) return null;
  return row.state === 'unknown' ? 'unknown' : row.rule;
};

const moveOf = (row: Row): Move => ({
  variant: row.variant,
  from: { state: 'queued', rule: null },
  to: { state: placeOf(row), rule: ruleOf(row) },
  contacts: 1,
});
