import assert from 'node:assert/strict';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

const NUMBER = '+14155550110';
const PATH = `/v1/senders/${encodeURIComponent(NUMBER)}`;

describe('Senders through the API', () => {
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
  beforeEach(() => emptyTables(database.adminPool, 'sender, sender_pool, sender_day, campaign, audit_entry'));

  const create = (more: object = {}) =>
    api.send('POST', '/v1/senders', { body: { senderNumber: NUMBER, type: 'long_code', ...more } });
  const createPool = (name = 'flu-2026', more: object = {}) =>
    api.send('POST', '/v1/sender-pools', { body: { name, ...more } });
  const change = async (path: string, body: object, etag?: string) => {
    const seen = etag ?? (await api.send('GET', path)).headers.get('etag') ?? '';
    return api.send('PATCH', path, { body, headers: { 'if-match': seen } });
  };

  it('are made with what is usual for their type, got, listed, changed under their version and deleted', async () => {
    const made = await create();
    assert.equal(made.status, 201);
    assert.deepEqual(
      [
        made.body.segmentsPerSecond,
        made.body.carrier,
        made.body.registration,
        made.body.health,
        made.body.pool,
      ],
      [1, 'twilio', 'unregistered', 'ok', null],
    );
    assert.equal(
      (await create({ senderNumber: '(415) 555-0111', type: 'toll_free' })).body.segmentsPerSecond,
      3,
    );
    assert.equal((await create()).status, 409);
    const etag = made.headers.get('etag') ?? '';
    const changed = await change(PATH, {
      segmentsPerSecond: 3.75,
      segmentsPerDay: 2_000,
      registration: 'registered',
    });
    assert.deepEqual(
      [
        changed.status,
        changed.body.segmentsPerSecond,
        changed.body.segmentsPerDay,
        changed.body.registration,
      ],
      [200, 3.75, 2_000, 'registered'],
    );
    assert.equal((await change(PATH, { segmentsPerSecond: 9 }, etag)).status, 412);
    assert.equal((await change(PATH, { segmentsPerDay: null })).body.segmentsPerDay, null);
    const first = await api.send('GET', '/v1/senders?limit=1');
    const next = await api.send('GET', `/v1/senders?limit=1&cursor=${first.body.nextCursor}`);
    assert.deepEqual(
      [first.body.items[0].senderNumber, next.body.items[0].senderNumber, next.body.nextCursor],
      [NUMBER, '+14155550111', null],
    );
    assert.equal((await api.send('DELETE', PATH)).status, 204);
    assert.equal((await api.send('GET', PATH)).status, 404);
  });

  it('on WhatsApp are senders of their own, by their address, at Twilio alone', async () => {
    await createPool('texts');
    await createPool('chats');
    const made = await create({ type: 'whatsapp', pool: 'chats' });
    assert.deepEqual(
      [made.status, made.body.senderNumber, made.body.segmentsPerSecond, made.body.type],
      [201, `whatsapp:${NUMBER}`, 80, 'whatsapp'],
    );
    assert.equal((await create({ senderNumber: `WhatsApp:${NUMBER}`, type: 'whatsapp' })).status, 409);
    assert.equal((await create()).status, 201);
    const contradiction = await create({ senderNumber: 'whatsapp:+14155550112' });
    assert.deepEqual([contradiction.status, contradiction.body.faults[0].pointer], [400, '/type']);
    const path = `/v1/senders/${encodeURIComponent(`whatsapp:${NUMBER}`)}`;
    assert.equal((await api.send('GET', path)).body.pool, 'chats');
    assert.equal((await change(path, { type: 'long_code' })).status, 409);
    assert.equal((await change(PATH, { type: 'whatsapp' })).status, 409);
    assert.equal((await change(path, { type: 'whatsapp', registration: 'registered' })).status, 200);

    const both = await startTestApi(database, { carriers: ['twilio', 'vonage', 'aws'] });
    for (const carrier of ['vonage', 'aws']) {
      const body = { senderNumber: '+14155550113', type: 'whatsapp', carrier };
      const refused = await both.send('POST', '/v1/senders', { body });
      assert.deepEqual([refused.status, refused.body.faults[0].pointer], [400, '/carrier']);
      assert.match(refused.body.detail, /WhatsApp is spoken through Twilio alone/);
    }
    await both.stop();
  });

  it('on WhatsApp are not forgotten while answers wait to go from them, or a programme names them', async () => {
    const { adminPool } = database;
    const address = `whatsapp:${NUMBER}`;
    const forget = () => api.send('DELETE', `/v1/senders/${encodeURIComponent(address)}`);
    await create({ type: 'whatsapp' });
    await adminPool.query(`INSERT INTO phone (phone_number) VALUES ('+12125550102') ON CONFLICT DO NOTHING`);
    await adminPool.query(
      `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, media_urls, batch_id,
                            cause_id, created_at, state)
       VALUES (gen_random_uuid(), '+12125550102', 1, 'replies', 'reply', $1, 'Hello', '{}', gen_random_uuid(), gen_random_uuid(),
               now(), 'queued')`,
      [address],
    );
    assert.match((await forget()).body.detail, /Messages wait to go from it/);
    await adminPool.query('DELETE FROM message');
    await adminPool.query(
      `INSERT INTO programme (slug, definition, created_at, updated_at, updated_by)
       VALUES ('chats', jsonb_build_object('senderNumbers', jsonb_build_array($1::text)), now(), now(), 'ann')`,
      [address],
    );
    const named = await forget();
    assert.deepEqual([named.status, named.body.code], [409, 'conflict']);
    assert.match(named.body.detail, /Programmes name it: chats/);
    await adminPool.query(`DELETE FROM programme WHERE slug = 'chats'`);
    assert.equal((await forget()).status, 204);
  });

  it('of texts and on WhatsApp share no pool, also when both join at once', async () => {
    await createPool('texts');
    await createPool('chats');
    await create({ type: 'whatsapp', pool: 'chats' });
    await create({ pool: 'texts' });
    const onWhatsApp = `/v1/senders/${encodeURIComponent(`whatsapp:${NUMBER}`)}`;
    const refused = await change(onWhatsApp, { pool: 'texts' });
    assert.equal(refused.status, 409);
    assert.match(refused.body.detail, /whoever is reached by one may not be by the other/);
    assert.equal((await change(PATH, { pool: 'chats' })).status, 409);
    assert.equal((await create({ senderNumber: '+14155550114', pool: 'chats' })).status, 409);
    await createPool('empty');
    const joined = await Promise.all([
      create({ senderNumber: '+14155550115', pool: 'empty' }),
      create({ senderNumber: '+14155550116', type: 'whatsapp', pool: 'empty' }),
    ]);
    assert.deepEqual(joined.map(({ status }) => status).sort(), [201, 409]);
  });

  it('are at a carrier that is set up, the first where nothing is said; one that was taken out is warned of', async () => {
    const other = await startTestApi(database, { carriers: ['vonage', 'aws'] });
    const body = { senderNumber: NUMBER, type: 'long_code' };
    const refused = await other.send('POST', '/v1/senders', { body: { ...body, carrier: 'twilio' } });
    assert.deepEqual([refused.status, refused.body.faults[0].pointer], [400, '/carrier']);
    assert.match(refused.body.detail, /Twilio is not set up here \(CARRIERS has vonage,aws\)/);
    const made = await other.send('POST', '/v1/senders', { body });
    assert.deepEqual(
      [made.status, made.body.carrier, made.body.isCarrierSetUp, made.body.warnings],
      [201, 'vonage', true, []],
    );
    await other.stop();
    await createPool();
    const without = await startTestApi(database, { carriers: ['twilio'] });
    const patch = async (change: object) => {
      const etag = (await without.send('GET', PATH)).headers.get('etag') ?? '';
      return without.send('PATCH', PATH, { body: change, headers: { 'if-match': etag } });
    };
    const changed = await patch({ segmentsPerSecond: 2 });
    assert.deepEqual(
      [changed.status, changed.body.health, changed.body.isCarrierSetUp, changed.body.warnings],
      [200, 'ok', false, ['Vonage is not set up here (CARRIERS has twilio): nothing goes from its numbers.']],
    );
    const joined = await patch({ pool: 'flu-2026' });
    assert.deepEqual([joined.status, joined.body.code], [409, 'conflict']);
    assert.match(joined.body.detail, /It cannot join a pool: Vonage is not set up/);
    const listed = await without.send('GET', '/v1/senders');
    assert.equal(listed.body.items[0].warnings.length, 1);
    await without.stop();
  });

  it('say what went from them today, by the day of the carriers', async () => {
    await create({ segmentsPerDay: 100 });
    // Noon in London on the 26th is the morning of the 26th in California.
    await database.adminPool.query(
      `INSERT INTO sender_day VALUES ($1, '2026-11-26', 42), ($1, '2026-11-25', 99)`,
      [NUMBER],
    );
    assert.equal((await api.send('GET', PATH)).body.segmentsToday, 42);
  });

  it('are halted with a reason and resumed, each once, and both are in the audit log', async () => {
    await create();
    const halted = await api.send('POST', `${PATH}/halt`, { body: { reason: 'The carrier asked us to.' } });
    assert.deepEqual(
      [halted.status, halted.body.health, halted.body.haltedReason, halted.body.haltedBy],
      [200, 'halted', 'The carrier asked us to.', 'the admin'],
    );
    const again = await api.send('POST', `${PATH}/halt`, { body: { reason: 'Another one.' } });
    assert.equal(again.body.haltedReason, 'The carrier asked us to.');
    const { rows: watched } = await database.adminPool.query<{ watched_from: Date }>(
      'SELECT watched_from FROM sender',
    );
    const resumed = await api.send('POST', `${PATH}/resume`);
    assert.deepEqual([resumed.body.health, resumed.body.haltedReason], ['ok', null]);
    const { rows: anew } = await database.adminPool.query<{ watched_from: Date }>(
      'SELECT watched_from FROM sender',
    );
    assert.ok((anew[0]?.watched_from ?? 0) > (watched[0]?.watched_from ?? 0));
    await api.send('POST', `${PATH}/resume`);
    const { rows } = await database.adminPool.query<{ action: string }>(
      `SELECT action FROM audit_entry WHERE subject = 'sender' ORDER BY position`,
    );
    assert.deepEqual(
      rows.map(({ action }) => action),
      ['created', 'halted', 'unchanged', 'resumed', 'unchanged'],
    );
  });

  it('are not forgotten while they are halted', async () => {
    await create();
    await api.send('POST', `${PATH}/halt`, { body: { reason: 'Filtered as spam.' } });
    const refused = await api.send('DELETE', PATH);
    assert.deepEqual([refused.status, refused.body.code], [409, 'conflict']);
    await api.send('POST', `${PATH}/resume`);
    assert.equal((await api.send('DELETE', PATH)).status, 204);
  });

  it('are not forgotten while a campaign that has not ended names them', async () => {
    await create();
    await database.adminPool.query(
      `INSERT INTO campaign (campaign_id, name, type, intent, definition, status, created_by, created_at, updated_at)
       VALUES (gen_random_uuid(), 'Flu', 'sms', 'marketing', jsonb_build_object('senderNumbers', jsonb_build_array($1::text)),
               'active', 'ann', now(), now())`,
      [NUMBER],
    );
    const refused = await api.send('DELETE', PATH);
    assert.deepEqual([refused.status, refused.body.code], [409, 'conflict']);
    assert.match(refused.body.detail, /Flu \(active\).*Stop them/);
    await database.adminPool.query(`UPDATE campaign SET status = 'stopped'`);
    assert.equal((await api.send('DELETE', PATH)).status, 204);
  });

  it('are not forgotten while planned messages wait to go from them; answers do not count', async () => {
    await create();
    const { adminPool } = database;
    await adminPool.query(`INSERT INTO phone (phone_number) VALUES ('+12125550101')`);
    await adminPool.query(
      `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, media_urls, batch_id,
                            cause_id, created_at, state)
       SELECT gen_random_uuid(), '+12125550101', ordinal, lane, intent, $1, 'Hello', '{}', gen_random_uuid(), gen_random_uuid(),
              now(), 'queued'
         FROM (VALUES (1, 'bulk', 'transactional'), (2, 'replies', 'reply')) AS of(ordinal, lane, intent)`,
      [NUMBER],
    );
    const refused = await api.send('DELETE', PATH);
    assert.deepEqual([refused.status, refused.body.code], [409, 'conflict']);
    assert.match(refused.body.detail, /Take it out of its pool/);
    await adminPool.query(`UPDATE message SET state = 'sent' WHERE lane = 'bulk'`);
    assert.equal((await api.send('DELETE', PATH)).status, 204);
    await adminPool.query('DELETE FROM message');
  });

  it('join pools that there are, and pools are not deleted while numbers or campaigns use them', async () => {
    assert.equal((await create({ pool: 'flu-2026' })).status, 409);
    assert.equal((await createPool('flu-2026', { segmentsPerSecond: 12 })).status, 201);
    assert.equal((await createPool()).status, 409);
    assert.equal((await create({ pool: 'flu-2026' })).status, 201);
    const pool = await api.send('GET', '/v1/sender-pools/flu-2026');
    assert.deepEqual([pool.body.senders, pool.body.halted, pool.body.segmentsPerSecond], [1, 0, 12]);
    assert.equal((await api.send('DELETE', '/v1/sender-pools/flu-2026')).status, 409);
    assert.equal((await change('/v1/sender-pools/flu-2026', { segmentsPerDay: 10 })).body.segmentsPerDay, 10);
    assert.equal((await change(PATH, { pool: null })).body.pool, null);
    await database.adminPool.query(
      `INSERT INTO campaign (campaign_id, name, type, intent, definition, status, created_by, created_at, updated_at)
       VALUES (gen_random_uuid(), 'Flu', 'sms', 'marketing', '{"senderPool":"flu-2026"}', 'active', 'ann', now(), now())`,
    );
    const refused = await api.send('DELETE', '/v1/sender-pools/flu-2026');
    assert.match(refused.body.detail, /Flu \(active\)/);
    await database.adminPool.query(`UPDATE campaign SET status = 'completed'`);
    assert.equal((await api.send('DELETE', '/v1/sender-pools/flu-2026')).status, 204);
  });

  it('are changed by admins alone; operators halt and resume them', async () => {
    const operator = await api.key('operator');
    assert.equal(
      (
        await api.send('POST', '/v1/senders', {
          key: operator,
          body: { senderNumber: NUMBER, type: 'long_code' },
        })
      ).status,
      403,
    );
    await create();
    const halt = await api.send('POST', `${PATH}/halt`, { key: operator, body: { reason: 'Spam.' } });
    assert.equal(halt.status, 200);
    assert.equal((await api.send('DELETE', PATH, { key: operator })).status, 403);
  });
});

describe('What watches over a campaign, through the API', () => {
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

  const draft = async (definition: object): Promise<string> => {
    const { body, status } = await api.send('POST', '/v1/campaigns', {
      body: {
        name: 'Flu shots',
        type: 'sms',
        intent: 'transactional',
        definition: { audience: {}, timeZone: 'America/New_York', ...definition },
      },
    });
    assert.equal(status, 201);
    return body.id;
  };

  it('is what it cost, its budget, its careful start and what paused it', async () => {
    const id = await draft({ budget: 50, canary: { percent: 5 } });
    const before = await api.send('GET', `/v1/campaigns/${id}/guard`);
    assert.deepEqual(before.body, {
      currency: 'USD',
      cost: 0,
      budget: 50,
      segments: 0,
      mediaMessages: 0,
      start: null,
      pausedBy: null,
    });
    const set = await api.send('PUT', `/v1/campaigns/${id}/budget`, { body: { budget: 75.5 } });
    assert.deepEqual([set.status, set.body.budget], [200, 75.5]);
    await database.adminPool.query(
      `UPDATE campaign_spend SET segments = 10, micros = 83000 WHERE campaign_id = $1`,
      [id],
    );
    await database.adminPool.query(
      `INSERT INTO campaign_guard (campaign_id, stage, stage_since, tripped_at, tripped_by) VALUES ($1, 'wait', now(), now(), 'canary')`,
      [id],
    );
    await database.adminPool.query(
      `UPDATE campaign SET status = 'paused', paused_from = 'active' WHERE campaign_id = $1`,
      [id],
    );
    const { body } = await api.send('GET', `/v1/campaigns/${id}/guard`);
    assert.deepEqual([body.cost, body.segments, body.start, body.pausedBy], [0.083, 10, 'wait', 'canary']);
    await database.adminPool.query(
      `UPDATE campaign SET status = 'stopped', paused_from = NULL WHERE campaign_id = $1`,
      [id],
    );
    assert.equal((await api.send('PUT', `/v1/campaigns/${id}/budget`, { body: { budget: 80 } })).status, 409);
  });

  it('names a pool that there is, and nothing besides', async () => {
    const id = await draft({ senderPool: 'nowhere', senderNumbers: ['+14155550100'] });
    const { body } = await api.send('GET', `/v1/campaigns/${id}/check`);
    const pointers = body.faults.map(({ pointer }: { pointer: string }) => pointer);
    assert.ok(pointers.includes('/definition/senderPool') && pointers.includes('/definition/senderNumbers'));
  });
});
