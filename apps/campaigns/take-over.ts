import { type CallTold, chargeCalls } from '#shared/campaigns/charge-calls.ts';
import { onLadder } from '#shared/campaigns/climbing.ts';
import { addMoves, type ContactState, type Move } from '#shared/campaigns/counts.ts';
import { type CampaignType, definitionSchema } from '#shared/campaigns/definition.ts';
import type { DeliveryOutcome } from '#shared/campaigns/deliveries.ts';
import type { Ending } from '#shared/campaigns/ladder.ts';
import type { CampaignStatus } from '#shared/campaigns/lifecycle.ts';
import { ENTERED } from '#shared/campaigns/look-up.ts';
import type { Prices } from '#shared/campaigns/prices.ts';
import { NEVER_AGAIN, type RetryRule } from '#shared/campaigns/retry.ts';
import {
  afterReport,
  type MissedState,
  type Report,
  type Standing,
  withdrawn,
  withdraws,
} from '#shared/campaigns/standing.ts';
import { cancelUnsent } from '#shared/campaigns/take-back.ts';
import { retryRuleOf, writeStandings } from '#shared/campaigns/write-standings.ts';
import { steppedOf, writeSteps } from '#shared/campaigns/write-steps.ts';
import type { Clock } from '#shared/clock.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { shareFence } from '#shared/erasure/fence.ts';
import { IS_HEARD } from '#shared/messages/cancel-stopped.ts';
import { inTransaction, type Pool, type Queryable, type Transaction } from '#shared/postgres/pool.ts';
import type { CallOutcome } from '#shared/voice/call-outcomes.ts';
import { takeOverDrills } from './take-over-drills.ts';

/** Reports of one transaction. */
const TAKEN_AT_ONCE = 2_000;

/** The message of somebody whom an earlier one reached after all. */
const REACHED_BEFORE = 'reached_before';

/** Of messages that a carrier has just been asked for: nobody can take them back, and they may come back by themselves. */
const BEING_ASKED_FOR = `('posting', 'ambiguous')`;

/**
 * Reports that a contact may hear of. Those of a message that is still queued for it wait until it is settled, which is
 * when the attempt is known to have ended. Those of an earlier one wait while a carrier is being asked for the next: if it
 * does not take that, they take it back.
 */
const MAY_BE_HEARD = `told.is_news
  AND (each.state IS DISTINCT FROM 'queued'
       OR each.message_id IS DISTINCT FROM told.message_id AND coalesce(next.state NOT IN ${BEING_ASKED_FOR}, true))`;

/**
 * The contact that a report is about, and the message that is queued for it: looked up by their keys, one by one
 * (shared/campaigns/look-up.ts has why).
 */
const CONTACT_TOLD = `LEFT JOIN LATERAL (
  SELECT state, message_id FROM campaign_contact
   WHERE campaign_id = told.campaign_id AND contact_id = told.contact_id LIMIT 1) AS each ON true
  LEFT JOIN LATERAL (
  SELECT state FROM message WHERE message_id = each.message_id AND each.state = 'queued' LIMIT 1) AS next ON true`;

/**
 * Has contacts of one campaign follow what the carrier said of their messages (`campaign_delivery`) and what the dialog said
 * of their lessons, whatever has become of the campaign meanwhile: reports come for days. In one transaction under the lock on
 * the campaign's row, as everything that moves its contacts. Returns which campaign it was and how many reports, or null:
 * there is nothing to follow, or others are at it. Idempotent, and any number of tasks may call it at any time.
 */
export function takeOverReports(
  pool: Pool,
  { clock, prices }: { clock: Pick<Clock, 'now'>; prices: Prices },
): Promise<{ campaignId: string; reports: number } | null> {
  return inTransaction(pool, async (tx) => {
    const now = clock.now();
    await shareFence(tx);
    const campaign = await lockCampaignWithNews(tx);
    if (campaign === null) return null;
    const { campaignId } = campaign;
    const drills = await takeOverDrills(tx, campaignId, now);
    const reports = await takeOverDeliveries(tx, campaign, prices, now);
    // Whoever leads it looks again: somebody is to be written to again, or nobody is waited for any more.
    await tx.query(
      `UPDATE campaign SET due_at = least(due_at, $2) WHERE campaign_id = $1 AND status = 'active'`,
      [campaignId, now],
    );
    return { campaignId, reports: drills + reports };
  });
}

/** Where news of campaigns are, as far as contacts may hear of them: of each kind so many at most are looked at. */
const NEWS = `(SELECT told.campaign_id FROM campaign_delivery AS told ${CONTACT_TOLD} WHERE ${MAY_BE_HEARD} LIMIT 1000)
        UNION (SELECT campaign_id FROM campaign_drill_answer LIMIT 1000)`;

/** Whether contacts of any campaign may have something to follow, whoever is at it. */
export async function hasReports(db: Queryable): Promise<boolean> {
  const { rowCount } = await db.query(
    `SELECT WHERE EXISTS (SELECT FROM campaign_delivery AS told ${CONTACT_TOLD} WHERE ${MAY_BE_HEARD})
               OR EXISTS (SELECT FROM campaign_drill_answer)`,
  );
  return rowCount !== 0;
}

interface CampaignWithNews {
  campaignId: string;
  rule: RetryRule;
}

async function lockCampaignWithNews(tx: Transaction): Promise<CampaignWithNews | null> {
  const { rows } = await tx.query<{
    campaign_id: string;
    status: CampaignStatus;
    end_at: Date | null;
    type: CampaignType;
    definition: unknown;
  }>(
    `SELECT campaign_id, status, end_at, type, definition FROM campaign
      WHERE campaign_id IN (${NEWS})
      LIMIT 1 FOR UPDATE SKIP LOCKED`,
  );
  const [found] = rows;
  if (found === undefined) return null;
  // One that nobody can read any more has failed: its contacts follow their reports all the same.
  const { data: definition } = definitionSchema.safeParse(found.definition);
  const { campaign_id: campaignId, end_at: endAt, status, type } = found;
  return {
    campaignId,
    rule: definition === undefined ? NEVER_AGAIN : retryRuleOf({ definition, endAt, status, type }),
  };
}

interface ReportRow {
  log_id: string;
  contact_id: string;
  message_id: string;
  outcome: DeliveryOutcome;
  error_code: string | null;
  carrier: CarrierName;
  call_outcome: CallOutcome | null;
  call_seconds: number | null;
  call_price: string | null;
  call_currency: string | null;
}

interface ContactRow {
  contact_id: string;
  phone_number: string;
  variant: number;
  state: ContactState;
  rule: string | null;
  due_at: Date | null;
  message_id: string | null;
  attempts: number;
  has_replied: boolean;
  is_reached: boolean;
  missed_state: MissedState | null;
  missed_rule: string | null;
  step: number | null;
  step_base: number | null;
  via: Ending | null;
}

async function takeOverDeliveries(
  tx: Transaction,
  { campaignId, rule }: CampaignWithNews,
  prices: Prices,
  now: Date,
): Promise<number> {
  const { rows: reports } = await tx.query<ReportRow>(
    `SELECT told.log_id, told.contact_id, told.message_id, told.outcome, told.error_code, told.carrier,
            told.call_outcome, told.call_seconds, told.call_price, told.call_currency
       FROM campaign_delivery AS told ${CONTACT_TOLD}
      WHERE told.campaign_id = $1 AND ${MAY_BE_HEARD}
      ORDER BY told.log_id LIMIT $2
        FOR UPDATE OF told SKIP LOCKED`,
    [campaignId, TAKEN_AT_ONCE],
  );
  if (reports.length === 0) return 0;
  const { rows: contacts } = await tx.query<ContactRow>(
    `SELECT each.contact_id, phone_number, variant, state, rule, due_at, message_id, attempts,
            ${IS_HEARD} AS has_replied, reached_at IS NOT NULL AS is_reached, missed_state, missed_rule,
            step, step_base, NULL AS via
       FROM unnest($2::uuid[]) AS told(contact_id) CROSS JOIN LATERAL (
            SELECT * FROM campaign_contact WHERE campaign_id = $1 AND contact_id = told.contact_id
             LIMIT 1 FOR UPDATE) AS each`,
    [campaignId, [...new Set(reports.map(({ contact_id }) => contact_id))].sort()],
  );
  const steps = rule.ladder === null ? NO_STEPS : await readSteps(tx, campaignId, contacts, reports);
  const byContact = Map.groupBy(reports, ({ contact_id }) => contact_id);
  const followed = contacts.map((row) => {
    const from = standingOf({ ...row, via: steps.via.get(row.contact_id) ?? null });
    const told = byContact.get(row.contact_id) ?? [];
    return {
      row,
      from,
      to: told.reduce((known, each) => afterReport(known, reportOf(each, steps), rule, now), from),
    };
  });
  const { back, claimed } = await withdraw(tx, followed);
  const moved = followed.flatMap((each) =>
    claimed.has(each) ? [] : back.has(each) ? { ...each, to: withdrawn(each.to, rule, now) } : each,
  );
  const unheard = new Set([...claimed].map(({ row }) => row.contact_id));
  const heard = reports.filter(({ contact_id }) => !unheard.has(contact_id));
  await tx.query('UPDATE campaign_delivery SET is_news = false WHERE log_id = ANY ($1)', [
    heard.map(({ log_id }) => log_id),
  ]);
  const changed = moved.filter(({ from, to }) => from !== to);
  await writeStandings(tx, campaignId, changed);
  await writeSteps(tx, campaignId, changed.flatMap(steppedOf), now);
  await addMoves(tx, campaignId, changed.flatMap(moveOf));
  await chargeCalls(tx, campaignId, heard.map(callTold), prices);
  return reports.length;
}

interface Followed {
  row: ContactRow;
  from: Standing;
  to: Standing;
}

/**
 * Takes back what is queued for whom an earlier message has reached (`back`). What is at the carrier already ends as it ends.
 * `claimed`: those for whom a claim was faster, and has just asked a carrier; they hear of it once that has ended.
 */
async function withdraw(
  tx: Transaction,
  followed: readonly Followed[],
): Promise<{ back: ReadonlySet<Followed>; claimed: ReadonlySet<Followed> }> {
  const queued = followed.flatMap((each) => {
    const { message_id, phone_number } = each.row;
    return withdraws(each.to) && message_id !== null ? [{ each, message_id, phone_number }] : [];
  });
  const back = new Set((await cancelUnsent(tx, queued, REACHED_BEFORE)).map(({ each }) => each));
  const left = queued.filter(({ each }) => !back.has(each));
  if (left.length === 0) return { back, claimed: new Set() };
  const { rows } = await tx.query<{ message_id: string }>(
    `SELECT message_id FROM message WHERE message_id = ANY ($1) AND state IN ${BEING_ASKED_FOR}`,
    [left.map(({ message_id }) => message_id)],
  );
  const asked = new Set(rows.map(({ message_id }) => message_id));
  return {
    back,
    claimed: new Set(left.flatMap(({ each, message_id }) => (asked.has(message_id) ? each : []))),
  };
}

const standingOf = (row: ContactRow): Standing => ({
  state: row.state,
  rule: row.rule,
  dueAt: row.due_at,
  messageId: row.message_id,
  attempts: row.attempts,
  hasReplied: row.has_replied,
  isReached: row.is_reached,
  missed: row.missed_state === null ? null : { state: row.missed_state, rule: row.missed_rule },
  ladder: onLadder(row, row.via),
});

/** Of which steps messages are, and what led contacts to theirs. */
interface Steps {
  ofMessage: ReadonlyMap<string, number>;
  via: ReadonlyMap<string, Ending>;
}

const NO_STEPS: Steps = { ofMessage: new Map(), via: new Map() };

async function readSteps(
  tx: Transaction,
  campaignId: string,
  contacts: readonly ContactRow[],
  reports: readonly ReportRow[],
): Promise<Steps> {
  const { rows: messages } = await tx.query<{ message_id: string; step: number }>(
    'SELECT message_id, step FROM message WHERE message_id = ANY ($1) AND step IS NOT NULL',
    [reports.map(({ message_id }) => message_id)],
  );
  const climbing = contacts.filter(({ step }) => step !== null && step > 0);
  const { rows: entered } = await tx.query<{ contact_id: string; via: Ending }>(
    `SELECT entered.contact_id, entered.via
       FROM unnest($2::uuid[], $3::smallint[]) AS stands(contact_id, step) ${ENTERED}`,
    [campaignId, climbing.map(({ contact_id }) => contact_id), climbing.map(({ step }) => step)],
  );
  return {
    ofMessage: new Map(messages.map(({ message_id, step }) => [message_id, step])),
    via: new Map(entered.map(({ contact_id, via }) => [contact_id, via])),
  };
}

const reportOf = (row: ReportRow, { ofMessage }: Steps): Report => ({
  step: ofMessage.get(row.message_id) ?? null,
  messageId: row.message_id,
  outcome: row.outcome,
  errorCode: row.error_code,
  carrier: row.carrier,
  call: row.call_outcome,
});

const callTold = (row: ReportRow): CallTold => ({
  messageId: row.message_id,
  carrier: row.carrier,
  call: {
    outcome: row.call_outcome,
    seconds: row.call_seconds,
    price: row.call_price,
    currency: row.call_currency,
  },
});

const moveOf = ({ from, row: { variant }, to }: Followed): Move[] =>
  from.state === to.state && from.rule === to.rule
    ? []
    : [
        {
          variant,
          from: { state: from.state, rule: from.rule },
          to: { state: to.state, rule: to.rule },
          contacts: 1,
        },
      ];
