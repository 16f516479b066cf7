import { z } from 'zod';
import type { Queryable } from '#shared/postgres/pool.ts';

/** A decision as it was kept, with what it was made from. */
export interface KeptDecision {
  decisionId: string;
  decidedAt: Date;
  /** Order of the decisions of one instant. */
  position: number;
  messageId: string;
  phoneNumber: string;
  campaignId: string | null;
  channel: 'sms' | 'voice';
  verdict: 'send' | 'hold' | 'block';
  rule: string;
  rulesVersion: string;
  until: Date | null;
  inputs: unknown;
}

/** Where a page of decisions ended; the next one begins behind it. */
export interface DecisionCursor {
  decidedAt: Date;
  position: number;
}

/** Of what: exactly one of these. */
export type DecisionsOf = { phoneNumber: string } | { messageId: string } | { campaignId: string };

const rowSchema = z.object({
  decision_id: z.uuid(),
  decided_at: z.date(),
  position: z.number(),
  message_id: z.uuid(),
  phone_number: z.string(),
  campaign_id: z.uuid().nullable(),
  channel: z.enum(['sms', 'voice']),
  verdict: z.enum(['send', 'hold', 'block']),
  rule: z.string(),
  rules_version: z.string(),
  until: z.date().nullable(),
  inputs: z.unknown(),
});

/** Each has an index of its own. */
const CONDITIONS = {
  phoneNumber: 'phone_number = $1',
  messageId: 'message_id = $1',
  campaignId: 'campaign_id = $1',
} as const;

/**
 * Decisions about a number, a message or a campaign, in the order in which they were made, at most `limit` of them behind `after`. Pages do
 * not overlap and miss nothing that was committed before the first.
 */
export async function readDecisions(
  db: Queryable,
  of: DecisionsOf,
  { after, limit }: { after: DecisionCursor | null; limit: number },
): Promise<KeptDecision[]> {
  const [condition, key] =
    'phoneNumber' in of
      ? [CONDITIONS.phoneNumber, of.phoneNumber]
      : 'messageId' in of
        ? [CONDITIONS.messageId, of.messageId]
        : [CONDITIONS.campaignId, of.campaignId];
  const { rows } = await db.query(
    `SELECT decision_id, decided_at, position, message_id, phone_number, campaign_id, channel, verdict, rule, rules_version,
            until, decision_inputs.inputs
       FROM decision JOIN decision_inputs ON decision_inputs.hash = decision.inputs_hash
      WHERE ${condition} AND ($2::timestamptz IS NULL OR (decided_at, position) > ($2::timestamptz, $3::bigint))
      ORDER BY decided_at, position LIMIT $4`,
    [key, after?.decidedAt ?? null, after?.position ?? null, limit],
  );
  return rows.map((row) => {
    const known = rowSchema.parse(row);
    return {
      decisionId: known.decision_id,
      decidedAt: known.decided_at,
      position: known.position,
      messageId: known.message_id,
      phoneNumber: known.phone_number,
      campaignId: known.campaign_id,
      channel: known.channel,
      verdict: known.verdict,
      rule: known.rule,
      rulesVersion: known.rules_version,
      until: known.until,
      inputs: known.inputs,
    };
  });
}
