import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { AGENT } from '#shared/agent/answers.ts';
import type { AgentMode } from '#shared/agent/modes.ts';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { claim } from '#shared/sending/claim.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../apps/api/test-api.ts';
import { claimDue } from '../apps/inbox/agent/claim.ts';
import { answerText } from '../apps/inbox/agent/start.ts';
import { followAnswers } from '../apps/inbox/follow-answers.ts';
import { OURS, texting, wrongConversations } from '../apps/inbox/test-inbox.ts';

/** Area code 212: New York, where it is seven in the morning at noon in UTC. */
const ANA = '+12125550101';
const CAMPAIGN = '00000000-0000-4000-8000-0000000000c1';

describe('An answer that the agent has written, before it is sent', () => {
  let database: TestDatabase;
  let inbox: Pool;
  let sender: Pool;
  let api: TestApi;
  let hears: ReturnType<typeof texting>;
  /** What happens while the agent has its answer in the making. */
  let meanwhile: () => Promise<unknown>;

  before(async () => {
    database = await createDatabase();
    // With the rights of the services.
    inbox = createPool(database.configFor('inbox'), () => undefined);
    sender = createPool(database.configFor('sender'), () => undefined);
    api = await startTestApi(database);
    await database.adminPool.query(
      `INSERT INTO inbound_watch (carrier, alive_at) VALUES ('twilio', clock_timestamp() + interval '1 hour')`,
    );
  });
  after(async () => {
    await api.stop();
    await inbox.end();
    await sender.end();
    await database.drop();
  });
  beforeEach(async () => {
    await emptyTables(
      database.adminPool,
      `reply, reply_verdict, conversation, message, attempt, phone, suppression, event_position, outbox, agent_answer,
       agent_mode, audit_entry, decision`,
    );
    hears = texting(inbox, api.clock);
    meanwhile = async () => undefined;
    await turn({ our_number: OURS }, 'automatic');
  });

  const turn = async (
    { campaign_id = null, our_number = null }: { campaign_id?: string | null; our_number?: string | null },
    mode: AgentMode,
  ): Promise<void> => {
    await database.adminPool.query(
      `DELETE FROM agent_mode WHERE campaign_id = $1::uuid OR our_number = $2::text`,
      [campaign_id, our_number],
    );
    await database.adminPool.query(
      `INSERT INTO agent_mode (campaign_id, our_number, mode, updated_at, updated_by) VALUES ($1, $2, $3, now(), 'ann')`,
      [campaign_id, our_number, mode],
    );
  };
  /** The agent answers what it was given. */
  async function answers(): Promise<void> {
    const claimed = await claimDue(inbox, {
      claim: randomUUID(),
      forMs: 60_000,
      limit: 20,
      now: api.clock.now(),
    });
    for (const each of claimed) {
      await answerText(
        each,
        {
          pool: inbox,
          clock: api.clock,
          pseudonyms: testPseudonyms,
          gate: defaultGateConfig,
          producer: 'inbox',
          limits: { answersPerHour: 3 },
          responder: {
            source: 'rules',
            repeatable: true,
            respond: async () => {
              await meanwhile();
              const outcome = { kind: 'answer', text: 'Until five.', topic: 'hours' } as const;
              return { outcome, firstMs: 1, usage: null, version: null };
            },
          },
          organisation: { organisation: 'Clinic', contact: '415-555-0100' },
          timeoutMs: 5_000,
          mostSegments: 2,
          mostPerDay: 1_000,
          atOnce: 20,
          metrics: noMetrics,
          logger: silentLogger,
          changed: () => undefined,
          onFailure: (error) => {
            throw error;
          },
        },
        new AbortController().signal,
      );
    }
  }
  const claims = async (): Promise<string[]> => {
    const result = await claim(sender, {
      heard: ['twilio'],
      phones: [ANA],
      carrier: 'twilio',
      channel: 'sms',
      gate: defaultGateConfig,
      pseudonyms: testPseudonyms,
      clock: api.clock,
      inboundDoubtMs: 60_000,
      pacing: null,
      newId: randomUUID,
    });
    return result.kind === 'claimed'
      ? result.claimed.map(({ message }) => message.body)
      : assert.fail('nobody is in doubt');
  };
  const messages = async (): Promise<string[]> => {
    const { rows } = await database.adminPool.query<{ body: string; state: string; rule: string | null }>(
      'SELECT body, state, rule FROM message ORDER BY ordinal',
    );
    return rows.map(({ body, rule, state }) => `${body} ${state}${rule === null ? '' : ` ${rule}`}`);
  };
  /** The conversation, once somebody has looked what became of its answers. */
  const stands = async (): Promise<{ state: string; waiting: number }> => {
    const now = new Date(api.clock.now().getTime() + 60_000);
    await followAnswers({ pool: inbox, pseudonyms: testPseudonyms, now, limit: 100 });
    assert.deepEqual(await wrongConversations(database.adminPool), []);
    const { rows } = await database.adminPool.query('SELECT state, waiting FROM conversation');
    return rows[0];
  };
  const conversation = async () => (await api.send('GET', '/v1/conversations')).body.items[0];
  /** As somebody does it who looks at the conversation. */
  async function change(body: object): Promise<void> {
    const { id } = await conversation();
    const { headers } = await api.send('GET', `/v1/conversations/${id}`);
    const changed = await api.send('PATCH', `/v1/conversations/${id}`, {
      body,
      headers: { 'if-match': headers.get('etag') ?? '' },
    });
    assert.equal(changed.status, 200);
  }
  async function answerByHand(body: string): Promise<void> {
    const { id } = await conversation();
    const sent = await api.send('POST', `/v1/conversations/${id}/reply`, { body: { body } });
    assert.notEqual(sent.body.verdict, 'blocked');
  }
  const sendDraft = async (textId: string): Promise<void> => {
    const sent = await api.send('POST', `/v1/agent-answers/${textId}/send`, { body: {} });
    assert.equal(sent.status, 201);
  };
  const ofCampaign = () => database.adminPool.query('UPDATE agent_answer SET campaign_id = $1', [CAMPAIGN]);

  it('goes where it still answers by itself', async () => {
    await hears('are you open?', { from: ANA });
    await answers();
    assert.deepEqual(await claims(), ['Until five.']);
    assert.deepEqual(await stands(), { state: 'closed', waiting: 0 });
  });

  for (const [name, prepare, off] of [
    ['for its number', async () => undefined, () => turn({ our_number: OURS }, 'off')],
    [
      'for its number, which nobody speaks of any more',
      async () => undefined,
      () => emptyTables(database.adminPool, 'agent_mode'),
    ],
    ['for its campaign', ofCampaign, () => turn({ campaign_id: CAMPAIGN }, 'off')],
    ['in its conversation', async () => undefined, () => change({ agentMode: 'off' })],
    ['to make drafts', async () => undefined, () => turn({ our_number: OURS }, 'draft')],
  ] as const) {
    it(`does not go when the agent was turned off ${name}: people have the text`, async () => {
      await hears('are you open?', { from: ANA });
      await answers();
      await prepare();
      await off();
      assert.deepEqual(await claims(), []);
      assert.deepEqual(await messages(), ['Until five. cancelled agent_turned_off']);
      assert.deepEqual(await stands(), { state: 'open', waiting: 1 });
      const { body } = await api.send('GET', `/v1/conversations/${(await conversation()).id}/messages`);
      const ours = body.items.find((each: { outbound: unknown }) => each.outbound !== null);
      assert.match(ours.outbound.says, /turned off before its answer could go/);
    });
  }

  it('goes where the agent is off for the number and answers in its campaign, which goes first', async () => {
    await turn({ campaign_id: CAMPAIGN }, 'automatic');
    await hears('are you open?', { from: ANA });
    await answers();
    await ofCampaign();
    await turn({ our_number: OURS }, 'off');
    assert.deepEqual(await claims(), ['Until five.']);
  });

  it('does not go when somebody has answered after it; what they wrote does', async () => {
    await hears('are you open?', { from: ANA });
    await answers();
    await api.clock.advance(1_000);
    await answerByHand('Closed today.');
    assert.deepEqual(await claims(), ['Closed today.']);
    assert.deepEqual(await messages(), ['Until five. cancelled agent_overtaken', 'Closed today. posting']);
    assert.equal((await stands()).waiting, 0);
  });

  it('does not go when somebody whose clock is behind has answered after it', async () => {
    await hears('are you open?', { from: ANA });
    await answers();
    await answerByHand('Closed today.');
    const { rowCount } = await database.adminPool.query(
      `UPDATE conversation_answer SET answered_at = answered_at - interval '1 minute' WHERE answered_by <> $1`,
      [AGENT],
    );
    assert.equal(rowCount, 1);
    assert.deepEqual(await claims(), ['Closed today.']);
    assert.deepEqual(await messages(), ['Until five. cancelled agent_overtaken', 'Closed today. posting']);
  });

  it('does not go when somebody has taken the conversation', async () => {
    await hears('are you open?', { from: ANA });
    await answers();
    await change({ assignee: 'bo' });
    assert.deepEqual(await claims(), []);
    assert.deepEqual(await messages(), ['Until five. cancelled agent_overtaken']);
    assert.deepEqual(await stands(), { state: 'open', waiting: 1 });
  });

  for (const body of [{ agentMode: 'off' }, { agentMode: 'draft' }, { assignee: 'bo' }]) {
    it(`is taken back at once where it is held and somebody says ${JSON.stringify(body)}`, async () => {
      await hears('are you open?', { from: ANA });
      await answers();
      await database.adminPool.query(`UPDATE message SET state = 'held', due_at = $1, rule = 'quiet_hours'`, [
        new Date(api.clock.now().getTime() + 12 * 3_600_000),
      ]);
      await change(body);
      assert.match((await messages()).join(), /^Until five\. cancelled agent_(?:turned_off|overtaken)$/);
      assert.deepEqual(await stands(), { state: 'open', waiting: 1 });
    });
  }

  it('goes where people answered before it, in a conversation that they closed', async () => {
    await turn({ our_number: OURS }, 'off');
    await hears('hello?', { from: ANA });
    await answerByHand('Hello!');
    await change({ state: 'closed' });
    assert.deepEqual(await claims(), ['Hello!']);
    await database.adminPool.query(
      `UPDATE message SET state = 'sent'; UPDATE attempt SET state = 'accepted'`,
    );
    await turn({ our_number: OURS }, 'automatic');
    await api.clock.advance(1_000);
    await hears('are you open?', { from: ANA });
    await answers();
    assert.deepEqual(await claims(), ['Until five.']);
  });

  for (const [name, mode, drafts] of [
    ['that was asked for', 'draft', async () => undefined],
    ['that its answer became', 'automatic', () => turn({ our_number: OURS }, 'draft')],
  ] as const) {
    it(`goes as a draft ${name} and that somebody sent, also with the agent turned off`, async () => {
      await turn({ our_number: OURS }, mode);
      meanwhile = drafts;
      const textId = await hears('are you open?', { from: ANA });
      await answers();
      await sendDraft(textId);
      await turn({ our_number: OURS }, 'off');
      assert.deepEqual(await claims(), ['Until five.']);
      assert.equal((await stands()).waiting, 0);
    });
  }

  it('makes nothing make way for it when it does not go', async () => {
    await hears('are you open?', { from: ANA });
    await answers();
    // An answer of the dialog to an older text that waits for longer than this one stays an answer.
    await database.adminPool.query(
      `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id, created_at,
                            caused_at, state, due_at)
       VALUES (gen_random_uuid(), $1, 0, 'replies', 'reply', $2, 'Lesson two', gen_random_uuid(), gen_random_uuid(), $3::timestamptz,
               $3::timestamptz - interval '1 minute', 'held', $3::timestamptz + interval '1 day')`,
      [ANA, OURS, api.clock.now()],
    );
    await turn({ our_number: OURS }, 'off');
    assert.deepEqual(await claims(), []);
    assert.deepEqual(await messages(), ['Lesson two held', 'Until five. cancelled agent_turned_off']);
  });
});
