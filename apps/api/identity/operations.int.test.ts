import assert from 'node:assert/strict';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

describe('Whoever asks who they are', () => {
  let database: TestDatabase;
  let api: TestApi;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database, { environment: { peopleSignIn: true, isLocal: false } });
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });

  it('is told their name and role, and without signing in how to', async () => {
    const key = await api.key('viewer');
    const { status, body } = await api.send('GET', '/v1/me', { key });
    assert.deepEqual(
      [status, body],
      [200, { kind: 'key', id: key.split('_')[1], name: 'the viewer', role: 'viewer' }],
    );
    assert.equal((await api.send('GET', '/v1/me', { key: null })).status, 401);
    assert.deepEqual((await api.send('GET', '/v1/environment', { key: null })).body, {
      peopleSignIn: true,
      isLocal: false,
      now: api.clock.now().toISOString(),
    });
  });
});
