import type { Channel } from '#shared/compliance/touch.ts';
import { IS_HEARD } from '#shared/messages/cancel-stopped.ts';
import { HAS_UNADOPTED } from '#shared/messages/restored.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { type Member, type MemberRow, memberOf, OF_CONTACT } from './audience-member.ts';
import { channelOf } from './channel-of.ts';
import type { Choice } from './choice.ts';
import { AWAITING_REPLY, onLadder, passesBy } from './climbing.ts';
import type { ContactState } from './counts.ts';
import type { StepRule } from './ladder.ts';
import { CONTACT_DELETED } from './leave.ts';
import type { RetryRule } from './retry.ts';
import { type MissedState, notAgain, onward, type Standing } from './standing.ts';
import type { Campaign } from './store.ts';
import { retryRuleOf } from './write-standings.ts';
import type { Stepped } from './write-steps.ts';

/** Contacts whose time has come. */
export interface Due {
  members: Member[];
  /** Who is nothing more to be sent to in this step. */
  gone: Gone[];
  /** Of members something went to before: what they are where nothing goes to them again. */
  before: Map<string, Before>;
  /** Whether messages went out before a restore of the database that nobody has taken over yet, to anybody. */
  hasRestored: boolean;
}

export type Before = Pick<Standing, 'isReached' | 'missed' | 'ladder'>;

export interface Gone {
  member: Member;
  state: ContactState;
  rule: string | null;
  /** Pending: the next step, which takes the place of this one, begins at once. */
  dueAt: Date | null;
  stepped: Stepped | null;
}

interface DueRow extends MemberRow {
  has_replied: boolean;
  is_reached: boolean;
  missed_state: MissedState | null;
  missed_rule: string | null;
  step_base: number | null;
  /** The same of all. */
  has_restored: boolean;
}

/**
 * Contacts that are due, in the order in which they became so, at most `looked`; of a ladder so many of each step, the later
 * steps first. Those apart who were deleted, who are not to be written to again after all, and who pass a step by. Their rows
 * are locked. `now`: business time.
 */
export async function takeDue(
  tx: Transaction,
  campaign: Campaign,
  looked: Readonly<Record<Channel, number>>,
  choice: Choice,
  now: Date,
): Promise<Due> {
  const rule = retryRuleOf(campaign);
  const rows = await readDue(tx, campaign, rule.ladder, looked, choice, now);
  const hasRestored = rows[0]?.has_restored === true;
  const due: Due = { members: [], gone: [], before: new Map(), hasRestored };
  for (const row of rows) {
    const standing = standingOf(row);
    const gone = goneOf(row, standing, rule, now);
    if (gone !== null) due.gone.push(gone);
    else {
      due.members.push(memberOf(row));
      const { isReached, ladder, missed } = standing;
      if (row.attempts > 0 && (missed !== null || ladder !== null))
        due.before.set(row.contact_id, { isReached, ladder, missed });
    }
  }
  return due;
}

function readDue(
  tx: Transaction,
  campaign: Campaign,
  ladder: readonly StepRule[] | null,
  looked: Readonly<Record<Channel, number>>,
  { room }: Choice,
  now: Date,
): Promise<DueRow[]> {
  const { campaignId } = campaign;
  const open = room?.flatMap((left, variant) => (left > 0 ? [variant] : [])) ?? [];
  const isSome = room !== null && open.length > 0;
  // Only what is asked for is a condition: those who are written to again have an index of their own.
  const chosen = (variants: string): string =>
    room === null
      ? ''
      : isSome
        ? `AND (each.attempts > 0 OR each.variant = ANY (${variants}))`
        : 'AND each.attempts > 0';
  if (ladder === null) {
    const limit = looked[channelOf(campaign, { step: null })];
    return query(
      `SELECT ${OF_DUE} FROM campaign_contact AS each ${THEIR_CONTACT}
        WHERE each.campaign_id = $1 AND each.state IN ('pending', 'held') AND each.due_at <= $2 ${chosen('$4')}
        ORDER BY each.due_at, each.contact_id LIMIT $3
          FOR UPDATE OF each`,
      [campaignId, now, limit, ...(isSome ? [open] : [])],
    );
  }
  const steps = ladder.map(({ channel }, step) => ({ step, looked: looked[channel] }));
  return query(
    `SELECT ${OF_DUE}
       FROM unnest($3::smallint[], $4::integer[]) AS steps(step, looked)
      CROSS JOIN LATERAL (
            SELECT * FROM campaign_contact AS each
             WHERE each.campaign_id = $1 AND each.step = steps.step AND each.state IN ('pending', 'held')
               AND each.due_at <= $2 AND each.rule IS DISTINCT FROM $5 ${chosen('$6')}
             ORDER BY each.due_at, each.contact_id LIMIT steps.looked
               FOR UPDATE) AS each
       ${THEIR_CONTACT}
      ORDER BY each.step DESC, each.due_at, each.contact_id`,
    [
      campaignId,
      now,
      steps.map(({ step }) => step),
      steps.map((each) => each.looked),
      AWAITING_REPLY,
      ...(isSome ? [open] : []),
    ],
  );

  async function query(text: string, values: unknown[]): Promise<DueRow[]> {
    return (await tx.query<DueRow>(text, values)).rows;
  }
}

const OF_DUE = `each.contact_id, each.phone_number, each.variant, each.plans, each.state, each.rule, each.attempts, each.step,
            each.step_base, ${IS_HEARD} AS has_replied, each.reached_at IS NOT NULL AS is_reached,
            each.missed_state, each.missed_rule, ${HAS_UNADOPTED} AS has_restored, ${OF_CONTACT}`;

const THEIR_CONTACT = `LEFT JOIN LATERAL (
            SELECT * FROM contact WHERE contact.contact_id = each.contact_id LIMIT 1) AS contact ON true`;

const standingOf = (row: DueRow): Standing => ({
  state: row.state,
  rule: row.rule,
  dueAt: null,
  messageId: null,
  attempts: row.attempts,
  hasReplied: row.has_replied,
  isReached: row.is_reached,
  missed: row.missed_state === null ? null : { state: row.missed_state, rule: row.missed_rule },
  ladder: onLadder(row),
});

/** Null: they are to be written to, or called. */
function goneOf(row: DueRow, standing: Standing, rule: RetryRule, now: Date): Gone | null {
  const { attempts, hasReplied, isReached, ladder, missed } = standing;
  const ends = { member: memberOf(row), dueAt: null, stepped: null };
  const isDeleted = row.attributes === null;
  const isKnown = missed !== null || ladder !== null;
  // Of a ladder an earlier step may have arrived: that is why there is another.
  const isDone = isReached && ladder === null;
  if (isDone || (attempts > 0 && (hasReplied || (isDeleted && isKnown)))) {
    return { ...ends, ...notAgain(standing) };
  }
  if (isDeleted) return { ...ends, state: 'cancelled', rule: CONTACT_DELETED };
  if (ladder === null || rule.ladder === null) return null;
  if (!passesBy(ladder, row.line_type, { steps: rule.ladder })) return null;
  const next = onward(standing, 'unreachable', rule, now);
  if (next?.ladder == null) return null;
  const { ladder: to } = next;
  const stepped = { contactId: row.contact_id, variant: row.variant, from: ladder.step, to };
  return { ...ends, state: 'pending', rule: null, dueAt: now, stepped };
}
