import { describeThreeCarriers, THREE_CARRIERS } from '../carriers/three-carriers.ts';
import { FAST, mergedOverrides, System } from '../driver/system.ts';
import { assertEmitted } from '../emf/assert-emitted.ts';
import { describeWindow, WINDOW } from '../outreach/window.ts';
import { BedrockAgent } from '../stand-ins/bedrock-agent.ts';
import { AGENT_METRICS, describeAgent, withAgent } from './agent.ts';
import { CALLS, describeCalls } from './calls.ts';
import { describeSkippedTime, SKIPPED_TIME } from './skipped-time.ts';
import { describeWhatsApp, describeWhatsAppLater } from './whatsapp.ts';

/**
 * Stories of people who have nothing to do with each other, in one system: starting one costs more of a processor than any of
 * them. Each has phones, numbers and campaigns of its own and looks at nothing else; those that skip time come last.
 */
describe('One system', () => {
  let system: System;
  const bedrock = new BedrockAgent();

  before(async () => {
    const agent = withAgent(await bedrock.listen());
    system = await System.start(mergedOverrides(FAST, THREE_CARRIERS, agent, CALLS, WINDOW, SKIPPED_TIME));
  });
  after(async () => {
    await system?.end();
    bedrock.close();
    if (system) assertEmitted(system.logs, AGENT_METRICS);
  });

  describeThreeCarriers(() => system);
  describeAgent(() => system, bedrock);
  describeCalls(() => system);
  describeWhatsApp(() => system);
  describeWindow(() => system);
  describeSkippedTime(() => system);
  describeWhatsAppLater(() => system);
});
