import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { doubtfulPhones, IS_IN_DOUBT } from './doubt.ts';
import { UNSETTLED } from './known.ts';
import { pagesOfLog } from './log-pages.ts';
import { IS_LOST } from './lost-rows.ts';
import type { RestoreWindow, Settled } from './settle.ts';

/**
 * How many messages are known to have gone, and how many are in doubt. Changes nothing. Which are counted already is kept in a table that goes
 * with the transaction, and not in memory: the log may know of a message by several rows, on several pages.
 */
export function countUnsettled(pool: Pool, { since, until }: RestoreWindow): Promise<Settled> {
  return inTransaction(pool, async (tx) => {
    await tx.query('CREATE TEMPORARY TABLE known_to_have_gone (message_id uuid PRIMARY KEY) ON COMMIT DROP');
    let known = 0;
    for await (const { logIds } of pagesOfLog(tx, since)) known += await countKnown(tx, logIds);
    let doubted = 0;
    for await (const phones of doubtfulPhones(tx, until)) doubted += await countDoubted(tx, phones, until);
    return { known, doubted };
  });
}

async function countKnown(tx: Transaction, logIds: readonly string[]): Promise<number> {
  const { rowCount } = await tx.query(
    `INSERT INTO known_to_have_gone
     SELECT message_id FROM message_log
      WHERE log_id = ANY ($1)
        AND (${IS_LOST} OR EXISTS (SELECT FROM message WHERE message.message_id = message_log.message_id AND ${UNSETTLED}))
     ON CONFLICT DO NOTHING`,
    [logIds],
  );
  return rowCount ?? 0;
}

async function countDoubted(tx: Transaction, phones: readonly string[], until: Date): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM message
      WHERE phone_number = ANY ($2) AND ${IS_IN_DOUBT}
        AND NOT EXISTS (SELECT FROM known_to_have_gone AS known WHERE known.message_id = message.message_id)`,
    [until, phones],
  );
  return rows[0]?.count ?? 0;
}
