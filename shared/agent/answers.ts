import type { Transaction } from '#shared/postgres/pool.ts';
import type { HandOverReason } from './responder.ts';

/** By whom its answers are, as whoever looks at the conversation sees it. */
export const AGENT = 'agent';

/**
 * A text that was given to the agent:
 *
 *   due --an answer, mode automatic--> sent
 *     |---an answer, mode draft------> drafted --a person sends it, as it is or edited--> sent
 *     |                                   |-----a person rejects it----------------------> rejected
 *     |---nobody but people----------> handed_over
 *     |---it wants no answer---------> silent
 *     |---somebody or something else was first (also of a draft)---> overtaken
 */
export const agentAnswerStates = [
  'due',
  'drafted',
  'sent',
  'rejected',
  'handed_over',
  'silent',
  'overtaken',
] as const;
export type AgentAnswerState = (typeof agentAnswerStates)[number];

/** Why an answer came to nothing. */
export const overtakenReasons = [
  /** The person wrote again: that text is the one to answer. */
  'newer_text',
  /** Somebody answered, or closed the conversation. */
  'person_answered',
  /** Somebody took the conversation over. */
  'taken_over',
  /** The person wants no more. */
  'stopped',
  /** The agent was turned off. */
  'turned_off',
  /** The person was erased. */
  'erased',
] as const;
export type OvertakenReason = (typeof overtakenReasons)[number];

export type AgentReason = HandOverReason | OvertakenReason;

/**
 * Settles what the agent still has of a conversation, which is locked, or has drafted in it: somebody or something else was
 * first. `but`: one that stays; `mode`: only those that were given for this. Returns how many.
 */
export async function overtake(
  tx: Transaction,
  conversationIds: readonly string[],
  {
    but,
    mode,
    now,
    reason,
  }: { reason: OvertakenReason; now: Date; but?: readonly string[]; mode?: 'draft' | 'automatic' },
): Promise<number> {
  if (conversationIds.length === 0) return 0;
  const { rowCount } = await tx.query(
    `UPDATE agent_answer SET state = 'overtaken', reason = $2, due_at = NULL, claim = NULL, claimed_until = NULL, settled_at = $3
      WHERE conversation_id = ANY ($1) AND state IN ('due', 'drafted') AND reply_id <> ALL ($4)
        AND ($5::text IS NULL OR mode = $5)`,
    [conversationIds, reason, now, but ?? [], mode ?? null],
  );
  return rowCount ?? 0;
}
