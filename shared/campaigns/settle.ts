import { onLadder } from '#shared/campaigns/climbing.ts';
import { addMoves, type Move } from '#shared/campaigns/counts.ts';
import type { Prices } from '#shared/campaigns/prices.ts';
import type { RetryRule } from '#shared/campaigns/retry.ts';
import { addSpend } from '#shared/campaigns/spend.ts';
import {
  endedAs,
  type MissedState,
  missed,
  notAgain,
  type Standing,
  textGone,
  withdraws,
} from '#shared/campaigns/standing.ts';
import { cancelUnsent } from '#shared/campaigns/take-back.ts';
import { writeStandings } from '#shared/campaigns/write-standings.ts';
import { steppedOf, writeSteps } from '#shared/campaigns/write-steps.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { IS_HEARD, TAKEN_BACK } from '#shared/messages/cancel-stopped.ts';
import { allOf, givenTogether } from '#shared/postgres/given-together.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { replanned } from '#shared/senders/rules.ts';

/** Contacts of one transaction: those that are queued are a minute's. */
const SETTLED_AT_ONCE = 5_000;

interface Row {
  contact_id: string;
  phone_number: string;
  variant: number;
  message_id: string;
  attempts: number;
  has_replied: boolean;
  is_reached: boolean;
  missed_state: MissedState | null;
  missed_rule: string | null;
  step: number | null;
  step_base: number | null;
  state: 'sent' | 'failed' | 'blocked' | 'unknown' | 'cancelled' | 'held';
  rule: string | null;
  due_at: Date | null;
  /** Whether a carrier was asked to take it, and which was the last. */
  was_posted: boolean;
  carrier: CarrierName | null;
}

/**
 * Takes over what became of the messages that are queued. One that the gate holds in the claim, because its window closed
 * while it waited or a cap was reached, is taken back and planned again when it may go: nothing waits in a queue, and what
 * is queued stays a minute's work; so is one whose number is halted or has sent what it may in a day. What the campaign
 * took back when it was paused is to be sent again, and one that the carrier refused is where that may help (`retry.ts`).
 * The campaign's row is locked. Returns whether phones were locked for it: then nothing else that locks phones may follow in
 * the transaction.
 */
export async function settleQueued(
  tx: Transaction,
  campaignId: string,
  rule: RetryRule,
  { now, prices }: { now: Date; prices: Prices },
): Promise<{ lockedPhones: boolean }> {
  const { rows } = await tx.query<Row>(
    `SELECT each.contact_id, each.phone_number, each.variant, each.message_id, each.attempts,
            ${IS_HEARD} AS has_replied, each.reached_at IS NOT NULL AS is_reached, each.missed_state,
            each.missed_rule, each.step, each.step_base, message.state, message.rule, message.due_at, message.attempts > 0 AS was_posted,
            CASE message.state WHEN 'failed' THEN
              (SELECT carrier FROM attempt WHERE attempt.message_id = message.message_id
                ORDER BY posted_at DESC LIMIT 1) END AS carrier
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
  const moved = rows
    .filter((row) => row.state !== 'held' || taken.has(row))
    .map((row) => {
      const from = standingOf(row);
      return { row, from, to: settled(row, from, rule, now) };
    });
  // One that a claim took meanwhile is settled, and paid for, when its attempt has ended.
  const together = givenTogether(tx);
  const moves = moved.map(
    ({ row: { variant }, to }): Move => ({
      variant,
      from: { state: 'queued', rule: null },
      to: { state: to.state, rule: to.rule },
      contacts: 1,
    }),
  );
  const messages = moved.map(({ row }) => row.message_id);
  await allOf([
    together(() => writeStandings(tx, campaignId, moved)),
    together(() => writeSteps(tx, campaignId, moved.flatMap(steppedOf), now)),
    together(() => addMoves(tx, campaignId, moves)),
    together(() => addSpend(tx, campaignId, messages, prices)),
  ]);
  return { lockedPhones: held.length > 0 };
}

/** Where somebody stood whose message is not queued any more, and what is known of that. Pure. */
const standingOf = (row: Row): Standing => ({
  state: 'queued',
  rule: null,
  dueAt: null,
  messageId: row.message_id,
  attempts: row.attempts + (row.was_posted && wasAtCarrier[row.state] ? 1 : 0),
  hasReplied: row.has_replied,
  isReached: row.is_reached,
  missed: row.missed_state === null ? null : { state: row.missed_state, rule: row.missed_rule },
  ladder: onLadder(row),
});

/** Where they stand now. Pure. */
function settled(row: Row, before: Standing, rule: RetryRule, now: Date): Standing {
  // An earlier message arrived while this one was on its way: whatever became of it, they have one.
  if (withdraws(before)) return { ...before, ...notAgain(before) };
  switch (row.state) {
    case 'held':
      return { ...before, state: 'held', rule: row.rule, dueAt: row.due_at };
    case 'cancelled':
      return row.rule === TAKEN_BACK
        ? { ...before, state: 'pending', dueAt: now }
        : before.missed !== null || before.attempts > 0
          ? { ...before, ...notAgain(before) }
          : { ...before, state: 'cancelled', rule: row.rule };
    case 'failed':
      return missed(before, 'failed', { call: null, errorCode: row.rule, carrier: row.carrier }, rule, now);
    case 'blocked':
      return { ...before, ...endedAs(before, { state: 'blocked', rule: row.rule }) };
    case 'unknown':
      // A request whose answer nobody knows counts as sent: it is never repeated.
      return textGone({ ...before, state: 'sent', rule: 'unknown' }, rule, now);
    case 'sent':
      return textGone({ ...before, state: 'sent' }, rule, now);
  }
}

const wasAtCarrier: Readonly<Record<Row['state'], boolean>> = {
  sent: true,
  unknown: true,
  failed: true,
  blocked: false,
  cancelled: false,
  held: false,
};
