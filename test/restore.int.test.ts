import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
  PutRecordCommand,
} from '@aws-sdk/client-kinesis';
import { writeMessages } from '#shared/messages/write.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool, inTransaction } from '#shared/postgres/pool.ts';
import { compileCache } from '#test/compile-cache.ts';
import { eventually } from '#test/eventually.ts';
import { TEST_KEY_PEPPER, TEST_PEPPER } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createStream, kinesisClient, stackFacts } from '#test/stack/stack.ts';
import { CallerBench } from '../apps/caller/test-bench.ts';
import { countUnsettled } from '../apps/ops/restore/count.ts';
import { whyLogIsBehind } from '../apps/ops/restore/log-lag.ts';
import { settleAfterRestore, whyNotYet } from '../apps/ops/restore/settle.ts';
import { SENDER_NUMBER, SenderBench } from '../apps/sender/test-bench.ts';

const PHONE = '+14155550101';
const OTHER = '+14155550102';
/** As the message log is once its stream is replayed. */
const caughtUp = async () => null;

/** The database as it is after a restore and the replay of the streams: what went out since is unsent again. */
describe('After the database was set back', () => {
  let bench: SenderBench;
  const since = new Date(Date.now() - 3_600_000);
  let until: Date;

  before(async () => {
    bench = await SenderBench.create();
  });
  beforeEach(async () => {
    await bench.reset();
    await emptyTables(bench.database.adminPool, 'lease_worker');
    until = new Date(Date.now() + 60_000);
    await bench.database.adminPool.query(
      `UPDATE inbound_watch SET swept_at = clock_timestamp() + interval '1 hour', outage_since = NULL`,
    );
  });
  afterEach(() => bench.stopAll());
  after(() => bench.close());

  const settle = () => settleAfterRestore(bench.database.adminPool, { since, until }, caughtUp);
  const why = () => whyNotYet(bench.database.adminPool, { since, until });
  /** What replaying the stream of the message log says of a message. */
  const logged = (messageId: string | undefined) =>
    bench.database.adminPool.query(
      `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, message_id, attempt_id,
                                status, status_rank, status_at)
       VALUES ($1, 'twilio', 'SM1', 'outbound', $2, $3, $4, 'delivered', 90, now())`,
      [randomUUID(), PHONE, messageId, randomUUID()],
    );

  it('a message that the log knows is not sent again', async () => {
    const [id] = await bench.plan(PHONE, [{ body: 'was sent' }]);
    await logged(id);
    assert.deepEqual(await settle(), { known: 1, doubted: 0 });
    bench.start();
    await bench.plan(PHONE, [{ body: 'is new' }]);
    await eventually(async () => {
      assert.deepEqual(await bench.states(PHONE), { 'was sent': 'sent', 'is new': 'sent' });
    });
    assert.deepEqual(bench.carrier.bodiesTo(PHONE), ['is new']);
  });

  it('a message that only the carrier knows is found there and not sent again; one that it never had is sent', async () => {
    bench.carrier.messages.push({
      carrierMessageId: 'SM00000000000000000000000000000001',
      from: SENDER_NUMBER,
      to: PHONE,
      body: 'was sent',
      status: 'delivered',
      errorCode: null,
      segments: 1,
      createdAt: new Date(since.getTime() + 60_000),
      messageId: randomUUID(),
      attemptId: randomUUID(),
      at: performance.now(),
    });
    await bench.plan(PHONE, [{ body: 'was sent' }]);
    await bench.plan(OTHER, [{ body: 'was not' }]);
    assert.deepEqual(await settle(), { known: 0, doubted: 2 });
    bench.start();
    await eventually(async () => {
      assert.deepEqual(await bench.states(PHONE), { 'was sent': 'sent' });
      assert.deepEqual(await bench.states(OTHER), { 'was not': 'sent' });
    });
    assert.deepEqual(bench.carrier.bodiesTo(PHONE), ['was sent']);
    assert.deepEqual(bench.carrier.bodiesTo(OTHER), ['was not']);
  });

  it('a message whose request was under way at that moment is known where the log knows it', async () => {
    const [id] = await bench.plan(PHONE, [{ body: 'was sent' }]);
    await bench.database.adminPool.query(`UPDATE message SET state = 'posting', attempts = 1`);
    await bench.database.adminPool.query(
      `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at)
       VALUES (gen_random_uuid(), $1, $2, 'twilio', $3, 'posting', $4)`,
      [id, PHONE, SENDER_NUMBER, since],
    );
    await logged(id);
    assert.deepEqual(await settle(), { known: 1, doubted: 0 });
    assert.deepEqual(await bench.states(PHONE), { 'was sent': 'sent' });
    const { rows } = await bench.database.adminPool.query(
      'SELECT state, ended_at IS NOT NULL AS is_over FROM attempt',
    );
    assert.deepEqual(rows, [{ state: 'accepted', is_over: true }]);
  });

  it('what is settled twice, or what the log learns later, changes nothing but for the better', async () => {
    const [id] = await bench.plan(PHONE, [{ body: 'was sent' }]);
    assert.deepEqual(await settle(), { known: 0, doubted: 1 });
    assert.deepEqual(await settle(), { known: 0, doubted: 0 });
    await logged(id);
    assert.deepEqual(await settle(), { known: 1, doubted: 0 });
    assert.deepEqual(await bench.states(PHONE), { 'was sent': 'sent' });
  });

  it('what the log knows to have gone counts for the caps, although its request is gone from the database', async () => {
    const [id] = await bench.plan(PHONE, [{ body: 'was sent', lane: 'bulk', intent: 'marketing' }]);
    await logged(id);
    assert.deepEqual(await settle(), { known: 1, doubted: 0 });
    const { rows } = await bench.database.adminPool.query(
      'SELECT message_id, state, touched_at IS NOT NULL AS counts, carrier_message_id IS NOT NULL AS known FROM attempt',
    );
    assert.deepEqual(rows, [{ message_id: id, state: 'accepted', counts: true, known: true }]);
    assert.deepEqual(await settle(), { known: 0, doubted: 0 });
  });

  it('a row that the streams made anew is in doubt too, however new it is; an answer to a later text is not', async () => {
    const ended = new Date(bench.clock.now().getTime() - 60_000);
    await bench.plan(PHONE, [{ body: 'made anew', lane: 'bulk', intent: 'marketing' }]);
    await bench.plan(OTHER, [{ body: 'answers what came since' }]);
    const window = { since: new Date(ended.getTime() - 3_600_000), until: ended };
    assert.deepEqual(await settleAfterRestore(bench.database.adminPool, window, caughtUp), {
      known: 0,
      doubted: 1,
    });
    assert.deepEqual(await bench.states(PHONE), { 'made anew': 'ambiguous' });
    assert.deepEqual(await bench.states(OTHER), { 'answers what came since': 'queued' });
    // What may have gone counts for the caps.
    const { rows } = await bench.database.adminPool.query('SELECT touched_at FROM attempt');
    assert.deepEqual(rows, [{ touched_at: ended }]);
  });

  it('a message that nothing made anew is known all the same: whoever plans it again finds it sent', async () => {
    const messageId = randomUUID();
    const planAgain = () =>
      inTransaction(bench.database.adminPool, async (tx) => {
        const planned = {
          batchId: messageId,
          phoneNumber: phoneNumber(PHONE),
          causedAt: null,
          timeZone: null,
          isTimeZoneNew: false,
          messages: [
            {
              messageId,
              lane: 'bulk',
              intent: 'transactional',
              senderNumber: phoneNumber(SENDER_NUMBER),
              body: 'was sent',
              mediaUrls: [],
              causeId: messageId,
            },
          ],
        } as const;
        await writeSlotOutbox(tx, 'sender', await writeMessages(tx, [planned], bench.clock.now()));
      });
    await logged(messageId);
    assert.deepEqual(await countUnsettled(bench.database.adminPool, { since, until }), {
      known: 1,
      doubted: 0,
    });
    assert.deepEqual(await settle(), { known: 1, doubted: 0 });
    assert.deepEqual(await settle(), { known: 0, doubted: 0 });
    bench.start();
    await planAgain();
    await bench.plan(PHONE, [{ body: 'is new' }]);
    await eventually(async () => assert.deepEqual(bench.carrier.bodiesTo(PHONE), ['is new']));
    const { rows } = await bench.database.adminPool.query(
      `SELECT message.state, rule, attempt.state AS request, attempt.carrier_message_id, touched_at IS NOT NULL AS counts
         FROM message JOIN attempt USING (message_id) WHERE message_id = $1`,
      [messageId],
    );
    assert.deepEqual(rows, [
      {
        state: 'sent',
        rule: 'sent_before_restore',
        request: 'accepted',
        carrier_message_id: 'SM1',
        counts: true,
      },
    ]);
  });

  it('a request that a carrier refused gives no message back: it never went', async () => {
    await bench.database.adminPool.query(
      `INSERT INTO message_log (log_id, carrier, direction, phone_number, message_id, attempt_id, status, status_rank, status_at)
       VALUES ($1, 'twilio', 'outbound', $2, $3, $4, 'failed', 90, now())`,
      [randomUUID(), PHONE, randomUUID(), randomUUID()],
    );
    assert.deepEqual(await settle(), { known: 0, doubted: 0 });
    assert.deepEqual(await bench.states(PHONE), {});
  });

  it('messages of many pages are all known, in the order in which they went', async () => {
    await bench.database.adminPool.query(
      `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, our_number, body, message_id,
                                attempt_id, status, status_rank, status_at, occurred_at)
       SELECT gen_random_uuid(), 'twilio', 'SM' || n, 'outbound', '+1415555' || lpad((n % 7)::text, 4, '0'), $1, 'text ' || n,
              gen_random_uuid(), gen_random_uuid(), 'sent', 50, now(), $2::timestamptz + n * interval '1 second'
         FROM generate_series(1, 2100) AS n`,
      [SENDER_NUMBER, since],
    );
    assert.deepEqual(await settle(), { known: 2100, doubted: 0 });
    const { rows } = await bench.database.adminPool.query(
      `SELECT count(*)::int AS messages, count(DISTINCT phone_number)::int AS phones, count(DISTINCT attempt_id)::int AS requests,
              bool_and(ordinal <= last_ordinal) AS reserved, bool_and(body = 'text ' || substr(carrier_message_id, 3)) AS said
         FROM message JOIN attempt USING (message_id, phone_number) JOIN phone USING (phone_number)`,
    );
    assert.deepEqual(rows, [{ messages: 2100, phones: 7, requests: 2100, reserved: true, said: true }]);
    assert.deepEqual(await settle(), { known: 0, doubted: 0 });
  });

  it('cost by their number, and not the more the more there are: no page reads what others have read', async () => {
    const count = 3_000;
    const admin = bench.database.adminPool;
    await admin.query(
      `INSERT INTO phone (phone_number, last_ordinal)
       SELECT '+1415555' || lpad(n::text, 4, '0'), 2 FROM generate_series(1, $1) AS n`,
      [count],
    );
    await admin.query(
      `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id, created_at, state)
       SELECT gen_random_uuid(), phone_number, ordinal, 'bulk', 'marketing', $1, 'x', gen_random_uuid(), gen_random_uuid(), now(), 'queued'
         FROM phone CROSS JOIN generate_series(1, 2) AS ordinal`,
      [SENDER_NUMBER],
    );
    // Of each the log knows the first; the second is in doubt.
    await admin.query(
      `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, message_id, attempt_id, status,
                                status_rank, status_at)
       SELECT gen_random_uuid(), 'twilio', 'SM' || phone_number, 'outbound', phone_number, message_id, gen_random_uuid(), 'sent', 50, now()
         FROM message WHERE ordinal = 1`,
    );
    await admin.query('ANALYZE message, message_log');
    const { postgres } = stackFacts();
    const one = createPool(
      { ...bench.database.configFor('sender'), user: 'postgres', password: postgres.password, max: 1 },
      () => undefined,
    );
    const read = async (table: string): Promise<number> => {
      await one.query('SELECT pg_stat_force_next_flush()');
      await one.query('SELECT');
      const { rows } = await one.query<{ read: number }>(
        `SELECT (seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS read FROM pg_stat_user_tables WHERE relname = $1`,
        [table],
      );
      return rows[0]?.read ?? 0;
    };
    try {
      for (const settling of [
        () => countUnsettled(one, { since, until }),
        () => settleAfterRestore(one, { since, until }, caughtUp),
      ]) {
        const before = { log: await read('message_log'), messages: await read('message') };
        assert.deepEqual(await settling(), { known: count, doubted: count });
        const ofLog = (await read('message_log')) - before.log;
        const ofMessages = (await read('message')) - before.messages;
        assert.ok(ofLog >= count && ofLog < 20 * count, `${ofLog} rows of the log`);
        assert.ok(ofMessages >= count && ofMessages < 40 * count, `${ofMessages} messages`);
      }
    } finally {
      await one.end();
    }
  });

  it('messages that are planned for later are left as they are', async () => {
    const [id] = await bench.plan(PHONE, [{ body: 'tomorrow' }]);
    await bench.database.adminPool.query(
      `UPDATE message SET state = 'held', due_at = now() + interval '1 day' WHERE message_id = $1`,
      [id],
    );
    assert.deepEqual(await settle(), { known: 0, doubted: 0 });
    assert.deepEqual(await bench.states(PHONE), { tomorrow: 'held' });
  });

  it('nothing more is settled once a service is started that may send: it is asked before each page', async () => {
    await bench.database.adminPool.query(
      `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, our_number, body, message_id,
                                attempt_id, status, status_rank, status_at)
       SELECT gen_random_uuid(), 'twilio', 'SM' || n, 'outbound', $1, $2, '', gen_random_uuid(), gen_random_uuid(), 'sent', 50, now()
         FROM generate_series(1, 1500) AS n`,
      [PHONE, SENDER_NUMBER],
    );
    // Whoever starts it does so while the first page is written.
    await bench.database.adminPool.query(`
      CREATE FUNCTION start_sender() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO lease_worker (consumer, source, worker) VALUES ('sender', 'outbox', 'one') ON CONFLICT DO NOTHING;
        RETURN NULL;
      END $$;
      CREATE TRIGGER starts_sender AFTER INSERT ON message FOR EACH STATEMENT EXECUTE FUNCTION start_sender()`);
    try {
      await assert.rejects(settle(), /still running: sender/);
    } finally {
      await bench.database.adminPool.query('DROP FUNCTION start_sender CASCADE');
    }
    const { rows } = await bench.database.adminPool.query('SELECT count(*)::int AS settled FROM message');
    assert.deepEqual(rows, [{ settled: 1000 }]);
    await emptyTables(bench.database.adminPool, 'lease_worker');
    assert.deepEqual(await settle(), { known: 500, doubted: 0 });
  });

  it('nothing is settled while the log is behind, and nothing is put in doubt once it is again', async () => {
    await bench.plan(PHONE, [{ body: 'was sent' }]);
    await logged(randomUUID());
    const behindAt = (nth: number) => {
      let asked = 0;
      return async () => {
        asked += 1;
        return asked === nth ? 'the log is behind' : null;
      };
    };
    const window = { since, until };
    await assert.rejects(settleAfterRestore(bench.database.adminPool, window, behindAt(1)), /is behind/);
    assert.deepEqual(await bench.states(PHONE), { 'was sent': 'queued' });
    await assert.rejects(settleAfterRestore(bench.database.adminPool, window, behindAt(2)), /is behind/);
    assert.deepEqual(await bench.states(PHONE), { 'was sent': 'queued', '': 'sent' });
  });

  it('the log is behind while a record waits behind its checkpoint for longer than 5 s', async () => {
    const { streamName } = await createStream('message-log', 2);
    const kinesis = kinesisClient();
    try {
      const put = (key: string) =>
        kinesis.send(
          new PutRecordCommand({ StreamName: streamName, PartitionKey: key, Data: Buffer.from('{}') }),
        );
      const later = (ms: number) => ({ kinesis, streamName, now: () => new Date(Date.now() + ms) });
      const why = (ms: number) => whyLogIsBehind(bench.database.adminPool, later(ms));
      assert.equal(await why(60_000), null, 'nothing is in the stream');
      for (const key of ['one', 'two', 'three', 'four']) await put(key);
      assert.equal(await why(0), null);
      assert.match(String(await why(60_000)), /^the service log is 6\d s behind in message-log/);
      // As it is once all of it was executed.
      for (const { ShardId: shard } of (await kinesis.send(new ListShardsCommand({ StreamName: streamName })))
        .Shards ?? []) {
        const { ShardIterator } = await kinesis.send(
          new GetShardIteratorCommand({
            StreamName: streamName,
            ShardId: shard,
            ShardIteratorType: 'TRIM_HORIZON',
          }),
        );
        const { Records } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
        await bench.database.adminPool.query(
          `INSERT INTO lease (consumer, source, shard, checkpoint) VALUES ('log', 'message-log', $1, $2)`,
          [shard, Records?.at(-1)?.SequenceNumber],
        );
      }
      assert.equal(await why(60_000), null);
      await put('one');
      assert.match(String(await why(60_000)), /behind/);
    } finally {
      kinesis.destroy();
      await emptyTables(bench.database.adminPool, 'lease');
    }
  });

  it('the command says what it would do, and does it with --yes', async () => {
    await bench.plan(PHONE, [{ body: 'was sent' }]);
    const { kinesisEndpoint, postgres } = stackFacts();
    const { prefix } = await createStream('message-log');
    const env = {
      ...compileCache(),
      DB_HOST: '127.0.0.1',
      DB_PORT: String(postgres.port),
      DB_NAME: bench.database.name,
      CONSENT_PEPPER: TEST_PEPPER,
      API_KEY_PEPPER: TEST_KEY_PEPPER,
      DB_SECRET: JSON.stringify({ username: 'postgres', password: postgres.password }),
      AWS_ENDPOINT_URL_KINESIS: kinesisEndpoint,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      STREAM_PREFIX: prefix,
    };
    const cwd = fileURLToPath(new URL('..', import.meta.url));
    const moments = ['--since', since.toISOString(), '--until', until.toISOString()];
    const ops = async (...more: string[]): Promise<string> => {
      const args = ['apps/ops/main.ts', 'restore', 'settle', ...moments, ...more];
      return (await promisify(execFile)(process.execPath, args, { cwd, env })).stdout;
    };
    assert.match(
      await ops(),
      /^0 messages are known to have gone, 1 are .*\nnothing was done; --yes would settle these$/m,
    );
    await bench.database.adminPool.query(
      `INSERT INTO lease_worker (consumer, source, worker) VALUES ('sender', 'outbox', 'one')`,
    );
    assert.match(await ops(), /^--yes would be refused now: still running: sender\..*\nnothing was done$/m);
    await emptyTables(bench.database.adminPool, 'lease_worker');
    assert.deepEqual(await bench.states(PHONE), { 'was sent': 'queued' });
    assert.match(await ops('--yes'), /settled$/m);
    assert.deepEqual(await bench.states(PHONE), { 'was sent': 'ambiguous' });
  });

  for (const consumer of ['sender', 'caller', 'campaigns', 'inbox', 'api']) {
    it(`nothing is settled while the service ${consumer} runs, which may plan or send`, async () => {
      await bench.database.adminPool.query(
        `INSERT INTO lease_worker (consumer, source, worker) VALUES ($1, 'outbox', 'one'), ('outbound', 'dialog-events', 'one')`,
        [consumer],
      );
      await assert.rejects(settle(), new RegExp(`still running: ${consumer}\\. Stop them first`));
    });
  }

  it('nothing is settled before people were heard, or while a sender runs', async () => {
    assert.equal(await why(), null);
    await bench.database.adminPool.query('UPDATE inbound_watch SET outage_since = now()');
    await assert.rejects(settle(), /sweep/);
    await bench.database.adminPool.query('UPDATE inbound_watch SET outage_since = NULL');
    await bench.database.adminPool.query(
      `INSERT INTO lease_worker (consumer, source, worker) VALUES ('sender', 'outbox', 'one')`,
    );
    await assert.rejects(settle(), /still running: sender\. Stop them first/);
    await emptyTables(bench.database.adminPool, 'inbound_watch');
    await assert.rejects(settle(), /no gateway has listened/);
  });
});

describe('After the database was set back, a call', () => {
  let bench: CallerBench;
  const since = new Date(Date.now() - 3_600_000);
  let until: Date;

  before(async () => {
    bench = await CallerBench.create();
  });
  beforeEach(async () => {
    await bench.reset();
    await emptyTables(bench.database.adminPool, 'lease_worker');
    until = new Date(Date.now() + 60_000);
    await bench.database.adminPool.query(
      `UPDATE inbound_watch SET swept_at = clock_timestamp() + interval '1 hour', outage_since = NULL`,
    );
  });
  afterEach(() => bench.stopAll());
  after(() => bench.close());

  const settle = () => settleAfterRestore(bench.database.adminPool, { since, until }, caughtUp);

  it('that only the carrier knows is found there and not made again; one that it never had is made once', async () => {
    bench.carrier.calls.push({
      carrierMessageId: 'CA00000000000000000000000000000009',
      from: SENDER_NUMBER,
      to: PHONE,
      status: 'completed',
      createdAt: new Date(since.getTime() + 60_000),
      messageId: randomUUID(),
      attemptId: randomUUID(),
      at: performance.now(),
      found: { status: 'completed', answeredBy: 'human', seconds: 20, price: null },
    });
    await bench.planCall(PHONE);
    await bench.planCall(OTHER);
    assert.deepEqual(await settle(), { known: 0, doubted: 2 });
    bench.start();
    await eventually(async () => {
      assert.deepEqual(await bench.statesOf(PHONE), ['sent']);
      assert.deepEqual(await bench.statesOf(OTHER), ['sent']);
    });
    assert.deepEqual(
      bench.carrier.requests.map(({ to }) => to),
      [OTHER],
    );
  });

  for (const isDoubted of [false, true]) {
    it(`that the log knows is not made again, and is not under way${isDoubted ? ', also after it was in doubt' : ''}`, async () => {
      const messageId = await bench.planCall(PHONE);
      if (isDoubted) assert.deepEqual(await settle(), { known: 0, doubted: 1 });
      await bench.database.adminPool.query(
        `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, message_id, attempt_id,
                                  status, status_rank, status_at)
         VALUES ($1, 'twilio', 'CA1', 'outbound', $2, $3, $4, 'completed', 90, now())`,
        [randomUUID(), PHONE, messageId, randomUUID()],
      );
      assert.deepEqual(await settle(), { known: 1, doubted: 0 });
      assert.deepEqual(await bench.underWay(), []);
      const { rows } = await bench.database.adminPool.query('SELECT channel, state FROM attempt');
      assert.deepEqual(rows, [{ channel: 'voice', state: 'accepted' }]);
    });
  }
});
