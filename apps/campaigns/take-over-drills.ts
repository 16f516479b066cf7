import { addMoves, type ContactState } from '#shared/campaigns/counts.ts';
import { LOOKED_UP } from '#shared/campaigns/look-up.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** Answers of one transaction. */
const TAKEN_AT_ONCE = 2_000;

/** What the dialog says of a lesson whose campaign is not active. */
const NOT_ACTIVE = 'campaign_not_active';

/** Why somebody gets no lesson, before the dialog's own word for it. */
const REFUSED = 'drill_';

interface Answer {
  command_id: string;
  contact_id: string;
  variant: number;
  refusal: string | null;
}

/**
 * Takes over what the dialog did with lessons that a campaign, whose row is locked, had asked for. What was refused because
 * the campaign was paused waits to be asked for again; what was refused for another reason is skipped, with it. An
 * answer that is about no lesson that somebody waits for (they were erased, or deleted) is taken away unheard. Returns how
 * many answers there were.
 */
export async function takeOverDrills(tx: Transaction, campaignId: string, now: Date): Promise<number> {
  const { rows: taken } = await tx.query<{ command_id: string }>(
    `SELECT command_id FROM campaign_drill_answer WHERE campaign_id = $1 LIMIT $2`,
    [campaignId, TAKEN_AT_ONCE],
  );
  if (taken.length === 0) return 0;
  const ids = taken.map(({ command_id }) => command_id);
  const { rows } = await tx.query<Answer>(
    `SELECT answer.command_id, each.contact_id, each.variant, answer.refusal
       FROM campaign_drill_answer AS answer JOIN campaign_contact AS each USING (campaign_id, contact_id)
      WHERE answer.command_id = ANY ($1) AND each.state = 'queued' AND each.message_id = answer.command_id
      ORDER BY each.contact_id
        FOR UPDATE OF each`,
    [ids],
  );
  const moved = rows.map((row) => ({ ...row, ...placeOf(row) }));
  await tx.query(
    `UPDATE campaign_contact AS each
        SET state = became.state, rule = became.rule,
            due_at = CASE became.state WHEN 'pending' THEN $5::timestamptz END,
            attempts = each.attempts + CASE became.state WHEN 'sent' THEN 1 ELSE 0 END,
            settled_at = CASE WHEN became.state <> 'pending' THEN clock_timestamp() END
       FROM unnest($2::uuid[], $3::text[], $4::text[]) AS became(contact_id, state, rule) ${LOOKED_UP}
      WHERE each.ctid = found.ctid`,
    [
      campaignId,
      moved.map(({ contact_id }) => contact_id),
      moved.map(({ state }) => state),
      moved.map(({ rule }) => rule),
      now,
    ],
  );
  await addMoves(
    tx,
    campaignId,
    moved.map(({ rule, state, variant }) => ({
      variant,
      from: { state: 'queued', rule: null },
      to: { state, rule },
      contacts: 1,
    })),
  );
  await tx.query('DELETE FROM campaign_drill_answer WHERE command_id = ANY ($1)', [ids]);
  return taken.length;
}

function placeOf({ refusal }: Answer): { state: ContactState; rule: string | null } {
  if (refusal === null) return { state: 'sent', rule: null };
  return refusal === NOT_ACTIVE
    ? { state: 'pending', rule: null }
    : { state: 'skipped', rule: `${REFUSED}${refusal}` };
}
