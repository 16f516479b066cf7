import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFields } from '#shared/contacts/store.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';
import { exportContacts } from './export.ts';
import { whereOf } from './selection.ts';

const PHONE = '+14155550101';
const OTHER = '+14155550102';

describe('Contacts through the API', () => {
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
    emptyTables(
      database.adminPool,
      `contact, contact_field, contact_list, list_member, campaign, campaign_contact, campaign_count, phone,
       message, audit_entry, api_reply, contact_news, dialog_state`,
    ),
  );

  const create = (body: object, status = 201) =>
    api.send('POST', '/v1/contacts', { body }).then((answer) => {
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      return answer.body;
    });
  const field = (name: string, type: string, choices: string[] = []) =>
    api.send('POST', '/v1/contact-fields', { body: { name, label: name, type, choices } });
  const listed = async (query: string): Promise<string[]> => {
    const { body, status } = await api.send('GET', `/v1/contacts${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body.items.map(({ phoneNumber }: { phoneNumber: string }) => phoneNumber);
  };
  const faultsOf = (body: { faults: { pointer: string }[] }): string[] =>
    body.faults.map(({ pointer }) => pointer).sort();

  it('are made with a canonical number, and got by id and by number', async () => {
    await field('clinic', 'text');
    const made = await create({
      phoneNumber: '(415) 555-0101',
      name: ' Ana ',
      timeZone: 'america/new_york',
      state: 'ny',
      attributes: { clinic: 'North' },
      tags: ['a', 'a', 'b'],
    });
    assert.deepEqual(made, {
      id: made.id,
      phoneNumber: PHONE,
      externalId: null,
      name: 'Ana',
      language: null,
      timeZone: 'America/New_York',
      state: 'NY',
      postalCode: null,
      lineType: null,
      attributes: { clinic: 'North' },
      tags: ['a', 'b'],
      hasReplied: false,
      lastReply: null,
      lastReplyAt: null,
      createdAt: api.clock.now().toISOString(),
      updatedAt: api.clock.now().toISOString(),
    });
    const got = await api.send('GET', `/v1/contacts/${made.id}`);
    assert.deepEqual([got.body, got.headers.get('etag')], [made, '"1.0"']);
    assert.deepEqual(await listed('?phone=415.555.0101'), [PHONE]);
  });

  it('are refused with all faults at once, those of their fields included', async () => {
    await field('born', 'date');
    const refused = await create(
      {
        phoneNumber: '+4255551234',
        name: '  ',
        language: 'English',
        timeZone: 'EST',
        state: 'New York',
        attributes: { born: 'yesterday', clinic: 'North' },
        colour: 'red',
      },
      400,
    );
    assert.deepEqual(faultsOf(refused), [
      '/attributes/born',
      '/attributes/clinic',
      '/colour',
      '/language',
      '/name',
      '/phoneNumber',
      '/state',
      '/timeZone',
    ]);
    for (const phoneNumber of [
      '+4255551234',
      '4155550',
      '+14155550101234',
      '+2125550101',
      '+19995550101',
      'x',
    ]) {
      assert.deepEqual(faultsOf(await create({ phoneNumber }, 400)), ['/phoneNumber'], phoneNumber);
    }
  });

  it('have a number in one form, however it was written', async () => {
    const made = await create({ phoneNumber: '+4402079460018' });
    assert.equal(made.phoneNumber, '+442079460018');
    for (const phoneNumber of ['+442079460018', '+44 (0)20 7946 0018', '+4402079460018'])
      assert.match((await create({ phoneNumber }, 409)).detail, new RegExp(made.id));
  });

  it('have a number and an external id that no other has', async () => {
    const { id } = await create({ phoneNumber: PHONE, externalId: 'P-1' });
    const sameNumber = await create({ phoneNumber: PHONE }, 409);
    assert.match(sameNumber.detail, new RegExp(id));
    const sameId = await create({ phoneNumber: OTHER, externalId: 'P-1' }, 409);
    assert.match(sameId.detail, new RegExp(id));
    const other = await create({ phoneNumber: OTHER });
    const changed = await api.send('PATCH', `/v1/contacts/${other.id}`, {
      headers: { 'if-match': '*' },
      body: { externalId: 'P-1' },
    });
    assert.equal(changed.status, 409);
  });

  it('are changed by whoever has seen the newest version, an answer that came meanwhile aside', async () => {
    await field('visits', 'number');
    await field('clinic', 'text');
    const { id } = await create({
      phoneNumber: PHONE,
      name: 'Ana',
      attributes: { visits: 1, clinic: 'North' },
    });
    await database.adminPool.query(`UPDATE contact SET last_reply = 'yes', last_reply_at = now()`);
    const change = (etag: string, body: object) =>
      api.send('PATCH', `/v1/contacts/${id}`, { headers: { 'if-match': etag }, body });
    const changed = await change('"1.0"', { name: null, attributes: { visits: 2.5, clinic: null } });
    assert.deepEqual(
      [changed.status, changed.body.name, changed.body.attributes, changed.body.lastReply],
      [200, null, { visits: 2.5 }, 'yes'],
    );
    assert.match(changed.headers.get('etag') ?? '', /^"2\.\d{13}"$/);
    assert.equal((await change('"1.0"', { name: 'B' })).status, 412);
    assert.equal((await api.send('PATCH', `/v1/contacts/${id}`, { body: {} })).status, 428);
    const refused = await change('*', { attributes: { visits: '3' } });
    assert.deepEqual([refused.status, faultsOf(refused.body)], [400, ['/attributes/visits']]);
    const fixed = await change('*', { phoneNumber: OTHER });
    assert.deepEqual([fixed.status, faultsOf(fixed.body)], [400, ['/phoneNumber']]);
  });

  it('tell the row of their phone where they are, and leave there what a dialog knows', async () => {
    await database.adminPool.query(
      `INSERT INTO phone (phone_number, time_zone) VALUES ($1, 'America/Denver')`,
      [PHONE],
    );
    const phone = async () => {
      const { rows } = await database.adminPool.query('SELECT time_zone, state, postal_code FROM phone');
      return Object.values(rows[0]);
    };
    const { id } = await create({ phoneNumber: PHONE, state: 'NY' });
    assert.deepEqual(await phone(), ['America/Denver', 'NY', null]);
    const change = (body: object) =>
      api.send('PATCH', `/v1/contacts/${id}`, { headers: { 'if-match': '*' }, body });
    await change({ timeZone: 'America/Chicago', postalCode: '60601' });
    assert.deepEqual(await phone(), ['America/Chicago', 'NY', '60601']);
    await database.adminPool.query(`UPDATE phone SET time_zone = 'America/Denver'`);
    await change({ timeZone: null, state: null, name: 'Ana' });
    assert.deepEqual(await phone(), ['America/Denver', null, '60601']);
  });

  it('are told to the dialog with their number, if there is one, and show what came of answers there', async () => {
    await field('kids', 'number');
    await database.adminPool.query(
      `INSERT INTO dialog_state (phone_number, version, state, updated_at) VALUES ($1, 1, '{}', now())`,
      [PHONE],
    );
    const { id } = await create({ phoneNumber: PHONE, attributes: { kids: 2 } });
    await create({ phoneNumber: OTHER });
    await api.send('PATCH', `/v1/contacts/${id}`, { headers: { 'if-match': '*' }, body: { name: 'Ana' } });
    const { rows } = await database.adminPool.query('SELECT phone_number FROM contact_news');
    assert.deepEqual(
      rows.map((row) => row.phone_number),
      [PHONE, PHONE],
    );
    await database.adminPool.query(
      `INSERT INTO contact_answer (contact_id, field, answer, value, programme_slug, drill_instance_id, prompt_slug, event_id,
                                   answered_at)
       SELECT $1, field, answer, value, 'lessons', gen_random_uuid(), 'p', gen_random_uuid(), $2
         FROM (VALUES ('kids', 'two', NULL), ('name', 'Ana', '"Ana"'::jsonb), ('language', 'es', '"es"'::jsonb))
              AS answered(field, answer, value)`,
      [id, api.clock.now()],
    );
    const { body } = await api.send('GET', `/v1/contacts/${id}/answers`);
    assert.deepEqual(
      body.items.map((each: Record<string, unknown>) => [
        each.field,
        each.answer,
        each.value,
        each.isCurrent,
      ]),
      [
        ['kids', 'two', null, false],
        ['language', 'es', 'es', false],
        ['name', 'Ana', 'Ana', true],
      ],
    );
    assert.deepEqual(
      [body.items[0].programme, body.items[0].drill, body.items[0].prompt],
      ['lessons', null, 'p'],
    );
    assert.equal((await api.send('GET', `/v1/contacts/${randomUUID()}/answers`)).status, 404);
  });

  it('are in the audit log by number and names of fields, without a value of one', async () => {
    await field('clinic', 'text');
    const { id } = await create({ phoneNumber: PHONE, name: 'Rosalind', attributes: { clinic: 'Rosalind' } });
    await api.send('PATCH', `/v1/contacts/${id}`, {
      headers: { 'if-match': '*' },
      body: { postalCode: 'Rosalind', attributes: { clinic: 'Rosalind 2' } },
    });
    await api.send('DELETE', `/v1/contacts/${id}`);
    const { rows } = await database.adminPool.query(
      `SELECT action, before, after FROM audit_entry WHERE subject = 'contact' ORDER BY position`,
    );
    assert.deepEqual(rows, [
      {
        action: 'created',
        before: null,
        after: { phoneNumber: PHONE, fields: ['name', 'attributes.clinic'] },
      },
      {
        action: 'updated',
        before: { phoneNumber: PHONE },
        after: { phoneNumber: PHONE, fields: ['postalCode', 'attributes.clinic'] },
      },
      { action: 'deleted', before: { phoneNumber: PHONE }, after: { campaignsLeft: 0 } },
    ]);
  });

  it('are listed page by page, by everything that is asked for at once', async () => {
    await field('age', 'number');
    for (const [n, more] of [
      { name: 'Ana', tags: ['x'], externalId: 'E1', attributes: { age: 20 } },
      { name: 'ANABEL', tags: ['x', 'y'], attributes: { age: 30 } },
      { name: '50% off', language: 'es', attributes: { age: 40 } },
      { name: null },
    ].entries()) {
      await create({ phoneNumber: `+1415555010${n + 1}`, ...more });
    }
    const phones: string[] = [];
    for (let query: string | null = '?limit=3'; query !== null; ) {
      const { body } = await api.send('GET', `/v1/contacts${query}`);
      phones.push(...body.items.map((item: { phoneNumber: string }) => item.phoneNumber));
      query = body.nextCursor === null ? null : `?limit=3&cursor=${body.nextCursor}`;
    }
    assert.deepEqual(
      phones,
      [1, 2, 3, 4].map((n) => `+1415555010${n}`),
    );
    const ending = async (query: string) => (await listed(query)).map((phone) => Number(phone.slice(-1)));
    const filter = (value: object) => `filter=${encodeURIComponent(JSON.stringify(value))}`;
    assert.deepEqual(await ending('?q=ana'), [1, 2]);
    assert.deepEqual(await ending('?q=50%25'), [3]);
    assert.deepEqual(await ending('?q=%25'), []);
    assert.deepEqual(await ending('?q=a_a'), []);
    assert.deepEqual(await ending('?externalId=E1'), [1]);
    assert.deepEqual(await ending('?tag=x&q=anab'), [2]);
    assert.deepEqual(await ending(`?${filter({ field: 'age', atLeast: 30 })}`), [2, 3]);
    assert.deepEqual(await ending(`?tag=x&${filter({ not: { field: 'age', is: 20 } })}`), [2]);
    for (const [query, pointer] of [
      ['?filter=x', 'filter'],
      [`?${filter({ field: 'colour', is: 1 })}`, 'filter'],
      [`?filter=${'['.repeat(2_000)}${']'.repeat(2_000)}`, 'filter'],
      ['?colour=red', 'colour'],
    ] as const) {
      const { body, status } = await api.send('GET', `/v1/contacts${query}`);
      assert.deepEqual([status, faultsOf(body)], [400, [pointer]], query);
    }
  });

  it('are searched by a filter in a body, counted when that is asked for', async () => {
    for (const n of [1, 2, 3])
      await create({ phoneNumber: `+1415555010${n}`, language: n === 3 ? 'es' : 'en' });
    const search = (body: object) => api.send('POST', '/v1/contacts/search', { body });
    const filter = { field: 'language', is: 'en' };
    const first = await search({ filter, limit: 1, count: true });
    assert.deepEqual([first.status, first.body.items.length, first.body.count], [200, 1, 2]);
    const second = await search({ filter, limit: 1, cursor: first.body.nextCursor });
    assert.deepEqual(
      [second.body.items[0].phoneNumber, second.body.nextCursor, second.body.count],
      [OTHER, null, null],
    );
    const refused = await search({
      filter: {
        all: [
          { field: 'colour', is: 'red' },
          { field: 'created_at', is: 'now' },
        ],
      },
      limit: 1_000,
      x: 1,
    });
    assert.deepEqual(
      [refused.status, faultsOf(refused.body)],
      [400, ['/filter/all/0/field', '/filter/all/1/is', '/limit', '/x']],
    );
    const deep = `{"filter":${'{"not":'.repeat(20_000)}{"tag":"x"}${'}'.repeat(20_001)}`;
    const answer = await api.send('POST', '/v1/contacts/search', { body: deep });
    assert.deepEqual([answer.status, faultsOf(answer.body)], [400, ['']]);
    const wide = { any: Array.from({ length: 50 }, () => ({ field: 'name', in: Array(100).fill('x') })) };
    assert.deepEqual(faultsOf((await search({ filter: wide })).body), ['/filter']);
  });

  it('have tags that are counted, the most common first', async () => {
    await create({ phoneNumber: PHONE, tags: ['flu', 'vip'] });
    await create({ phoneNumber: OTHER, tags: ['flu'] });
    await create({ phoneNumber: '+14155550103' });
    assert.deepEqual((await api.send('GET', '/v1/contact-tags')).body.items, [
      { tag: 'flu', contacts: 2 },
      { tag: 'vip', contacts: 1 },
    ]);
  });

  it('leave as CSV with their fields, page by page, and nothing in it is a formula', async () => {
    await field('clinic', 'text');
    await field('balance', 'number');
    await create({
      phoneNumber: PHONE,
      name: '=1+1',
      tags: ['@x', 'y'],
      attributes: { clinic: '-cmd', balance: -5 },
    });
    await create({ phoneNumber: OTHER, name: 'B, "b"' });
    const at = api.clock.now().toISOString();
    const expected = [
      'phone_number,external_id,name,language,time_zone,state,postal_code,line_type,tags,balance,clinic,last_reply_at,created_at',
      `${PHONE},,'=1+1,,,,,,'@x;y,-5,'-cmd,,${at}`,
      `${OTHER},,"B, ""b""",,,,,,,,,,${at}`,
      '',
    ].join('\r\n');
    const { body, headers } = await api.send('GET', '/v1/contacts/export');
    assert.equal(body, expected);
    assert.match(headers.get('content-disposition') ?? '', /contacts\.csv/);
    const fields = await readFields(database.adminPool);
    let paged = '';
    for await (const piece of exportContacts(database.adminPool, { sql: 'true', values: [] }, fields, 1)) {
      paged += piece;
    }
    assert.equal(paged, expected);
    const one = await api.send('GET', '/v1/contacts/export?q=b');
    assert.equal(one.body.split('\r\n').length, 3);
  });

  it('are found through indexes, however many there are', async () => {
    await database.adminPool.query(
      `INSERT INTO contact (contact_id, phone_number, external_id, name, tags, created_at, updated_at)
       SELECT gen_random_uuid(), '+1212' || lpad(n::text, 7, '0'), 'P-' || n, 'Name ' || n, ARRAY['t' || n], now(), now()
         FROM generate_series(1, 20000) AS n`,
    );
    await database.adminPool.query('ANALYZE contact');
    for (const [selection, index] of [
      [{ phone: '+12120000077' }, 'contact_phone_number_key'],
      [{ externalId: 'P-77' }, 'contact_external_id_key'],
      [{ q: 'name 77' }, 'contact_name'],
      [{ tag: 't77' }, 'contact_tags'],
    ] as const) {
      const { sql, values } = whereOf(selection, []);
      const { rows } = await database.adminPool.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT contact_id FROM contact WHERE ${sql}`,
        [...values],
      );
      assert.match(rows.map((row) => row['QUERY PLAN']).join('\n'), new RegExp(index));
    }
  });

  it('give an external id to one of two that ask for it at the same time', async () => {
    const made = await Promise.all([PHONE, OTHER].map((phoneNumber) => create({ phoneNumber })));
    const answers = await Promise.all(
      made.map(({ id }) =>
        api.send('PATCH', `/v1/contacts/${id}`, {
          headers: { 'if-match': '*' },
          body: { externalId: 'P-1' },
        }),
      ),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
  });

  it('are read by viewers and written by operators', async () => {
    const key = await api.key('viewer');
    const { id } = await create({ phoneNumber: PHONE });
    assert.equal((await api.send('GET', `/v1/contacts/${id}`, { key })).status, 200);
    assert.equal(
      (await api.send('POST', '/v1/contacts/search', { key, body: { filter: { all: [] } } })).status,
      200,
    );
    assert.equal((await api.send('DELETE', `/v1/contacts/${id}`, { key })).status, 403);
  });
});
