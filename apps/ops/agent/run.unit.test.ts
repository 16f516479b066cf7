import assert from 'node:assert/strict';
import { agentSettings } from '#shared/agent/settings.ts';
import { systemClock } from '#shared/clock.ts';
import { readConfig } from '#shared/config.ts';
import { BedrockAgent } from '#test/stand-ins/bedrock-agent.ts';
import { UsageError } from '../arguments.ts';
import { parseAgent, runAgent } from './run.ts';

const printed = async (responder: 'rules' | 'bedrock', variables: Record<string, string> = {}) => {
  const lines: string[] = [];
  const config = readConfig(agentSettings, variables);
  const passed = await runAgent(
    { responder },
    { clock: systemClock(), config, say: (line) => lines.push(line) },
  );
  return { passed, text: lines.join('\n') };
};

describe('npm run ops -- agent score', () => {
  it('takes a responder, and nothing that it does not know', () => {
    assert.deepEqual(parseAgent(['score']), { responder: 'rules' });
    assert.deepEqual(parseAgent(['score', '--responder', 'bedrock']), { responder: 'bedrock' });
    for (const args of [[], ['score', 'x'], ['score', '--responder', 'oracle'], ['score', '--all']]) {
      assert.throws(() => parseAgent(args), UsageError);
    }
  });

  it('prints what became of the texts, and which failed', async () => {
    const { passed, text } = await printed('rules');
    assert.equal(passed, true);
    assert.match(text, /accuracy {13}9\d\.\d %/);
    assert.match(text, /revocations answered 0 of 3\d/);
    assert.match(text, /"Is school cancelled because of the snow\?": wanted closure, handed over/);
  });

  it('asks a Bedrock agent, and nobody where none is named', async () => {
    const agent = new BedrockAgent();
    const variables = {
      AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: await agent.listen(),
      SUPERVISOR_AGENT_ID: 'AGENT00001',
      SUPERVISOR_ALIAS_ID: 'ALIAS00001',
    };
    agent.answers = () => ({ says: '[PERSON]' });
    const before = { ...process.env };
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' });
    const { text } = await printed('bedrock', variables).finally(() => {
      process.env = before;
      agent.close();
    });
    assert.match(text, /escalation {11}100\.0 %/);
    assert.ok(agent.calls.length > 100);
    assert.equal(new Set(agent.calls.map(({ sessionId }) => sessionId)).size, agent.calls.length);
    await assert.rejects(printed('bedrock'), /SUPERVISOR_AGENT_ID and SUPERVISOR_ALIAS_ID/);
  });
});
