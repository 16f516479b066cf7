import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import { silentLogger } from '#shared/logger.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';
import { byLocalSeat } from './authenticate.ts';
import { startNotingUse } from './note-use.ts';

describe('Whoever sits at this machine', () => {
  let database: TestDatabase;
  let api: TestApi;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database, { signIn: [byLocalSeat()] });
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });
  const make = (headers: Record<string, string>) =>
    api.send('POST', '/v1/keys', { key: null, body: { name: 'x', role: 'viewer' }, headers });

  it('is an admin without a key, and the audit log says who it was', async () => {
    assert.equal((await make({})).status, 201);
    const { body } = await api.send('GET', '/v1/audit', { key: null });
    assert.equal(body.items[0].actor.kind, 'local');
  });

  it('changes nothing from a page of somebody else, and everything from one of ours', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const { status, body } = await make({ 'sec-fetch-site': site });
      assert.deepEqual([status, body.code], [403, 'not_allowed'], site);
    }
    for (const site of ['same-origin', 'none']) {
      assert.equal((await make({ 'sec-fetch-site': site })).status, 201, site);
    }
  });

  it('changes nothing from a page of somebody else whose browser says only the origin, and everything from one of ours', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://localhost:1']) {
      const { status, body } = await make({ origin });
      assert.deepEqual([status, body.code], [403, 'not_allowed'], origin);
    }
    assert.equal((await make({ origin: api.url })).status, 201);
  });

  it('is nobody under a name that was only made to point here', async () => {
    // fetch does not let anybody choose the name.
    const [response] = await once(
      get(`${api.url}/v1/keys`, { headers: { host: 'rebound.example.org' } }),
      'response',
    );
    response.resume();
    assert.equal(response.statusCode, 401);
  });
});

describe('The last use of an API key', () => {
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

  it('is noted at the latest when the task ends, and to the minute', async () => {
    const id = (await api.key('viewer')).split('_')[1] ?? '';
    const lastUse = async (): Promise<string | null> =>
      (await api.send('GET', `/v1/keys/${id}`)).body.lastUsedAt;
    const use = async (): Promise<void> => {
      const noting = startNotingUse({
        pool: api.deps.pool,
        clock: api.clock,
        logger: silentLogger,
        onFailure: assert.fail,
      });
      noting.note(id);
      await noting.stop();
    };
    assert.equal(await lastUse(), null);
    await use();
    const first = api.clock.now().toISOString();
    assert.equal(await lastUse(), first);
    api.clock.skip(59_000);
    await use();
    assert.equal(await lastUse(), first);
    api.clock.skip(2_000);
    await use();
    assert.equal(await lastUse(), api.clock.now().toISOString());
  });
});
