import assert from 'node:assert/strict';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { forgetDeliveries, KEPT_DAYS } from './forget.ts';
import { insertSampleEndpoint } from './sample-endpoint.ts';
import { deleteEndpoint, listEndpoints } from './store.ts';

describe('Old deliveries of webhooks', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());
  beforeEach(() => emptyTables(database.adminPool, 'webhook_endpoint, webhook_secret, webhook_delivery'));

  const insert = (endpointId: string, state: string, days: number, count: number) =>
    database.adminPool.query(
      `INSERT INTO webhook_delivery (endpoint_id, event_id, type, payload, state, created_at)
       SELECT $1, gen_random_uuid(), 'webhook.ping', '{}', $2, clock_timestamp() - $3 * interval '1 day'
         FROM generate_series(1, $4)`,
      [endpointId, state, days, count],
    );

  it('are kept for their days, longer where they did not arrive, and forgotten after, a limited number at once', async () => {
    const { adminPool } = database;
    const { id } = await insertSampleEndpoint(adminPool, 'https://crm.example.org/');
    await insert(id, 'delivered', KEPT_DAYS.delivered + 0.01, 1_200);
    await insert(id, 'failed', KEPT_DAYS.other + 0.01, 10);
    await insert(id, 'pending', KEPT_DAYS.other + 0.01, 10);
    await insert(id, 'delivered', KEPT_DAYS.delivered - 0.01, 1);
    await insert(id, 'failed', KEPT_DAYS.other - 0.01, 1);
    await insert(id, 'pending', KEPT_DAYS.other - 0.01, 1);
    assert.deepEqual([await forgetDeliveries(adminPool), await forgetDeliveries(adminPool)], [1_000, 220]);
    assert.equal(await forgetDeliveries(adminPool), 0);
    const { rows } = await adminPool.query('SELECT state FROM webhook_delivery ORDER BY state');
    assert.deepEqual(
      rows.map(({ state }) => state),
      ['delivered', 'failed', 'pending'],
    );
    assert.equal((await listEndpoints(adminPool)).length, 1);
  });

  it('of an endpoint that was deleted go with it, when nobody can be telling it anything any more', async () => {
    const { adminPool } = database;
    const { id } = await insertSampleEndpoint(adminPool, 'https://crm.example.org/');
    await insert(id, 'pending', 0, 1_100);
    await deleteEndpoint(adminPool, id);
    assert.deepEqual([await forgetDeliveries(adminPool), await forgetDeliveries(adminPool)], [1_000, 100]);
    const left = async () => (await adminPool.query('SELECT FROM webhook_endpoint')).rowCount;
    await forgetDeliveries(adminPool);
    assert.equal(await left(), 1);
    await adminPool.query(
      "UPDATE webhook_endpoint SET deleted_at = clock_timestamp() - interval '61 minutes'",
    );
    await forgetDeliveries(adminPool);
    assert.equal(await left(), 0);
  });
});
