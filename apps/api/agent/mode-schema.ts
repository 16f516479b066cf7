import { z } from 'zod';
import { agentModes } from '#shared/agent/modes.ts';

/** What the agent does with texts. */
export const modeSchema = z.enum(agentModes).meta({
  id: 'AgentMode',
  description:
    '`off`: texts that nothing else handled go to people. `draft`: the agent words an answer that a person sends. `automatic`: its answer goes by itself',
});
