import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { CallOutcome } from '#shared/voice/call-outcomes.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';
import { searchCalls } from './store.ts';

const PHONE = '+14155550101';
const OTHER = '+14155550102';
const OURS = '+14155550199';
const OUR_OTHER = '+14155550198';
const at = (minute: number): string => `2026-11-20T10:${String(minute).padStart(2, '0')}:00.000Z`;

describe('Calls through the API', () => {
  let database: TestDatabase;
  let api: TestApi;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database);
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });
  beforeEach(() =>
    emptyTables(
      database.adminPool,
      'phone, attempt, message, message_log, call_log, conversation, reply, conversation_answer',
    ),
  );

  /** A call as it stands once it is over. Returns the id of its message. */
  async function call(
    minute: number,
    more: {
      phone?: string;
      from?: string;
      campaignId?: string;
      outcome?: CallOutcome;
      keys?: string[];
    } = {},
  ): Promise<string> {
    const { phone = PHONE, from = OURS, campaignId = null, outcome = 'answered', keys = [] } = more;
    const [messageId, attemptId, logId] = [randomUUID(), randomUUID(), randomUUID()];
    await database.adminPool.query(
      `WITH known AS (INSERT INTO phone AS p (phone_number, last_ordinal) VALUES ($2, 1)
                      ON CONFLICT (phone_number) DO UPDATE SET last_ordinal = p.last_ordinal + 1 RETURNING last_ordinal)
       INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id, created_at,
                            state, channel, campaign_id)
       SELECT $1, $2, last_ordinal, 'bulk', 'marketing', $3, 'This is Elm County Health.', $1, $1, $4, 'sent', 'voice', $5
         FROM known`,
      [messageId, phone, from, at(minute), campaignId],
    );
    await database.adminPool.query(
      `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, channel, carrier_message_id)
       VALUES ($1, $2, $3, 'twilio', $4, 'accepted', 'voice', $5)`,
      [attemptId, messageId, phone, from, `CA${messageId}`],
    );
    await database.adminPool.query(
      `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, our_number, body, message_id,
                                attempt_id, status, status_rank, status_at, occurred_at)
       VALUES ($1, 'twilio', $2, 'outbound', $3, $4, 'This is Elm County Health.', $5, $6, 'completed', 95, $7, $7)`,
      [logId, `CA${messageId}`, phone, from, messageId, attemptId, at(minute)],
    );
    await database.adminPool.query(
      `INSERT INTO call_log (log_id, outcome, answered_by, seconds, price, currency, keys, occurred_at, campaign_id)
       VALUES ($1, $2, 'human', 31, 0.014, 'USD', $3, $4, $5)`,
      [logId, outcome, keys, at(minute), campaignId],
    );
    return messageId;
  }
  async function text(minute: number): Promise<void> {
    await database.adminPool.query(
      `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, our_number, body, status,
                                status_rank, status_at, occurred_at)
       VALUES (gen_random_uuid(), 'twilio', $1, 'outbound', $2, $3, 'A text', 'delivered', 90, $4, $4)`,
      [randomUUID(), PHONE, OURS, at(minute)],
    );
  }
  const ids = async (query: string): Promise<string[]> => {
    const { body, status } = await api.send('GET', `/v1/calls${query}`);
    assert.equal(status, 200);
    return body.items.map(({ id }: { id: string }) => id);
  };

  it('say what became of each: outcome, who took it, seconds, price and keys', async () => {
    const id = await call(1, { outcome: 'opted_out', keys: ['1', '9'] });
    await text(2);
    const { body } = await api.send('GET', '/v1/calls');
    assert.equal(body.items.length, 1);
    const { logId: _, carrierMessageId: __, ...shown } = body.items[0];
    assert.deepEqual(shown, {
      id,
      phoneNumber: PHONE,
      ourNumber: OURS,
      campaignId: null,
      body: 'This is Elm County Health.',
      occurredAt: at(1),
      status: 'completed',
      statusAt: at(1),
      errorCode: null,
      outcome: 'opted_out',
      answeredBy: 'human',
      seconds: 31,
      price: { amount: '0.014', currency: 'USD' },
      keys: ['1', '9'],
      carrier: 'twilio',
    });
  });

  it('are found by person, message, campaign, our number, outcome and time, newest first', async () => {
    const campaignId = randomUUID();
    const [a, b, c, d] = [
      await call(1),
      await call(2, { campaignId, outcome: 'machine' }),
      await call(3, { phone: OTHER, campaignId, from: OUR_OTHER }),
      await call(4, { phone: OTHER, outcome: 'opted_out', keys: ['9'] }),
    ];
    for (const [query, expected] of [
      ['', [d, c, b, a]],
      [`?phone=${encodeURIComponent(PHONE)}`, [b, a]],
      [`?messageId=${c}`, [c]],
      [`?campaignId=${campaignId}`, [c, b]],
      [`?campaignId=${campaignId}&outcome=machine`, [b]],
      [`?from=${encodeURIComponent(OUR_OTHER)}`, [c]],
      ['?outcome=opted_out', [d]],
      [`?phone=${encodeURIComponent(OTHER)}&outcome=answered`, [c]],
      [`?since=${at(2)}&until=${at(4)}`, [c, b]],
      [`?campaignId=${randomUUID()}`, []],
    ] as const) {
      assert.deepEqual(await ids(query), expected, query);
    }
    assert.equal((await api.send('GET', '/v1/calls?outcome=no-answer')).status, 400);
  });

  for (const [name, filter] of [
    ['all', ''],
    ['a person', `&phone=${encodeURIComponent(PHONE)}`],
    ['an outcome', '&outcome=answered'],
  ] as const) {
    it(`of ${name} are read page by page, each once, also where several are of one instant`, async () => {
      const made: string[] = [];
      for (const minute of [1, 1, 1, 2, 3, 3, 4]) made.push(await call(minute));
      const read: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: { items: { id: string }[]; nextCursor: string | null } = (
          await api.send('GET', `/v1/calls?limit=2${filter}${cursor === '' ? '' : `&cursor=${cursor}`}`)
        ).body;
        read.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
      }
      assert.deepEqual(read.toSorted(), made.toSorted());
    });
  }

  it('of which the search found none in the part that it looked through go on behind it', async () => {
    const rare = await call(1, { outcome: 'busy' });
    for (const minute of [2, 3, 4]) await call(minute);
    const query = {
      phone: null,
      ourNumber: null,
      campaignId: null,
      messageId: null,
      outcome: 'busy',
      since: null,
      until: null,
      limit: 2,
    } as const;
    const first = await searchCalls(database.adminPool, { ...query, after: null }, 3);
    assert.deepEqual(first.found, []);
    const second = await searchCalls(database.adminPool, { ...query, after: first.lookedTo }, 3);
    assert.deepEqual([second.found.map(({ id }) => id), second.lookedTo], [[rare], null]);
  });

  it('stand in the message log, with the message, and with what was written for the person', async () => {
    const id = await call(1, { outcome: 'opted_out', keys: ['9'] });
    await text(2);
    const facts = {
      outcome: 'opted_out',
      answeredBy: 'human',
      seconds: 31,
      price: { amount: '0.014', currency: 'USD' },
      keys: ['9'],
    };
    const log = await api.send('GET', '/v1/messages?direction=outbound');
    assert.deepEqual(
      log.body.items.map((each: { call: unknown }) => each.call),
      [null, facts],
    );
    const message = await api.send('GET', `/v1/messages/${id}`);
    assert.deepEqual([message.body.outgoing.channel, message.body.log[0].call], ['voice', facts]);
    const written = await api.send('GET', `/v1/people/${PHONE}/messages`);
    assert.deepEqual(
      written.body.items.map(({ channel }: { channel: string }) => channel),
      ['voice'],
    );
  });

  it('stand in the time line of a conversation, with the key that opted out', async () => {
    const id = await call(1, { outcome: 'opted_out', keys: ['9'] });
    const conversationId = randomUUID();
    await database.adminPool.query(
      `INSERT INTO conversation (conversation_id, phone_number, our_number, state, session, activity_at, last_text_at, created_at)
       VALUES ($1, $2, $3, 'open', 1, $4, $4, $4)`,
      [conversationId, PHONE, OURS, at(1)],
    );
    const { body } = await api.send('GET', `/v1/conversations/${conversationId}/messages`);
    const [said, ...others] = body.items;
    assert.deepEqual(others, []);
    assert.deepEqual(
      [said.id, said.outbound.channel, said.outbound.call.outcome, said.outbound.call.keys],
      [id, 'voice', 'opted_out', ['9']],
    );
  });
});
