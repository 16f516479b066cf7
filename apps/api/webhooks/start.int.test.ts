import assert from 'node:assert/strict';
import { systemClock } from '#shared/clock.ts';
import { silentLogger } from '#shared/logger.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { eventually } from '#test/eventually.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { WebhookReceiver } from '#test/stand-ins/webhook-receiver.ts';
import { MOST_AT_ONCE } from './lane.ts';
import { ALSO_THIS_MACHINE } from './public-address.ts';
import { insertSampleDelivery, insertSampleEndpoint, SECRET_KEY } from './sample-endpoint.ts';
import { startWebhooks, type Webhooks, type WebhooksParts } from './start.ts';

describe('The loop over deliveries of webhooks', () => {
  let database: TestDatabase;
  let pool: Pool;
  let slow: WebhookReceiver;
  let quick: WebhookReceiver;
  let held: (() => void)[];
  let running: Webhooks | null;
  const failures: unknown[] = [];

  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  after(() => database.drop());
  beforeEach(async () => {
    await emptyTables(pool, 'webhook_endpoint, webhook_secret, webhook_delivery');
    held = [];
    slow = new WebhookReceiver();
    slow.answer = (response) => held.push(() => response.writeHead(200).end());
    quick = new WebhookReceiver();
    running = null;
  });
  afterEach(async () => {
    slow.answer = (response) => response.writeHead(200).end();
    for (const answer of held) answer();
    await running?.stop();
    await Promise.all([slow.close(), quick.close()]);
    assert.deepEqual(failures, []);
  });

  const partsOf = (more: Partial<WebhooksParts> = {}): WebhooksParts => ({
    pool,
    clock: systemClock(),
    logger: silentLogger,
    secretKey: SECRET_KEY,
    rule: { addresses: ALSO_THIS_MACHINE },
    attempted: () => undefined,
    onFailure: (error) => failures.push(error),
    ...more,
  });
  const fill = async (id: string, count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) await insertSampleDelivery(pool, id);
  };
  const pending = async (): Promise<number> =>
    (await pool.query("SELECT FROM webhook_delivery WHERE state = 'pending'")).rowCount ?? -1;

  it('lets no endpoint wait for another that does not answer', async () => {
    const [{ id: one }, { id: other }] = [
      await insertSampleEndpoint(pool, await slow.listen()),
      await insertSampleEndpoint(pool, `${await quick.listen()}/`),
    ];
    await fill(one, 5);
    await fill(other, 50);
    running = startWebhooks(partsOf());
    await eventually(async () => assert.equal(quick.received.length, 50));
    assert.equal(slow.received.length, 1, 'one request at a time, until one was taken');
  });

  it('asks an endpoint that takes what it gets more at once, up to a limit', async () => {
    const { id } = await insertSampleEndpoint(pool, await slow.listen());
    await quick.listen();
    await fill(id, 60);
    running = startWebhooks(partsOf());
    let most = 0;
    await eventually(async () => {
      most = Math.max(most, held.length);
      if (most < MOST_AT_ONCE) held.shift()?.();
      assert.equal(most, MOST_AT_ONCE);
    });
    assert.equal(held.length, MOST_AT_ONCE);
  });

  it('delivers what falls due while it runs, and stops after the requests in hand', async () => {
    const { id } = await insertSampleEndpoint(pool, await quick.listen());
    await slow.listen();
    running = startWebhooks(partsOf());
    await fill(id, 1);
    await eventually(async () => assert.equal(await pending(), 0));
    await running.stop();
    await fill(id, 1);
    assert.equal(await pending(), 1);
  });

  it('breaks off what takes too long when it stops, for the next task to deliver', async () => {
    const { id } = await insertSampleEndpoint(pool, await slow.listen());
    await quick.listen();
    await fill(id, 1);
    const clock = new ManualClock(new Date(Date.now() + 86_400_000));
    const webhooks = startWebhooks(partsOf({ clock }));
    await eventually(async () => assert.equal(slow.received.length, 1));
    const stopped = webhooks.stop();
    // The loops have gone, the patience is left.
    await eventually(async () => assert.equal(clock.sleeping, 1));
    await clock.advance(5_000);
    await stopped;
    const { rows } = await pool.query('SELECT state, claimed_until FROM webhook_delivery');
    assert.deepEqual(rows, [{ state: 'pending', claimed_until: null }]);
  });
});
