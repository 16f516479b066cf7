import type { Transaction } from '#shared/postgres/pool.ts';

/** What is sent to a suppressed phone too, and is not held up by what is held or ambiguous. */
export const exemptIntents: readonly string[] = ['opt_out_confirmation', 'help'];

/**
 * Blocks what may not go to suppressed phones and has not begun to. Returns how many messages. The phones' rows are
 * locked by the caller; phones that are not suppressed keep everything. Idempotent.
 */
export async function blockSuppressed(tx: Transaction, phones: readonly string[]): Promise<number> {
  const { rowCount } = await tx.query(
    `UPDATE message SET state = 'blocked', rule = 'suppressed', due_at = NULL, settled_at = clock_timestamp()
       FROM suppression
      WHERE message.phone_number = ANY ($1) AND suppression.phone_number = message.phone_number
        AND message.state IN ('queued', 'held') AND message.intent <> ALL ($2)`,
    [phones, exemptIntents],
  );
  return rowCount ?? 0;
}
