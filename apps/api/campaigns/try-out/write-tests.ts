import type { Transaction } from '#shared/postgres/pool.ts';

/** What the gate said of a message when it was written. */
export interface TestVerdict {
  state: 'queued' | 'held' | 'blocked';
  rule: string | null;
  dueAt: Date | null;
}

/** Marks messages as tests of a campaign. `at`: business time. */
export async function markTests(
  tx: Transaction,
  messageIds: readonly string[],
  { at, by, campaignId }: { campaignId: string; by: string; at: Date },
): Promise<void> {
  await tx.query(
    `INSERT INTO test_message (message_id, campaign_id, sent_by, sent_at)
     SELECT message_id, $2, $3, $4 FROM unnest($1::uuid[]) AS message_id`,
    [messageIds, campaignId, by, at],
  );
}

/** What the gate said of messages that were just written, by their ids. */
export async function readVerdicts(
  tx: Transaction,
  messageIds: readonly string[],
): Promise<ReadonlyMap<string, TestVerdict>> {
  const { rows } = await tx.query<TestVerdict & { message_id: string }>(
    'SELECT message_id, state, rule, due_at AS "dueAt" FROM message WHERE message_id = ANY ($1)',
    [messageIds],
  );
  return new Map(rows.map(({ message_id, ...verdict }) => [message_id, verdict]));
}
