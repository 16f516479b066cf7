import type { Transaction } from '#shared/postgres/pool.ts';

/** Confirmations of opt-outs that were lifted and that have not gone: they would say what is no longer true. */
export async function withdrawConfirmations(tx: Transaction, phones: readonly string[]): Promise<void> {
  if (phones.length === 0) return;
  await tx.query(
    `UPDATE message SET state = 'cancelled', due_at = NULL, settled_at = clock_timestamp()
      WHERE phone_number = ANY ($1) AND intent = 'opt_out_confirmation' AND state IN ('queued', 'held')`,
    [phones],
  );
}
