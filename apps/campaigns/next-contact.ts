import type { Transaction } from '#shared/postgres/pool.ts';

/** When the next contact is due; null: nobody waits. */
export async function nextContact(tx: Transaction, campaignId: string): Promise<Date | null> {
  const { rows } = await tx.query<{ due_at: Date | null }>(
    `SELECT min(due_at) AS due_at FROM campaign_contact WHERE campaign_id = $1 AND state IN ('pending', 'held')`,
    [campaignId],
  );
  return rows[0]?.due_at ?? null;
}
