import assert from 'node:assert/strict';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { Overrides, System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';
import type { BedrockAgent } from '../stand-ins/bedrock-agent.ts';

const ANA = phoneNumber('+14155550141');
/** A number of ours that no programme has: what comes to it nobody but people or the agent answers. */
const OURS = phoneNumber('+14155550170');

export const withAgent = (bedrockUrl: string): Overrides => ({
  inbox: {
    AGENT_RESPONDER: 'bedrock',
    SUPERVISOR_AGENT_ID: 'AGENT00001',
    SUPERVISOR_ALIAS_ID: 'ALIAS00001',
    AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: bedrockUrl,
    AGENT_ANSWERS_PER_HOUR: '50',
  },
});

/** What the agent measures. */
export const AGENT_METRICS = ['AgentAnswers', 'AgentMilliseconds', 'AgentFaults'] as const;

export function describeAgent(running: () => System, bedrock: BedrockAgent): void {
  describe('with somebody who talks with the agent,', () => {
    let system: System;
    before(() => {
      system = running();
    });

    it('is answered turn by turn, left alone after STOP, heard again after START, and given to a person when it fails', async () => {
      const api = await system.api();
      const path = { senderNumber: OURS };
      const { response } = await api.PUT('/v1/senders/{senderNumber}/agent', {
        params: { path },
        body: { mode: 'automatic' },
      });
      assert.equal(response.status, 200);
      const heard = async (): Promise<string[]> =>
        (await system.simulator.conversation(ANA))
          .filter(({ direction }) => direction === 'to_phone')
          .map(({ body }) => body);
      const says = (body: string) => system.simulator.text(ANA, body, OURS);
      const conversation = async () => {
        const { data } = await api.GET('/v1/conversations', { params: { query: { phone: ANA } } });
        const [found] = data?.items ?? [];
        assert.ok(found);
        return found;
      };
      let n = 0;
      const isAnswered = async (): Promise<void> => {
        n += 1;
        await says(`Question ${n}?`);
        await eventually(async () => assert.equal((await heard()).at(-1), `You said: Question ${n}?`));
        await eventually(async () => assert.equal((await conversation()).state, 'closed'));
      };
      for (let turn = 0; turn < 8; turn += 1) await isAnswered();
      assert.equal((await heard()).length, 8);

      await says('STOP');
      await eventually(async () => assert.equal((await heard()).length, 9));
      await says('Question while stopped?');
      await eventually(async () => assert.equal((await conversation()).lastText, 'Question while stopped?'));
      await says('START');
      await eventually(async () => assert.equal((await heard()).length, 10));
      const asked = bedrock.calls.length;
      assert.equal(asked, 8, 'nobody was asked about STOP, START or what came between them');
      const close = async (): Promise<void> => {
        const { id } = await conversation();
        const { response: got } = await api.GET('/v1/conversations/{id}', { params: { path: { id } } });
        const closed = await api.PATCH('/v1/conversations/{id}', {
          params: { path: { id }, header: { 'If-Match': got.headers.get('etag') ?? '' } },
          body: { state: 'closed' },
        });
        assert.equal(closed.response.status, 200);
      };
      await close();
      for (let turn = 0; turn < 4; turn += 1) await isAnswered();

      bedrock.scripts.push({ breaks: 'InternalServerException', after: 'We are' });
      await says('Question that breaks it?');
      await eventually(async () => {
        const { agent, needsReply, state } = await conversation();
        assert.deepEqual(
          [state, needsReply, agent?.state, agent?.reason],
          ['open', true, 'handed_over', 'failed'],
        );
      });
      await says('Hello?');
      await eventually(async () => assert.equal((await conversation()).waiting, 2));
      const { id } = await conversation();
      await api.POST('/v1/conversations/{id}/reply', {
        params: { path: { id } },
        body: { body: 'Maria here.' },
      });
      await eventually(async () => assert.equal((await heard()).at(-1), 'Maria here.'));
      assert.equal((await heard()).length, 15);
      await close();
      for (let turn = 0; turn < 2; turn += 1) await isAnswered();

      bedrock.scripts.push({ says: '[PERSON]' });
      await says('Can I talk to a nurse?');
      await eventually(async () => assert.equal((await conversation()).agent?.reason, 'wants_person'));
      assert.equal((await heard()).length, 17);
      assert.equal(new Set(bedrock.calls.map(({ sessionId }) => sessionId)).size, 1);
      assert.ok(bedrock.calls.every(({ sessionId }) => !sessionId.includes(ANA.slice(1))));
    });
  });
}
