import type { TemplateUse } from '#shared/carriers/carrier.ts';
import type { Intent } from '#shared/compliance/touch.ts';
import type { SenderAddress } from '#shared/phone/sender-address.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/**
 * A message that went out, and whose row was lost with the database's time since a restore point. It is `sent` under this rule, written
 * from the message log before anybody may plan it again (docs/decisions/0046): under its id nothing else is ever sent.
 */
export const SENT_BEFORE_RESTORE = 'sent_before_restore';

/** The same for people. */
export const restoredRuleInWords: Readonly<Record<string, string>> = {
  [SENT_BEFORE_RESTORE]: 'It had gone out when the database was set back to an earlier moment.',
};

/** Of a row of `message`: it is one of them, and no campaign has taken it over (index `message_restored`). */
export const IS_UNADOPTED = `message.rule = '${SENT_BEFORE_RESTORE}' AND message.campaign_id IS NULL`;

/** Whether there is any such row: nothing but a look at an index that is empty in ordinary times. */
export const HAS_UNADOPTED = `EXISTS (SELECT FROM message WHERE ${IS_UNADOPTED})`;

/** What is planned of such a message by whoever does not know that it went. */
export interface PlannedAgain {
  batchId: string;
  messageId: string;
  campaignId: string | null;
  variant: number | null;
  step: number | null;
  intent: Intent;
  topic: string | null;
  causeId: string;
  /** Null: nobody knows it either. */
  senderNumber: SenderAddress | null;
  body: string;
  template: TemplateUse | null;
  /** Segments of a text, minutes of a call; null: nothing is known. */
  units: number | null;
}

/**
 * Has such rows say what the message log does not know: of which campaign they are, and to whom in it. What was said, by which number
 * and when stays as the log has it; where it heard of no more than a status, words and number are as they are planned. Others of
 * these messages are left as they are. The campaign's row is locked.
 */
export async function adoptRestored(tx: Transaction, planned: readonly PlannedAgain[]): Promise<void> {
  if (planned.length === 0) return;
  await tx.query(
    `UPDATE message
        SET campaign_id = planned.campaign_id, variant = planned.variant, step = planned.step, intent = planned.intent,
            topic = planned.topic, batch_id = planned.batch_id, cause_id = planned.cause_id, template = planned.template,
            segments = coalesce(message.segments, planned.units),
            body = CASE message.body WHEN '' THEN planned.body ELSE message.body END,
            sender_number = CASE message.sender_number WHEN '' THEN coalesce(planned.sender_number, '')
                                                       ELSE message.sender_number END
       FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::smallint[], $5::text[], $6::text[], $7::uuid[], $8::uuid[],
                   $9::text[], $10::smallint[], $11::jsonb[], $12::text[])
            AS planned(message_id, campaign_id, variant, step, intent, topic, batch_id, cause_id, body, units, template,
                       sender_number)
      WHERE message.message_id = planned.message_id AND ${IS_UNADOPTED}`,
    [
      planned.map(({ messageId }) => messageId),
      planned.map(({ campaignId }) => campaignId),
      planned.map(({ variant }) => variant),
      planned.map(({ step }) => step),
      planned.map(({ intent }) => intent),
      planned.map(({ topic }) => topic),
      planned.map(({ batchId }) => batchId),
      planned.map(({ causeId }) => causeId),
      planned.map(({ body }) => body),
      planned.map(({ units }) => units),
      planned.map(({ template }) => (template === null ? null : JSON.stringify(template))),
      planned.map(({ senderNumber }) => senderNumber),
    ],
  );
}
