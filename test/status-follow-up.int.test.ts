import assert from 'node:assert/strict';
import { NO_JUMP } from '#shared/business-clock/jump.ts';
import type { Carrier } from '#shared/carriers/carrier.ts';
import { createTwilioCarrier } from '#shared/carriers/twilio/carrier.ts';
import { type Clock, systemClock } from '#shared/clock.ts';
import { defaultReviewPolicy } from '#shared/consent/read-text.ts';
import {
  messageLogRecordSchema,
  type OutboundSms,
  type StatusUpdate,
} from '#shared/contracts/message-log.ts';
import { parseRecord } from '#shared/contracts/parse-record.ts';
import { CarillonError } from '#shared/errors.ts';
import { messageLogId } from '#shared/identity.ts';
import type { StreamProducer } from '#shared/kinesis/producer.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import {
  createStatusFollowUp,
  type StatusFollowUp,
  startStatusFollowUp,
} from '../apps/gateway/follow-up/follow-up.ts';
import { receiveStatus } from '../apps/gateway/receive-status.ts';
import { CountedMetrics } from '../apps/gateway/test-gateway.ts';
import { type CarrierSimulator, startCarrierSimulator } from '../apps/local/carrier/simulator.ts';
import { logConsumer } from '../apps/log/persist.ts';
import { eventually } from './eventually.ts';
import { createDatabase, type TestDatabase } from './stack/stack.ts';

const ACCOUNT = `AC${'0'.repeat(32)}`;
const TOKEN = 'the auth token of a test';
const OURS = phoneNumber('+14155550199');
const HOUR = 3_600_000;

/**
 * The gateway's follow-up of statuses, before the simulated carrier and the real message log: what is put on the
 * stream is written by the log's own consumer before the put resolves, so that nothing has to be waited for.
 */
describe('a message whose end no status callback told', () => {
  let database: TestDatabase;
  let simulator: CarrierSimulator;
  let pool: Pool;
  let logPool: Pool;
  let metrics: CountedMetrics;
  let put: StatusUpdate[];
  let streamIsAway: boolean;
  let skippedMs: number;
  let pausedMs: number;
  let sent: number;
  /** Whose statuses nobody takes. */
  let refused: string | null;
  let said: string[];

  before(async () => {
    database = await createDatabase();
    pool = createPool(database.configFor('gateway'), () => undefined);
    logPool = createPool(database.configFor('log'), () => undefined);
  });
  after(async () => {
    await Promise.all([pool.end(), logPool.end()]);
    await database.drop();
  });
  beforeEach(async () => {
    await emptyTables(
      database.adminPool,
      'message_log, status_follow_up, status_watch, phone, suppression, consent_change',
    );
    await database.adminPool.query("INSERT INTO status_watch VALUES ('twilio', clock_timestamp())");
    simulator = await startCarrierSimulator({
      port: 0,
      dataDir: null,
      accountSid: ACCOUNT,
      authToken: TOKEN,
      mainNumber: OURS,
      sentAfterMs: { min: 1, max: 2 },
      deliveredAfterMs: { min: 1, max: 2 },
    });
    simulator.control.setFaults({ lostCallbackRate: 1 });
    metrics = new CountedMetrics();
    put = [];
    streamIsAway = false;
    [skippedMs, pausedMs, sent, refused, said] = [0, 0, 0, null, []];
  });
  afterEach(async () => {
    await simulator.stop();
  });

  const system = systemClock({ offsetMs: () => skippedMs, onJump: () => () => undefined });
  const clock: Clock = { ...system, monotonic: () => system.monotonic() + pausedMs };
  const skip = (ms: number): void => {
    skippedMs += ms;
    simulator.control.skipTo({ ...NO_JUMP, offsetMs: skippedMs });
  };

  /** The stream `message-log` with its consumer, in one. */
  const producer: StreamProducer = {
    async put(stream, key, body) {
      if (streamIsAway) throw new CarillonError('unavailable', 'the stream is away');
      if (stream !== 'message-log') return;
      if (key === refused && body.includes('STATUS_UPDATE')) {
        throw new Error('a fault that nobody foresaw');
      }
      const consumer = logConsumer({ pseudonyms: testPseudonyms, logger: silentLogger, metrics: noMetrics });
      const update = parseRecord(messageLogRecordSchema, body);
      if (update.type === 'STATUS_UPDATE') put.push(update);
      const value = consumer.parse(body);
      const record = { sequenceNumber: '1', partitionKey: '', body, arrivedAt: new Date(0), value };
      await inTransaction(logPool, (tx) => consumer.apply(tx, [record]));
    },
    close: async () => undefined,
  };
  const deps = () => ({
    pool,
    producer,
    relay: { wake: () => undefined },
    cache: { changing: async () => async () => undefined },
    pseudonyms: testPseudonyms,
    reviewPolicy: defaultReviewPolicy,
    clock,
    logger: {
      ...silentLogger,
      error: (_fields: object, line: string) => {
        said.push(line);
      },
    },
    metrics,
  });
  const carrierAt = (url: string): Carrier =>
    createTwilioCarrier({
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_AUTH_TOKEN: TOKEN,
      TWILIO_API_URL: url,
      PUBLIC_URL: 'https://texts.example.org',
    });
  const followUp = (
    carrier = carrierAt(simulator.url),
    signal = new AbortController().signal,
  ): StatusFollowUp =>
    createStatusFollowUp(carrier, { firstMs: 1, unconfirmedMs: 72 * HOUR }, deps(), signal);

  const person = (n: number): PhoneNumber =>
    phoneNumber(`+1415555${String(101 + (n % 90)).padStart(4, '0')}`);
  const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

  /** Sends messages as the sender does: to the carrier, then onto the stream. Returns the carrier's ids. */
  async function send(count: number, to?: PhoneNumber): Promise<string[]> {
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1) {
      sent += 1;
      const message = {
        attemptId: uuid(1_000 + sent),
        messageId: uuid(sent),
        to: to ?? person(sent),
        from: OURS,
        body: `Lesson ${sent}`,
        template: null,
        mediaUrls: [],
      };
      const { signal } = new AbortController();
      const outcome = await carrierAt(simulator.url).send({
        ...message,
        statusCallbackUrl: null,
        validForSeconds: null,
        signal,
      });
      assert.ok(outcome.kind === 'accepted', outcome.kind);
      const record: OutboundSms = {
        type: 'OUTBOUND_SMS',
        messageId: message.messageId,
        attemptId: message.attemptId,
        carrier: 'twilio',
        carrierMessageId: outcome.carrierMessageId,
        phoneNumber: message.to,
        senderNumber: OURS,
        body: message.body,
        mediaUrls: [],
        status: outcome.status,
        errorCode: null,
        segments: 1,
        sentAt: clock.now().toISOString(),
      };
      await producer.put('message-log', message.to, JSON.stringify(record));
      ids.push(outcome.carrierMessageId);
    }
    return ids;
  }
  /** Everything in the log is old enough to be gone through. */
  async function enrol(task: StatusFollowUp): Promise<void> {
    await database.adminPool.query(
      "UPDATE message_log SET first_seen_at = first_seen_at - interval '1 second'",
    );
    while ((await task.enrol()).handled > 0);
  }
  /** Until nothing more is to be gone through and nothing is due. */
  async function follow(task: StatusFollowUp): Promise<void> {
    await enrol(task);
    while ((await task.look()).handled > 0);
  }
  async function statuses(): Promise<Record<string, number>> {
    const { rows } = await database.adminPool.query<{ status: string; count: number }>(
      'SELECT status, count(*)::int AS count FROM message_log GROUP BY status ORDER BY status',
    );
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  }
  async function following(): Promise<number> {
    const { rowCount } = await database.adminPool.query('SELECT FROM status_follow_up');
    return rowCount ?? 0;
  }
  const ofStatus = async (id: string): Promise<string | undefined> =>
    (
      await database.adminPool.query<{ status: string }>('SELECT status FROM message_log WHERE log_id = $1', [
        messageLogId('twilio', id),
      ])
    ).rows[0]?.status;

  it('ends in the log as the carrier knows it, many of them with one request', async () => {
    await send(60);
    await simulator.control.settled();
    assert.deepEqual(await statuses(), { queued: 60 });
    await follow(followUp());
    assert.deepEqual(await statuses(), { delivered: 60 });
    assert.deepEqual(
      [metrics.sums['StatusRequests list'], metrics.sums['StatusRequests fetch']],
      [1, undefined],
    );
    assert.equal(metrics.sums.StatusesFound, 60);
    skip(HOUR);
    await follow(followUp());
    assert.equal(await following(), 0);
    assert.equal(put.length, 60, 'what the log knows is not told again');
  });

  it('is come upon at once after times in which nothing was logged: at the first start, after an outage', async () => {
    const { adminPool } = database;
    await emptyTables(adminPool, 'status_watch');
    const [early, late] = await send(2);
    await simulator.control.settled();
    for (const [id, hours] of [
      [early, 60],
      [late, 2],
    ] as const) {
      await adminPool.query(
        `UPDATE message_log SET first_seen_at = clock_timestamp() - $2 * interval '1 hour' WHERE carrier_message_id = $1`,
        [id, hours],
      );
    }
    const task = followUp();
    const passes: number[] = [];
    for (let handled = 1; handled > 0; passes.push(handled)) handled = (await task.enrol()).handled;
    assert.equal(await following(), 2);
    assert.ok(passes.length <= 4, `${passes.length} passes over three days with two messages`);
  });

  it('is asked for by itself where they are few, with our own ids', async () => {
    const [id] = await send(2);
    await simulator.control.settled();
    await follow(followUp());
    assert.deepEqual(await statuses(), { delivered: 2 });
    assert.deepEqual(
      [metrics.sums['StatusRequests list'], metrics.sums['StatusRequests fetch']],
      [undefined, 2],
    );
    const told = put.find(({ carrierMessageId }) => carrierMessageId === id);
    assert.deepEqual(
      [told?.attemptId, told?.messageId, told?.phoneNumber],
      [uuid(1_001), uuid(1), person(1)],
    );
  });

  it('is looked up also when all that is known of it is a status', async () => {
    const [id = ''] = await send(1);
    await simulator.control.settled();
    await emptyTables(database.adminPool, 'message_log');
    const sentCallback = { carrierMessageId: id, status: 'sent', errorCode: null };
    await receiveStatus(
      carrierAt(simulator.url),
      { ...sentCallback, attemptId: null, messageId: null, phoneNumber: null },
      deps(),
    );
    await follow(followUp());
    assert.equal(await ofStatus(id), 'delivered');
    assert.equal(put.at(-1)?.phoneNumber, person(1), 'the number as the carrier says it');
  });

  it('costs nothing where there is none: what has an end, and what people sent, is not followed', async () => {
    await send(3);
    await database.adminPool.query("UPDATE message_log SET status = 'delivered', status_rank = 100");
    await send(1);
    await database.adminPool.query(
      "UPDATE message_log SET direction = 'inbound', status = 'receiving' WHERE status <> 'delivered'",
    );
    await follow(followUp());
    assert.equal(await following(), 0);
    assert.deepEqual(Object.keys(metrics.sums), []);
  });

  it('is looked up by one task, although two look at the same time', async () => {
    await send(50);
    await simulator.control.settled();
    const [one, two] = [followUp(), followUp()];
    await Promise.all([enrol(one), enrol(two)]);
    await Promise.all([follow(one), follow(two)]);
    assert.deepEqual(await statuses(), { delivered: 50 });
    assert.equal(put.length, 50);
  });

  it('is left to whoever is claiming it just now, and others are not', async () => {
    const [id = ''] = await send(3);
    await simulator.control.settled();
    const task = followUp();
    await enrol(task);
    const other = await database.adminPool.connect();
    try {
      await other.query('BEGIN');
      await other.query('SELECT FROM status_follow_up WHERE carrier_message_id = $1 FOR UPDATE', [id]);
      await task.look();
      assert.deepEqual(await statuses(), { delivered: 2, queued: 1 });
      await other.query('COMMIT');
    } finally {
      other.release();
    }
    await task.look();
    assert.deepEqual(await statuses(), { delivered: 3 });
  });

  it('is looked up again, ever more rarely, while the carrier does not know its end either', async () => {
    simulator.control.setFaults({ deliveredAfterMs: { min: 600_000, max: 600_000 } });
    const [id = ''] = await send(1);
    const task = followUp();
    await follow(task);
    skip(300_000);
    await follow(task);
    assert.equal(await ofStatus(id), 'sent');
    const before = metrics.sums['StatusRequests fetch'] ?? 0;
    skip(200_000);
    await follow(task);
    assert.equal(metrics.sums['StatusRequests fetch'], before, 'not due yet');
    skip(HOUR);
    await simulator.control.settled();
    await follow(task);
    assert.equal(await ofStatus(id), 'delivered');
  });

  it('ends as unconfirmed after three days of nothing but sent, and a delivery that comes later still counts', async () => {
    simulator.control.setFaults({ deliveredAfterMs: { min: 600_000, max: 600_000 } });
    const [id = ''] = await send(1);
    const carrier: Carrier = {
      ...carrierAt(simulator.url),
      // Its network reports no delivery.
      fetchStatus: async (carrierMessageId) => ({
        carrierMessageId,
        status: 'sent',
        errorCode: null,
        phoneNumber: null,
      }),
    };
    const task = followUp(carrier);
    await follow(task);
    skip(71 * HOUR);
    await follow(task);
    assert.equal(await ofStatus(id), 'sent');
    skip(HOUR);
    await follow(task);
    assert.equal(await ofStatus(id), 'sent_unconfirmed');
    assert.equal(await following(), 0);
    assert.equal(metrics.sums.StatusesUnconfirmed, 1);
    await receiveStatus(
      carrier,
      {
        carrierMessageId: id,
        status: 'delivered',
        errorCode: null,
        attemptId: null,
        messageId: null,
        phoneNumber: null,
      },
      deps(),
    );
    assert.equal(await ofStatus(id), 'delivered');
  });

  it('is given up, visibly, when the carrier does not know it and it never was sent', async () => {
    const [id = ''] = await send(1);
    const task = followUp({ ...carrierAt(simulator.url), fetchStatus: async () => null });
    await follow(task);
    assert.equal(await following(), 1, 'a carrier may be late to know its own message');
    skip(72 * HOUR);
    await follow(task);
    assert.equal(await ofStatus(id), 'queued');
    assert.equal(await following(), 0);
    assert.equal(metrics.sums.StatusesGivenUp, 1);
  });

  it('waits while the carrier is away, which is asked ever more rarely, and ends when it is back', async () => {
    await send(40);
    await simulator.control.settled();
    const carrier = carrierAt('http://127.0.0.1:1');
    const task = followUp(carrier);
    await enrol(task);
    const first = await task.look();
    assert.equal(first.handled, 0);
    assert.ok((first.nextInMs ?? 0) >= 7_500 && (first.nextInMs ?? 0) <= 15_000);
    const paused = await task.look();
    assert.ok((paused.nextInMs ?? 0) > 7_000);
    assert.equal(metrics.sums['StatusRequests list'], undefined, 'nothing was asked during the pause');
    [pausedMs, skippedMs] = [20_000, 20_000];
    const second = await task.look();
    assert.ok((second.nextInMs ?? 0) >= 15_000);
    assert.equal(await following(), 40);
    skip(HOUR);
    await follow(followUp());
    assert.deepEqual(await statuses(), { delivered: 40 });
  });

  it('waits when the carrier says that it is asked too much, and what it said before counts', async () => {
    await send(8);
    await simulator.control.settled();
    const simulated = carrierAt(simulator.url);
    let asked = 0;
    const carrier: Carrier = {
      ...simulated,
      fetchStatus: (id, signal) => {
        asked += 1;
        if (asked === 5) simulator.control.setFaults({ rate429: 1 });
        return simulated.fetchStatus(id, signal);
      },
    };
    const task = followUp(carrier);
    await enrol(task);
    assert.equal((await task.look()).handled, 0);
    assert.ok(asked < 8 + 1);
    const known = (await statuses()).delivered ?? 0;
    assert.ok(known >= 1 && known < 8, `${known} were told before`);
    simulator.control.setFaults({ rate429: 0 });
    const requests = asked;
    await send(1);
    await simulator.control.settled();
    await enrol(task);
    await task.look();
    assert.equal(asked, requests, 'nothing is asked during the pause, neither for what is due only now');
    [pausedMs, skippedMs] = [20_000, 20_000];
    await follow(task);
    assert.deepEqual(await statuses(), { delivered: 9 });
  });

  it('that cannot be asked for keeps no other waiting, and is asked for again at its next step', async () => {
    const ids = await send(6);
    await simulator.control.settled();
    const simulated = carrierAt(simulator.url);
    const asked: string[] = [];
    const carrier: Carrier = {
      ...simulated,
      fetchStatus: (id, signal) => {
        asked.push(id);
        if (id === ids[0]) throw new CarillonError('unavailable', 'HTTP 500');
        return simulated.fetchStatus(id, signal);
      },
    };
    const task = followUp(carrier);
    await follow(task);
    assert.deepEqual(await statuses(), { delivered: 5, queued: 1 });
    await send(1);
    await simulator.control.settled();
    await follow(task);
    assert.deepEqual(await statuses(), { delivered: 6, queued: 1 }, 'there is no pause');
    skip(72 * HOUR);
    await follow(task);
    assert.equal(await following(), 1, 'it is not given up as long as the carrier was not heard');
    assert.ok(asked.length < 60, `asked ${asked.length} times`);
    skip(HOUR);
    await follow(followUp());
    assert.deepEqual(await statuses(), { delivered: 7 });
  });

  it('that is at fault itself keeps no other waiting', async () => {
    await send(3);
    await simulator.control.settled();
    refused = person(2);
    await follow(followUp());
    assert.deepEqual(await statuses(), { delivered: 2, queued: 1 });
  });

  it('is followed by a gateway until it stops, whatever goes wrong meanwhile', async () => {
    await send(3);
    await simulator.control.settled();
    await database.adminPool.query('ALTER TABLE status_watch RENAME TO status_watch_away');
    const running = startStatusFollowUp(
      carrierAt(simulator.url),
      { firstMs: 50, unconfirmedMs: 72 * HOUR },
      deps(),
    );
    try {
      await eventually(async () => assert.ok(said.some((line) => line.includes('status_watch'))));
      await database.adminPool.query('ALTER TABLE status_watch_away RENAME TO status_watch');
      await eventually(async () => assert.deepEqual(await statuses(), { delivered: 3 }));
    } finally {
      await running.stop();
    }
  });

  it('ends when nothing more is expected at a carrier that can neither list nor fetch, which is asked nothing', async () => {
    await send(1);
    await database.adminPool.query("UPDATE message_log SET status = 'sent', status_rank = 50");
    const never = async (): Promise<never> => assert.fail('it was asked');
    const carrier: Carrier = {
      ...carrierAt(simulator.url),
      capabilities: { lists: false, fetches: false },
      fetchStatus: never,
      listStatuses: () => assert.fail('it was asked'),
    };
    const running = startStatusFollowUp(carrier, { firstMs: 1, unconfirmedMs: 1 }, deps());
    await eventually(async () => assert.deepEqual(await statuses(), { sent_unconfirmed: 1 }));
    await running.stop();
    assert.equal(await following(), 0);
  });

  it('is told to nobody, and comes again, while the stream is away', async () => {
    await send(2);
    await simulator.control.settled();
    streamIsAway = true;
    const task = followUp();
    await enrol(task);
    await assert.rejects(task.look(), /the stream is away/);
    assert.equal(await following(), 2);
    streamIsAway = false;
    skip(10_000);
    await follow(followUp());
    assert.deepEqual(await statuses(), { delivered: 2 });
  });

  it('suppresses whom the carrier says to have opted out, as a callback would', async () => {
    const [id = ''] = await send(1);
    const carrier: Carrier = {
      ...carrierAt(simulator.url),
      fetchStatus: async (carrierMessageId) => ({
        carrierMessageId,
        status: 'undelivered',
        errorCode: '21610',
        phoneNumber: null,
      }),
    };
    await follow(followUp(carrier));
    assert.equal(await ofStatus(id), 'undelivered');
    const { rows } = await database.adminPool.query('SELECT phone_number FROM suppression');
    assert.deepEqual(rows, [{ phone_number: person(1) }]);
  });

  it('is left where it is when the gateway stops, and nothing is asked any more', async () => {
    await send(2);
    await simulator.control.settled();
    const stopping = new AbortController();
    const task = followUp(carrierAt(simulator.url), stopping.signal);
    await enrol(task);
    stopping.abort(new Error('the gateway stops'));
    await assert.rejects(task.look(), /the gateway stops/);
    assert.deepEqual(await statuses(), { queued: 2 });
    skip(10_000);
    await follow(followUp());
    assert.deepEqual(await statuses(), { delivered: 2 });
  });
});
