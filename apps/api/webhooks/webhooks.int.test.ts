import assert from 'node:assert/strict';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { type Answer, startTestApi, type TestApi } from '../test-api.ts';

const URL = 'https://crm.example.org/hook';

describe('Webhooks in the API', () => {
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
    emptyTables(database.adminPool, 'webhook_endpoint, webhook_secret, webhook_delivery, audit_entry'),
  );

  const create = (more: object = {}): Promise<Answer> =>
    api.send('POST', '/v1/webhooks', { body: { url: URL, events: ['message.status'], ...more } });
  const audited = async () =>
    (await database.adminPool.query('SELECT action, before, after FROM audit_entry ORDER BY position')).rows;
  const settle = (state: string) =>
    database.adminPool.query(
      "UPDATE webhook_delivery SET state = $1, attempts = 1, response_status = 500, response_body = 'no'",
      [state],
    );

  it('are made with a secret that is shown once, and kept sealed', async () => {
    const made = await create({ events: ['message.status', 'consent.changed', 'message.status'] });
    assert.equal(made.status, 201);
    const { secret, ...shown } = made.body;
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    assert.deepEqual(shown.events, ['message.status', 'consent.changed']);
    assert.deepEqual((await api.send('GET', `/v1/webhooks/${shown.id}`)).body, shown);
    assert.deepEqual((await api.send('GET', '/v1/webhooks')).body, { items: [shown] });
    const { rows } = await database.adminPool.query(
      "SELECT encode(secret, 'escape') AS sealed, audit_entry::text AS audited FROM webhook_secret, audit_entry",
    );
    assert.equal(rows.length, 1);
    assert.ok(!JSON.stringify(rows).includes(secret.slice(6, 40)));
  });

  const forbidden = [
    'http://crm.example.org/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://0x7f000001/',
    'https://metadata.google.internal/',
    'https://crm.example.org:5432/',
    'https://user:word@crm.example.org/',
    'javascript:alert(1)',
  ];
  for (const url of forbidden) {
    it(`are not made for ${url}, nor led there`, async () => {
      const made = await create({ url });
      assert.deepEqual([made.status, made.body.faults[0].pointer], [400, '/url']);
      const { body, headers } = await create();
      const changed = await api.send('PATCH', `/v1/webhooks/${body.id}`, {
        body: { url },
        headers: { 'if-match': headers.get('etag') ?? '' },
      });
      assert.deepEqual([changed.status, changed.body.faults[0].pointer], [400, '/url']);
    });
  }

  it('are twenty at most, also when many are made at once', async () => {
    const answers = await Promise.all(Array.from({ length: 24 }, () => create()));
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [...Array(20).fill(201), ...Array(4).fill(409)]);
    const { body } = await api.send('GET', '/v1/webhooks');
    assert.equal((await api.send('DELETE', `/v1/webhooks/${body.items[0].id}`)).status, 204);
    assert.equal((await create()).status, 201);
  });

  it('are changed by whoever has seen them as they are', async () => {
    const { body, headers } = await create();
    const etag = headers.get('etag') ?? '';
    const patch = (change: object, ifMatch: string) =>
      api.send('PATCH', `/v1/webhooks/${body.id}`, { body: change, headers: { 'if-match': ifMatch } });
    const off = await patch({ enabled: false, description: 'Of the CRM' }, etag);
    assert.deepEqual([off.status, off.body.enabled, off.body.url], [200, false, URL]);
    assert.equal((await patch({ enabled: true }, etag)).status, 412);
    assert.equal((await api.send('PATCH', `/v1/webhooks/${body.id}`, { body: {} })).status, 428);
    const on = await patch({ enabled: true }, off.headers.get('etag') ?? '');
    assert.equal(on.body.enabled, true);
    assert.deepEqual((await audited()).at(-1), {
      action: 'updated',
      before: { url: URL, events: ['message.status'], enabled: false, description: 'Of the CRM' },
      after: { url: URL, events: ['message.status'], enabled: true, description: 'Of the CRM' },
    });
  });

  it('that were switched off say why, and begin anew when they are switched on', async () => {
    const { body } = await create();
    await database.adminPool.query(
      `UPDATE webhook_endpoint SET enabled = false, disabled_reason = 'It answered 410: gone.', failures = 9,
              failing_since = '2026-11-20', resting_until = '2026-12-20', version = version + 1`,
    );
    const off = await api.send('GET', `/v1/webhooks/${body.id}`);
    assert.deepEqual(
      [off.body.disabledReason, off.body.failingSince],
      ['It answered 410: gone.', '2026-11-20T00:00:00.000Z'],
    );
    const on = await api.send('PATCH', `/v1/webhooks/${body.id}`, {
      body: { enabled: true },
      headers: { 'if-match': off.headers.get('etag') ?? '' },
    });
    assert.deepEqual([on.body.disabledReason, on.body.failingSince], [null, null]);
    const { rows } = await database.adminPool.query('SELECT failures, resting_until FROM webhook_endpoint');
    assert.deepEqual(rows, [{ failures: 0, resting_until: null }]);
  });

  it('get a new secret, while the one before signs too for a day', async () => {
    const { body } = await create();
    const rotated = await api.send('POST', `/v1/webhooks/${body.id}/rotate-secret`);
    assert.equal(rotated.status, 200);
    assert.notEqual(rotated.body.secret, body.secret);
    const { rows } = await database.adminPool.query('SELECT former_until FROM webhook_secret');
    assert.deepEqual(rows, [{ former_until: new Date(api.clock.now().getTime() + 86_400_000) }]);
    const entries = JSON.stringify(await audited());
    for (const secret of [body.secret, rotated.body.secret]) assert.ok(!entries.includes(secret.slice(6)));
  });

  it('are tried with a ping, which is a delivery as every other', async () => {
    const { body } = await create();
    const ping = await api.send('POST', `/v1/webhooks/${body.id}/ping`);
    assert.deepEqual([ping.status, ping.body.type, ping.body.state], [202, 'webhook.ping', 'pending']);
    const whole = await api.send('GET', `/v1/webhooks/${body.id}/deliveries/${ping.body.id}`);
    const { payload, responseBody, ...rest } = whole.body;
    assert.deepEqual(rest, ping.body);
    assert.equal(responseBody, null);
    assert.deepEqual(JSON.parse(payload), {
      type: 'webhook.ping',
      timestamp: api.clock.now().toISOString(),
      data: { webhookId: body.id },
    });
    await api.send('PATCH', `/v1/webhooks/${body.id}`, {
      body: { enabled: false },
      headers: { 'if-match': '*' },
    });
    assert.equal((await api.send('POST', `/v1/webhooks/${body.id}/ping`)).status, 409);
  });

  it('list what was delivered page by page, newest first, all or in one state', async () => {
    const { body } = await create();
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      ids.unshift((await api.send('POST', `/v1/webhooks/${body.id}/ping`)).body.id);
      if (n === 2) await settle('failed');
    }
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query = cursor === '' ? '?limit=2' : `?limit=2&cursor=${cursor}`;
      const page: Answer = await api.send('GET', `/v1/webhooks/${body.id}/deliveries${query}`);
      seen.push(...page.body.items.map(({ id }: { id: string }) => id));
      cursor = page.body.nextCursor;
    }
    assert.deepEqual(seen, ids);
    const failed = await api.send('GET', `/v1/webhooks/${body.id}/deliveries?state=failed`);
    assert.deepEqual(
      failed.body.items.map(({ id, nextAttemptAt, responseStatus }: Record<string, unknown>) => [
        id,
        nextAttemptAt,
        responseStatus,
      ]),
      ids.slice(2).map((id) => [id, null, 500]),
    );
  });

  it('deliver the same event again when somebody asks for it', async () => {
    const { body } = await create();
    const ping = await api.send('POST', `/v1/webhooks/${body.id}/ping`);
    await settle('failed');
    const path = `/v1/webhooks/${body.id}/deliveries/${ping.body.id}`;
    const again = await api.send('POST', `${path}/redeliver`);
    assert.deepEqual(
      [again.status, again.body.eventId, again.body.redeliveryOf, again.body.state],
      [202, ping.body.eventId, ping.body.id, 'pending'],
    );
    assert.equal((await api.send('GET', path)).body.responseStatus, 500);
    assert.equal((await audited()).at(-1).action, 'redelivered');
  });

  it('that were deleted are gone, and so is what was delivered to them', async () => {
    const { body } = await create();
    const ping = await api.send('POST', `/v1/webhooks/${body.id}/ping`);
    assert.equal((await api.send('DELETE', `/v1/webhooks/${body.id}`)).status, 204);
    const path = `/v1/webhooks/${body.id}`;
    const answers = [
      await api.send('GET', path),
      await api.send('DELETE', path),
      await api.send('POST', `${path}/ping`),
      await api.send('POST', `${path}/rotate-secret`),
      await api.send('GET', `${path}/deliveries`),
      await api.send('GET', `${path}/deliveries/${ping.body.id}`),
      await api.send('POST', `${path}/deliveries/${ping.body.id}/redeliver`),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(7).fill(404),
    );
    assert.deepEqual((await api.send('GET', '/v1/webhooks')).body, { items: [] });
    assert.equal((await database.adminPool.query('SELECT FROM webhook_secret')).rowCount, 0);
  });
});
