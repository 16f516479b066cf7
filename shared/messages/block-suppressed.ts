import { rulesVersion } from '#shared/compliance/rules-version.ts';
import { exemptIntents } from '#shared/compliance/touch.ts';
import { WHOLE_SENDER } from '#shared/consent/change.ts';
import { appendDecisions, type Decision } from '#shared/decisions/append.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { suppressedDecisionId } from '#shared/identity.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** The gate's rule by the same name: what it would say of each of these messages. */
const RULE = 'suppressed';

interface Blocked {
  message_id: string;
  phone_number: string;
  campaign_id: string | null;
  channel: 'sms' | 'voice';
  intent: string;
  topic: string | null;
  scope: string;
  source: string;
}

/**
 * Blocks what may not go to suppressed phones and has not begun to, however much it is, and appends the decisions
 * (`now`: business time). Returns how many messages. The phones' rows are locked by the caller; phones that are not
 * suppressed keep everything, and those that refused a topic keep what is about others. Idempotent. Whoever was erased is
 * found by the hash of their number.
 */
export async function blockSuppressed(
  tx: Transaction,
  phones: readonly string[],
  now: Date,
  pseudonyms: Pseudonyms,
): Promise<number> {
  const known = pseudonyms.namesOf(phones);
  const { rows } = await tx.query<Blocked>(
    `UPDATE message
        SET state = 'blocked', rule = $3, due_at = NULL, settled_at = clock_timestamp(), verdict = 'block',
            decided_rule = $3, rules_version = $4
       FROM unnest($1::text[], $6::text[]) AS named(phone_number, name)
       JOIN suppression ON suppression.phone_number = named.name
      WHERE message.phone_number = named.phone_number
        AND message.state IN ('queued', 'held') AND message.intent <> ALL ($2)
        AND (suppression.scope IN ($5, message.topic) OR message.topic IS NULL)
     RETURNING message.message_id, message.phone_number, message.campaign_id, message.channel, message.intent,
               message.topic, suppression.scope, suppression.source`,
    [known.phones, exemptIntents, RULE, rulesVersion, WHOLE_SENDER, known.names],
  );
  await appendDecisions(tx, rows.map(decisionOf), now);
  return rows.length;
}

const decisionOf = ({ channel, intent, topic, scope, source, ...row }: Blocked): Decision => ({
  decisionId: suppressedDecisionId(row.message_id),
  messageId: row.message_id,
  phoneNumber: row.phone_number,
  campaignId: row.campaign_id,
  channel,
  verdict: 'block',
  rule: RULE,
  rulesVersion,
  until: null,
  inputs: JSON.stringify({ channel, intent, topic, suppression: { scope, source } }),
});
