import assert from 'node:assert/strict';
import { services } from '#shared/topology.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

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

  it('says what came and went in the last 24 hours, and who waits for an answer', async () => {
    const now = api.clock.now();
    await database.adminPool.query(
      `INSERT INTO message_log (log_id, carrier, direction, phone_number, status, status_rank, status_at, occurred_at)
       SELECT gen_random_uuid(), 'twilio', direction, phone, status, 1, $1::timestamptz, $1::timestamptz - age
         FROM (VALUES ('inbound', '+12125550111', 'received', interval '1 hour'),
                      ('inbound', '+12125550111', 'received', interval '2 hours'),
                      ('outbound', '+12125550111', 'delivered', interval '1 hour'),
                      ('outbound', '+12125550112', 'undelivered', interval '1 hour'),
                      ('outbound', '+12125550113', 'sent', interval '1 hour'),
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
      messages: { received: 2, sent: 3, delivered: 1, undelivered: 1, isAll: true },
      repliers: 1,
      reached: 3,
      optOuts: 0,
      waiting: { conversations: 1, oldestAt: new Date(now.getTime() - 3_600_000).toISOString() },
    });
  });
});
