import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { PoolClient } from 'pg';
import { areaCodes } from '#shared/compliance/location/area-codes.ts';
import { consentChange } from '#shared/consent/change.ts';
import { recordConsents } from '#shared/consent/record.ts';
import { erasePerson, findPersonalData } from '#shared/erasure/erase.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { anyPhoneCell, type HomeCountry, homeCountries, numberIn } from '#shared/phone/test-cells.ts';
import { validPhoneNumber } from '#shared/phone/valid-phone-number.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { eventually } from '#test/eventually.ts';
import type { ManualClock } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { takingTooLong } from '#test/too-long.ts';
import { startTestApi, type TestApi } from '../../api/test-api.ts';
import { takeImportTurn } from './take-turn.ts';

const DAY_MS = 24 * 60 * 60_000;

/** A pool whose transactions may die just before their commit. */
function dying(pool: Pool, dies: () => boolean): Pool {
  const dyingAtCommit = (client: PoolClient): PoolClient =>
    new Proxy(client, {
      get: (inner, key) => {
        const value = Reflect.get(inner, key);
        if (typeof value !== 'function') return value;
        if (key !== 'query') return value.bind(inner);
        return (...asked: unknown[]) =>
          asked[0] === 'COMMIT' && dies() ? Promise.reject(new Error('killed')) : value.apply(inner, asked);
      },
    });
  return new Proxy(pool, {
    get: (target, name) =>
      name === 'connect' ? async () => dyingAtCommit(await target.connect()) : Reflect.get(target, name),
  });
}

describe('An import', () => {
  let database: TestDatabase;
  let pool: Pool;
  let api: TestApi;
  let clock: ManualClock;
  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
    // What is read is counted of sessions of this service alone: others tell theirs seconds later, in the middle of whatever is counted.
    const { user } = database.configFor('campaigns');
    await pool.query(`ALTER DATABASE ${database.name} SET track_counts = off`);
    await pool.query(`ALTER ROLE ${user} IN DATABASE ${database.name} SET track_counts = on`);
    await pool.query('SET track_counts = off');
    api = await startTestApi(database);
    clock = api.clock;
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });
  beforeEach(() =>
    emptyTables(
      pool,
      `contact, contact_list, list_member, contact_field, contact_import, import_row, import_contact, import_fault,
       phone, message, attempt, consent_change, consent_standing, suppression, outbox, audit_entry, erased_phone`,
    ),
  );

  const turn = (batchRows = 3, on: Pool = pool, beside: Pool | null = pool) =>
    takeImportTurn(on, { clock, pseudonyms: testPseudonyms, producer: 'gateway', beside, batchRows });
  /** Lets the service work until nothing is due now. */
  const work = async (batchRows?: number): Promise<void> => {
    while ((await turn(batchRows)) !== null);
  };
  const create = async (more: object = {}): Promise<string> => {
    const { body, status } = await api.send('POST', '/v1/imports', {
      body: { kind: 'contacts', fileName: 'list.csv', ...more },
    });
    assert.equal(status, 201, JSON.stringify(body));
    return body.id;
  };
  const put = (id: string, file: string, type = 'text/csv') =>
    api.send('PUT', `/v1/imports/${id}/file`, { body: file, headers: { 'content-type': type } });
  const post = (id: string, action: string, body?: object) =>
    api.send('POST', `/v1/imports/${id}/${action}`, body === undefined ? {} : { body });
  const get = async (id: string) => (await api.send('GET', `/v1/imports/${id}`)).body;
  const faultsOf = async (id: string) => {
    const { body } = await api.send('GET', `/v1/imports/${id}/faults`);
    return body.items.map(({ column, reason, row }: Record<string, unknown>) => [row, column, reason]);
  };
  const checked = async (file: string, more: object = {}): Promise<string> => {
    const id = await create(more);
    const { body, status } = await put(id, file);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal((await post(id, 'check')).status, 202);
    await work();
    return id;
  };
  const imported = async (file: string, more: object = {}) => {
    const id = await checked(file, more);
    const { body, status } = await post(id, 'commit', { excludeFaulty: true });
    assert.equal(status, 202, JSON.stringify(body));
    await work();
    return get(id);
  };
  const contacts = async () =>
    (
      await pool.query(
        `SELECT phone_number, external_id, name, language, time_zone, state, postal_code, attributes, tags
           FROM contact ORDER BY phone_number`,
      )
    ).rows;
  const phonesIn = async (): Promise<string[]> =>
    (await contacts()).map(({ phone_number }: { phone_number: string }) => phone_number);
  const staged = async (): Promise<number> => {
    const { rows } = await pool.query<{ n: number }>(
      'SELECT (SELECT count(*) FROM import_row)::int + (SELECT count(*) FROM import_contact)::int AS n',
    );
    return rows[0]?.n ?? -1;
  };

  it('goes from the file over its columns and the check to contacts, and leaves nothing staged', async () => {
    await pool.query(
      `INSERT INTO contact_field (name, label, type, created_at) VALUES ('visits', 'Visits', 'number', now())`,
    );
    const { rows } = await pool.query<{ list_id: string }>(
      `INSERT INTO contact_list (list_id, name, created_at, updated_at) VALUES (gen_random_uuid(), 'Spring', now(), now())
       RETURNING list_id`,
    );
    const id = await create({ options: { listId: rows[0]?.list_id, tags: ['spring'] } });
    const sent = await put(
      id,
      '\ufeffTeléfono;Nombre;Apellido;Idioma;Zona horaria;Estado;Código postal;ID externo;Etiquetas;Visits;Notas\r\n' +
        '(415) 555-0101;Ana;"Ruiz\nGil";Español;america/los_angeles;California;2139;crm-1;vip, clinic;3;x\r\n',
    );
    assert.deepEqual(
      sent.body.columns.map(({ target }: { target: string }) => target),
      [
        ...['phone_number', 'first_name', 'last_name', 'language', 'time_zone', 'state', 'postal_code'],
        ...['external_id', 'tags', 'attributes.visits', null],
      ],
    );
    await post(id, 'check');
    await work();
    const { checked: counts, rows: count, status } = await get(id);
    assert.deepEqual(
      [status, count, counts],
      ['checked', 1, { valid: 1, duplicate: 0, faulty: 0, matched: 0 }],
    );
    assert.deepEqual(await contacts(), []);
    await post(id, 'commit', {});
    await work();
    assert.deepEqual((await get(id)).committed, {
      ...{ created: 1, updated: 0, unchanged: 0, refused: 0, erased: 0, consents: 0 },
    });
    assert.deepEqual(await contacts(), [
      {
        ...{ phone_number: '+14155550101', external_id: 'crm-1', name: 'Ana Ruiz\nGil', language: 'es' },
        ...{ time_zone: 'America/Los_Angeles', state: 'CA', postal_code: '02139' },
        ...{ attributes: { visits: 3 }, tags: ['vip', 'clinic', 'spring'] },
      },
    ]);
    assert.equal((await pool.query('SELECT FROM list_member')).rowCount, 1);
    assert.equal(await staged(), 0);
  });

  it('lists every fault with row, column and reason, and commits nothing before they are left out explicitly', async () => {
    const id = await checked(
      [
        'phone,state,zip,external id',
        '+4255551234,CA,94105,a', // made of a number of the United States by putting a + in front
        '4155550101,Nowhere,!!,b',
        '4155550102,CA,94105',
        '4155550103,NY,10001,c',
        '4155550104,NY,10001,c',
        ',NY,10001,d',
      ].join('\n'),
    );
    assert.deepEqual(await faultsOf(id), [
      [2, 'phone', 'is no valid phone number'],
      [3, 'state', 'is no state of the United States: write it as CA or California'],
      [3, 'zip', 'is no postal code'],
      [4, null, 'has 3 cells where the first row has 4'],
      [6, 'external id', 'stands on row 5 already, with another number'],
      [7, 'phone', 'has no phone number'],
    ]);
    assert.deepEqual((await get(id)).checked, { valid: 1, duplicate: 0, faulty: 5, matched: 0 });
    const refused = await post(id, 'commit', {});
    assert.deepEqual([refused.status, refused.body.code], [409, 'conflict']);
    assert.deepEqual(await contacts(), []);
    assert.equal((await post(id, 'commit', { excludeFaulty: true })).status, 202);
    await work();
    assert.deepEqual(await phonesIn(), ['+14155550103']);
    // The list of faults outlives the rows, for a month.
    assert.equal((await faultsOf(id)).length, 6);
    clock.skip(31 * DAY_MS);
    await work();
    assert.deepEqual(await faultsOf(id), []);
  });

  it('shows its first rows, and its faulty ones whole with what is wrong in which cell, also when the file is gone', async () => {
    const id = await checked(
      [
        'phone,state,zip,external id',
        '4155550101,Nowhere,!!,b',
        '4155550102,CA,94105',
        '4155550103,NY,10001,c',
        '4155550104,NY,10001,c',
        '4155550105,NY,=1+1,d',
        '4155550106,NY,10001,e',
      ].join('\n'),
    );
    const sample = async () => (await api.send('GET', `/v1/imports/${id}/sample`)).body.items;
    assert.deepEqual((await sample()).slice(0, 2), [
      { row: 2, cells: ['4155550101', 'Nowhere', '!!', 'b'] },
      { row: 3, cells: null },
    ]);
    assert.equal((await sample()).length, 5);
    const faulty = async (query = '') =>
      (await api.send('GET', `/v1/imports/${id}/faulty-rows${query}`)).body;
    const before = await faulty();
    assert.deepEqual(before.items[0], {
      row: 2,
      cells: ['4155550101', 'Nowhere', '!!', 'b'],
      faults: [
        {
          ...{ place: 1, column: 'state', value: 'Nowhere' },
          reason: 'is no state of the United States: write it as CA or California',
        },
        { place: 2, column: 'zip', reason: 'is no postal code', value: '!!' },
      ],
    });
    assert.deepEqual(
      before.items
        .slice(1)
        .map(({ cells, faults, row }: { cells: unknown; faults: object[]; row: number }) => [
          row,
          cells,
          faults.length,
        ]),
      [
        [3, null, 1],
        [5, ['4155550104', 'NY', '10001', 'c'], 1],
        [6, ['4155550105', 'NY', '=1+1', 'd'], 1],
      ],
    );
    const first = await faulty('?limit=3');
    const rest = await faulty(`?limit=3&cursor=${first.nextCursor}`);
    assert.deepEqual([...first.items, ...rest.items], before.items);
    await post(id, 'commit', { excludeFaulty: true });
    await work();
    assert.equal(await staged(), 0);
    assert.deepEqual([await sample(), await faulty()], [[], before]);
    const { body } = await api.send('GET', `/v1/imports/${id}/faulty-rows.csv`);
    assert.deepEqual(body.split('\r\n').slice(0, 3), [
      'phone,state,zip,external id,carillon line,carillon faults',
      '4155550101,Nowhere,!!,b,2,state: is no state of the United States: write it as CA or California; zip: is no postal code',
      ',,,,3,has 3 cells where the first row has 4',
    ]);
    assert.match(body, /4155550105,NY,'=1\+1,d,6/);
    // Mended, it is a file that is read as it is.
    const again = await checked(body);
    assert.deepEqual(
      (await get(again)).columns.map(({ target }: { target: string | null }) => target),
      ['phone_number', 'state', 'postal_code', 'external_id', null, null],
    );
  });

  it('gives its faults as CSV in which nothing is a formula', async () => {
    const id = await checked('phone,name\n"=HYPERLINK(""http://evil.example"")",x\n');
    const { body, headers } = await api.send('GET', `/v1/imports/${id}/faults.csv`);
    assert.match(headers.get('content-type') ?? '', /text\/csv/);
    assert.match(body.split('\r\n')[1], /^2,phone,is no valid phone number,"'=HYPERLINK/);
  });

  for (const [onMatch, expected] of [
    ['update', { name: 'New', language: 'es', external_id: 'a', tags: ['old', 'new'] }],
    ['fill', { name: 'Old', language: 'es', external_id: 'a', tags: ['old', 'new'] }],
    ['keep', { name: 'Old', language: null, external_id: 'a', tags: ['old'] }],
  ] as const) {
    it(`with ${onMatch} does that with contacts that are there, and nothing when it comes again`, async () => {
      await pool.query(
        `INSERT INTO contact (contact_id, phone_number, external_id, name, tags, created_at, updated_at)
         VALUES (gen_random_uuid(), '+14155550101', 'a', 'Old', '{old}', now(), now())`,
      );
      await pool.query(`INSERT INTO phone (phone_number) VALUES ('+14155550101')`);
      const file =
        'phone,name,language,external id,tags,state\n4155550101,New,es,,new,\n4155550102,Two,,,,TX\n';
      const first = await imported(file, { options: { onMatch } });
      assert.deepEqual([first.checked.matched, first.committed.created], [1, 1]);
      assert.equal(first.committed.updated, onMatch === 'keep' ? 0 : 1);
      const [{ name, language, external_id, tags }] = await contacts();
      assert.deepEqual({ name, language, external_id, tags }, expected);
      const before = (await pool.query('SELECT * FROM contact ORDER BY phone_number')).rows;
      clock.skip(60_000);
      const again = await imported(file, { options: { onMatch } });
      assert.deepEqual([again.committed.unchanged, again.checked.matched], [2, 2]);
      assert.deepEqual((await pool.query('SELECT * FROM contact ORDER BY phone_number')).rows, before);
    });
  }

  it('tells dialogs of the people whom it changes, and of nobody else', async () => {
    await emptyTables(pool, 'contact_news, dialog_state');
    const file = 'phone,name\n4155550101,Ana\n4155550102,Bo\n4155550103,Cy\n';
    await imported(file);
    await pool.query(
      `INSERT INTO dialog_state (phone_number, version, state, updated_at)
       SELECT phone, 1, '{}', now() FROM unnest('{+14155550101,+14155550102,+14155550104}'::text[]) AS phone`,
    );
    await imported(file.replace('Bo', 'Bob').replace('Cy', 'Cyd').concat('4155550104,Di\n'));
    const { rows } = await pool.query('SELECT phone_number FROM contact_news ORDER BY phone_number');
    assert.deepEqual(
      rows.map((row) => row.phone_number),
      ['+14155550102', '+14155550104'],
    );
  });

  it('tells the phone where its contact is', async () => {
    await pool.query(`INSERT INTO phone (phone_number, state) VALUES ('+14155550101', 'NY')`);
    await imported('phone,state,zip\n4155550101,CA,\n4155550101,TX,1\n');
    await imported('phone,state,zip\n4155550101,CA,94105\n');
    const { rows } = await pool.query('SELECT state, postal_code FROM phone');
    assert.deepEqual(rows, [{ state: 'CA', postal_code: '94105' }]);
  });

  it('records consent by its own rules, once, and lifts no suppression', async () => {
    await imported('phone,reason\n4155550101,left\n', { kind: 'suppressions' });
    const file = [
      'phone,consent source,consent wording,consent date',
      '4155550101,fair,I agree,2026-10-01',
      '4155550102,fair,I agree,2026-10-01',
      '4155550103,,I agree,2026-10-01',
      '4155550104,fair,I agree,',
      '4155550105,,,',
    ].join('\n');
    const first = await imported(file);
    assert.deepEqual([first.checked.faulty, first.committed.created, first.committed.consents], [2, 3, 2]);
    const again = await imported(file);
    assert.deepEqual([again.committed.unchanged, again.committed.consents], [3, 0]);
    const { rows } = await pool.query(
      `SELECT phone_number, status FROM consent_standing ORDER BY phone_number`,
    );
    assert.deepEqual(rows, [
      { phone_number: '+14155550101', status: 'opted_out' },
      { phone_number: '+14155550102', status: 'opted_in' },
    ]);
    assert.equal((await pool.query('SELECT FROM suppression')).rowCount, 1);
  });

  it('of suppressions blocks what waits for the phones at once, and counts who was suppressed before', async () => {
    await pool.query(`INSERT INTO phone (phone_number, last_ordinal) VALUES ('+14155550101', 1)`);
    await pool.query(
      `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id, created_at, state)
       VALUES (gen_random_uuid(), '+14155550101', 1, 'bulk', 'marketing', '+14155550100', 'x', gen_random_uuid(),
               gen_random_uuid(), now(), 'queued')`,
    );
    const file = 'phone number,reason\n4155550101,left\n4155550102,left\n4155550102,left\n';
    const first = await imported(file, { kind: 'suppressions' });
    assert.deepEqual(
      [first.checked.valid, first.checked.duplicate, first.committed.created, first.committed.unchanged],
      [2, 1, 2, 0],
    );
    assert.deepEqual((await pool.query('SELECT state FROM message')).rows, [{ state: 'blocked' }]);
    const again = await imported(file, { kind: 'suppressions' });
    assert.deepEqual([again.committed.unchanged, again.committed.consents], [2, 0]);
  });

  const suppressed = async (): Promise<string[]> => {
    const { rows } = await pool.query<{ phone_number: string }>(
      'SELECT phone_number FROM suppression ORDER BY phone_number',
    );
    return rows.map((row) => row.phone_number);
  };

  it('of suppressions takes every number in a row whose cells are not where they belong, and shows the row', async () => {
    const file = [
      'name,phone,reason',
      'Ana,4155550101,left',
      'Ben,4155550102,left,4155550103',
      '4155550104',
      'Eva,4155550105,she said "stop" to us',
      '"Ned,4155550106,left',
      'Oda,no number,left,twice',
    ].join('\n');
    const id = await checked(file, { kind: 'suppressions' });
    assert.deepEqual(await faultsOf(id), [
      [3, null, 'has 4 cells where the first row has 3; numbers in it that are suppressed all the same: 2'],
      [4, null, 'has 1 cells where the first row has 3; numbers in it that are suppressed all the same: 1'],
      [
        5,
        null,
        'a quote stands in a cell that does not begin with one: quote the cell, write two for it; numbers in it that are suppressed all the same: 1',
      ],
      [6, null, 'a quote is not closed; numbers in it that are suppressed all the same: 1'],
      [7, null, 'has 4 cells where the first row has 3'],
    ]);
    await post(id, 'commit', { excludeFaulty: true });
    await work();
    const { checked: found, committed, status } = await get(id);
    assert.deepEqual([status, found.valid, found.faulty, committed.created], ['committed', 6, 5, 6]);
    assert.deepEqual(
      await suppressed(),
      [1, 2, 3, 4, 5, 6].map((last) => `+1415555010${last}`),
    );
    assert.equal((await imported(file, { kind: 'suppressions' })).committed.consents, 0);
  });

  it('of suppressions takes a number that its country does not give out: it may be written to', async () => {
    await imported('phone,reason\n+4255551234,left\n', { kind: 'suppressions' });
    assert.deepEqual(await suppressed(), ['+4255551234']);
    const { checked: contactsOnly } = await imported('phone\n+4255551234\n');
    assert.equal(contactsOnly.faulty, 1);
  });

  it('of suppressions leaves alone anew whoever came back since the same list was taken in', async () => {
    const file = 'phone,reason\n4155550101,left\n';
    await imported(file, { kind: 'suppressions' });
    const phone = phoneNumber('+14155550101');
    await inTransaction(pool, (tx) =>
      recordConsents(
        tx,
        [
          consentChange({
            ...{ changeId: randomUUID(), phoneNumber: phone, status: 'opted_in', method: 'sms' },
            ...{ requestedAt: clock.now(), cause: 'vocabulary', originalMessage: 'START' },
          }),
        ],
        { teller: 'gateway', onlyDialogs: true, now: clock.now(), pseudonyms: testPseudonyms },
      ),
    );
    assert.deepEqual(await suppressed(), []);
    assert.equal((await imported(file, { kind: 'suppressions' })).committed.consents, 1);
    assert.deepEqual(await suppressed(), [phone]);
  });

  it('takes in nobody who was erased since the check, and counts them', async () => {
    const id = await checked('phone\n4155550101\n4155550102\n');
    await erasePerson(pool, {
      ...{ phone: phoneNumber('+14155550101'), reason: 'asked for it', by: 'ann' },
      ...{ pseudonyms: testPseudonyms, clock },
    });
    await post(id, 'commit', {});
    await work();
    const { committed, status } = await get(id);
    assert.deepEqual([status, committed.created, committed.erased], ['committed', 1, 1]);
    assert.deepEqual(await phonesIn(), ['+14155550102']);
  });

  const erase = (phone: string) =>
    erasePerson(pool, {
      ...{ phone: phoneNumber(phone), reason: 'asked for it', by: 'ann' },
      ...{ pseudonyms: testPseudonyms, clock },
    });
  const stagedText = async (): Promise<string> => {
    const { rows } = await pool.query(
      `SELECT (SELECT string_agg(row::text, ' ') FROM import_row AS row) AS rows,
              (SELECT string_agg(row::text, ' ') FROM import_contact AS row) AS contacts,
              (SELECT string_agg(row::text, ' ') FROM import_fault AS row) AS faults`,
    );
    return JSON.stringify(rows);
  };

  /** Numbers as people write them, which do not have the digits of the number that is dialled from abroad. */
  const WRITTEN: readonly [phone: string, cells: readonly string[]][] = [
    ['+525512345678', ['55 1234 5678', '+52 1 55 1234 5678', '(55) 1234-5678', '５５ １２３４ ５６７８']],
    ['+442079460018', ['+44 (0)20 7946 0018', '+44 (0) 2079 460018', 'tel:+44-20-7946-0018']],
  ];
  for (const [phone, cells] of WRITTEN) {
    it(`has nothing of ${phone} after an erasure, however their number is written in it`, async () => {
      const id = await create({ options: { country: 'MX' } });
      // As a note: in the midst of a text, and in a row that is of somebody else by its number.
      const rows = [
        ...cells.map((cell) => `${cell},Rosalind,`),
        `55 8765 4321,Rosalind,"call ${cells[0]} after 5"`,
      ];
      // Of somebody whose number has the same digits in another country, and of nobody they know.
      const others = ['+1 551 234 5678,Bo,', '55 2222 3333,Bo,'];
      await put(id, ['phone,name,notes', ...rows, ...others].join('\n'));
      const found = await findPersonalData(pool, phoneNumber(phone));
      assert.deepEqual(found, [{ table: 'import_row', rows: rows.length }]);
      await erase(phone);
      const text = await stagedText();
      assert.doesNotMatch(text, /Rosalind/);
      assert.equal(text.match(/\bBo\b/g)?.length, others.length);
      await post(id, 'check');
      await work();
      await post(id, 'commit', { excludeFaulty: true });
      await work();
      assert.equal((await phonesIn()).includes(phone), false);
    });

    it(`has nothing of ${phone} in what was wrong with its rows after an erasure`, async () => {
      const rows = cells.map((cell) => `${cell},Rosalind,EST,`);
      const id = await checked(
        ['phone,name,time zone,other', ...rows, `x,Rosalind,EST,${cells[0]}`, '55 2222 3333,Bo,EST,'].join(
          '\n',
        ),
        { options: { country: 'MX' } },
      );
      await pool.query('DELETE FROM import_row WHERE import_id = $1', [id]);
      await erase(phone);
      const text = await stagedText();
      assert.doesNotMatch(text, /Rosalind/);
      assert.match(text, /Bo/);
    });
  }

  it('takes in nobody who was erased since its upload began, whatever came out of the file meanwhile', async () => {
    const consent = 'clinic,We text you.,2026-01-05T10:00:00Z';
    const file = `phone,consent source,consent wording,consent timestamp\n4155550101,${consent}\n4155550102,${consent}\n`;
    const id = await create();
    await put(id, file);
    const { rows } = await pool.query('SELECT cells::text AS cells FROM import_row WHERE import_id = $1', [
      id,
    ]);
    await erase('+14155550101');
    // As a batch that was under way while the erasure looked.
    await pool.query('UPDATE import_row SET cells = $2 WHERE import_id = $1', [id, rows[0]?.cells]);
    await post(id, 'check');
    await work();
    assert.deepEqual((await pool.query('SELECT phone_number FROM import_contact')).rows, [
      { phone_number: '+14155550102' },
    ]);
    await post(id, 'commit', {});
    await work();
    const { checked: counts, committed, status } = await get(id);
    assert.deepEqual(
      [status, counts.valid, committed.created, committed.erased, committed.consents],
      ['committed', 2, 1, 1, 1],
    );
    assert.deepEqual(await phonesIn(), ['+14155550102']);
    assert.equal(
      (await pool.query(`SELECT FROM consent_change WHERE phone_number = '+14155550101'`)).rowCount,
      0,
    );
  });

  it('takes in nobody whose row was being checked while they were erased', async () => {
    const id = await checked('phone\n4155550101\n4155550102\n');
    await pool.query('CREATE TEMPORARY TABLE kept AS SELECT * FROM import_contact');
    await erase('+14155550101');
    await pool.query('DELETE FROM import_fault');
    await pool.query(`INSERT INTO import_contact SELECT * FROM kept WHERE phone_number = '+14155550101'`);
    await pool.query('DROP TABLE kept');
    await post(id, 'commit', {});
    await work();
    const { committed, status } = await get(id);
    assert.deepEqual([status, committed.created, committed.erased], ['committed', 1, 1]);
    assert.deepEqual(await phonesIn(), ['+14155550102']);
  });

  it('takes somebody in who was erased before the file came, as somebody new', async () => {
    await erase('+14155550101');
    await clock.advance(1);
    const { committed } = await imported('phone\n4155550101\n');
    assert.deepEqual([committed.created, committed.erased], [1, 0]);
  });

  it('that is killed anywhere goes on where it was: nothing is lost, nothing comes twice', async () => {
    const rows = Array.from({ length: 12 }, (_, n) => `415555${String(101 + n).padStart(4, '0')},e${n}`);
    const id = await create();
    // The end of a process in the middle of an upload: what came counts for nothing.
    const { upload } = { upload: 1 };
    await pool.query(`UPDATE contact_import SET upload = $2, file_rows = 1 WHERE import_id = $1`, [
      id,
      upload,
    ]);
    await pool.query(`INSERT INTO import_row VALUES ($1, $2, 2, '["4155550199","z"]', NULL)`, [id, upload]);
    await put(id, ['phone,external id', ...rows, 'nothing,x', rows[0]].join('\n'));
    await post(id, 'check');
    let kills = 0;
    /** Each step is done once, dies just before its commit, and is done again. */
    const dyingPool = dying(pool, () => {
      kills += 1;
      return true;
    });
    const workDying = async (): Promise<void> => {
      for (;;) {
        const before = kills;
        const died = await turn(3, dyingPool).then(
          (done) => done === null,
          () => false,
        );
        if (died && kills === before + 1) assert.fail('a transaction that could not commit has an effect');
        if ((await turn()) === null) return;
      }
    };
    await workDying();
    assert.deepEqual((await get(id)).checked, { valid: 12, duplicate: 1, faulty: 1, matched: 0 });
    await post(id, 'commit', { excludeFaulty: true });
    await workDying();
    assert.ok(kills > 10, String(kills));
    assert.equal((await get(id)).committed.created, 12);
    assert.equal((await phonesIn()).length, 12);
    assert.equal(await staged(), 0);
  });

  for (const before of ['this version', 'the version before'])
    it(`that ${before} staged is checked to its last row, in steps that end within records and of which each dies once`, async () => {
      const codes = [...areaCodes.keys()].filter(
        (code) => validPhoneNumber(`+1${code}5550100`, { country: 'US' }) !== null,
      );
      const rows = Array.from({ length: 1_100 }, (_, n) => [
        n % 100 === 50
          ? 'nothing'
          : `+1${codes[Math.floor(n / 100)]}55501${String(n % 100).padStart(2, '0')}`,
        `e${n}`,
      ]);
      const id = await create();
      await put(id, ['phone,external id', ...rows.map((row) => row.join(','))].join('\n'));
      if (before !== 'this version') {
        await pool.query(
          `WITH packed AS (DELETE FROM import_row RETURNING *)
           INSERT INTO import_row (import_id, upload, row_number, cells, fault)
           SELECT import_id, upload, (one ->> 0)::int, one -> 1, one ->> 2 FROM packed, json_array_elements(cells) AS each(one)`,
        );
      }
      const { rows: records } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM import_row');
      assert.equal(records[0]?.n, before === 'this version' ? 3 : 1_100);
      await post(id, 'check');
      for (;;) {
        await assert.rejects(
          turn(
            40,
            dying(pool, () => true),
          ),
        );
        if ((await turn(40))?.status === 'checked') break;
      }
      assert.deepEqual((await get(id)).checked, { valid: 1_089, duplicate: 0, faulty: 11, matched: 0 });
      const { rows: found } = await pool.query<{ row: [string, string] }>(
        'SELECT json_build_array(phone_number, external_id) AS row FROM import_contact ORDER BY row_number',
      );
      assert.deepEqual(
        found.map(({ row }) => row),
        rows.filter(([phone]) => phone !== 'nothing'),
      );
    });

  it('refuses whose external id somebody else has got since the check, takes the others in, and adds up', async () => {
    const id = await checked('phone,external id\n4155550101,a\n4155550102,b\n4155550103,c\n4155550104,d\n');
    await pool.query(
      `INSERT INTO contact (contact_id, phone_number, external_id, created_at, updated_at)
       VALUES (gen_random_uuid(), '+14155550190', 'b', now(), now())`,
    );
    await post(id, 'commit', {});
    await work();
    const { committed, status } = await get(id);
    assert.deepEqual([status, committed.created, committed.refused], ['committed', 3, 1]);
    assert.deepEqual((await phonesIn()).slice(0, 3), ['+14155550101', '+14155550103', '+14155550104']);
    assert.match(String((await faultsOf(id))[0]), /belongs to a contact with another number since the check/);
  });

  it('gives new contacts ids in the order of their numbers', async () => {
    await imported(`phone\n${[5, 2, 7, 1, 9].map((n) => `415555010${n}`).join('\n')}\n`);
    const { rows } = await pool.query<{ phone_number: string }>(
      'SELECT phone_number FROM contact ORDER BY contact_id',
    );
    const phones = rows.map((row) => row.phone_number);
    assert.deepEqual(phones, phones.toSorted());
  });

  it('is taken in from both ends by transactions of which either may die: every row comes once, and is counted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 2, max: 6 }),
        fc.infiniteStream(fc.constantFrom('none', 'none', 'this', 'other', 'both')),
        async (people, batch, deaths) => {
          await emptyTables(pool, 'contact, import_fault, import_beside, contact_import');
          const lines = Array.from(
            { length: people },
            (_, n) => `+1415555${String(101 + n).padStart(4, '0')},e${n}`,
          );
          await pool.query(
            `INSERT INTO contact (contact_id, phone_number, name, created_at, updated_at)
             VALUES (gen_random_uuid(), '+14155550101', 'Ana', now(), now())`,
          );
          const id = await checked(['phone,external id', ...lines].join('\n'));
          assert.equal((await post(id, 'commit', {})).status, 202);
          let death = 'none';
          const here = dying(pool, () => death === 'this' || death === 'both');
          const beside = dying(pool, () => death === 'other' || death === 'both');
          for (let left = 60; left > 0; left -= 1) {
            death = left > 30 ? (deaths.next().value ?? 'none') : 'none';
            const done = await turn(batch, here, beside).then(
              (after) => after === null,
              () => false,
            );
            if (done) break;
          }
          const { committed, status } = await get(id);
          assert.deepEqual(
            [status, committed.created, committed.updated + committed.unchanged],
            ['committed', people - 1, 1],
          );
          assert.equal(new Set(await phonesIn()).size, people);
          const { rows } = await pool.query('SELECT FROM import_beside');
          assert.equal(rows.length + (await staged()), 0);
        },
      ),
      { numRuns: runs(25) },
    );
  });

  it('does not wait for whoever waits for it: what is held by somebody else is not taken beside', async () => {
    const lines = Array.from({ length: 6 }, (_, n) => `+1415555${String(101 + n).padStart(4, '0')},New`);
    await pool.query(
      `INSERT INTO contact (contact_id, phone_number, created_at, updated_at)
       SELECT gen_random_uuid(), '+1415555010' || n, now(), now() FROM generate_series(1, 6) AS n`,
    );
    const id = await checked(['phone,name', ...lines].join('\n'));
    await post(id, 'commit', {});
    const somebody = await pool.connect();
    try {
      await somebody.query('BEGIN');
      const holds = (phone: string) =>
        somebody.query('SELECT FROM contact WHERE phone_number = $1 FOR UPDATE', [phone]);
      await holds('+14155550106');
      // Has written the lowest three and waits for the highest, which somebody has who waits for the lowest.
      const taken = turn(3);
      const waits = eventually(async () => {
        const { rows } = await pool.query(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'`);
        assert.notEqual(rows.length, 0);
      }).then(() => holds('+14155550101'));
      assert.equal((await taken)?.status, 'committing');
      await waits;
      assert.equal((await get(id)).committed.updated, 3);
    } finally {
      await somebody.query('ROLLBACK');
      somebody.release();
    }
    await work();
    assert.equal((await get(id)).committed.updated, 6);
  });

  it('that fails for good at its end counts what was taken in beside it', async () => {
    const lines = Array.from({ length: 9 }, (_, n) => `+1415555${String(101 + n).padStart(4, '0')}`);
    const id = await checked(['phone', ...lines].join('\n'));
    await post(id, 'commit', {});
    await pool.query(
      `ALTER TABLE contact ADD CONSTRAINT none_of_these CHECK (phone_number <> '+14155550102')`,
    );
    try {
      await work();
    } finally {
      await pool.query('ALTER TABLE contact DROP CONSTRAINT none_of_these');
    }
    const { committed, status } = await get(id);
    assert.deepEqual([status, committed.created], ['failed', 3]);
    assert.equal((await phonesIn()).length, 3);
  });

  for (const onto of ['no list', 'a list'])
    it(`onto ${onto} reads in every step what the step is about, and not all that is there or left`, () =>
      readsWhatItIsAbout(onto === 'a list'));

  async function readsWhatItIsAbout(hasList: boolean): Promise<void> {
    const [rows, batch] = [3_000, 50];
    const codes = [...areaCodes.keys()].filter(
      (code) => validPhoneNumber(`+1${code}5550100`, { country: 'US' }) !== null,
    );
    const lines = Array.from(
      { length: rows },
      (_, n) => `+1${codes[Math.floor(n / 100)]}55501${String(n % 100).padStart(2, '0')},crm-${n}`,
    );
    const list = hasList ? await api.send('POST', '/v1/lists', { body: { name: 'All' } }) : null;
    const id = await create(list === null ? {} : { options: { listId: list.body.id } });
    const { body, status } = await put(id, ['phone,external id', ...lines].join('\n'));
    assert.equal(status, 200, JSON.stringify(body));
    await post(id, 'check');
    // Sessions that have told what they read before it is asked.
    const session = () => createPool({ ...database.configFor('campaigns'), max: 1 }, () => undefined);
    const [one, beside] = [session(), session()];
    const read = async (): Promise<number> => {
      for (const each of [beside, one]) {
        await each.query('SELECT pg_stat_force_next_flush()');
        await each.query('SELECT');
      }
      const { rows: found } = await one.query<{ read: number }>(
        `SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS read FROM pg_stat_user_tables
          WHERE relname IN ('import_row', 'import_contact', 'contact', 'list_member', 'dialog_state')`,
      );
      return found[0]?.read ?? 0;
    };
    const counted = await read();
    try {
      for (;;) {
        const before = await read();
        const after = await turn(batch, one, beside);
        if (after === null) break;
        // What is staged is cleared away at once.
        const most = after.endedAt === null ? 20 * batch : 4 * rows;
        const taken = (await read()) - before;
        assert.ok(taken < most, `${after.status}, ${after.step}: read ${taken} rows`);
        if (after.status === 'checked') assert.equal((await post(id, 'commit', {})).status, 202);
      }
      assert.ok((await read()) - counted >= rows, 'what is read is counted');
    } finally {
      await Promise.all([one.end(), beside.end()]);
    }
    assert.equal((await get(id)).committed.created, rows);
    assert.equal(await staged(), 0);
    const members = await pool.query('SELECT FROM list_member');
    assert.equal(members.rowCount, hasList ? rows : 0);
  }

  it('lets nobody commit what is not checked, nor map what is under way, and can be cancelled until then', async () => {
    const id = await create();
    assert.equal((await post(id, 'check')).status, 409);
    await put(id, 'a,b\n4155550101,x\n');
    const unmapped = await post(id, 'check');
    assert.deepEqual([unmapped.status, unmapped.body.faults[0].pointer], [400, '/mapping']);
    const wrong = await api.send('PATCH', `/v1/imports/${id}`, {
      body: { mapping: ['phone_number', 'attributes.none'] },
    });
    assert.deepEqual([wrong.status, wrong.body.faults[0].pointer], [400, '/mapping/1']);
    const right = await api.send('PATCH', `/v1/imports/${id}`, { body: { mapping: ['phone_number', null] } });
    assert.equal(right.status, 200);
    assert.equal((await post(id, 'commit', {})).status, 409);
    await post(id, 'check');
    assert.equal(
      (await api.send('PATCH', `/v1/imports/${id}`, { body: { mapping: ['phone_number', null] } })).status,
      409,
    );
    assert.equal((await post(id, 'cancel')).body.status, 'cancelled');
    await work();
    assert.equal(await staged(), 0);
    assert.equal((await put(id, 'phone\n')).status, 409);
    assert.deepEqual(await contacts(), []);
  });

  it('that can never go on ends as failed, and keeps nobody else waiting', async () => {
    const id = await checked('phone\n4155550101\n');
    await pool.query(`UPDATE import_contact SET attributes = NULL WHERE import_id = $1`, [id]);
    await post(id, 'commit', {});
    const other = await imported('phone\n4155550102\n');
    assert.equal(other.committed.created, 1);
    const { reason, status } = await get(id);
    assert.equal(status, 'failed');
    assert.match(reason, /our logs/);
    assert.deepEqual(await phonesIn(), ['+14155550102']);
    assert.equal(await staged(), 0);
  });

  it('is put off for half a minute when a statement takes too long, keeps nobody else waiting, and goes on itself then', async () => {
    const id = await checked('phone\n4155550101\n');
    await post(id, 'commit', {});
    const row = `NEW.phone_number = '+14155550101'`;
    await takingTooLong(pool, { table: 'contact', row }, async () => {
      const other = await imported('phone\n4155550102\n');
      assert.equal(other.committed.created, 1);
      assert.deepEqual([(await get(id)).status, await phonesIn()], ['committing', ['+14155550102']]);
    });
    await work();
    assert.equal((await get(id)).status, 'committing', 'it is not due yet');
    clock.skip(30_000);
    await work();
    assert.equal((await get(id)).status, 'committed');
    assert.deepEqual(await phonesIn(), ['+14155550101', '+14155550102']);
  });

  it('that is cancelled is cleared away in steps of a bounded size, however large it is', async () => {
    // Of what is staged; of the file a record is many rows, and there are a tenth of them.
    const [rows, most] = [45_000, 20_000];
    const id = await checked('phone\n4155550101\n');
    await pool.query(
      `INSERT INTO import_row (import_id, upload, row_number, cells)
       SELECT $1, upload, n, '["x"]' FROM contact_import CROSS JOIN generate_series(10, 9 + $2::int) AS n WHERE import_id = $1`,
      [id, rows / 10],
    );
    await pool.query(
      `INSERT INTO import_contact (import_id, phone_number, row_number, is_known)
       SELECT $1, '+1' || n, n, false FROM generate_series(1, $2::int) AS n`,
      [id, rows],
    );
    assert.equal((await post(id, 'cancel')).body.status, 'cancelled');
    const one = createPool({ ...database.configFor('campaigns'), max: 1 }, () => undefined);
    const touched = async (): Promise<{ deleted: number; read: number }> => {
      await one.query('SELECT pg_stat_force_next_flush()');
      const { rows: found } = await one.query<{ deleted: number; read: number }>(
        `SELECT sum(n_tup_del)::int AS deleted, sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS read
           FROM pg_stat_user_tables WHERE relname IN ('import_row', 'import_contact')`,
      );
      return found[0] ?? { deleted: 0, read: 0 };
    };
    const steps: number[] = [];
    try {
      for (;;) {
        const before = await touched();
        if ((await turn(1, one)) === null) break;
        const after = await touched();
        steps.push(after.deleted - before.deleted);
        assert.ok(after.read - before.read <= 3 * 1.1 * most, `a step read ${after.read - before.read} rows`);
      }
    } finally {
      await one.end();
    }
    assert.deepEqual(steps, [1.1 * most, 1.1 * most, 1.1 * (rows - 2 * most) + 2, 0]);
    assert.equal(await staged(), 0);
  });

  it('that nobody goes on with is cancelled after a week, and its rows go', async () => {
    const id = await create();
    await put(id, 'phone\n4155550101\n');
    clock.skip(8 * DAY_MS);
    await work();
    assert.equal((await get(id)).status, 'cancelled');
    assert.equal(await staged(), 0);
  });

  for (const [title, file, detail] of [
    ['an empty file', '', /is empty/],
    ['a header that names nothing', ',,\n1,2,3\n', /names no column/],
    ['UTF-16', '\ufeff', /./],
  ] as const) {
    it(`refuses ${title}`, async () => {
      const id = await create();
      const { body, status } =
        title === 'UTF-16'
          ? await fetch(`${api.url}/v1/imports/${id}/file`, {
              method: 'PUT',
              body: Buffer.from('\ufeffphone\n4155550101\n', 'utf16le'),
              headers: { 'content-type': 'text/csv', authorization: `Bearer ${await api.key('operator')}` },
            }).then(async (answer) => ({ status: answer.status, body: await answer.json() }))
          : await put(id, file);
      assert.equal(status, 400);
      assert.match(body.detail, title === 'UTF-16' ? /UTF-16/ : detail);
      assert.equal((await put(id, 'phone\n')).status, 200);
    });
  }

  it('takes huge cells and rows as faults of one row, and files of another type not at all', async () => {
    const id = await checked(
      `phone,name\n4155550101,${'x'.repeat(300_000)}\n4155550102,${'y'.repeat(300)}\n4155550103,z\n`,
    );
    const [long, name] = await faultsOf(id);
    assert.match(String(long?.[2]), /is longer than/);
    assert.deepEqual(name, [3, 'name', 'is longer than 200 characters']);
    assert.equal((await get(id)).checked.valid, 1);
    assert.equal((await put(await create(), 'phone\n', 'application/json')).status, 415);
    const viewer = await api.key('viewer');
    const refused = await api.send('PUT', `/v1/imports/${id}/file`, {
      ...{ key: viewer, body: 'phone\n', headers: { 'content-type': 'text/csv' } },
    });
    assert.equal(refused.status, 403);
  });

  // Some are the same number, written in several ways.
  const cell = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 100, max: 108 }).map((n) => `4155550${n}`) },
    { weight: 2, arbitrary: fc.integer({ min: 100, max: 108 }).map((n) => `+1 (415) 555-0${n}`) },
    { weight: 1, arbitrary: fc.constantFrom('+44 (0)20 7946 0018', '011 44 20 7946 0018', '+4402079460018') },
    { weight: 1, arbitrary: fc.constantFrom('+4255551234', '5555550101', '', '123', 'x', '00') },
    { weight: 4, arbitrary: anyPhoneCell },
  );
  const externalId = fc.oneof({ weight: 3, arbitrary: fc.constant('') }, fc.constantFrom('a', 'b', 'c'));

  it('takes a number in if and only if it is valid, by the chosen rule, once, and adds up, whatever the file', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, externalId), { maxLength: 14 }),
        fc.constantFrom('first' as const, 'last' as const),
        fc.constantFrom(...homeCountries),
        fc.integer({ min: 1, max: 6 }),
        async (rows, onDuplicate, country, batchRows) => {
          await emptyTables(
            pool,
            'contact, list_member, contact_import, import_row, import_contact, import_fault',
          );
          const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
          const lines = rows.map(([phone, own], n) => `${quoted(phone)},n${n},${own}`);
          const file = `phone,name,external id\n${lines.join('\n')}\n`;
          const expected = expectedOf(rows, onDuplicate, country);
          for (const round of [0, 1]) {
            const id = await create({ options: { onDuplicate, country } });
            assert.equal((await put(id, file)).status, 200);
            await post(id, 'check');
            await work(batchRows);
            assert.equal((await post(id, 'commit', { excludeFaulty: true })).status, 202);
            await work(batchRows);
            const { checked: counts, committed, rows: count } = await get(id);
            assert.equal(count, rows.length);
            assert.equal(counts.valid + counts.duplicate + counts.faulty, count);
            assert.equal(committed.created + committed.updated + committed.unchanged, counts.valid);
            assert.deepEqual(counts, {
              ...expected.counts,
              matched: round === 0 ? 0 : expected.counts.valid,
            });
            assert.equal(round === 0 ? committed.created : committed.unchanged, counts.valid);
            const found = await contacts();
            assert.deepEqual(
              found.map(({ external_id, name, phone_number }) => [phone_number, name, external_id]),
              expected.contacts,
            );
          }
        },
      ),
      { numRuns: runs(40) },
    );
  });

  const anyValue = fc.constantFrom('', '', 'Ana', 'Bo', '10001', 'es');
  const anyPerson = fc.record({
    name: anyValue,
    postal_code: fc.constantFrom('', '10001', '94110'),
    clinic: anyValue,
  });
  it('leaves a contact that is there as it is, fills what it lacks, or has the file win, value by value, whatever either says', async () => {
    const seen = { changed: 0, same: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('update' as const, 'keep' as const, 'fill' as const),
        // Known already, or not; and what the file says of each.
        fc.array(fc.tuple(fc.option(anyPerson, { freq: 3 }), anyPerson), { minLength: 1, maxLength: 6 }),
        async (onMatch, people) => {
          await emptyTables(
            pool,
            'contact, contact_field, list_member, contact_import, import_row, import_contact, import_fault, phone',
          );
          await pool.query(
            `INSERT INTO contact_field (name, label, type, created_at) VALUES ('clinic', 'Clinic', 'text', now())`,
          );
          const phone = (n: number): string => `+1415555010${n}`;
          for (const [n, [known]] of people.entries()) {
            if (known === null) continue;
            await pool.query(
              `INSERT INTO contact (contact_id, phone_number, name, postal_code, attributes, created_at, updated_at)
               VALUES (gen_random_uuid(), $1, nullif($2, ''), nullif($3, ''), $4, now(), now())`,
              [phone(n), known.name, known.postal_code, known.clinic === '' ? {} : { clinic: known.clinic }],
            );
          }
          const lines = people.map(
            ([, told], n) => `${phone(n)},${told.name},${told.postal_code},${told.clinic}`,
          );
          const { committed } = await imported(`phone,name,postal code,clinic\n${lines.join('\n')}\n`, {
            options: { onMatch },
          });
          const expected = people.map(([known, told], n) => {
            const one = (field: keyof typeof told): string => {
              if (known === null) return told[field];
              if (onMatch === 'keep') return known[field];
              const [first, second] = onMatch === 'update' ? [told, known] : [known, told];
              return first[field] === '' ? second[field] : first[field];
            };
            return [phone(n), one('name'), one('postal_code'), one('clinic')];
          });
          const found = await contacts();
          assert.deepEqual(
            found.map(({ attributes, name, phone_number, postal_code }) => [
              phone_number,
              name ?? '',
              postal_code ?? '',
              attributes.clinic ?? '',
            ]),
            expected,
          );
          const changed = people.filter(
            ([known], n) =>
              known !== null &&
              [known.name, known.postal_code, known.clinic].join() !== expected[n]?.slice(1).join(),
          ).length;
          const fresh = people.filter(([known]) => known === null).length;
          assert.deepEqual(
            [committed.created, committed.updated, committed.unchanged],
            [fresh, changed, people.length - fresh - changed],
          );
          seen.changed += changed;
          seen.same += people.length - fresh - changed;
        },
      ),
      { numRuns: runs(40), includeErrorInReport: true },
    );
    assert.ok(Math.min(seen.changed, seen.same) >= 10, JSON.stringify(seen));
  });
});

/** What a file becomes, said in the simplest way. */
function expectedOf(
  rows: readonly (readonly [string, string])[],
  onDuplicate: 'first' | 'last',
  country: HomeCountry,
) {
  const valid = rows.flatMap(([phone, own], n) => {
    const number = numberIn(phone, country);
    return number === null ? [] : [{ number, name: `n${n}`, own: own === '' ? null : own }];
  });
  const chosen = new Map<string, (typeof valid)[number]>();
  for (const row of valid) if (onDuplicate === 'last' || !chosen.has(row.number)) chosen.set(row.number, row);
  const inOrder = valid.filter((row) => chosen.get(row.number) === row);
  const taken = new Set<string>();
  const kept = inOrder.filter(({ own }) => {
    if (own === null) return true;
    const isFree = !taken.has(own);
    taken.add(own);
    return isFree;
  });
  return {
    counts: {
      valid: kept.length,
      duplicate: valid.length - chosen.size,
      faulty: rows.length - valid.length + inOrder.length - kept.length,
    },
    contacts: kept
      .map(({ name, number, own }) => [number, name, own])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  };
}
