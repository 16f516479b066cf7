import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { silentLogger } from '#shared/logger.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { WebhookReceiver } from '#test/stand-ins/webhook-receiver.ts';
import { GIVE_UP_MS } from './back-off.ts';
import { type DeliveryOutcome, type DeliveryParts, deliverNext } from './deliver.ts';
import { claimDelivery, type Delivery, listDeliveries, redeliver } from './delivery-store.ts';
import { KEPT_BYTES } from './post.ts';
import { ALSO_THIS_MACHINE, PUBLIC_INTERNET } from './public-address.ts';
import { insertSampleDelivery, insertSampleEndpoint, SECRET_KEY } from './sample-endpoint.ts';
import { newSecret, sealSecret } from './secret.ts';
import { type Endpoint, readEndpoint, replaceSecret } from './store.ts';

/** What a receiver verifies with, as docs/webhooks.md shows it. */
const page = await readFile(new URL('../../../docs/webhooks.md', import.meta.url), 'utf8');
const [, example] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
assert.ok(example);
const { verify }: { verify(secret: string, headers: object, body: string, now?: number): boolean } =
  await import(`data:text/javascript,${encodeURIComponent(example)}`);

const never = new AbortController().signal;
const DAY_MS = 86_400_000;

describe('Deliveries of webhooks', () => {
  let database: TestDatabase;
  let pool: Pool;
  let clock: ManualClock;
  let receiver: WebhookReceiver;
  let url: string;
  let parts: DeliveryParts;
  let attempted: DeliveryOutcome[];

  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  after(() => database.drop());
  beforeEach(async () => {
    await emptyTables(pool, 'webhook_endpoint, webhook_secret, webhook_delivery, audit_entry');
    // What is new is due by the clock of the database, which is behind this one. Whole seconds, as in timestamps.
    clock = new ManualClock(new Date(Math.ceil(Date.now() / DAY_MS + 1) * DAY_MS));
    receiver = new WebhookReceiver();
    url = `${await receiver.listen()}/hook`;
    attempted = [];
    parts = {
      pool,
      clock,
      logger: silentLogger,
      secretKey: SECRET_KEY,
      rule: { addresses: ALSO_THIS_MACHINE },
      attempted: (outcome) => attempted.push(outcome),
    };
  });
  afterEach(() => receiver.close());

  const deliver = (id: string, signal = never) => deliverNext(id, parts, signal);
  const deliveriesOf = (endpointId: string): Promise<Delivery[]> =>
    listDeliveries(pool, { endpointId, state: null, before: null, limit: 100 });
  async function deliveryOf(endpointId: string): Promise<Delivery> {
    const [delivery, ...others] = await deliveriesOf(endpointId);
    assert.ok(delivery && others.length === 0);
    return delivery;
  }
  async function endpoint(id: string): Promise<Endpoint> {
    const found = await readEndpoint(pool, id);
    assert.ok(found);
    return found;
  }
  const seconds = (): number => clock.machineTime().getTime() / 1_000;
  const answering =
    (status: number, headers: Record<string, string> = {}): WebhookReceiver['answer'] =>
    (response) =>
      response.writeHead(status, headers).end('so it is');

  it('come signed, so that whoever verifies them as the documentation shows knows them', async () => {
    const { id, secret } = await insertSampleEndpoint(pool, url);
    const { eventId } = await insertSampleDelivery(pool, id);
    assert.equal(await deliver(id), 'delivered');
    const [request] = receiver.received;
    assert.ok(request);
    const { headers, body } = request;
    assert.deepEqual(
      [headers['content-type'], headers['webhook-id'], JSON.parse(body)],
      [
        'application/json',
        eventId,
        { type: 'webhook.ping', timestamp: '2026-11-26T12:00:00.000Z', data: { eventId } },
      ],
    );
    assert.equal(verify(secret, headers, body, seconds()), true);
    assert.equal(verify(newSecret(), headers, body, seconds()), false);
    assert.equal(verify(secret, headers, `${body} `, seconds()), false);
    assert.equal(verify(secret, { ...headers, 'webhook-id': 'another' }, body, seconds()), false);
    assert.equal(verify(secret, headers, body, seconds() + 301), false, 'too old');
    const { attempts, state, responseStatus } = await deliveryOf(id);
    assert.deepEqual([state, attempts, responseStatus], ['delivered', 1, 204]);
    assert.equal(await deliver(id), 'nothing');
  });

  it('are signed with the secret before a rotation too, for a day', async () => {
    const { id, secret: former } = await insertSampleEndpoint(pool, url);
    const current = newSecret();
    const formerUntil = new Date(clock.now().getTime() + DAY_MS);
    await replaceSecret(pool, { id, secret: sealSecret(current, SECRET_KEY, id), formerUntil });
    const accepted = async (): Promise<boolean[]> => {
      await insertSampleDelivery(pool, id);
      await deliver(id);
      const request = receiver.received.at(-1);
      assert.ok(request);
      return [current, former].map((secret) => verify(secret, request.headers, request.body, seconds()));
    };
    assert.deepEqual(await accepted(), [true, true]);
    await clock.advance(DAY_MS);
    assert.deepEqual(await accepted(), [true, false]);
  });

  it('that fail come again later, under the same id, with what was answered on record', async () => {
    const { id } = await insertSampleEndpoint(pool, url);
    await insertSampleDelivery(pool, id);
    receiver.answer = answering(500);
    assert.equal(await deliver(id), 'retried');
    const failed = await deliveryOf(id);
    assert.deepEqual(
      [failed.state, failed.attempts, failed.responseStatus, failed.responseBody, failed.error],
      ['pending', 1, 500, 'so it is', null],
    );
    assert.equal(failed.dueAt.getTime() - clock.now().getTime(), 5_500);
    assert.equal(await deliver(id), 'nothing');
    await clock.advance(5_500);
    receiver.answer = answering(200);
    assert.equal(await deliver(id), 'delivered');
    const [first, second] = receiver.received;
    assert.equal(second?.headers['webhook-id'], first?.headers['webhook-id']);
    assert.equal(second?.body, first?.body);
    assert.equal(
      Number(second?.headers['webhook-timestamp']) - Number(first?.headers['webhook-timestamp']),
      5,
    );
    assert.deepEqual(attempted, ['retried', 'delivered']);
  });

  it('come again when the receiver asks for it', async () => {
    const { id } = await insertSampleEndpoint(pool, url);
    await insertSampleDelivery(pool, id);
    receiver.answer = answering(429, { 'retry-after': '600' });
    await deliver(id);
    const { dueAt } = await deliveryOf(id);
    assert.equal(dueAt.getTime() - clock.now().getTime(), 660_000);
    // Nor is anything else tried before.
    await insertSampleDelivery(pool, id);
    assert.equal(await deliver(id), 'nothing');
    await clock.advance(600_000);
    receiver.answer = answering(200);
    assert.equal(await deliver(id), 'delivered');
  });

  it('follow no redirect', async () => {
    const { id } = await insertSampleEndpoint(pool, url);
    await insertSampleDelivery(pool, id);
    receiver.answer = answering(302, { location: `${url}/elsewhere` });
    assert.equal(await deliver(id), 'retried');
    assert.equal(receiver.received.length, 1);
    assert.equal((await deliveryOf(id)).responseStatus, 302);
  });

  it('end when there is no answer in time', async () => {
    const { id } = await insertSampleEndpoint(pool, url);
    await insertSampleDelivery(pool, id);
    receiver.answer = () => undefined;
    parts.rule = { addresses: ALSO_THIS_MACHINE, timeoutMs: 50 };
    assert.equal(await deliver(id), 'retried');
    const { error, responseStatus } = await deliveryOf(id);
    assert.deepEqual([error, responseStatus], ['There was no answer in time.', null]);
  });

  it('have arrived when the answer says so, although the rest of it never comes', async () => {
    const { id } = await insertSampleEndpoint(pool, url);
    await insertSampleDelivery(pool, id);
    receiver.answer = (response) => {
      response.writeHead(200).write('thank');
    };
    parts.rule = { addresses: ALSO_THIS_MACHINE, timeoutMs: 50 };
    assert.equal(await deliver(id), 'delivered');
  });

  it('keep the beginning of an answer, and read no more of one that has no end', async () => {
    const { id } = await insertSampleEndpoint(pool, url);
    await insertSampleDelivery(pool, id);
    const closed = new Promise<void>((resolve) => {
      receiver.answer = (response) => {
        response.on('close', resolve);
        const more = (): void => {
          while (response.write(`\0${'ä'.repeat(500)}`));
        };
        response.on('drain', more);
        more();
      };
    });
    assert.equal(await deliver(id), 'delivered');
    await closed;
    const { responseBody } = await deliveryOf(id);
    assert.match(responseBody ?? '', /^ä{500}ä+�?$/);
    assert.ok(Buffer.byteLength(responseBody ?? '') <= KEPT_BYTES + 2);
  });

  it('say why when nobody listens, or somebody speaks something else', async () => {
    const { id } = await insertSampleEndpoint(pool, 'http://127.0.0.1:9/');
    await insertSampleDelivery(pool, id);
    await deliver(id);
    assert.match((await deliveryOf(id)).error ?? '', /ECONNREFUSED/);
    const { id: other } = await insertSampleEndpoint(pool, url);
    await insertSampleDelivery(pool, other);
    receiver.answer = (response) => {
      response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
    };
    await deliver(other);
    const { error, state } = await deliveryOf(other);
    assert.deepEqual([state, error], ['pending', 'It wants to speak another protocol.']);
  });

  it('go to no address outside the public internet, whatever the endpoint says or its name leads to', async () => {
    parts.rule = { addresses: PUBLIC_INTERNET };
    const { id } = await insertSampleEndpoint(pool, url);
    await insertSampleDelivery(pool, id);
    assert.equal(await deliver(id), 'retried');
    assert.match((await deliveryOf(id)).error ?? '', /must begin with https/);
    const { id: named } = await insertSampleEndpoint(pool, 'https://hook.example.org/');
    const asked: string[] = [];
    for (const addresses of [['127.0.0.1'], ['169.254.169.254'], ['93.184.215.14', '10.0.0.1']]) {
      const { position } = await insertSampleDelivery(pool, named);
      parts.rule = {
        addresses: PUBLIC_INTERNET,
        resolve: async (name) => {
          asked.push(name);
          return addresses;
        },
      };
      await deliver(named);
      const delivery = (await deliveriesOf(named)).find((each) => each.position === position);
      assert.match(
        delivery?.error ?? '',
        /hook\.example\.org has an address that is not of the public/,
        addresses.join(),
      );
      await pool.query('UPDATE webhook_endpoint SET resting_until = NULL, failures = 0');
    }
    // Once for each connection: there is no second look that could end otherwise.
    assert.deepEqual(asked, Array(3).fill('hook.example.org'));
    assert.deepEqual(receiver.received, []);
  });

  it('are made again, under the same id, when a task ends between the request and its record', async () => {
    const { id } = await insertSampleEndpoint(pool, url);
    const { eventId } = await insertSampleDelivery(pool, id);
    const claimed = await claimDelivery(pool, { endpointId: id, now: clock.now(), claimMs: 60_000 });
    assert.equal(claimed?.eventId, eventId);
    assert.equal(await deliver(id), 'nothing', 'somebody is at it');
    await pool.query("UPDATE webhook_delivery SET claimed_until = clock_timestamp() - interval '1 ms'");
    assert.equal(await deliver(id), 'delivered');
    assert.equal(receiver.received[0]?.headers['webhook-id'], eventId);
    assert.equal((await deliveryOf(id)).attempts, 2);
  });

  it('are recorded by whoever has them, and not by a task that was given up', async () => {
    const { id } = await insertSampleEndpoint(pool, url);
    await insertSampleDelivery(pool, id);
    const answers: (() => void)[] = [];
    receiver.answer = (response) => answers.push(() => response.writeHead(500).end());
    const hanging = deliver(id);
    while (answers.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await pool.query("UPDATE webhook_delivery SET claimed_until = clock_timestamp() - interval '1 ms'");
    receiver.answer = answering(200);
    assert.equal(await deliver(id), 'delivered');
    for (const answer of answers) answer();
    await hanging;
    assert.equal((await deliveryOf(id)).state, 'delivered');
    assert.equal((await endpoint(id)).failingSince, null);
  });

  it('are shared by tasks, each made once', async () => {
    const { id } = await insertSampleEndpoint(pool, url);
    const expected: string[] = [];
    for (let n = 0; n < 40; n += 1) expected.push((await insertSampleDelivery(pool, id)).eventId);
    const task = async (): Promise<void> => {
      while ((await deliver(id)) !== 'nothing');
    };
    await Promise.all([task(), task(), task(), task()]);
    // A task may have looked while the others had hold of all; nothing is left either way.
    await task();
    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    assert.deepEqual(ids.sort(), expected.sort());
  });

  it('come in the order in which they are due, so that new ones never starve those that failed', async () => {
    const { id } = await insertSampleEndpoint(pool, url);
    const { eventId: first } = await insertSampleDelivery(pool, id);
    receiver.answer = answering(500);
    await deliver(id);
    await clock.advance(10_000);
    await insertSampleDelivery(pool, id);
    await pool.query('UPDATE webhook_delivery SET due_at = $1 WHERE attempts = 0', [clock.now()]);
    receiver.answer = answering(200);
    await deliver(id);
    assert.equal(receiver.received.at(-1)?.headers['webhook-id'], first);
  });

  it('wait while an endpoint rests, which is longer the longer it fails, and over with the first that arrives', async () => {
    const { id } = await insertSampleEndpoint(pool, url);
    for (let n = 0; n < 10; n += 1) await insertSampleDelivery(pool, id);
    receiver.answer = answering(503);
    const outcomes = [];
    for (let n = 0; n < 4; n += 1) outcomes.push(await deliver(id));
    assert.deepEqual(outcomes, ['retried', 'retried', 'retried', 'nothing']);
    await clock.advance(2_000);
    assert.deepEqual([await deliver(id), await deliver(id)], ['retried', 'nothing']);
    await clock.advance(2_000);
    assert.equal(await deliver(id), 'nothing');
    await clock.advance(4_000);
    receiver.answer = answering(200);
    for (let n = 0; n < 10; n += 1) assert.equal(await deliver(id), 'delivered');
    assert.equal(await deliver(id), 'nothing');
    assert.deepEqual(
      (await deliveriesOf(id)).map(({ state }) => state),
      Array(10).fill('delivered'),
    );
  });

  it('are given up after three days, and the endpoint that took nothing in them is switched off', async () => {
    const { id } = await insertSampleEndpoint(pool, url);
    await insertSampleDelivery(pool, id);
    receiver.answer = answering(500);
    const began = clock.now();
    for (;;) {
      const outcome = await deliver(id);
      if (outcome === 'given_up') break;
      const { dueAt } = await deliveryOf(id);
      await clock.advance(dueAt.getTime() - clock.now().getTime());
    }
    assert.equal(clock.now().getTime() - began.getTime(), GIVE_UP_MS);
    const { attempts, state } = await deliveryOf(id);
    assert.equal(state, 'failed');
    assert.ok(attempts >= 10, String(attempts));
    const { disabledReason, enabled } = await endpoint(id);
    assert.deepEqual([enabled, disabledReason], [false, 'Nothing could be delivered for three days.']);
    const { rows } = await pool.query('SELECT actor_kind, subject, subject_id, action FROM audit_entry');
    assert.deepEqual(rows, [
      { actor_kind: 'system', subject: 'webhook', subject_id: id, action: 'switched off' },
    ]);
    // What comes for it from now on is not noted; what is there waits.
    await insertSampleDelivery(pool, id);
    assert.equal(await deliver(id), 'nothing');
  });

  it('that fail among others that arrive are no reason to switch an endpoint off', async () => {
    const { id } = await insertSampleEndpoint(pool, url);
    const { eventId: bad } = await insertSampleDelivery(pool, id);
    receiver.answer = (response, { headers }) =>
      response.writeHead(headers['webhook-id'] === bad ? 500 : 200).end();
    for (;;) {
      const outcome = await deliver(id);
      if (outcome === 'given_up') break;
      await insertSampleDelivery(pool, id);
      await pool.query("UPDATE webhook_delivery SET due_at = '2000-01-01' WHERE attempts = 0");
      assert.equal(await deliver(id), 'delivered');
      const { rows } = await pool.query("SELECT due_at FROM webhook_delivery WHERE state = 'pending'");
      await clock.advance(rows[0].due_at.getTime() - clock.now().getTime());
    }
    assert.equal((await endpoint(id)).enabled, true);
  });

  it('end at once where the receiver says that it is gone', async () => {
    const { id } = await insertSampleEndpoint(pool, url);
    await insertSampleDelivery(pool, id);
    receiver.answer = answering(410);
    await deliver(id);
    const { disabledReason, enabled } = await endpoint(id);
    assert.deepEqual([enabled, disabledReason], [false, 'It answered 410: gone.']);
  });

  it('are asked for again: what is over as another delivery of the same event, what is pending at once', async () => {
    const { id } = await insertSampleEndpoint(pool, url);
    const { eventId, position } = await insertSampleDelivery(pool, id);
    const again = () =>
      inTransaction(pool, (tx) => redeliver(tx, { endpointId: id, position, now: clock.now() }));
    receiver.answer = answering(500);
    await deliver(id);
    assert.equal((await again())?.position, position);
    receiver.answer = answering(200);
    assert.equal(await deliver(id), 'delivered');
    const copy = await again();
    assert.deepEqual([copy?.eventId, copy?.redeliveryOf], [eventId, position]);
    assert.equal(await deliver(id), 'delivered');
    assert.deepEqual(
      receiver.received.map(({ headers }) => headers['webhook-id']),
      [eventId, eventId, eventId],
    );
  });

  it('are not made under a key that cannot read the secret, and say what to do', async () => {
    const { id } = await insertSampleEndpoint(pool, url);
    await insertSampleDelivery(pool, id);
    parts.secretKey = Buffer.alloc(32, 8);
    assert.equal(await deliver(id), 'retried');
    assert.match((await deliveryOf(id)).error ?? '', /Rotate the secret/);
    assert.deepEqual(receiver.received, []);
  });

  it('of a person who was erased meanwhile are gone, whatever was answered', async () => {
    const { id } = await insertSampleEndpoint(pool, url);
    await insertSampleDelivery(pool, id);
    receiver.answer = (response) => {
      pool.query('DELETE FROM webhook_delivery').then(() => response.writeHead(500).end());
    };
    await deliver(id);
    assert.deepEqual(await deliveriesOf(id), []);
    assert.equal((await endpoint(id)).failingSince, null);
  });
});
