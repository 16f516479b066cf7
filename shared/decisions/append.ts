import { createHash } from 'node:crypto';
import type { Transaction } from '#shared/postgres/pool.ts';

/** One decision of the gate about one message or call, as it is kept. */
export interface Decision {
  decisionId: string;
  messageId: string;
  phoneNumber: string;
  campaignId: string | null;
  channel: 'sms' | 'voice';
  verdict: 'send' | 'hold' | 'block';
  rule: string;
  rulesVersion: string;
  /** hold: the first instant that may allow it; send: the last instant at which it may go; null: none. */
  until: Date | null;
  /** What it was made from: JSON, the same text for the same facts. */
  inputs: string;
}

/** The name under which inputs are kept: SHA-256 of their text, in hex. */
export const inputsHash = (inputs: string): string => createHash('sha256').update(inputs).digest('hex');

/**
 * Appends decisions made at `at` (business time), in this order, in one statement, with their inputs where these are
 * new. Ids come from the caller, so that a repetition of the same decisions adds nothing.
 */
export async function appendDecisions(
  tx: Transaction,
  decisions: readonly Decision[],
  at: Date,
): Promise<void> {
  if (decisions.length === 0) return;
  const byHash = new Map<string, string>();
  const hashOf = new Map<string, string>();
  for (const { inputs } of decisions) {
    let hash = hashOf.get(inputs);
    if (hash === undefined) {
      hash = inputsHash(inputs);
      hashOf.set(inputs, hash);
      byHash.set(hash, inputs);
    }
  }
  // In one order for all, so that no two transactions wait for each other's new inputs.
  const hashes = [...byHash.keys()].sort();
  await tx.query(
    `WITH kept AS (
       INSERT INTO decision_inputs (hash, inputs)
       SELECT hash, inputs FROM unnest($1::text[], $2::json[]) WITH ORDINALITY AS new(hash, inputs, place)
        ORDER BY place
       ON CONFLICT (hash) DO NOTHING)
     INSERT INTO decision (decision_id, decided_at, message_id, phone_number, campaign_id, channel, verdict, rule,
                           rules_version, until, inputs_hash)
     SELECT decision_id, $3, message_id, phone_number, campaign_id, channel, verdict, rule, rules_version, until,
            inputs_hash
       FROM unnest($4::uuid[], $5::uuid[], $6::text[], $7::uuid[], $8::text[], $9::text[], $10::text[], $11::text[],
                   $12::timestamptz[], $13::text[])
            WITH ORDINALITY
            AS made(decision_id, message_id, phone_number, campaign_id, channel, verdict, rule, rules_version, until,
                    inputs_hash, place)
      ORDER BY place
     ON CONFLICT DO NOTHING`,
    [
      hashes,
      hashes.map((hash) => byHash.get(hash)),
      at,
      decisions.map(({ decisionId }) => decisionId),
      decisions.map(({ messageId }) => messageId),
      decisions.map(({ phoneNumber }) => phoneNumber),
      decisions.map(({ campaignId }) => campaignId),
      decisions.map(({ channel }) => channel),
      decisions.map(({ verdict }) => verdict),
      decisions.map(({ rule }) => rule),
      decisions.map(({ rulesVersion }) => rulesVersion),
      decisions.map(({ until }) => until),
      decisions.map(({ inputs }) => hashOf.get(inputs)),
    ],
  );
}
