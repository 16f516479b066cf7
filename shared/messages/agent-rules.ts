/** Why an answer that the agent wrote by itself never went, although nothing of the gate was against it. */

/** It was turned off since, or is to write drafts only. */
export const AGENT_TURNED_OFF = 'agent_turned_off';
/** Somebody has answered since, or has taken the conversation. */
export const AGENT_OVERTAKEN = 'agent_overtaken';

/** The same for people. */
export const agentRulesInWords: Readonly<Record<string, string>> = {
  [AGENT_TURNED_OFF]: 'The agent was turned off before its answer could go: people have the text.',
  [AGENT_OVERTAKEN]: 'Somebody answered, or took the conversation, before the answer of the agent could go.',
};
