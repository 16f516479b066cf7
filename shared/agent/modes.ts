import type { Transaction } from '#shared/postgres/pool.ts';

/** What the agent does with texts: nothing, a draft that a person sends, or an answer that goes by itself. */
export const agentModes = ['off', 'draft', 'automatic'] as const;
export type AgentMode = (typeof agentModes)[number];

/** What decides about the mode of a text. */
export interface ModeOf {
  conversationId: string;
  campaignId: string | null;
  ourNumber: string;
}

/**
 * The mode of each of these, in their order: that of the conversation where it has one, else that of the campaign, else that
 * of the number; off where none of them says anything. One statement for any number of them.
 */
export async function readModes(tx: Transaction, of: readonly ModeOf[]): Promise<AgentMode[]> {
  if (of.length === 0) return [];
  const { rows } = await tx.query<{ mode: AgentMode }>(
    `SELECT coalesce(
              (SELECT agent_mode FROM conversation WHERE conversation.conversation_id = asked.conversation_id),
              (SELECT mode FROM agent_mode WHERE agent_mode.campaign_id = asked.campaign_id),
              (SELECT mode FROM agent_mode WHERE agent_mode.our_number = asked.our_number), 'off') AS mode
       FROM unnest($1::uuid[], $2::text[], $3::uuid[]) WITH ORDINALITY AS asked(campaign_id, our_number, conversation_id, place)
      ORDER BY place`,
    [
      of.map(({ campaignId }) => campaignId),
      of.map(({ ourNumber }) => ourNumber),
      of.map(({ conversationId }) => conversationId),
    ],
  );
  return rows.map(({ mode }) => mode);
}
