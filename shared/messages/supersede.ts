import { rulesVersion } from '#shared/compliance/rules-version.ts';
import type { Channel } from '#shared/compliance/touch.ts';
import { appendDecisions } from '#shared/decisions/append.ts';
import { supersededDecisionId } from '#shared/identity.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** The gate's rule by the same name. */
const RULE = 'superseded';

/**
 * Blocks what is unsent of answers that make way for the answer to a newer text, all messages of each together, and
 * appends the decisions (`now`: business time). Returns how many messages. Their phones' rows are locked by the caller,
 * who has found that they must (docs/decisions/0008). Idempotent.
 */
export async function supersede(
  tx: Transaction,
  answers: readonly { phoneNumber: string; batchId: string }[],
  now: Date,
): Promise<number> {
  const { rows } = await tx.query<{
    message_id: string;
    phone_number: string;
    campaign_id: string | null;
    channel: Channel;
    topic: string | null;
  }>(
    `UPDATE message
        SET state = 'blocked', rule = $3, due_at = NULL, settled_at = clock_timestamp(), verdict = 'block',
            decided_rule = $3, rules_version = $4
       FROM unnest($1::text[], $2::uuid[]) AS answer(phone_number, batch_id)
      WHERE message.phone_number = answer.phone_number AND message.batch_id = answer.batch_id
        AND message.intent = 'reply' AND message.state IN ('queued', 'held')
     RETURNING message_id, message.phone_number, campaign_id, channel, topic`,
    [
      answers.map(({ phoneNumber }) => phoneNumber),
      answers.map(({ batchId }) => batchId),
      RULE,
      rulesVersion,
    ],
  );
  await appendDecisions(
    tx,
    rows.map((row) => ({
      decisionId: supersededDecisionId(row.message_id),
      messageId: row.message_id,
      phoneNumber: row.phone_number,
      campaignId: row.campaign_id,
      channel: row.channel,
      verdict: 'block',
      rule: RULE,
      rulesVersion,
      until: null,
      inputs: JSON.stringify({ channel: row.channel, intent: 'reply', topic: row.topic, newerAnswer: true }),
    })),
    now,
  );
  return rows.length;
}
