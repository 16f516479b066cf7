import assert from 'node:assert/strict';
import { type ApiClient, createApiClient, newIdempotencyKey } from '#shared/api-client/client.ts';
import { ListProblem, rowsOf } from '#shared/api-client/pages.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../../apps/api/test-api.ts';

describe('The client of the API', () => {
  let database: TestDatabase;
  let api: TestApi;
  let client: ApiClient;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database);
    client = createApiClient({ baseUrl: api.url, key: await api.key('admin') });
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });

  it('makes, reads and changes with the types of the document', async () => {
    const made = await client.POST('/v1/keys', { body: { name: 'From a client', role: 'viewer' } });
    assert.ok(made.data);
    const { id } = made.data;
    const revoked = await client.POST('/v1/keys/{id}/revoke', {
      params: { path: { id }, header: { 'Idempotency-Key': newIdempotencyKey() } },
    });
    assert.equal(revoked.data?.revokedAt, api.clock.now().toISOString());
    const { data } = await client.GET('/v1/keys/{id}', { params: { path: { id } } });
    assert.deepEqual(data, revoked.data);
  });

  it('gives problems as values, with everything that is wrong', async () => {
    const { data, error, response } = await client.POST('/v1/keys', { body: { name: '', role: 'viewer' } });
    assert.deepEqual([data, error?.code, response.status], [undefined, 'invalid_request', 400]);
    assert.deepEqual(
      error?.faults?.map(({ in: where, pointer }) => `${where} ${pointer}`),
      ['body /name'],
    );
  });

  it('signs in with its key, and with none where it has none', async () => {
    const nobody = createApiClient({ baseUrl: api.url });
    assert.equal((await nobody.GET('/v1/keys')).error?.code, 'not_signed_in');
    const viewer = createApiClient({ baseUrl: api.url, key: await api.key('viewer') });
    assert.equal((await viewer.GET('/v1/keys')).error?.code, 'not_allowed');
  });

  it('writes what is in a path as one part of it', async () => {
    const asked: string[] = [];
    const noting = createApiClient({
      baseUrl: api.url,
      fetch: async (request) => {
        asked.push(request.url);
        return fetch(request);
      },
    });
    await noting.GET('/v1/keys/{id}', { params: { path: { id: '../audit?a=b' } } });
    assert.deepEqual(asked, [`${api.url}/v1/keys/..%2Faudit%3Fa%3Db`]);
  });

  it('reads a list to its end, each row once, no page before its rows are asked for', async () => {
    for (let n = 0; n < 5; n += 1) await api.key('viewer');
    const limit = 2;
    let pages = 0;
    const rows = (): AsyncGenerator<{ id: string }> =>
      rowsOf((cursor) => {
        pages += 1;
        return client.GET('/v1/keys', {
          params: { query: { limit, ...(cursor === undefined ? {} : { cursor }) } },
        });
      });
    const ids: string[] = [];
    for await (const { id } of rows()) ids.push(id);
    const { rowCount } = await database.adminPool.query('SELECT FROM api_key');
    assert.equal(ids.length, rowCount);
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(pages, Math.ceil(ids.length / limit));
    pages = 0;
    for await (const _ of rows()) break;
    assert.equal(pages, 1);
  });

  it('breaks a list off at a problem, which it names', async () => {
    const list = rowsOf((cursor) =>
      client.GET('/v1/keys', { params: { query: { cursor: cursor ?? 'made-up' } } }),
    );
    await assert.rejects(
      list.next(),
      (error) => error instanceof ListProblem && error.problem.code === 'invalid_request',
    );
  });
});
