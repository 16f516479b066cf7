import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import pg from 'pg';
import twilio from 'twilio';
import { hashOf, newApiKey, textOf } from '#shared/api-keys/api-key.ts';
import { insertKey } from '#shared/api-keys/key-store.ts';
import type { InboundSms } from '#shared/contracts/dialog-commands.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { roleOf } from '#shared/postgres/grants.ts';
import type { ServiceName, StreamName } from '#shared/topology.ts';
import { listenTo } from '../apps/api/events/test-client.ts';
import { loadSample } from './driver/sample.ts';
import { putRecord } from './driver/streams.ts';
import { eventually } from './eventually.ts';
import { TEST_KEY_PEPPER } from './pseudonyms.ts';
import { planMessages } from './stack/plan-messages.ts';
import { sqsClient, stackFacts } from './stack/stack.ts';
import { type Task, TaskWorld } from './stack/task-world.ts';
import { TwilioEndpoint } from './stand-ins/twilio-endpoint.ts';

const OURS = '+14155550100';

/** What ECS does to a task: SIGTERM while it works, a while to drain, and then it looks at the exit code. */
describe('A task that is told to stop while it works', function () {
  this.timeout(300_000);
  let world: TaskWorld;
  let carrier: TwilioEndpoint;

  beforeEach(async () => {
    carrier = new TwilioEndpoint();
    world = await TaskWorld.create(await carrier.listen());
    await world.database.adminPool.query(
      `INSERT INTO inbound_watch (carrier, alive_at) VALUES ('twilio', now() + interval '1 hour')`,
    );
  });
  afterEach(async () => {
    carrier.close();
    await world.close();
  });

  const put = (stream: StreamName, phone: string, body: object): Promise<void> =>
    putRecord(
      stackFacts().kinesisEndpoint,
      `${world.prefix}${stream}` as StreamName,
      phone,
      JSON.stringify(body),
    );
  const count = async (sql: string, values: readonly unknown[]): Promise<number> => {
    const { rows } = await world.database.adminPool.query<{ count: number }>(sql, [...values]);
    return rows[0]?.count ?? 0;
  };

  function text(phone: string, body = 'Hello'): InboundSms {
    const at = new Date().toISOString();
    return {
      type: 'INBOUND_SMS',
      commandId: randomUUID(),
      phoneNumber: phoneNumber(phone),
      occurredAt: at,
      payload: {
        from: phoneNumber(phone),
        to: phoneNumber(OURS),
        body,
        media: [],
        carrier: 'twilio',
        carrierMessageId: `SM${randomUUID().replaceAll('-', '')}`,
        receivedAt: at,
        consent: null,
      },
    };
  }

  /** Runs `work` until the service's transaction waits for `table`, and what `meanwhile` does before it goes on. */
  async function whileLocked(
    table: string,
    service: ServiceName,
    work: () => Promise<unknown>,
    meanwhile: () => Promise<void>,
  ): Promise<void> {
    // A session without the time-outs of services: it stands for whatever makes a database slow.
    const holder = new pg.Client({ connectionString: world.database.url });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      await work();
      await eventually(async () =>
        assert.ok(
          await count(
            `SELECT count(*)::int AS count FROM pg_stat_activity
              WHERE usename = $1 AND datname = $2 AND wait_event_type = 'Lock'`,
            [roleOf(service), world.database.name],
          ),
        ),
      );
      await meanwhile();
    } finally {
      await holder.end();
    }
  }

  async function isDraining(task: Task): Promise<void> {
    task.signal('SIGTERM');
    await eventually(async () =>
      assert.deepEqual(await task.ask('/ready'), { status: 503, words: 'draining' }),
    );
    assert.equal((await task.ask('/health')).status, 200);
  }

  async function endedWell(task: Task): Promise<void> {
    assert.equal(await task.exitCode, 0, task.lines.join('\n'));
  }

  it('dialog: ends its batch and publishes what follows from it', async () => {
    const command = text('+14155550141');
    const task = await world.start('dialog');
    await whileLocked(
      'dialog_state',
      'dialog',
      () => put('dialog-commands', command.phoneNumber, command),
      () => isDraining(task),
    );
    await endedWell(task);
    const events = 'SELECT count(*)::int AS count FROM dialog_event_batch WHERE phone_number = $1';
    assert.equal(await count(events, [command.phoneNumber]), 1);
    assert.equal(await count("SELECT count(*)::int AS count FROM outbox WHERE producer = 'dialog'", []), 0);
  });

  // A word that nobody knows is answered at once; a code starts a programme.
  for (const [service, table, body] of [
    ['outbound', 'message', async () => 'Hello'],
    ['progress', 'drill_progress', async () => (await loadSample()).code],
  ] as const) {
    it(`${service}: ends its batch and sends what follows from it`, async () => {
      const command = text('+14155550142', await body());
      const dialog = await world.start('dialog');
      const task = await world.start(service);
      await whileLocked(
        table,
        service,
        () => put('dialog-commands', command.phoneNumber, command),
        () => isDraining(task),
      );
      await endedWell(task);
      const rows = `SELECT count(*)::int AS count FROM ${table} WHERE phone_number = $1`;
      assert.equal(await count(rows, [command.phoneNumber]), 1);
      assert.equal(
        await count('SELECT count(*)::int AS count FROM outbox WHERE producer = $1', [service]),
        0,
      );
      dialog.signal('SIGTERM');
      await endedWell(dialog);
    });
  }

  it('log: ends its batch', async () => {
    const command = text('+14155550144');
    const task = await world.start('log');
    await whileLocked(
      'message_log',
      'log',
      () => put('dialog-commands', command.phoneNumber, command),
      () => isDraining(task),
    );
    await endedWell(task);
    const rows = 'SELECT count(*)::int AS count FROM message_log WHERE phone_number = $1';
    assert.equal(await count(rows, [command.phoneNumber]), 1);
  });

  it('sender: waits for the answer to its request, records it and tells the log; what waits stays queued', async () => {
    const sqs = sqsClient();
    const { QueueUrl = '' } = await sqs
      .send(new GetQueueUrlCommand({ QueueName: `${world.prefix}sms-bulk.fifo` }))
      .finally(() => sqs.destroy());
    const phone = '+14155550145';
    const task = await world.start('sender', { environment: { MESSAGE_PAUSE_MS: '5000' } });
    carrier.silent = true;
    await planMessages(world.database.adminPool, QueueUrl, { phone, sender: OURS, bodies: ['one', 'two'] });
    await eventually(async () => assert.equal(carrier.stored.length, 1));
    await isDraining(task);
    carrier.answerAll();
    await endedWell(task);
    const { rows } = await world.database.adminPool.query(
      'SELECT body, state FROM message WHERE phone_number = $1 ORDER BY ordinal',
      [phone],
    );
    assert.deepEqual(rows, [
      { body: 'one', state: 'sent' },
      { body: 'two', state: 'queued' },
    ]);
    assert.equal(await count("SELECT count(*)::int AS count FROM outbox WHERE producer = 'sender'", []), 0);
  });

  it('gateway: answers what it has in hand, still takes what comes, and sends every client away', async () => {
    const task = await world.start('gateway', { environment: { LINGER_MS: '2000' } });
    const post = (from: string, body: string): Promise<Response> => {
      const parameters = {
        MessageSid: `SM${randomUUID().replaceAll('-', '')}`,
        From: from,
        To: OURS,
        Body: body,
      };
      const path = '/webhooks/twilio/sms';
      return fetch(`http://127.0.0.1:${task.ports.public}${path}`, {
        method: 'POST',
        body: new URLSearchParams(parameters),
        headers: {
          'x-twilio-signature': twilio.getExpectedTwilioSignature(
            'test',
            `https://sms.example.org${path}`,
            parameters,
          ),
        },
      });
    };
    let stop: Promise<Response> | undefined;
    let late: Promise<Response> | undefined;
    await whileLocked(
      'suppression',
      'gateway',
      async () => {
        stop = post('+14155550146', 'STOP');
      },
      async () => {
        await isDraining(task);
        late = post('+14155550147', 'Hello');
        assert.equal((await late).status, 200);
      },
    );
    for (const answer of [await stop, await late]) {
      assert.equal(answer?.status, 200);
      assert.equal(answer?.headers.get('connection'), 'close');
    }
    await endedWell(task);
    const rows = 'SELECT count(*)::int AS count FROM suppression WHERE phone_number = $1';
    assert.equal(await count(rows, ['+14155550146']), 1);
  });

  it('api: answers what it has in hand, relays what that left, and sends those who listen elsewhere', async () => {
    const made = newApiKey();
    const key = { id: made.id, name: 'a test', role: 'operator', createdBy: 'a test' } as const;
    await insertKey(
      world.database.adminPool,
      { ...key, createdAt: new Date(), expiresAt: null },
      hashOf(made.secret, TEST_KEY_PEPPER),
    );
    const task = await world.start('api', { environment: { LINGER_MS: '1000' } });
    const url = `http://127.0.0.1:${task.ports.public}/v1`;
    const listener = await listenTo(`${url}/events`, { key: textOf(made) });
    assert.equal(listener.status, 200);
    let optOut: Promise<Response> | undefined;
    await whileLocked(
      'suppression',
      'api',
      async () => {
        optOut = fetch(`${url}/consents/+14155550148/opt-out`, {
          method: 'POST',
          headers: { authorization: `Bearer ${textOf(made)}`, 'content-type': 'application/json' },
          body: JSON.stringify({ method: 'email', originalMessage: 'please stop' }),
        });
      },
      async () => {
        await isDraining(task);
        await eventually(async () => assert.equal(listener.ended, true));
      },
    );
    assert.ok((listener.retry ?? 0) >= 500, 'they come back, each at another moment');
    const answer = await optOut;
    assert.deepEqual([answer?.status, answer?.headers.get('connection')], [201, 'close']);
    await endedWell(task);
    assert.equal(await count("SELECT count(*)::int AS count FROM outbox WHERE producer = 'api'", []), 0);
    const used = 'SELECT count(*)::int AS count FROM api_key WHERE last_used_at IS NOT NULL';
    assert.equal(await count(used, []), 1, 'that the key was used is noted before the end');
  });
});
