import assert from 'node:assert/strict';
import { erasePerson } from '#shared/erasure/erase.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

const PHONE = '+14155550101';

describe('Suppressions through the API', () => {
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
      `phone, consent_change, consent_standing, suppression, outbox, audit_entry, dialog_state, erased_phone,
       message, decision, decision_inputs`,
    ),
  );

  const add = (phoneNumbers: string[], more: object = {}) =>
    api.send('POST', '/v1/suppressions', { body: { phoneNumbers, reason: 'the old system', ...more } });
  const listed = async (query: string): Promise<string[]> => {
    const { status, body } = await api.send('GET', `/v1/suppressions${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body.items.map(({ phoneNumber }: { phoneNumber: string }) => phoneNumber);
  };

  it('are added as a list does: once each, with who did it, and in the audit log by number', async () => {
    const { status, body } = await add(['(415) 555-0101', PHONE, '+14155550102']);
    assert.deepEqual([status, body.added.length, body.messagesBlocked], [201, 2, 0]);
    const known = await api.send('GET', `/v1/suppressions/${PHONE}`);
    assert.deepEqual(known.body, {
      phoneNumber: PHONE,
      suppressed: true,
      suppressions: [
        {
          phoneNumber: PHONE,
          scope: 'sender',
          source: 'admin_import',
          reason: 'the old system',
          addedAt: api.clock.now().toISOString(),
          changeId: body.added[0].changeId,
        },
      ],
    });
    const log = await api.send('GET', `/v1/audit?subject=suppression&subjectId=${encodeURIComponent(PHONE)}`);
    assert.deepEqual(log.body.items[0].after, {
      scope: 'sender',
      source: 'admin_import',
      changeId: body.added[0].changeId,
    });
  });

  it('are of the number that a contact has, however it was written', async () => {
    const { body } = await add(['+4402079460018', '+44 (0)20 7946 0018', '+15555550101']);
    assert.deepEqual(body.added.map(({ phoneNumber }: { phoneNumber: string }) => phoneNumber).sort(), [
      '+15555550101',
      '+442079460018',
    ]);
  });

  it('that were added by mistake are taken back with import_fault, and deleted by nobody', async () => {
    const { body } = await add([PHONE]);
    const { status } = await api.send('DELETE', `/v1/suppressions/${PHONE}`);
    assert.equal(status, 405);
    const restored = await api.send('POST', `/v1/consents/${PHONE}/restore`, {
      body: { changeId: body.added[0].changeId, reason: 'import_fault', explanation: 'wrong list' },
    });
    assert.deepEqual([restored.status, restored.body.blocked], [200, false]);
    const known = await api.send('GET', `/v1/suppressions/${PHONE}`);
    assert.deepEqual([known.body.suppressed, known.body.suppressions], [false, []]);
  });

  it('tell the dialog of those who have one, and of nobody else', async () => {
    await database.adminPool.query(
      `INSERT INTO dialog_state (phone_number, version, state, updated_at) VALUES ($1, 1, '{}', now())`,
      [PHONE],
    );
    await add([PHONE, '+14155550102']);
    const { rows } = await database.adminPool.query('SELECT ordering_key FROM outbox');
    assert.deepEqual(rows, [{ ordering_key: PHONE }]);
  });

  it('are listed newest first, by source, scope and time, page by page', async () => {
    await add(['+14155550101', '+14155550102', '+14155550103']);
    const since = new Date(api.clock.now().getTime() + 1_000);
    api.clock.skip(1_000);
    await add(['+14155550104'], { scope: 'flu' });
    await api.send('POST', '/v1/consents/+14155550105/opt-out', {
      body: { method: 'web', originalMessage: 'stop' },
    });
    const phones: string[] = [];
    let query = '?limit=2';
    for (;;) {
      const { body } = await api.send('GET', `/v1/suppressions${query}`);
      phones.push(...body.items.map((item: { phoneNumber: string }) => item.phoneNumber));
      if (body.nextCursor === null) break;
      query = `?limit=2&cursor=${body.nextCursor}`;
    }
    assert.deepEqual(
      phones,
      [5, 4, 3, 2, 1].map((n) => `+1415555010${n}`),
    );
    assert.deepEqual(await listed('?source=user_opt_out'), ['+14155550105']);
    assert.deepEqual(await listed('?scope=flu'), ['+14155550104']);
    assert.deepEqual(await listed(`?since=${since.toISOString()}`), ['+14155550105', '+14155550104']);
    assert.equal((await api.send('GET', '/v1/suppressions?source=somebody')).status, 400);
  });

  it('of erased people hold for whoever gives the number again, and are on no list', async () => {
    await add([PHONE]);
    await emptyTables(database.adminPool, 'outbox');
    await erasePerson(database.adminPool, {
      phone: phoneNumber(PHONE),
      reason: 'asked for it',
      by: 'ann',
      pseudonyms: api.deps.pseudonyms,
      clock: api.clock,
    });
    const known = await api.send('GET', `/v1/suppressions/${PHONE}`);
    assert.deepEqual([known.body.suppressed, known.body.suppressions[0].phoneNumber], [true, PHONE]);
    assert.deepEqual(await listed(''), []);
    const consent = await api.send('GET', `/v1/consents/${PHONE}`);
    assert.deepEqual([consent.body.blocked, consent.body.history.length], [true, 1]);
    const restored = await api.send('POST', `/v1/consents/${PHONE}/restore`, {
      body: { changeId: consent.body.history[0].id, reason: 'import_fault', explanation: 'wrong list' },
    });
    assert.deepEqual([restored.status, restored.body.code], [409, 'conflict']);
    const message = await api.send('POST', '/v1/messages', {
      body: { phoneNumber: PHONE, body: 'x', intent: 'transactional' },
    });
    assert.deepEqual([message.body.verdict, message.body.rule], ['blocked', 'suppressed']);
  });

  it('leave as CSV in which nothing is a formula', async () => {
    await add([PHONE], { reason: '=HYPERLINK("http://evil.example")' });
    const { body, headers } = await api.send('GET', '/v1/suppressions/export');
    assert.match(headers.get('content-disposition') ?? '', /suppressions\.csv/);
    assert.match(body.split('\r\n')[1], /^\+14155550101,sender,.*,admin_import,"'=HYPERLINK\(""http/);
  });

  it('are refused with numbers that are none, named by their place, and none is added', async () => {
    const { status, body } = await add([PHONE, '12']);
    assert.equal(status, 400);
    assert.deepEqual(
      body.faults.map(({ pointer }: { pointer: string }) => pointer),
      ['/phoneNumbers/1'],
    );
    assert.deepEqual(await listed(''), []);
    const key = await api.key('viewer');
    const viewer = await api.send('POST', '/v1/suppressions', {
      key,
      body: { phoneNumbers: [PHONE], reason: 'x' },
    });
    assert.equal(viewer.status, 403);
  });

  it('are found through indexes, however many there are', async () => {
    await database.adminPool.query(
      `INSERT INTO suppression (phone_number, change_id, source, reason, added_at)
       SELECT '+1415' || lpad(n::text, 7, '0'), gen_random_uuid(), 'admin_import', 'x', now() - n * interval '1 second'
         FROM generate_series(1, 20000) AS n`,
    );
    await database.adminPool.query('ANALYZE suppression');
    for (const [source, index] of [
      [null, 'suppression_list'],
      ['carrier', 'suppression_source'],
    ] as const) {
      const { rows } = await database.adminPool.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT * FROM suppression WHERE ($1::text IS NULL OR source = $1)
          ORDER BY added_at DESC, phone_number DESC, scope DESC LIMIT 51`,
        [source],
      );
      assert.match(rows.map((row) => row['QUERY PLAN']).join('\n'), new RegExp(index));
    }
  });
});
