import { BedrockAgentRuntimeClient } from '@aws-sdk/client-bedrock-agent-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AgentConfig } from '../settings.ts';

const CONNECTION_TIMEOUT_MS = 2_000;

/** Repeats nothing: what may be asked twice the responder decides. The caller destroys it. */
export function createBedrock(config: AgentConfig): BedrockAgentRuntimeClient {
  const endpoint = config.AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME;
  return new BedrockAgentRuntimeClient({
    region: config.AWS_REGION,
    ...(endpoint === null ? {} : { endpoint }),
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: config.AGENT_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    }),
  });
}
