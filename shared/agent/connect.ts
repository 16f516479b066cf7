import type { Clock } from '#shared/clock.ts';
import { CarillonError } from '#shared/errors.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { createBedrock } from './bedrock/client.ts';
import { bedrockResponder } from './bedrock/responder.ts';
import type { Responder } from './responder.ts';
import { rulesResponder } from './rules/responder.ts';
import { rulesFrom } from './rules/store.ts';
import type { AgentConfig } from './settings.ts';

/** The responder that is configured, and what ends its connections. */
export function connectResponder(
  config: AgentConfig,
  { clock, db }: { clock: Clock; db: Queryable },
): { responder: Responder; close(): void } {
  if (config.AGENT_RESPONDER === 'rules') {
    return { responder: rulesResponder(rulesFrom(db, clock)), close: () => undefined };
  }
  const { SUPERVISOR_AGENT_ID: agentId, SUPERVISOR_ALIAS_ID: aliasId } = config;
  if (agentId === null || aliasId === null) {
    throw new CarillonError('invalid_configuration', 'nobody said which Bedrock agent answers');
  }
  const client = createBedrock(config);
  return { responder: bedrockResponder({ client, agentId, aliasId, clock }), close: () => client.destroy() };
}
