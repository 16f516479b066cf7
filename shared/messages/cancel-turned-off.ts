import { AGENT } from '#shared/agent/answers.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { AGENT_OVERTAKEN, AGENT_TURNED_OFF } from './agent-rules.ts';

/**
 * Cancels what the agent wrote by itself and may not say any more: it does not answer by itself there now, by what is said of the
 * conversation, its campaign and its number in that order (`readModes`), or somebody has answered or has taken the conversation
 * since. A draft that a person sent is that person's, and goes. Who looks after answers (`followAnswers` of the inbox) finds
 * these lost, and the texts want an answer again.
 *
 * It is asked in the claim, and not only where the agent is turned off: an answer may be written by somebody who read the
 * mode before that and commits after it. Who answered later is known by the order of their messages, which is given out under the
 * phone's lock, and by no clock. The phones' rows are locked by the caller. Returns how many messages. Idempotent.
 */
export async function cancelTurnedOff(tx: Transaction, phones: readonly string[]): Promise<number> {
  const { rows } = await tx.query<{ message_id: string; rule: string }>(
    // What is said of an answer is a value, and no join: that may be answered by reading all that the agent ever answered.
    `SELECT message_id, rule
       FROM (SELECT message.message_id,
                    (SELECT CASE
                              WHEN coalesce(conversation.agent_mode,
                                            (SELECT mode FROM agent_mode WHERE agent_mode.campaign_id = answer.campaign_id),
                                            (SELECT mode FROM agent_mode WHERE agent_mode.our_number = answer.our_number),
                                            'off') <> 'automatic' THEN $2
                              WHEN conversation.assignee IS NOT NULL
                                OR EXISTS (SELECT FROM conversation_answer AS hand JOIN message AS theirs USING (message_id)
                                            WHERE hand.conversation_id = answer.conversation_id
                                              AND hand.answered_by <> $4 AND theirs.ordinal > message.ordinal) THEN $3
                            END
                       FROM agent_answer AS answer
                       LEFT JOIN conversation USING (conversation_id)
                      WHERE answer.reply_id = message.cause_id AND answer.message_id = message.message_id
                        AND answer.state = 'sent' AND answer.settled_by IS NULL) AS rule
               FROM message
              WHERE message.phone_number = ANY ($1) AND message.intent = 'reply' AND message.state IN ('queued', 'held')
             OFFSET 0) AS waiting
      WHERE rule IS NOT NULL`,
    [phones, AGENT_TURNED_OFF, AGENT_OVERTAKEN, AGENT],
  );
  if (rows.length === 0) return 0;
  await tx.query(
    `UPDATE message SET state = 'cancelled', rule = ended.rule, due_at = NULL, settled_at = clock_timestamp()
       FROM unnest($1::uuid[], $2::text[]) AS ended(message_id, rule)
      WHERE message.message_id = ended.message_id`,
    [rows.map((row) => row.message_id), rows.map(({ rule }) => rule)],
  );
  return rows.length;
}
