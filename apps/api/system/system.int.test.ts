import assert from 'node:assert/strict';
import { services } from '#shared/topology.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

const DAY_MS = 24 * 3_600_000;

describe('The system, for whoever looks at it', () => {
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

  it('has the parts of the topology, with what goes from which to which', async () => {
    const { body } = await api.send('GET', '/v1/topology');
    assert.deepEqual(
      body.services.map(({ name }: { name: string }) => name),
      Object.keys(services),
    );
    const dialog = body.services.find(({ name }: { name: string }) => name === 'dialog');
    assert.deepEqual(dialog.consumes, [{ consumer: 'dialog', stream: 'dialog-commands' }]);
  });

  it('shows dead letters newest first, open ones unless others are asked for, and each as it was read', async () => {
    await database.adminPool.query(
      `INSERT INTO quarantined_record (consumer, source, shard, sequence_number, partition_key, state, reason, body, arrived_at, settled_at)
       VALUES ('dialog', 'dialog-commands', 's', '1', '+12125550101', 'quarantined', 'no command', '{"a":1}', now(), NULL),
              ('outbound', 'dialog-events', 's', '2', '+12125550102', 'parked', 'waits', '{}', now(), NULL),
              ('dialog', 'dialog-commands', 's', '3', '+12125550103', 'discarded', 'no command', '{}', now(), now())`,
    );
    const list = async (query: string) =>
      (await api.send('GET', `/v1/dead-letters?${query}`)).body.items.map(({ key }: { key: string }) => key);
    assert.deepEqual(await list(''), ['+12125550102', '+12125550101']);
    assert.deepEqual(await list('consumer=dialog'), ['+12125550101']);
    assert.deepEqual(await list('settled=true'), ['+12125550103']);
    const first = await api.send('GET', '/v1/dead-letters?limit=1');
    assert.deepEqual(await list(`cursor=${first.body.nextCursor}`), ['+12125550101']);
    const { items } = (await api.send('GET', '/v1/dead-letters?consumer=dialog')).body;
    const { body } = await api.send('GET', `/v1/dead-letters/${items[0].id}`);
    assert.deepEqual([body.body, body.reason, body.state], ['{"a":1}', 'no command', 'quarantined']);
    assert.equal((await api.send('GET', '/v1/dead-letters/999')).status, 404);
    assert.equal((await api.send('GET', '/v1/dead-letters?consumer=%00')).status, 400);
  });

  it('redrives and discards dead letters: rehearsed first, each noted, what leaves goes through the outbox', async () => {
    const insert = async (
      source: string,
      state: string,
      phone: string,
      version: number | null,
    ): Promise<string> => {
      const { rows } = await database.adminPool.query<{ id: string }>(
        `INSERT INTO quarantined_record (consumer, source, shard, sequence_number, partition_key, state, reason, version, body, arrived_at)
         VALUES ('outbound', $1, 'x', gen_random_uuid()::text, $2, $3, 'no such event', $4, $5, now()) RETURNING id::text`,
        [source, phone, state, version, `{"version":${version}}`],
      );
      return rows[0]?.id ?? assert.fail('nothing was inserted');
    };
    const [ana, bo] = ['+12125550121', '+12125550122'];
    const one = await insert('dialog-events', 'quarantined', ana, 1);
    const behind = await insert('dialog-events', 'parked', ana, 2);
    const other = await insert('dialog-commands', 'quarantined', bo, null);
    const never = await insert('webhook twilio', 'quarantined', bo, null);
    const post = (what: string, body: object) => api.send('POST', `/v1/dead-letters/${what}`, { body });
    const outbox = async () =>
      (
        await database.adminPool.query(
          `DELETE FROM outbox WHERE producer = 'api' RETURNING target, ordering_key AS key, body`,
        )
      ).rows;
    const states = async () =>
      (
        await database.adminPool.query<{ said: string }>(
          `SELECT concat_ws(' ', state, settled_by, settled_reason) AS said FROM quarantined_record
            WHERE shard = 'x' ORDER BY id`,
        )
      ).rows.map(({ said }) => said);

    const like = { consumer: 'outbound', reason: 'no such event' };
    const rehearsed = await post('rehearsal', { ...like, does: 'redrive' });
    assert.deepEqual([rehearsed.status, rehearsed.body.settled, rehearsed.body.stay.length], [200, 2, 1]);
    assert.deepEqual(
      [await outbox(), await states()],
      [[], ['quarantined', 'parked', 'quarantined', 'quarantined']],
    );

    const redriven = await post('redrive', { ids: [other, never, behind] });
    assert.deepEqual(
      [
        redriven.body.settled,
        redriven.body.more,
        redriven.body.stay.map(({ code, id }: { code: string; id: string }) => [id, code]),
      ],
      [
        1,
        false,
        [
          [behind, 'follows_by_itself'],
          [never, 'never_on_a_stream'],
        ],
      ],
    );
    assert.deepEqual(await outbox(), [{ target: 'dialog-commands', key: bo, body: '{"version":null}' }]);

    const old = await insert('dialog-commands', 'quarantined', bo, null);
    await database.adminPool.query(
      `UPDATE quarantined_record SET arrived_at = now() - interval '29 days 1 minute' WHERE id = $1`,
      [old],
    );
    const tooOld = await post('redrive', { ids: [old] });
    assert.deepEqual([tooOld.body.settled, tooOld.body.stay[0].code], [0, 'too_old']);
    assert.deepEqual(await outbox(), []);
    await database.adminPool.query(`UPDATE quarantined_record SET consumer = 'dialog' WHERE id = $1`, [old]);
    assert.equal((await post('redrive', { ids: [old] })).body.settled, 1);
    assert.equal((await outbox()).length, 1);
    await database.adminPool.query('DELETE FROM quarantined_record WHERE id = $1', [old]);

    const why = 'A test of ours.';
    const first = await post('discard', { ids: [behind], why });
    assert.deepEqual(first.body.stay[0].code, 'another_comes_first');
    const discarded = await post('discard', { ids: [one], why });
    assert.deepEqual([discarded.body.settled, discarded.body.woken], [1, 1]);
    assert.deepEqual(await outbox(), [{ target: 'dialog-events', key: ana, body: '{"version":2}' }]);
    assert.match((await states())[0] ?? '', /^discarded .*A test of ours\.$/);
    const second = await post('redrive', { ids: [one] });
    assert.deepEqual(
      [second.status, second.body.settled, second.body.stay[0].code, second.body.stay[0].settled],
      [200, 0, 'settled_meanwhile', { by: 'the admin', as: 'discarded', why }],
    );
    assert.equal((await post('discard', { ids: ['999999'], why })).status, 404);

    for (const wrong of [{}, { ids: [one], consumer: 'outbound' }, { ids: [] }]) {
      assert.equal((await post('redrive', wrong)).status, 400);
    }
    assert.equal((await post('discard', { ids: [never] })).status, 400);
    const key = await api.key('operator');
    assert.equal(
      (await api.send('POST', '/v1/dead-letters/redrive', { key, body: { ids: [never] } })).status,
      403,
    );
    const { body } = await api.send('GET', '/v1/audit?subject=dead-letter');
    assert.deepEqual(
      body.items
        .map(({ action, subjectId }: { action: string; subjectId: string }) => `${subjectId} ${action}`)
        .sort(),
      [
        `${one} discarded`,
        `${one} unchanged`,
        `${behind} unchanged`,
        `${behind} unchanged`,
        `${never} unchanged`,
        `${other} redriven`,
        `${old} unchanged`,
        `${old} redriven`,
      ].sort(),
    );
  });

  it('lets one of two who settle a record at once do it, tells the other who did, and notes that one alone', async () => {
    const { rows } = await database.adminPool.query<{ id: string }>(
      `INSERT INTO quarantined_record (consumer, source, shard, sequence_number, partition_key, state, reason, body, arrived_at)
       SELECT 'outbound', 'dialog-events', 'two', 'two ' || n, '+1212555014' || n, 'quarantined', 'at once', '{}', now()
         FROM generate_series(1, 3) AS n RETURNING id::text`,
    );
    const ids = rows.map(({ id }) => id);
    const [maria, bo] = [await api.key('admin'), await api.key('admin')];
    const post = (what: string, key: string, body: object) =>
      api.send('POST', `/v1/dead-letters/${what}`, { key, body: { ids, ...body } });
    const [one, other] = await Promise.all([
      post('redrive', maria, {}),
      post('discard', bo, { why: 'Nobody waits for it.' }),
    ]);
    assert.deepEqual([one.status, other.status], [200, 200]);
    assert.equal(one.body.settled + other.body.settled, 3);
    assert.equal(one.body.stay.length + other.body.stay.length, 3);
    for (const { code, settled } of [...one.body.stay, ...other.body.stay]) {
      assert.equal(code, 'settled_meanwhile');
      assert.ok(settled.by);
    }
    const { rows: noted } = await database.adminPool.query(
      `SELECT subject_id AS id, action FROM audit_entry
        WHERE subject = 'dead-letter' AND subject_id = ANY ($1) AND action <> 'unchanged' ORDER BY subject_id::int`,
      [ids],
    );
    const { rows: states } = await database.adminPool.query(
      `SELECT id::text, state AS action FROM quarantined_record WHERE id = ANY ($1) ORDER BY quarantined_record.id`,
      [ids],
    );
    assert.deepEqual(noted, states);
  });

  it('says what came and went in the last 24 hours, and who waits for an answer', async () => {
    const now = api.clock.now();
    await database.adminPool.query(
      `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, status, status_rank, status_at, occurred_at)
       SELECT gen_random_uuid(), 'twilio', CASE WHEN phone <> '+12125550115' THEN gen_random_uuid()::text END,
              direction, phone, status, 1, $1::timestamptz, $1::timestamptz - age
         FROM (VALUES ('inbound', '+12125550111', 'received', interval '1 hour'),
                      ('inbound', '+12125550111', 'received', interval '2 hours'),
                      ('outbound', '+12125550111', 'delivered', interval '1 hour'),
                      ('outbound', '+12125550112', 'undelivered', interval '1 hour'),
                      ('outbound', '+12125550113', 'sent', interval '1 hour'),
                      ('outbound', '+12125550115', 'failed', interval '1 hour'),
                      ('outbound', '+12125550114', 'delivered', interval '25 hours')) AS said(direction, phone, status, age)`,
      [now],
    );
    await database.adminPool.query(
      `INSERT INTO conversation (conversation_id, phone_number, state, waiting, last_text_at, activity_at, created_at)
       VALUES (gen_random_uuid(), '+12125550111', 'open', 2, $1, $1, $1), (gen_random_uuid(), '+12125550112', 'closed', 0, $1, $1, $1)`,
      [new Date(now.getTime() - 3_600_000)],
    );
    const { body } = await api.send('GET', '/v1/overview');
    assert.deepEqual(body, {
      since: new Date(now.getTime() - 24 * 3_600_000).toISOString(),
      messages: { received: 2, sent: 3, refused: 1, delivered: 1, undelivered: 1, isAll: true },
      repliers: 1,
      reached: 3,
      optOuts: 0,
      waiting: { conversations: 1, oldestAt: new Date(now.getTime() - 3_600_000).toISOString() },
    });
  });

  it('counts who opted out in 24 hours of business time, also where that is far ahead of the machine', async () => {
    const optOut = async (phone: string): Promise<void> => {
      const body = { method: 'voice', originalMessage: 'no more' };
      const { status } = await api.send('POST', `/v1/consents/${phone}/opt-out`, { body });
      assert.equal(status, 201);
    };
    const counted = async (): Promise<number> => (await api.send('GET', '/v1/overview')).body.optOuts;
    await optOut('+12125550121');
    assert.equal(await counted(), 1);
    // Beyond whatever the machine shows.
    api.clock.skip(new Date(Date.now() + 30 * DAY_MS).getTime() - api.clock.now().getTime());
    assert.equal(await counted(), 0);
    await optOut('+12125550122');
    assert.equal(await counted(), 1);
  });
});
