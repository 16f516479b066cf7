import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { insertCampaign } from '../../campaigns/test-campaigns.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

describe('Lists through the API', () => {
  let database: TestDatabase;
  let api: TestApi;
  let ids: string[];
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database);
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });
  beforeEach(async () => {
    await emptyTables(database.adminPool, 'contact, contact_list, list_member, campaign, audit_entry');
    const { rows } = await database.adminPool.query<{ contact_id: string }>(
      `INSERT INTO contact (contact_id, phone_number, name, language, created_at, updated_at)
       SELECT ('018f0000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, '+1415555010' || n, 'Ana ' || n,
              CASE WHEN n % 2 = 0 THEN 'es' ELSE 'en' END, now(), now() FROM generate_series(0, 9) AS n
       RETURNING contact_id`,
    );
    ids = rows.map(({ contact_id }) => contact_id);
  });

  const create = async (name: string): Promise<string> => {
    const { body, status } = await api.send('POST', '/v1/lists', { body: { name } });
    assert.equal(status, 201);
    return body.id;
  };
  const add = (list: string, body: object) => api.send('POST', `/v1/lists/${list}/members`, { body });
  const remove = (list: string, body: object) =>
    api.send('POST', `/v1/lists/${list}/members/remove`, { body });
  const membersOf = async (list: string): Promise<string[]> => {
    const { body } = await api.send('GET', `/v1/contacts?list=${list}`);
    return body.items.map(({ id }: { id: string }) => id);
  };
  const spanish = { filter: { field: 'language', is: 'es' } };

  it('are made, got, listed with how many are on them, renamed and deleted', async () => {
    const flu = await create('Flu');
    const other = await create('Other');
    await add(flu, { contactIds: ids.slice(0, 3) });
    const listed = await api.send('GET', '/v1/lists');
    assert.deepEqual(
      listed.body.items.map(({ id, members, name }: { id: string; name: string; members: number }) => [
        id,
        name,
        members,
      ]),
      [
        [flu, 'Flu', 3],
        [other, 'Other', 0],
      ],
    );
    const page = await api.send('GET', '/v1/lists?limit=1');
    const next = await api.send('GET', `/v1/lists?limit=1&cursor=${page.body.nextCursor}`);
    assert.deepEqual(
      [page.body.items[0].id, next.body.items[0].id, next.body.nextCursor],
      [flu, other, null],
    );

    assert.equal((await api.send('POST', '/v1/lists', { body: { name: 'Flu' } })).status, 409);
    const got = await api.send('GET', `/v1/lists/${flu}`);
    await add(flu, { contactIds: ids.slice(3, 4) });
    const seen = { 'if-match': got.headers.get('etag') ?? '' };
    const renamed = await api.send('PATCH', `/v1/lists/${flu}`, {
      headers: seen,
      body: { name: 'Flu 2026' },
    });
    assert.deepEqual([renamed.status, renamed.body.name, renamed.body.members], [200, 'Flu 2026', 4]);
    assert.equal((await api.send('PATCH', `/v1/lists/${flu}`, { headers: seen, body: {} })).status, 412);
    const taken = await api.send('PATCH', `/v1/lists/${flu}`, {
      headers: { 'if-match': '*' },
      body: { name: 'Other' },
    });
    assert.equal(taken.status, 409);

    assert.equal((await api.send('DELETE', `/v1/lists/${flu}`)).status, 204);
    assert.equal((await api.send('GET', `/v1/lists/${flu}`)).status, 404);
    const { rows } = await database.adminPool.query('SELECT count(*)::int FROM contact');
    assert.deepEqual(rows, [{ count: 10 }]);
  });

  it('are put away and taken out again, and say which they are', async () => {
    const flu = await create('Flu');
    const other = await create('Other');
    const idsOf = async (query: string): Promise<string[]> =>
      (await api.send('GET', `/v1/lists${query}`)).body.items.map(({ id }: { id: string }) => id);
    const archive = (archived: boolean, headers: Record<string, string> = {}) =>
      api.send('POST', `/v1/lists/${flu}/archive`, { body: { archived }, headers });
    const { headers } = await api.send('GET', `/v1/lists/${flu}`);
    const away = await archive(true);
    assert.deepEqual([away.status, away.body.archivedAt], [200, api.clock.now().toISOString()]);
    api.clock.skip(60_000);
    // It is still put away since then, for whoever says it again.
    assert.equal((await archive(true)).body.archivedAt, away.body.archivedAt);
    assert.deepEqual(
      [await idsOf('?archived=true'), await idsOf('?archived=false'), await idsOf('')],
      [[flu], [other], [flu, other]],
    );
    assert.equal((await archive(false, { 'if-match': headers.get('etag') ?? '' })).status, 412);
    assert.equal((await archive(false)).body.archivedAt, null);
    assert.equal(
      (await api.send('POST', `/v1/lists/${randomUUID()}/archive`, { body: { archived: true } })).status,
      404,
    );
  });

  it('show a new ETag when somebody is put on them', async () => {
    const list = await create('Flu');
    const { headers } = await api.send('GET', `/v1/lists/${list}`);
    const seen = { 'if-none-match': headers.get('etag') ?? '' };
    assert.equal((await api.send('GET', `/v1/lists/${list}`, { headers: seen })).status, 304);
    await add(list, { contactIds: ids.slice(0, 1) });
    assert.equal((await api.send('GET', `/v1/lists/${list}`, { headers: seen })).status, 200);
  });

  it('get members by ids, twice as well as once, and say which ids are of nobody', async () => {
    const list = await create('Flu');
    const nobody = randomUUID();
    const first = await add(list, { contactIds: [ids[2], ids[1], ids[1], nobody] });
    assert.deepEqual(first.body, {
      changed: 2,
      contactIds: [ids[1], ids[2]].sort(),
      unknown: [nobody],
      members: 2,
    });
    const second = await add(list, { contactIds: [ids[2], ids[3]] });
    assert.deepEqual(second.body, { changed: 1, contactIds: [ids[3]], unknown: [], members: 3 });
    const gone = await remove(list, { contactIds: [ids[1], ids[9], nobody] });
    assert.deepEqual(gone.body, { changed: 1, contactIds: [ids[1]], unknown: [nobody], members: 2 });
    assert.deepEqual(await membersOf(list), [ids[2], ids[3]]);
    const lists = await api.send('GET', `/v1/contacts/${ids[2]}/lists`);
    assert.deepEqual(lists.body.items, [{ id: list, name: 'Flu', addedAt: api.clock.now().toISOString() }]);
  });

  it('get and lose all whom a filter matches', async () => {
    const list = await create('Flu');
    await add(list, { contactIds: [ids[1], ids[2]] });
    const added = await add(list, spanish);
    assert.deepEqual(added.body, { changed: 4, contactIds: [], unknown: [], members: 6 });
    const removed = await remove(list, {
      filter: { all: [spanish.filter, { not: { field: 'name', is: 'Ana 4' } }] },
    });
    assert.deepEqual(removed.body, { changed: 4, contactIds: [], unknown: [], members: 2 });
    assert.deepEqual(await membersOf(list), [ids[1], ids[4]]);
  });

  it('refuse members that are named wrongly, and too many of them', async () => {
    const list = await create('Flu');
    for (const body of [
      {},
      { contactIds: [] },
      { contactIds: ['x'] },
      { contactIds: Array.from({ length: 1_001 }, () => randomUUID()) },
      { filter: { field: 'colour', is: 'red' } },
      { filter: { all: [] }, contactIds: [randomUUID()] },
    ]) {
      assert.equal((await add(list, body)).status, 400, JSON.stringify(body).slice(0, 80));
    }
    assert.equal((await add(randomUUID(), spanish)).status, 404);
    assert.equal((await remove(randomUUID(), spanish)).status, 404);
  });

  it('are in the audit log without saying who is on them', async () => {
    const list = await create('Flu');
    await add(list, { contactIds: ids.slice(0, 2) });
    await remove(list, { filter: { field: 'name', is: 'Ana 1' } });
    const { rows } = await database.adminPool.query(
      `SELECT action, after FROM audit_entry WHERE subject = 'list' ORDER BY position`,
    );
    assert.deepEqual(rows, [
      { action: 'created', after: { name: 'Flu', description: '' } },
      { action: 'members added', after: { contacts: 2, by: 'ids' } },
      { action: 'members removed', after: { contacts: 1, by: 'filter' } },
    ]);
  });

  it('are not deleted while a campaign that has not ended goes to them or leaves them out', async () => {
    const list = await create('Flu');
    await insertCampaign(database.adminPool, api.clock.now(), {
      status: 'draft',
      definition: { audience: { filter: { all: [] }, exclude: [list] } },
    });
    const refused = await api.send('DELETE', `/v1/lists/${list}`);
    assert.deepEqual([refused.status, /A campaign \(draft\)/.test(refused.body.detail)], [409, true]);
    await database.adminPool.query(`UPDATE campaign SET status = 'completed'`);
    assert.equal((await api.send('DELETE', `/v1/lists/${list}`)).status, 204);
  });
});
