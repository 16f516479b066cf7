import type { Transaction } from '#shared/postgres/pool.ts';
import { addChanges, stepMeasure } from './counts.ts';
import type { Ending } from './ladder.ts';
import { ENTERED, LOOKED_UP } from './look-up.ts';
import type { Standing } from './standing.ts';

/** Somebody who came from one step of a ladder to another. */
export interface Stepped {
  contactId: string;
  variant: number;
  from: number;
  to: { step: number; base: number; via: Ending | null };
}

/** Of somebody whose standing changed; none: they stayed on their step. Pure. */
export const steppedOf = ({
  from: { ladder: from },
  row: { contact_id: contactId, variant },
  to: { ladder: to },
}: {
  row: { contact_id: string; variant: number };
  from: Pick<Standing, 'ladder'>;
  to: Pick<Standing, 'ladder'>;
}): Stepped[] =>
  from === null || to === null || from.step === to.step ? [] : [{ contactId, variant, from: from.step, to }];

/**
 * Writes on which steps contacts of a campaign are now, and counts who has come to which; their rows are locked. Whoever goes
 * back, because a text arrived after all, never came to the step that it led to. `now`: business time.
 */
export async function writeSteps(
  tx: Transaction,
  campaignId: string,
  stepped: readonly Stepped[],
  now: Date,
): Promise<void> {
  if (stepped.length === 0) return;
  await tx.query(
    `UPDATE campaign_contact AS each SET step = became.step, step_base = became.base
       FROM unnest($2::uuid[], $3::smallint[], $4::smallint[]) AS became(contact_id, step, base) ${LOOKED_UP}
      WHERE each.ctid = found.ctid`,
    [
      campaignId,
      stepped.map(({ contactId }) => contactId),
      stepped.map(({ to }) => to.step),
      stepped.map(({ to }) => to.base),
    ],
  );
  const left = await leave(
    tx,
    campaignId,
    stepped.filter(({ from, to }) => to.step < from),
  );
  const entered = stepped.flatMap(({ contactId, from, to: { step, via }, variant }) =>
    step > from && via !== null ? [{ contactId, step, via, variant }] : [],
  );
  await tx.query(
    `INSERT INTO campaign_step (campaign_id, contact_id, step, via, variant, entered_at)
     SELECT $1, contact_id, step, via, variant, $6
       FROM unnest($2::uuid[], $3::smallint[], $4::text[], $5::smallint[]) AS entered(contact_id, step, via, variant)`,
    [
      campaignId,
      entered.map(({ contactId }) => contactId),
      entered.map(({ step }) => step),
      entered.map(({ via }) => via),
      entered.map(({ variant }) => variant),
      now,
    ],
  );
  const changeOf = (change: number) => (each: Entered) => ({
    variant: each.variant,
    measure: stepMeasure(each.step, each.via),
    change,
  });
  await addChanges(tx, campaignId, [...left.map(changeOf(-1)), ...entered.map(changeOf(1))]);
}

interface Entered {
  variant: number;
  step: number;
  via: string;
}

/** Has these never have come to the step that they were on, and returns which that was. */
async function leave(tx: Transaction, campaignId: string, back: readonly Stepped[]): Promise<Entered[]> {
  if (back.length === 0) return [];
  const { rows } = await tx.query<Entered>(
    `DELETE FROM campaign_step AS wrong
      USING unnest($2::uuid[], $3::smallint[]) AS stands(contact_id, step) ${ENTERED}
      WHERE wrong.ctid = entered.ctid
     RETURNING wrong.variant, wrong.step, wrong.via`,
    [campaignId, back.map(({ contactId }) => contactId), back.map(({ from }) => from)],
  );
  return rows;
}
