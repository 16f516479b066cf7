import { IS_HEARD } from '#shared/messages/cancel-stopped.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { AWAITING_REPLY, onLadder } from './climbing.ts';
import { addMoves, type Move } from './counts.ts';
import { LOOKED_UP } from './look-up.ts';
import type { RetryRule } from './retry.ts';
import { type MissedState, notAgain, onward, type Standing } from './standing.ts';
import { type Stepped, writeSteps } from './write-steps.ts';

/** Contacts of one transaction. */
const BEGUN_AT_ONCE = 2_000;

/** Of a row `each`, in the words of the index that has them (migration 0112). */
const IS_AWAITING = `each.state = 'held' AND each.rule = '${AWAITING_REPLY}'`;

interface Row {
  contact_id: string;
  variant: number;
  message_id: string | null;
  attempts: number;
  has_replied: boolean;
  is_reached: boolean;
  missed_state: MissedState | null;
  missed_rule: string | null;
  step: number;
  step_base: number;
}

/**
 * Begins the next step for those who have not answered a text in time, some at a time: they are pending then, and planned as
 * everybody who is due. Who has answered, or for whom nothing follows any more, is what became of their text. The campaign's
 * row is locked; no phones are. Returns how many there were. `now`: business time.
 */
export async function beginSteps(
  tx: Transaction,
  campaignId: string,
  rule: RetryRule,
  now: Date,
): Promise<number> {
  if (rule.ladder === null) return 0;
  const { rows } = await tx.query<Row>(
    `SELECT each.contact_id, each.variant, each.message_id, each.attempts, ${IS_HEARD} AS has_replied,
            each.reached_at IS NOT NULL AS is_reached, each.missed_state, each.missed_rule, each.step, each.step_base
       FROM campaign_contact AS each
      WHERE each.campaign_id = $1 AND ${IS_AWAITING} AND each.due_at <= $2
      ORDER BY each.due_at, each.contact_id LIMIT $3 FOR UPDATE`,
    [campaignId, now, BEGUN_AT_ONCE],
  );
  if (rows.length === 0) return 0;
  const begun = rows.map((row) => {
    const from = standingOf(row, now);
    const ended = notAgain(from);
    return { row, from, to: onward(from, 'no_reply', rule, now) ?? { ...from, ...ended, dueAt: null } };
  });
  await tx.query(
    `UPDATE campaign_contact AS each
        SET state = became.state, rule = became.rule, due_at = became.due_at,
            settled_at = CASE WHEN became.state <> 'pending' THEN clock_timestamp() END
       FROM unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
            AS became(contact_id, state, rule, due_at) ${LOOKED_UP}
      WHERE each.ctid = found.ctid`,
    [
      campaignId,
      begun.map(({ row }) => row.contact_id),
      begun.map(({ to }) => to.state),
      begun.map(({ to }) => to.rule),
      begun.map(({ to }) => to.dueAt),
    ],
  );
  await writeSteps(
    tx,
    campaignId,
    begun.flatMap(({ row, to }): Stepped[] =>
      to.ladder === null || to.ladder.step === row.step
        ? []
        : [{ contactId: row.contact_id, variant: row.variant, from: row.step, to: to.ladder }],
    ),
    now,
  );
  await addMoves(
    tx,
    campaignId,
    begun.map(
      ({ row: { variant }, to }): Move => ({
        variant,
        from: { state: 'held', rule: AWAITING_REPLY },
        to: { state: to.state, rule: to.rule },
        contacts: 1,
      }),
    ),
  );
  return rows.length;
}

const standingOf = (row: Row, now: Date): Standing => ({
  state: 'held',
  rule: AWAITING_REPLY,
  dueAt: now,
  messageId: row.message_id,
  attempts: row.attempts,
  hasReplied: row.has_replied,
  isReached: row.is_reached,
  missed: row.missed_state === null ? null : { state: row.missed_state, rule: row.missed_rule },
  ladder: onLadder(row),
});
