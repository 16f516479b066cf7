import assert from 'node:assert/strict';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

describe('API keys', () => {
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

  it('are made by an admin, shown once, and open what their role opens', async () => {
    const made = await api.send('POST', '/v1/keys', { body: { name: 'Nightly export', role: 'viewer' } });
    assert.equal(made.status, 201);
    const { key, ...shown } = made.body;
    assert.match(key, /^crl_[a-z0-9]{12}_[A-Za-z0-9_-]{43}$/);
    assert.equal((await api.send('GET', '/v1/keys', { key })).status, 403);
    const again = await api.send('GET', `/v1/keys/${shown.id}`);
    assert.deepEqual(again.body, shown);
    const { rows } = await database.adminPool.query('SELECT * FROM api_key WHERE key_id = $1', [shown.id]);
    assert.ok(!JSON.stringify(rows).includes(key.slice(-43)), 'the secret is stored');
  });

  it('that are revoked open nothing from the next request on', async () => {
    const key = await api.key('admin');
    const id = key.split('_')[1];
    assert.equal((await api.send('GET', '/v1/keys', { key })).status, 200);
    const revoked = await api.send('POST', `/v1/keys/${id}/revoke`);
    assert.equal(revoked.body.revokedAt, api.clock.now().toISOString());
    const refused = await api.send('GET', '/v1/keys', { key });
    assert.deepEqual(
      [refused.status, refused.body.code, refused.headers.get('www-authenticate')],
      [401, 'not_signed_in', 'Bearer realm="Carillon"'],
    );
    api.clock.advance(1_000);
    const repeated = await api.send('POST', `/v1/keys/${id}/revoke`);
    assert.equal(repeated.body.revokedAt, revoked.body.revokedAt, 'its first revocation stands');
  });

  it('that have expired, are unknown, or have another secret, are told apart for nobody', async () => {
    const expired = await api.key('admin', new Date(api.clock.now().getTime() + 1_000));
    assert.equal((await api.send('GET', '/v1/keys', { key: expired })).status, 200);
    api.clock.advance(1_000);
    const valid = await api.key('admin');
    const answers = await Promise.all(
      [
        expired,
        'crl_aaaaaaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
        `${valid.slice(0, -1)}${valid.endsWith('A') ? 'B' : 'A'}`,
        'nonsense',
      ].map((key) => api.send('GET', '/v1/keys', { key })),
    );
    const told = answers.map(({ body: { requestId: _, ...body } }) => body);
    for (const body of told) assert.deepEqual(body, told[0]);
    assert.equal(told[0]?.status, 401);
  });

  it('may not be made to have expired already', async () => {
    const expiresAt = api.clock.now().toISOString();
    const { status, body } = await api.send('POST', '/v1/keys', {
      body: { name: 'x', role: 'admin', expiresAt },
    });
    assert.equal(status, 400);
    assert.deepEqual(body.faults, [{ in: 'body', pointer: '/expiresAt', detail: 'must be in the future' }]);
  });

  it('asked for again under the same Idempotency-Key are one key, whose secret is stored nowhere', async () => {
    const body = { name: 'Once', role: 'viewer' };
    const headers = { 'idempotency-key': 'make-one-key-please' };
    const first = await api.send('POST', '/v1/keys', { body, headers });
    assert.equal(first.status, 201);
    const second = await api.send('POST', '/v1/keys', { body, headers });
    assert.deepEqual([second.status, second.body.code], [409, 'conflict']);
    const { rows } = await database.adminPool.query('SELECT reply::text FROM api_reply');
    assert.ok(!JSON.stringify(rows).includes(first.body.key));
    const { rowCount } = await database.adminPool.query("SELECT FROM api_key WHERE name = 'Once'");
    assert.equal(rowCount, 1);
  });

  it('come page by page, each once, also when others are made meanwhile', async () => {
    await database.adminPool.query('DELETE FROM api_key');
    const admin = await api.key('admin');
    for (let n = 0; n < 5; n += 1) await api.key('viewer');
    const ids: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query = cursor === '' ? '?limit=2' : `?limit=2&cursor=${cursor}`;
      const { body } = await api.send('GET', `/v1/keys${query}`, { key: admin });
      ids.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
      api.clock.advance(1);
      await api.key('operator');
    }
    assert.equal(ids.length, 6);
    assert.equal(new Set(ids).size, 6);
  });
});
