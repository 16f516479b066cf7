import { awsSettings } from '#shared/aws-settings.ts';
import { type Config, integer, oneOf, optionalText, type Settings } from '#shared/config.ts';
import { CarillonError } from '#shared/errors.ts';
import { responderNames } from './responder.ts';

/** Who answers, and within which bounds: of every process that asks a responder. */
export const agentSettings = {
  ...awsSettings,
  AGENT_RESPONDER: oneOf(responderNames, {
    fallback: 'rules',
    help: 'What answers texts where the agent is on: rules that are kept here, or a Bedrock agent.',
  }),
  SUPERVISOR_AGENT_ID: optionalText({ help: 'Id of the Bedrock agent that answers.' }),
  SUPERVISOR_ALIAS_ID: optionalText({ help: 'Id of its alias.' }),
  AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: optionalText({
    help: 'Address of another endpoint of Bedrock agents, as a stand-in has.',
  }),
  AGENT_TIMEOUT_MS: integer(
    { min: 500, max: 60_000 },
    {
      fallback: '15000',
      unit: 'ms',
      help: 'Longest time for an answer of the agent, all of it: after that a person has the text.',
    },
  ),
  AGENT_MAX_SEGMENTS: integer(
    { min: 1, max: 6 },
    {
      fallback: '2',
      unit: 'segments',
      help: 'Longest answer of the agent: a longer one is cut behind a sentence.',
    },
  ),
  AGENT_ANSWERS_PER_HOUR: integer(
    { min: 1, max: 100 },
    {
      fallback: '10',
      unit: 'answers',
      help: 'Most answers that the agent sends by itself in one conversation and hour: after that a person has it.',
    },
  ),
  AGENT_ANSWERS_PER_DAY: integer(
    { min: 1, max: 1_000_000 },
    {
      fallback: '10000',
      unit: 'answers',
      help: 'Most texts that the agent is asked about within 24 hours, drafts and all conversations together: after that people have them. Bounds what it costs.',
    },
  ),
  AGENT_AT_ONCE: integer(
    { min: 1, max: 100 },
    { fallback: '8', unit: 'texts', help: 'Texts that one task has answered at the same time.' },
  ),
} satisfies Settings;

export type AgentConfig = Config<typeof agentSettings>;

/** Throws `invalid_configuration` where a Bedrock agent is to answer and nobody said which. */
export function checkAgentSettings(config: AgentConfig): void {
  if (config.AGENT_RESPONDER !== 'bedrock') return;
  const missing = (['SUPERVISOR_AGENT_ID', 'SUPERVISOR_ALIAS_ID'] as const).filter(
    (name) => config[name] === null,
  );
  if (missing.length === 0) return;
  throw new CarillonError(
    'invalid_configuration',
    `AGENT_RESPONDER is bedrock: ${missing.join(' and ')} must say which agent answers.`,
  );
}
