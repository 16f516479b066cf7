import { CAMPAIGN_OVER, CAMPAIGN_PAUSED, LOOK_AGAIN_MS } from '#shared/messages/lesson-rules.ts';
import { lockKnownPhones } from '#shared/phone/lock-phones.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';

/**
 * Texts with which the lessons of a campaign begin. They are the dialog's, and are not counted with the campaign: it says when
 * they may go, and no more is started than has gone but for a minute's.
 */

/** Phones of one transaction. */
const LESSONS_AT_ONCE = 5_000;

/**
 * Holds what is queued of the lessons of a campaign that is paused or over from now on, whose row is locked: once this has
 * committed no request for it begins. What comes later, or is more than one transaction takes, is held by the claims of the
 * sender. The phones' rows are locked here, and nothing else of the transaction may lock phones. `now`: business time.
 * Returns how many texts.
 */
export async function holdLessons(
  tx: Transaction,
  campaignId: string,
  { isOver, now }: { isOver: boolean; now: Date },
): Promise<number> {
  const { rows } = await tx.query<{ phone_number: string }>(
    `SELECT DISTINCT phone_number FROM message
      WHERE lesson_campaign_id = $1 AND state = 'queued' ORDER BY phone_number LIMIT $2`,
    [campaignId, LESSONS_AT_ONCE],
  );
  if (rows.length === 0) return 0;
  const phones = await lockKnownPhones(
    tx,
    rows.map((row) => row.phone_number),
  );
  const { rowCount } = await tx.query(
    `UPDATE message SET state = 'held', rule = $3, due_at = $4
      WHERE lesson_campaign_id = $1 AND phone_number = ANY ($2) AND state = 'queued'`,
    [campaignId, phones, isOver ? CAMPAIGN_OVER : CAMPAIGN_PAUSED, new Date(now.getTime() + LOOK_AGAIN_MS)],
  );
  return rowCount ?? 0;
}

/**
 * People of a campaign whose lesson has texts that have not gone: those whose texts may go, who count for how far it is ahead of its
 * numbers, and those of whose lesson one is held, and with it what is behind that.
 */
export async function countLessons(
  db: Queryable,
  campaignId: string,
): Promise<{ onTheWay: number; held: number }> {
  const { rows } = await db.query<{ on_the_way: number; held: number }>(
    `SELECT count(*) FILTER (WHERE NOT is_held)::int AS on_the_way, count(*) FILTER (WHERE is_held)::int AS held
       FROM (SELECT bool_or(state = 'held') AS is_held FROM message
              WHERE lesson_campaign_id = $1 AND state IN ('queued', 'held') GROUP BY phone_number) AS lesson`,
    [campaignId],
  );
  return { onTheWay: rows[0]?.on_the_way ?? 0, held: rows[0]?.held ?? 0 };
}
