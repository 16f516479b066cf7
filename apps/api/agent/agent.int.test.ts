import assert from 'node:assert/strict';
import { agentMessageId } from '#shared/identity.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { insertCampaign } from '../../campaigns/test-campaigns.ts';
import { OURS, texting, wrongConversations } from '../../inbox/test-inbox.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

const RULES = '/v1/agent-rules';
/** Area code 212: New York. */
const ANA = '+12125550101';

describe('The agent, by its API,', () => {
  let database: TestDatabase;
  let pool: Pool;
  let api: TestApi;
  let hears: ReturnType<typeof texting>;

  before(async () => {
    database = await createDatabase();
    pool = createPool(database.configFor('inbox'), () => undefined);
    api = await startTestApi(database);
  });
  after(async () => {
    await api.stop();
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    hears = texting(pool, api.clock);
    await emptyTables(
      database.adminPool,
      `reply, reply_verdict, conversation, message, phone, attempt, suppression, event_position, outbox, audit_entry,
       agent_rule, agent_mode, agent_answer, campaign`,
    );
  });

  const hours = {
    topic: 'hours',
    action: 'answer',
    phrases: { en: ['are you open'], es: ['horario'] },
    answers: { en: 'Until **five**.', es: 'Hasta las cinco.' },
  };
  const attempt = async (text: string) => {
    const { body, status } = await api.send('POST', '/v1/agent-trials', { body: { text } });
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const audited = async (): Promise<string[]> => {
    const { rows } = await database.adminPool.query<{ subject: string; action: string }>(
      'SELECT subject, action FROM audit_entry ORDER BY position',
    );
    return rows.map(({ action, subject }) => `${subject} ${action}`);
  };

  describe('has rules', () => {
    it('that are made, changed by one person at a time, and deleted', async () => {
      const { body, headers, status } = await api.send('POST', RULES, { body: hours });
      assert.equal(status, 201, JSON.stringify(body));
      assert.equal((await api.send('POST', RULES, { body: hours })).body.code, 'conflict');
      const path = `${RULES}/${body.id}`;
      const patch = () =>
        api.send('PATCH', path, {
          body: { enabled: false },
          headers: { 'if-match': headers.get('etag') ?? '' },
        });
      assert.deepEqual(
        [(await patch()).body.enabled, (await patch()).body.code],
        [false, 'changed_meanwhile'],
      );
      const { body: page } = await api.send('GET', RULES);
      assert.deepEqual(
        page.items.map(({ enabled, topic }: { enabled: boolean; topic: string }) => [topic, enabled]),
        [['hours', false]],
      );
      assert.equal((await api.send('DELETE', path)).status, 204);
      assert.equal((await api.send('GET', path)).status, 404);
      assert.deepEqual(await audited(), ['agent-rule created', 'agent-rule updated', 'agent-rule deleted']);
    });

    for (const [name, change, pointer] of [
      ['without a phrase', { phrases: {} }, '/phrases'],
      ['without an answer', { answers: {} }, '/answers'],
      ['with a phrase of signs', { phrases: { en: ['?!'] } }, '/phrases/en/0'],
    ] as const) {
      it(`and refuses one ${name}`, async () => {
        const { body } = await api.send('POST', RULES, { body: { ...hours, ...change } });
        assert.deepEqual([body.code, body.faults[0].pointer], ['invalid_request', pointer]);
      });
    }

    it('that can be tried with a text', async () => {
      await api.send('POST', RULES, { body: hours });
      await api.send('POST', RULES, {
        body: { topic: 'nurse', action: 'hand_over', phrases: { en: ['nurse'] } },
      });
      const empty = { reason: null, topic: null, answer: null, segments: null };
      assert.deepEqual(await attempt('Are you open?'), {
        becomes: 'answered',
        reason: null,
        topic: 'hours',
        answer: 'Until five.',
        segments: 1,
      });
      assert.equal((await attempt('cual es su horario')).answer, 'Hasta las cinco.');
      assert.deepEqual(await attempt('please stop texting me'), { ...empty, becomes: 'opt_out' });
      assert.deepEqual(await attempt('get out of my phone'), {
        ...empty,
        becomes: 'handed_over',
        reason: 'may_be_opt_out',
      });
      assert.deepEqual(await attempt('are you open? i need a nurse'), {
        ...empty,
        becomes: 'handed_over',
        reason: 'wants_person',
        topic: 'nurse',
      });
      assert.deepEqual(await attempt('thanks!'), { ...empty, becomes: 'nothing' });
      assert.deepEqual(await attempt('qwertz'), { ...empty, becomes: 'handed_over', reason: 'unsure' });
    });
  });

  it('is turned on and off for campaigns and numbers', async () => {
    const id = await insertCampaign(database.adminPool, api.clock.now(), { include: [] });
    for (const path of [`/v1/campaigns/${id}/agent`, `/v1/senders/${encodeURIComponent(OURS)}/agent`]) {
      assert.deepEqual((await api.send('GET', path)).body, { mode: null, updatedAt: null, updatedBy: null });
      for (const mode of ['draft', 'automatic', 'off']) {
        const { body, status } = await api.send('PUT', path, { body: { mode } });
        assert.deepEqual([status, body.mode, body.updatedBy], [200, mode, 'the admin']);
      }
      assert.equal((await api.send('GET', path)).body.mode, 'off');
    }
    const nobody = '/v1/campaigns/00000000-0000-4000-8000-00000000dead/agent';
    assert.equal((await api.send('PUT', nobody, { body: { mode: 'off' } })).status, 404);
    assert.deepEqual([...new Set(await audited())], ['campaign agent set', 'sender agent set']);
  });

  describe('has drafts', () => {
    /** A text of Ana's with a draft, as the agent leaves it. */
    async function drafted(): Promise<{ textId: string; conversationId: string }> {
      await api.send('PUT', `/v1/senders/${encodeURIComponent(OURS)}/agent`, { body: { mode: 'draft' } });
      const textId = await hears('are you open?', { from: ANA });
      const { rows } = await database.adminPool.query<{ conversation_id: string }>(
        `UPDATE agent_answer SET state = 'drafted', due_at = NULL, source = 'rules', topic = 'hours', input = 'are you open?',
                                 output = 'Until **five**.', body = 'Until five.', answer_ms = 4
         RETURNING conversation_id`,
      );
      const [row] = rows;
      assert.ok(row);
      return { textId, conversationId: row.conversation_id };
    }
    const conversation = async (id: string) => (await api.send('GET', `/v1/conversations/${id}`)).body;
    const answerOf = async (id: string) => (await api.send('GET', `/v1/agent-answers/${id}`)).body;
    const messages = async (): Promise<{ body: string; message_id: string }[]> =>
      (await database.adminPool.query('SELECT body, message_id FROM message ORDER BY ordinal')).rows;
    const send = (id: string, body: object = {}) =>
      api.send('POST', `/v1/agent-answers/${id}/send`, { body });

    it('that a conversation shows, with a version of its own', async () => {
      const { conversationId, textId } = await drafted();
      const shown = await api.send('GET', `/v1/conversations/${conversationId}`);
      assert.deepEqual(shown.body.agent, { textId, state: 'drafted', reason: null, draft: 'Until five.' });
      await api.send('POST', `/v1/agent-answers/${textId}/reject`, { body: {} });
      const after = await api.send('GET', `/v1/conversations/${conversationId}`);
      assert.notEqual(after.headers.get('etag'), shown.headers.get('etag'));
      assert.deepEqual(after.body.agent, { textId, state: 'rejected', reason: null, draft: null });
      assert.equal(after.body.needsReply, true);
    });

    for (const [name, given, said, edited] of [
      ['as they are', {}, 'Until five.', false],
      ['in other words', { body: 'Until six today.' }, 'Until six today.', true],
    ] as const) {
      it(`that a person sends ${name}, once`, async () => {
        const { conversationId, textId } = await drafted();
        const { body, status } = await send(textId, given);
        assert.deepEqual([status, body.verdict, body.id], [201, 'queued', agentMessageId(textId)]);
        assert.equal((await send(textId, given)).body.code, 'conflict');
        assert.deepEqual(await messages(), [{ body: said, message_id: agentMessageId(textId) }]);
        const answer = await answerOf(textId);
        assert.deepEqual(
          [answer.state, answer.edited, answer.settledBy, answer.body, answer.output],
          ['sent', edited, 'the admin', 'Until five.', 'Until **five**.'],
        );
        const { needsReply, state } = await conversation(conversationId);
        assert.deepEqual([needsReply, state], [false, 'open']);
        assert.deepEqual(await wrongConversations(database.adminPool), []);
        assert.ok((await audited()).includes('conversation draft sent'));
      });
    }

    it('that are sent over no text that has come since', async () => {
      const { textId } = await drafted();
      await hears('b', { from: ANA, minutesAgo: -1, as: 'lesson' });
      assert.equal((await send(textId)).body.code, 'changed_meanwhile');
      assert.deepEqual(await messages(), []);
      assert.equal((await answerOf(textId)).state, 'drafted');
    });

    it('that go to nobody who has stopped', async () => {
      const { textId } = await drafted();
      await database.adminPool.query(
        `INSERT INTO suppression (phone_number, scope, change_id, source, reason, added_at)
         VALUES ($1, 'sender', gen_random_uuid(), 'user_opt_out', 'STOP', now())`,
        [ANA],
      );
      assert.equal((await send(textId)).body.code, 'conflict');
      assert.deepEqual(await messages(), []);
    });

    for (const [name, act] of [
      [
        'answers',
        (id: string) => api.send('POST', `/v1/conversations/${id}/reply`, { body: { body: 'Yes.' } }),
      ],
      [
        'closes the conversation',
        async (id: string) => {
          const { headers } = await api.send('GET', `/v1/conversations/${id}`);
          return api.send('PATCH', `/v1/conversations/${id}`, {
            body: { state: 'closed' },
            headers: { 'if-match': headers.get('etag') ?? '' },
          });
        },
      ],
    ] as const) {
      it(`that come to nothing when somebody ${name}`, async () => {
        const { conversationId, textId } = await drafted();
        assert.ok((await act(conversationId)).status < 300);
        const { reason, state } = await answerOf(textId);
        assert.deepEqual([state, reason], ['overtaken', 'person_answered']);
        assert.equal((await send(textId)).body.code, 'conflict');
      });
    }

    it('that stay when somebody only decides what becomes of the conversation; an answer by itself does not', async () => {
      const { conversationId, textId } = await drafted();
      const decide = async (state: string): Promise<void> => {
        const { headers } = await api.send('GET', `/v1/conversations/${conversationId}`);
        const { status } = await api.send('PATCH', `/v1/conversations/${conversationId}`, {
          body: { state },
          headers: { 'if-match': headers.get('etag') ?? '' },
        });
        assert.equal(status, 200);
      };
      await decide('pending');
      assert.equal((await answerOf(textId)).state, 'drafted');
      await database.adminPool.query(
        `UPDATE agent_answer SET state = 'due', due_at = now(), mode = 'automatic'`,
      );
      // The state that the agent gives it as well.
      await decide('pending');
      const { reason, state } = await answerOf(textId);
      assert.deepEqual([state, reason], ['overtaken', 'taken_over']);
    });

    it('that come to nothing when it is turned off in the conversation, as an answer by itself does', async () => {
      const { conversationId, textId } = await drafted();
      const path = `/v1/conversations/${conversationId}`;
      const set = async (agentMode: string | null) => {
        const { headers } = await api.send('GET', path);
        const { body, status } = await api.send('PATCH', path, {
          body: { agentMode },
          headers: { 'if-match': headers.get('etag') ?? '' },
        });
        assert.equal(status, 200, JSON.stringify(body));
        return [body.agentMode.own, body.agentMode.inForce, body.state];
      };
      await api.send('PUT', `/v1/senders/${encodeURIComponent(OURS)}/agent`, { body: { mode: 'automatic' } });
      const { state: before } = (await api.send('GET', path)).body;
      assert.deepEqual(await set('off'), ['off', 'off', before]);
      const { reason, state } = await answerOf(textId);
      assert.deepEqual([state, reason], ['overtaken', 'turned_off']);
      assert.deepEqual(await set('draft'), ['draft', 'draft', before]);
      assert.deepEqual(await set(null), [null, 'automatic', before]);
      await database.adminPool.query(
        `UPDATE agent_answer SET state = 'due', due_at = now(), mode = 'automatic', reason = NULL, settled_at = NULL`,
      );
      await database.adminPool.query(`UPDATE conversation SET state = 'pending'`);
      assert.deepEqual(await set('off'), ['off', 'off', 'open'], 'people have the text');
      assert.equal((await answerOf(textId)).state, 'overtaken');
      const { body: decisions } = await api.send('GET', `${path}/decisions`);
      assert.deepEqual(
        decisions.items.map(({ agentMode }: { agentMode: object }) => agentMode),
        [
          { before: null, after: 'off' },
          { before: 'draft', after: null },
          { before: 'off', after: 'draft' },
          { before: null, after: 'off' },
        ],
      );
    });

    it('that are listed, and counted', async () => {
      const { conversationId, textId } = await drafted();
      const { body: page } = await api.send(
        'GET',
        `/v1/agent-answers?state=drafted&conversation=${conversationId}`,
      );
      assert.deepEqual(
        page.items.map(({ id }: { id: string }) => id),
        [textId],
      );
      assert.deepEqual((await api.send('GET', '/v1/agent-answers?state=sent')).body.items, []);
      await send(textId, { body: 'Yes.' });
      await database.adminPool.query(
        `INSERT INTO agent_answer (reply_id, conversation_id, phone_number, our_number, mode, state, reason, given_at, answer_ms)
         SELECT gen_random_uuid(), conversation_id, phone_number, our_number, 'automatic', became, why, given_at, ms
           FROM agent_answer,
                (VALUES ('handed_over', 'unsure', 10), ('overtaken', 'newer_text', NULL), ('sent', NULL, 20)) AS each (became, why, ms)`,
      );
      const { body: figures } = await api.send('GET', '/v1/agent-figures');
      assert.deepEqual(
        [figures.given, figures.sent, figures.sentByPeople, figures.edited, figures.p95Ms],
        [4, 2, 1, 1, 20],
      );
      assert.deepEqual(figures.reasons, [{ reason: 'unsure', count: 1 }]);
      assert.equal(figures.escalation, 1 / 3);
      assert.deepEqual(
        [figures.atCarrier, figures.deliveryShare, figures.cost],
        [0, null, { amount: '0', perAnswer: null, currency: 'USD' }],
      );
    });

    for (const [rule, sent, overtaken] of [
      ['agent_turned_off', 0, 1],
      ['agent_overtaken', 0, 1],
      ['suppressed', 1, 0],
    ] as const) {
      it(`counts one that was cancelled before it went (${rule}) as ${sent === 1 ? 'sent' : 'overtaken'}`, async () => {
        const { textId } = await drafted();
        await send(textId, { body: 'Yes.' });
        const { messageId } = await answerOf(textId);
        await database.adminPool.query(
          `UPDATE message SET state = 'cancelled', rule = $2, settled_at = now() WHERE message_id = $1`,
          [messageId, rule],
        );
        const { body: figures } = await api.send('GET', '/v1/agent-figures');
        assert.deepEqual([figures.sent, figures.overtaken], [sent, overtaken]);
      });
    }

    it('whose answers are followed to the phone, with what they cost', async () => {
      const { textId } = await drafted();
      await send(textId, { body: 'Yes.' });
      const { messageId, phoneNumber } = await answerOf(textId);
      /** As the sender and the log write it: a refusal has a row of its own. */
      const tried = async (
        state: 'accepted' | 'refused',
        status: string,
        segments: number | null,
      ): Promise<void> => {
        await database.adminPool.query(
          `WITH tried AS (
             INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state)
             VALUES (gen_random_uuid(), $1, $2, 'twilio', $5, $6) RETURNING attempt_id)
           INSERT INTO message_log (log_id, carrier, message_id, attempt_id, status, status_rank, status_at, segments)
           SELECT gen_random_uuid(), 'twilio', $1, attempt_id, $3, 0, now(), $4 FROM tried`,
          [messageId, phoneNumber, status, segments, OURS, state],
        );
      };
      const figures = async () => (await api.send('GET', '/v1/agent-figures')).body;
      await tried('refused', 'failed', null);
      const none = await figures();
      assert.deepEqual([none.atCarrier, none.undelivered, none.cost.amount], [0, 0, '0']);
      await tried('accepted', 'undelivered', 2);
      const one = await figures();
      assert.deepEqual([one.atCarrier, one.delivered, one.undelivered, one.deliveryShare], [1, 0, 1, 0]);
      assert.deepEqual(one.cost, { amount: '0.0166', perAnswer: '0.0166', currency: 'USD' });
      await database.adminPool.query(
        `UPDATE message_log SET status = 'delivered' WHERE status = 'undelivered'`,
      );
      const arrived = await figures();
      assert.deepEqual([arrived.delivered, arrived.undelivered, arrived.deliveryShare], [1, 0, 1]);
    });
  });
});
