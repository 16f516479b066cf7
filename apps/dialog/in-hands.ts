import { AGENT } from '#shared/agent/answers.ts';
import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import { isWordless } from '#shared/dialog/inbound.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** So long after somebody's answer by hand the conversation is still theirs, in ms. */
const HANDS_MS = 24 * 3_600_000;

/**
 * Of whoever sent no words: whose conversation people have in their hands, because somebody looks after it, or answered in it
 * lately. No statement where everybody wrote words.
 */
export async function readInHands(
  tx: Transaction,
  commands: readonly DialogCommand[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const phones = commands.flatMap((command) =>
    command.type === 'INBOUND_SMS' && isWordless(command) ? [command.phoneNumber] : [],
  );
  if (phones.length === 0) return new Set();
  const { rows } = await tx.query<{ phone_number: string }>(
    `SELECT phone_number FROM conversation
      WHERE phone_number = ANY ($1)
        AND (assignee IS NOT NULL AND state <> 'closed'
             OR EXISTS (SELECT FROM conversation_answer AS answer
                         WHERE answer.conversation_id = conversation.conversation_id AND answer.answered_by <> $3
                           AND answer.answered_at > $2))`,
    [phones, new Date(now.getTime() - HANDS_MS), AGENT],
  );
  return new Set(rows.map((row) => row.phone_number));
}
