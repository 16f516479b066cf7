import assert from 'node:assert/strict';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

const PATH = '/v1/canned-replies';

describe('Canned replies', () => {
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
  beforeEach(() => emptyTables(database.adminPool, 'canned_reply, audit_entry'));

  const make = (name: string, body = 'We are open 9 to 5.') =>
    api.send('POST', PATH, { body: { name, body } });

  it('are listed by name, page by page', async () => {
    for (const name of ['Parking', 'Hours', 'Address']) assert.equal((await make(name)).status, 201);
    const names: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body }: { body: { items: { name: string }[]; nextCursor: string | null } } = await api.send(
        'GET',
        `${PATH}?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      names.push(...body.items.map(({ name }) => name));
      cursor = body.nextCursor;
    }
    assert.deepEqual(names, ['Address', 'Hours', 'Parking']);
  });

  it('have names of their own', async () => {
    const { body, headers } = await make('Hours');
    assert.equal((await make('Hours', 'Otherwise')).body.code, 'conflict');
    await make('Parking');
    const taken = await api.send('PATCH', `${PATH}/${body.id}`, {
      body: { name: 'Parking' },
      headers: { 'if-match': headers.get('etag') ?? '' },
    });
    assert.equal(taken.body.code, 'conflict');
    assert.equal((await api.send('GET', `${PATH}/${body.id}`)).body.name, 'Hours');
  });

  it('are changed by one person at a time, and deleted', async () => {
    const { body, headers } = await make('Hours');
    const path = `${PATH}/${body.id}`;
    const patch = () =>
      api.send('PATCH', path, {
        body: { body: 'We are open 9 to 6.' },
        headers: { 'if-match': headers.get('etag') ?? '' },
      });
    assert.deepEqual(
      [(await patch()).body.body, (await patch()).body.code],
      ['We are open 9 to 6.', 'changed_meanwhile'],
    );
    assert.equal((await api.send('DELETE', path)).status, 204);
    assert.equal((await api.send('GET', path)).status, 404);
    const { rows } = await database.adminPool.query('SELECT action FROM audit_entry ORDER BY position');
    assert.deepEqual(
      rows.map(({ action }) => action),
      ['created', 'updated', 'deleted'],
    );
  });
});
