import type { Transaction } from '#shared/postgres/pool.ts';
import type { OutgoingMessage } from './write.ts';

/**
 * A message that went out, and whose row was lost with the database's time since a restore point. It is `sent` under this rule, written
 * from the message log before anybody may plan it again (docs/decisions/0046): under its id nothing else is ever sent.
 */
export const SENT_BEFORE_RESTORE = 'sent_before_restore';

/** The same for people. */
export const restoredRuleInWords: Readonly<Record<string, string>> = {
  [SENT_BEFORE_RESTORE]: 'It had gone out when the database was set back to an earlier moment.',
};

/** What is planned of such a message by whoever does not know that it went. */
export interface PlannedAgain {
  batchId: string;
  message: OutgoingMessage;
  /** Segments of a text, minutes of a call. */
  units: number;
}

/**
 * Has such rows say what the message log does not know: of which campaign they are, and to whom in it. What was said, by which number
 * and when stays as the log has it. Others of these messages are left as they are. The phones are locked.
 */
export async function adoptRestored(tx: Transaction, planned: readonly PlannedAgain[]): Promise<void> {
  await tx.query(
    `UPDATE message
        SET campaign_id = planned.campaign_id, variant = planned.variant, step = planned.step, intent = planned.intent,
            topic = planned.topic, batch_id = planned.batch_id, cause_id = planned.cause_id, template = planned.template,
            segments = coalesce(message.segments, planned.units),
            body = CASE message.body WHEN '' THEN planned.body ELSE message.body END
       FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::smallint[], $5::text[], $6::text[], $7::uuid[], $8::uuid[],
                   $9::text[], $10::smallint[], $11::jsonb[])
            AS planned(message_id, campaign_id, variant, step, intent, topic, batch_id, cause_id, body, units, template)
      WHERE message.message_id = planned.message_id AND message.rule = $12 AND message.campaign_id IS NULL`,
    [
      planned.map(({ message }) => message.messageId),
      planned.map(({ message }) => message.campaignId ?? null),
      planned.map(({ message }) => message.variant ?? null),
      planned.map(({ message }) => message.step ?? null),
      planned.map(({ message }) => message.intent),
      planned.map(({ message }) => message.topic ?? null),
      planned.map(({ batchId }) => batchId),
      planned.map(({ message }) => message.causeId),
      planned.map(({ message }) => message.body),
      planned.map(({ units }) => units),
      planned.map(({ message: { template } }) => (template == null ? null : JSON.stringify(template))),
      SENT_BEFORE_RESTORE,
    ],
  );
}
