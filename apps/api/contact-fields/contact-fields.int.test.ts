import assert from 'node:assert/strict';
import { inTransaction } from '#shared/postgres/pool.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { insertCampaign } from '../../campaigns/test-campaigns.ts';
import { startTestApi, type TestApi } from '../test-api.ts';
import { clearDeletedField, lockField } from './store.ts';

describe('Fields of contacts through the API', () => {
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
  beforeEach(() => emptyTables(database.adminPool, 'contact, contact_field, campaign, audit_entry'));

  const create = (body: object) => api.send('POST', '/v1/contact-fields', { body });
  const change = (name: string, body: object, etag = '*') =>
    api.send('PATCH', `/v1/contact-fields/${name}`, { body, headers: { 'if-match': etag } });
  const remove = (name: string) => api.send('DELETE', `/v1/contact-fields/${name}`);
  const clear = () => clearDeletedField(api.deps.pool, api.clock.now(), 2);

  it('are made, got and listed by name', async () => {
    await create({ name: 'clinic', label: 'Clinic', type: 'text' });
    const { body, headers, status } = await create({
      name: 'arm',
      label: 'Arm',
      type: 'choice',
      choices: ['left', 'right', 'left'],
    });
    assert.deepEqual([status, body.choices, headers.get('etag')], [201, ['left', 'right'], '"1"']);
    const got = await api.send('GET', '/v1/contact-fields/arm');
    assert.deepEqual(got.body, body);
    const all = await api.send('GET', '/v1/contact-fields');
    assert.deepEqual(
      all.body.items.map(({ name }: { name: string }) => name),
      ['arm', 'clinic'],
    );
    assert.equal((await create({ name: 'arm', label: 'x', type: 'text' })).status, 409);
  });

  for (const [fault, body, pointer] of [
    ['a name that every contact has', { name: 'language', label: 'x', type: 'text' }, '/name'],
    ['a name with capitals', { name: 'Clinic', label: 'x', type: 'text' }, '/name'],
    ['a choice without choices', { name: 'arm', label: 'x', type: 'choice' }, '/choices'],
    ['a text with choices', { name: 'arm', label: 'x', type: 'text', choices: ['a'] }, '/choices'],
    ['a type that there is not', { name: 'arm', label: 'x', type: 'list' }, '/type'],
  ] as const) {
    it(`are refused with ${fault}`, async () => {
      const { body: problem, status } = await create(body);
      assert.deepEqual(
        [status, problem.faults.map((each: { pointer: string }) => each.pointer)],
        [400, [pointer]],
      );
    });
  }

  it('keep their choices when some are added', async () => {
    await create({ name: 'arm', label: 'Arm', type: 'choice', choices: ['left', 'right'] });
    const more = await change('arm', { choices: ['none', 'left', 'right'], label: 'Which arm' }, '"1"');
    assert.deepEqual([more.body.choices, more.body.label], [['none', 'left', 'right'], 'Which arm']);
    assert.equal((await change('arm', { label: 'x' }, '"1"')).status, 412);
    const fewer = await change('arm', { choices: ['left'] });
    assert.deepEqual([fewer.status, fewer.body.faults[0].pointer], [400, '/choices']);
    assert.match(fewer.body.faults[0].detail, /none, right/);
    await create({ name: 'clinic', label: 'x', type: 'text' });
    assert.equal((await change('clinic', { choices: ['a'] })).status, 400);
  });

  it('are gone at once when they are deleted, and their values soon after', async () => {
    await create({ name: 'clinic', label: 'Clinic', type: 'text' });
    await create({ name: 'age', label: 'Age', type: 'number' });
    for (let n = 1; n <= 5; n += 1) {
      const { status } = await api.send('POST', '/v1/contacts', {
        body: {
          phoneNumber: `+1415555010${n}`,
          attributes: n === 3 ? { age: n } : { age: n, clinic: 'North' },
        },
      });
      assert.equal(status, 201);
    }
    assert.equal((await remove('clinic')).status, 204);
    const { body: shown } = await api.send('GET', '/v1/contacts');
    assert.deepEqual(
      shown.items.map(({ attributes }: { attributes: object }) => attributes),
      [1, 2, 3, 4, 5].map((age) => ({ age })),
    );
    const refused = await api.send('POST', '/v1/contacts', {
      body: { phoneNumber: '+14155550106', attributes: { clinic: 'South' } },
    });
    assert.equal(refused.status, 400);
    const again = await create({ name: 'clinic', label: 'Clinic', type: 'number' });
    assert.deepEqual([again.status, /still being removed/.test(again.body.detail)], [409, true]);

    const parts: number[] = [];
    do parts.push(await clear());
    while (parts.at(-1) !== 0);
    assert.deepEqual(parts, [1, 1, 1, 0]);
    const { rows } = await database.adminPool.query(
      'SELECT attributes, version FROM contact ORDER BY contact_id',
    );
    assert.deepEqual(
      rows,
      [1, 2, 3, 4, 5].map((age) => ({ attributes: { age }, version: age === 3 ? 1 : 2 })),
    );
    assert.equal((await create({ name: 'clinic', label: 'Clinic', type: 'number' })).status, 201);
  });

  it('are not deleted before a value that somebody is writing has committed', async () => {
    await create({ name: 'clinic', label: 'Clinic', type: 'text' });
    const waiting = await inTransaction(database.adminPool, async (tx) => {
      await tx.query(`SELECT FROM contact_field WHERE name = 'clinic' FOR SHARE`);
      const asked = inTransaction(api.deps.pool, async (other) => {
        await other.query(`SET LOCAL lock_timeout = '50ms'`);
        return lockField(other, 'clinic');
      });
      return asked.then(
        () => 'had it',
        (error: Error) => error.message,
      );
    });
    assert.match(waiting, /lock timeout/);
  });

  it('are not deleted while a campaign that has not ended names them, in a text or its filter, or one that this version cannot read', async () => {
    const now = api.clock.now();
    for (const name of ['clinic', 'age', 'inn']) await create({ name, label: name, type: 'text' });
    const texts = await insertCampaign(database.adminPool, now, {
      status: 'draft',
      definition: { variants: [{ name: 'A', bodies: { en: 'See {{clinic|us}}, not the inn.' } }] },
    });
    await insertCampaign(database.adminPool, now, {
      status: 'active',
      definition: { audience: { filter: { not: { all: [{ field: 'age', known: true }] } } } },
    });
    const refused = await remove('clinic');
    assert.deepEqual([refused.status, /A campaign \(draft\)/.test(refused.body.detail)], [409, true]);
    assert.equal((await remove('age')).status, 409);
    assert.equal((await remove('inn')).status, 204);
    await database.adminPool.query(`UPDATE campaign SET status = 'stopped' WHERE campaign_id = $1`, [texts]);
    const newer = await insertCampaign(database.adminPool, now);
    const write = (definition: object) =>
      database.adminPool.query('UPDATE campaign SET definition = definition || $2 WHERE campaign_id = $1', [
        newer,
        definition,
      ]);
    await write({ rhythm: 'clinic' });
    const unread = await remove('clinic');
    assert.deepEqual([unread.status, /A campaign \(scheduled\)/.test(unread.body.detail)], [409, true]);
    await database.adminPool.query('DELETE FROM campaign WHERE campaign_id = $1', [newer]);
    assert.equal((await remove('clinic')).status, 204);
  });
});
