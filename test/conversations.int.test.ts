import assert from 'node:assert/strict';
import { openReview } from '#shared/consent/review-queue.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { listConversations } from '../apps/api/conversations/store.ts';
import { startTestApi, type TestApi } from '../apps/api/test-api.ts';
import { takeTurn } from '../apps/campaigns/orchestrate.ts';
import { insertCampaign, insertContacts, MORNING, testParts } from '../apps/campaigns/test-campaigns.ts';
import { insertSent, OURS, texting, wrongConversations } from '../apps/inbox/test-inbox.ts';

/** Area code 212: New York, where it is seven in the morning at noon in UTC. */
const ANA = '+12125550000';
const BO = '+12125550001';

interface Shown {
  id: string;
  phoneNumber: string;
  contact: { name: string } | null;
  state: string;
  snoozedUntil: string | null;
  unread: number;
  waiting: number;
  needsReply: boolean;
  lastText: string;
  lastTextId: string;
  upTo: string;
  session: { number: number };
  campaignName: string | null;
  review: { id: string; text: string; suppressed: boolean; deadline: string } | null;
}

interface DecidedHere {
  by: string | null;
  assignee: object | null;
  state: object | null;
}

interface SaidPage {
  items: {
    body: string;
    ourNumber: string;
    outbound: { answeredBy: string | null; state: string } | null;
  }[];
  nextCursor: string | null;
}

describe('Conversations', () => {
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
      `reply, reply_verdict, conversation, message, phone, attempt, contact, list_member, contact_list, campaign,
       campaign_contact, campaign_count, suppression, consent_standing, event_position, outbox, audit_entry,
       decision, canned_reply, consent_review, conversation_answer`,
    );
  });

  const list = async (query = ''): Promise<Shown[]> => {
    const { body, status } = await api.send('GET', `/v1/conversations${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body.items;
  };
  /** The only conversation that a list has. */
  const only = async (query = ''): Promise<Shown> => {
    const [conversation, ...others] = await list(query);
    assert.ok(conversation && others.length === 0);
    return conversation;
  };
  const messages = async (id: string, query = ''): Promise<SaidPage> =>
    (await api.send('GET', `/v1/conversations/${id}/messages${query}`)).body;
  const change = async (id: string, body: object) => {
    const { headers } = await api.send('GET', `/v1/conversations/${id}`);
    return api.send('PATCH', `/v1/conversations/${id}`, {
      body,
      headers: { 'if-match': headers.get('etag') ?? '' },
    });
  };

  it('show what people text and what they are sent, in either direction, page by page', async () => {
    await insertContacts(database.adminPool, 1);
    await hears('hello?', { minutesAgo: 10 });
    const { id, contact, lastText, needsReply, session } = await only();
    assert.deepEqual([contact?.name, lastText, needsReply, session.number], ['Ana 0', 'hello?', true, 1]);
    const answer = await api.send('POST', `/v1/conversations/${id}/reply`, { body: { body: 'Hello!' } });
    assert.deepEqual([answer.status, answer.body.verdict], [201, 'queued']);
    await hears('thanks', { minutesAgo: -1 });
    const newest = await messages(id);
    const bodies = ['thanks', 'Hello!', 'hello?'];
    assert.deepEqual(
      newest.items.map(({ body }) => body),
      bodies,
    );
    const [, ours] = newest.items;
    assert.deepEqual(
      [ours?.outbound?.answeredBy, ours?.outbound?.state, ours?.ourNumber],
      ['the admin', 'queued', OURS],
    );
    for (const [order, expected] of [
      ['newest', bodies],
      ['oldest', bodies.toReversed()],
    ] as const) {
      const read: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: SaidPage = await messages(
          id,
          `?limit=1&order=${order}${cursor === '' ? '' : `&cursor=${cursor}`}`,
        );
        read.push(...page.items.map(({ body }) => body));
        cursor = page.nextCursor;
      }
      assert.deepEqual(read, expected);
    }
  });

  it('are answered by WhatsApp with one file at most, of which the others would not arrive', async () => {
    await hears('hello?', { minutesAgo: 5, to: 'whatsapp:+14155550110' });
    const { id } = await only();
    const answer = (files: number) =>
      api.send('POST', `/v1/conversations/${id}/reply`, {
        body: { mediaUrls: Array.from({ length: files }, (_, n) => `https://files.example.org/${n}.png`) },
      });
    const refused = await answer(2);
    assert.deepEqual([refused.status, refused.body.faults[0].pointer], [400, '/mediaUrls']);
    assert.equal((await answer(1)).status, 201);
    await hears('and by text?', { minutesAgo: 1 });
    assert.equal((await answer(2)).status, 201);
  });

  it('are answered from the number that was texted, before what was planned, at any hour for a quarter of an hour', async () => {
    await hears('hello?', { minutesAgo: 5 });
    const { id } = await only();
    const { body } = await api.send('POST', `/v1/conversations/${id}/reply`, { body: { body: 'Hello!' } });
    assert.deepEqual([body.verdict, body.rule], ['queued', 'allowed']);
    const { rows } = await database.adminPool.query(
      'SELECT lane, intent, sender_number, opens_batch FROM message WHERE message_id = $1',
      [body.id],
    );
    assert.deepEqual(rows, [{ lane: 'replies', intent: 'reply', sender_number: OURS, opens_batch: false }]);
    const outbox = await database.adminPool.query('SELECT target FROM outbox');
    assert.deepEqual(outbox.rows, [{ target: 'sms-replies.fifo' }]);
    const after = await only();
    assert.deepEqual([after.needsReply, after.unread, after.state], [false, 0, 'open']);
  });

  it('are answered later in the hours of the person: as planned where they agreed to it, so that nothing waits behind it', async () => {
    await insertContacts(database.adminPool, 1);
    await hears('hello?', { minutesAgo: 60 });
    await hears('anybody?', { from: BO, minutesAgo: 60 });
    for (const [from, intent] of [
      [ANA, 'transactional'],
      [BO, 'reply'],
    ] as const) {
      const { id } = await only(`?phone=${encodeURIComponent(from)}`);
      const { body } = await api.send('POST', `/v1/conversations/${id}/reply`, { body: { body: 'Hello!' } });
      assert.deepEqual([body.verdict, body.rule], ['held', 'quiet_hours'], from);
      const { rows } = await database.adminPool.query('SELECT intent FROM message WHERE message_id = $1', [
        body.id,
      ]);
      assert.deepEqual(rows, [{ intent }], from);
    }
  });

  it('with somebody who has stopped get no answer, and say so', async () => {
    await hears('hello?');
    await database.adminPool.query(
      `INSERT INTO suppression (phone_number, change_id, source, reason, added_at, scope)
       VALUES ($1, gen_random_uuid(), 'user_opt_out', 'STOP', now(), 'sender')`,
      [ANA],
    );
    const { id } = await only();
    const { body } = await api.send('POST', `/v1/conversations/${id}/reply`, { body: { body: 'Hello!' } });
    assert.deepEqual([body.verdict, body.rule], ['blocked', 'suppressed']);
    const after = await only();
    assert.deepEqual([after.needsReply, after.unread], [true, 0]);
  });

  it('say beforehand what would become of an answer, as the gate will say it, also of a number of which nothing is known', async () => {
    const foreseen = async (id: string) => (await api.send('GET', `/v1/conversations/${id}/outlook`)).body;
    await hears('hello?', { minutesAgo: 5 });
    const { id } = await only();
    const now = await foreseen(id);
    assert.deepEqual(
      [now.verdict, now.rule, now.intent, now.zones, now.zoneSource, now.heldUntil],
      ['queued', 'allowed', 'reply', ['America/New_York'], 'area_code', null],
    );
    assert.ok(Date.parse(now.goesUntil) > api.clock.now().getTime());
    const { rowCount } = await database.adminPool.query('SELECT FROM phone');
    assert.equal(rowCount, 0, 'nothing was written');
    await api.clock.advance(30 * 60_000);
    const later = await foreseen(id);
    const { body: answered } = await api.send('POST', `/v1/conversations/${id}/reply`, {
      body: { body: 'Hello!' },
    });
    assert.deepEqual(
      [later.verdict, later.rule, later.heldUntil],
      [answered.verdict, answered.rule, answered.heldUntil],
    );
    assert.deepEqual([later.verdict, later.rule], ['held', 'quiet_hours']);
    await database.adminPool.query(
      `INSERT INTO suppression (phone_number, change_id, source, reason, added_at, scope)
       VALUES ($1, gen_random_uuid(), 'user_opt_out', 'STOP', now(), 'sender')`,
      [ANA],
    );
    const stopped = await foreseen(id);
    assert.deepEqual([stopped.verdict, stopped.rule, stopped.heldUntil], ['blocked', 'suppressed', null]);
    await api.clock.advance(-30 * 60_000);
  });

  it('keep what came after somebody looked as unread and unanswered', async () => {
    const seen = await hears('one', { minutesAgo: 3 });
    await hears('two', { minutesAgo: 2 });
    const { id, unread, waiting } = await only();
    assert.deepEqual([unread, waiting], [2, 2]);
    const read = await api.send('POST', `/v1/conversations/${id}/read`, { body: { upTo: seen } });
    assert.deepEqual([read.body.unread, read.body.waiting], [1, 2]);
    await api.send('POST', `/v1/conversations/${id}/reply`, { body: { body: 'One it is.', upTo: seen } });
    const after = await only();
    assert.deepEqual([after.unread, after.waiting], [1, 1]);
    const all = await api.send('POST', `/v1/conversations/${id}/read`, { body: {} });
    assert.deepEqual([all.body.unread, all.body.waiting], [0, 1]);
    assert.deepEqual(await wrongConversations(database.adminPool), []);
    const other = await api.send('POST', `/v1/conversations/${id}/read`, {
      body: { upTo: '018f0000-0000-7000-8000-000000000009' },
    });
    assert.deepEqual([other.status, other.body.faults[0].pointer], [400, '/upTo']);
  });

  it('are looked for by everything that people decide about them', async () => {
    await insertContacts(database.adminPool, 1);
    await hears('one', { minutesAgo: 9 });
    await hears('a)', { from: BO, as: 'lesson', minutesAgo: 8 });
    await openReview(database.adminPool, {
      reviewId: '018f0000-0000-7000-8000-00000000000a',
      phoneNumber: phoneNumber(BO),
      originalMessage: 'a) or stop',
      rule: 'en',
      changeId: null,
      requestedAt: api.clock.now(),
      deadline: '2026-12-11',
    });
    const [bo, ana] = await list();
    assert.ok(bo && ana);
    assert.deepEqual(bo.review, {
      id: '018f0000-0000-7000-8000-00000000000a',
      text: 'a) or stop',
      suppressed: false,
      deadline: '2026-12-11',
    });
    assert.deepEqual([bo.phoneNumber, bo.state, ana.state], [BO, 'closed', 'open']);
    const changed = await change(ana.id, { assignee: 'Maria', tags: ['billing', 'billing', 'urgent'] });
    assert.deepEqual([changed.body.assignee, changed.body.tags], ['Maria', ['billing', 'urgent']]);
    const found = async (query: string) =>
      (await list(query)).map(({ id }) => (id === ana.id ? 'ana' : 'bo'));
    for (const [query, expected] of [
      ['?needsReply=true', ['ana']],
      ['?needsReply=false', ['bo']],
      ['?unread=true', ['ana']],
      ['?state=open', ['ana']],
      ['?state=closed', ['bo']],
      ['?assignee=Maria', ['ana']],
      ['?unassigned=true', ['bo']],
      ['?tag=urgent', ['ana']],
      ['?tag=billing&needsReply=false', []],
      ['?unknown=true', ['bo', 'ana']],
      ['?unknown=false', []],
      [`?phone=${encodeURIComponent(BO)}`, ['bo']],
      ['?closed=false', ['ana']],
      ['?closed=true', ['bo']],
      ['?review=true', ['bo']],
      ['?review=false', ['ana']],
      ['?q=ANA%200', ['ana']],
      ['?q=an%25', []],
      ['?limit=1', ['bo']],
    ] as const) {
      assert.deepEqual(await found(query), expected, query);
    }
    const first = await api.send('GET', '/v1/conversations?limit=1');
    assert.deepEqual(await found(`?limit=1&cursor=${first.body.nextCursor}`), ['ana']);
  });

  it('are found by what is to be done in them without looking through those that are closed', async () => {
    await database.adminPool.query(
      `INSERT INTO conversation (conversation_id, phone_number, state, assignee, activity_at, created_at)
       SELECT gen_random_uuid(), '+1212555' || lpad(n::text, 4, '0'), CASE WHEN n % 500 = 0 THEN 'open' ELSE 'closed' END,
              CASE WHEN n % 2 = 0 THEN 'Maria' END, now() - n * interval '1 min', now()
         FROM generate_series(1, 5000) AS n`,
    );
    await database.adminPool.query('ANALYZE conversation, consent_review');
    const all = {
      ...{ phone: null, named: null, state: null, assignee: null, unassigned: null, needsReply: null },
      ...{ unread: null, tag: null, campaign: null, unknown: null, closed: null, review: null, after: null },
      limit: 51,
    };
    for (const [query, index] of [
      [{ needsReply: true }, /conversation_waiting/],
      [{ assignee: 'Maria', closed: false }, /conversation_(not_closed|state)/],
      [{ unassigned: true, closed: false }, /conversation_(not_closed|state)/],
      [{ unknown: true, closed: false }, /conversation_(not_closed|state)/],
    ] as const) {
      let plan = '';
      const explaining = {
        query: async (sql: string, values: unknown[]) => {
          const { rows } = await database.adminPool.query(`EXPLAIN ${sql}`, values);
          plan = rows.map((row) => row['QUERY PLAN']).join('\n');
          return { rows: [] };
        },
      };
      await listConversations(explaining as unknown as Pool, { ...all, ...query });
      assert.match(plan, index, JSON.stringify(query));
      assert.doesNotMatch(plan, /Seq Scan on conversation /, JSON.stringify(query));
    }
  });

  it('are counted by what is to be done in them, and by who looks after them', async () => {
    await hears('one', { minutesAgo: 9 });
    await hears('a)', { from: BO, as: 'lesson', minutesAgo: 8 });
    const [bo, ana] = await list();
    assert.ok(bo && ana);
    const counted = async () => (await api.send('GET', '/v1/conversation-counts')).body;
    const none = { needsReply: 1, mine: 0, unassigned: 1, review: 0, unknown: 1, all: 2, atMost: 1_000 };
    assert.deepEqual(await counted(), { ...none, assignees: [] });
    await change(ana.id, { assignee: 'the admin' });
    assert.deepEqual(await counted(), {
      ...none,
      mine: 1,
      unassigned: 0,
      assignees: [{ name: 'the admin', conversations: 1 }],
    });
    await change(ana.id, { state: 'closed' });
    assert.deepEqual(await counted(), {
      ...none,
      needsReply: 0,
      unassigned: 0,
      unknown: 0,
      assignees: [],
    });
  });

  it('keep who gave them to whom, closed them and put them off', async () => {
    await hears('one', { minutesAgo: 9 });
    const { id } = await only();
    await change(id, { assignee: 'Maria' });
    await change(id, { tags: ['billing'] });
    await change(id, { assignee: 'Bo', state: 'closed' });
    const until = '2026-11-27T09:00:00.000Z';
    await change(id, { state: 'snoozed', snoozedUntil: until });
    const { body } = await api.send('GET', `/v1/conversations/${id}/decisions?limit=2`);
    const rest = await api.send('GET', `/v1/conversations/${id}/decisions?limit=2&cursor=${body.nextCursor}`);
    assert.deepEqual(
      [...body.items, ...rest.body.items].map(({ assignee, by, state }: DecidedHere) => ({
        by,
        assignee,
        state,
      })),
      [
        {
          by: 'the admin',
          assignee: null,
          state: { before: 'closed', after: 'snoozed', snoozedUntil: until },
        },
        {
          by: 'the admin',
          assignee: { before: 'Maria', after: 'Bo' },
          state: { before: 'open', after: 'closed', snoozedUntil: null },
        },
        { by: 'the admin', assignee: { before: null, after: 'Maria' }, state: null },
      ],
    );
    assert.equal(rest.body.nextCursor, null);
  });

  it('are put off, closed, and opened by the next text for people', async () => {
    await hears('one', { minutesAgo: 30 });
    const { id } = await only();
    const past = await change(id, { state: 'snoozed', snoozedUntil: '2026-11-26T11:00:00Z' });
    assert.deepEqual([past.status, past.body.faults[0].pointer], [400, '/snoozedUntil']);
    const alone = await change(id, { state: 'snoozed' });
    assert.equal(alone.status, 400);
    const off = await change(id, { state: 'snoozed', snoozedUntil: '2026-11-27T09:00:00.000Z' });
    assert.deepEqual([off.body.state, off.body.snoozedUntil], ['snoozed', '2026-11-27T09:00:00.000Z']);
    await hears('two', { minutesAgo: 20 });
    const woken = await only();
    assert.deepEqual([woken.state, woken.snoozedUntil, woken.waiting], ['open', null, 2]);
    const closed = await change(id, { state: 'closed' });
    assert.deepEqual([closed.body.state, closed.body.needsReply, closed.body.unread], ['closed', false, 0]);
    await hears('a)', { as: 'lesson', minutesAgo: 10 });
    assert.equal((await only()).state, 'closed');
    await hears('three');
    assert.equal((await only()).state, 'open');
    assert.deepEqual(await wrongConversations(database.adminPool), []);
  });

  it('are changed by one person at a time, and texts that come meanwhile do not count as one', async () => {
    await hears('one', { minutesAgo: 2 });
    const { id } = await only();
    const etag = (await api.send('GET', `/v1/conversations/${id}`)).headers.get('etag') ?? '';
    await hears('two', { minutesAgo: 1 });
    const patch = (assignee: string) =>
      api.send('PATCH', `/v1/conversations/${id}`, { body: { assignee }, headers: { 'if-match': etag } });
    assert.equal((await patch('Maria')).status, 200);
    assert.deepEqual((await patch('Bo')).body.code, 'changed_meanwhile');
  });

  it('are not closed over a text that came after somebody looked', async () => {
    const seen = await hears('one', { minutesAgo: 2 });
    const { id } = await only();
    await hears('two', { minutesAgo: 1 });
    const over = await change(id, { state: 'closed', upTo: seen });
    assert.deepEqual([over.status, over.body.code], [412, 'changed_meanwhile']);
    const still = await only();
    assert.deepEqual([still.state, still.waiting, still.unread], ['open', 2, 2]);
    const closed = await change(id, { state: 'closed' });
    assert.deepEqual([closed.body.state, closed.body.waiting], ['closed', 0]);
    const alone = await change(id, { assignee: 'Maria', upTo: seen });
    assert.deepEqual([alone.status, alone.body.faults[0].pointer], [400, '/upTo']);
  });

  it('are answered once under one Idempotency-Key, however often and whenever the same answer is sent again', async () => {
    await hears('hello?', { minutesAgo: 1 });
    const { id } = await only();
    const send = (body: string) =>
      api.send('POST', `/v1/conversations/${id}/reply`, {
        body: { body },
        headers: { 'idempotency-key': 'of-this-browser-1' },
      });
    const [one, other] = await Promise.all([send('We are open.'), send('We are open.')]);
    await hears('and tomorrow?', { minutesAgo: -1 });
    const late = await send('We are open.');
    assert.deepEqual([one.status, other.status, late.status], [201, 201, 201]);
    assert.deepEqual(new Set([one, other, late].map(({ body }) => body.id)).size, 1);
    assert.equal((await send('We are closed.')).body.code, 'idempotency_key_reused');
    const { rows } = await database.adminPool.query(
      `SELECT count(*)::int AS messages, (SELECT count(*)::int FROM conversation_answer) AS answers FROM message`,
    );
    assert.deepEqual(rows, [{ messages: 1, answers: 1 }]);
    assert.equal((await only()).waiting, 1, 'what came since wants an answer of its own');
  });

  it('are as they were when their closing is taken back, unless something has happened since', async () => {
    const undo = async (etag: string | null) =>
      api.send('POST', `/v1/conversations/${id}/reopen`, { headers: { 'if-match': etag ?? '' } });
    await hears('one', { minutesAgo: 30 });
    await hears('two', { minutesAgo: 20 });
    const { id } = await only();
    await change(id, { assignee: 'Maria' });
    const closed = await change(id, { state: 'closed' });
    assert.deepEqual([closed.body.state, closed.body.waiting], ['closed', 0]);
    const back = await undo(closed.headers.get('etag'));
    assert.deepEqual([back.status, back.body.state, back.body.waiting], [200, 'open', 2]);
    assert.equal(back.body.assignee, 'Maria');
    assert.deepEqual((await undo(back.headers.get('etag'))).body.code, 'changed_meanwhile', 'it is open');
    assert.deepEqual(await wrongConversations(database.adminPool), []);

    const until = '2026-11-27T09:00:00.000Z';
    await change(id, { state: 'snoozed', snoozedUntil: until });
    const again = await change(id, { state: 'closed' });
    const off = await undo(again.headers.get('etag'));
    assert.deepEqual([off.body.state, off.body.snoozedUntil, off.body.waiting], ['snoozed', until, 2]);

    const last = await change(id, { state: 'closed' });
    await hears('three');
    const over = await undo(last.headers.get('etag'));
    assert.deepEqual([over.status, over.body.code], [412, 'changed_meanwhile']);
    assert.deepEqual([(await only()).state, (await only()).waiting], ['open', 1]);
    assert.deepEqual(await wrongConversations(database.adminPool), []);

    // As the agent closes one: what it closed is not taken back as if it were what somebody closed before.
    await database.adminPool.query(`UPDATE conversation SET state = 'closed', waiting = 0`);
    await database.adminPool.query('UPDATE reply SET answered_at = received_at WHERE answered_at IS NULL');
    const { headers } = await api.send('GET', `/v1/conversations/${id}`);
    const ofAgent = await undo(headers.get('etag'));
    assert.deepEqual([ofAgent.status, ofAgent.body.code], [412, 'changed_meanwhile']);
  });

  it('have their newest text unread again when somebody says so', async () => {
    await hears('one', { minutesAgo: 30 });
    await hears('two', { minutesAgo: 20 });
    const { id } = await only();
    const post = async (what: 'read' | 'unread') =>
      api.send('POST', `/v1/conversations/${id}/${what}`, what === 'read' ? { body: {} } : {});
    assert.equal((await post('read')).body.unread, 0);
    assert.deepEqual([(await post('unread')).body.unread, (await post('unread')).body.unread], [1, 1]);
    assert.equal((await post('read')).body.unread, 0);
    await change(id, { state: 'closed' });
    assert.deepEqual((await post('unread')).body.code, 'conflict');
    assert.deepEqual(await wrongConversations(database.adminPool), []);
  });

  it('say what whoever looks at them has seen, also where an older text came after a newer one', async () => {
    const newer = await hears('two', { minutesAgo: 1 });
    const first = await only();
    assert.deepEqual([first.lastTextId, first.upTo], [newer, newer]);
    const older = await hears('one', { minutesAgo: 5 });
    const { id, lastText, lastTextId, upTo } = await only();
    assert.deepEqual([lastText, lastTextId, upTo], ['two', newer, older]);
    const unseen = await change(id, { state: 'closed', upTo: first.upTo });
    assert.equal(unseen.body.code, 'changed_meanwhile', 'nobody has seen the older one then');
    await api.send('POST', `/v1/conversations/${id}/reply`, { body: { body: 'Both.', upTo } });
    const { unread, waiting, ...after } = await only();
    assert.deepEqual([unread, waiting], [0, 0]);
    const closed = await change(id, { state: 'closed', upTo: after.upTo });
    assert.deepEqual([closed.status, closed.body.state], [200, 'closed']);
  });

  it('have notes for colleagues, which go to nobody', async () => {
    await hears('one');
    const { id } = await only();
    for (const body of ['called', 'called again'])
      assert.equal((await api.send('POST', `/v1/conversations/${id}/notes`, { body: { body } })).status, 201);
    const { body } = await api.send('GET', `/v1/conversations/${id}/notes`);
    assert.deepEqual(
      body.items.map((note: { body: string; writtenBy: string }) => [note.body, note.writtenBy]),
      [
        ['called again', 'the admin'],
        ['called', 'the admin'],
      ],
    );
    const sent = await database.adminPool.query('SELECT FROM message');
    assert.equal(sent.rowCount, 0);
    const { rows } = await database.adminPool.query(
      `SELECT FROM audit_entry WHERE before::text || after::text LIKE '%called%'`,
    );
    assert.deepEqual(rows, [], 'no note is in the audit log');
  });

  it('belong to the campaign that they answer, which counts who did, and who did can be written to again', async () => {
    const listId = await insertContacts(database.adminPool, 3);
    const campaignId = await insertCampaign(database.adminPool, MORNING, {
      include: [listId],
      status: 'active',
      definition: { acceptedKeywords: ['YES'] },
    });
    await database.adminPool.query(
      `INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, state)
       SELECT $1, contact_id, phone_number, 'sent' FROM contact`,
      [campaignId],
    );
    const at = new Date(api.clock.now().getTime() - 3_600_000);
    await insertSent(
      database.adminPool,
      [ANA, BO].map((phone) => ({ phone, ours: OURS, campaignId, at, state: 'sent' })),
    );
    await hears('yes', { minutesAgo: 3 });
    await hears('yes!', { minutesAgo: 2 });
    await hears('b)', { from: BO, as: 'lesson', minutesAgo: 1 });
    const { body: keyed } = await api.send('GET', `/v1/campaigns/${campaignId}/replies?keyword=Yes`);
    assert.deepEqual(
      keyed.items.map((each: { body: string; keyword: string }) => [each.body, each.keyword]),
      [
        ['yes!', 'yes'],
        ['yes', 'yes'],
      ],
    );
    const { body: replies } = await api.send('GET', `/v1/campaigns/${campaignId}/replies`);
    assert.deepEqual(
      replies.items.map((each: { body: string; counts: boolean }) => [each.body, each.counts]),
      [
        ['b)', false],
        ['yes!', true],
        ['yes', true],
      ],
    );
    const counted = await api.send('GET', `/v1/campaigns/${campaignId}/replies?counts=true&limit=1`);
    const next = await api.send(
      'GET',
      `/v1/campaigns/${campaignId}/replies?counts=true&limit=1&cursor=${counted.body.nextCursor}`,
    );
    assert.deepEqual([next.body.items[0].body, next.body.nextCursor], ['yes', null]);
    const { body: metrics } = await api.send('GET', `/v1/campaigns/${campaignId}/metrics`);
    assert.equal(metrics.replied, 1);
    const { body: contacts } = await api.send('GET', `/v1/campaigns/${campaignId}/contacts?replied=true`);
    assert.deepEqual(
      contacts.items.map((each: { phoneNumber: string }) => each.phoneNumber),
      [ANA],
    );
    assert.deepEqual(
      (await list(`?campaign=${campaignId}`)).map(({ phoneNumber }) => phoneNumber),
      [BO, ANA],
    );

    const { body: ofAna } = await api.send('GET', `/v1/people/${encodeURIComponent(ANA)}/campaigns`);
    assert.deepEqual(
      ofAna.items.map((each: { id: string; messages: number; texts: number }) => [
        each.id,
        each.messages,
        each.texts,
      ]),
      [[campaignId, 1, 2]],
    );
    assert.equal((await only(`?phone=${encodeURIComponent(ANA)}`)).campaignName, ofAna.items[0].name);

    // A campaign to whoever has answered.
    const clock = new ManualClock(MORNING);
    const second = await insertCampaign(database.adminPool, MORNING, {
      definition: { audience: { respondersOf: campaignId } },
    });
    await database.adminPool.query(
      `UPDATE campaign SET status = 'completed', due_at = NULL WHERE campaign_id = $1`,
      [campaignId],
    );
    const campaigns = createPool(database.configFor('campaigns'), () => undefined);
    for (let turn = 0; turn < 2; turn += 1) await takeTurn(campaigns, testParts(clock));
    await campaigns.end();
    const { rows } = await database.adminPool.query(
      'SELECT phone_number FROM campaign_contact WHERE campaign_id = $1',
      [second],
    );
    assert.deepEqual(rows, [{ phone_number: ANA }]);
  });
});
