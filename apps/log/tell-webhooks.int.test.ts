import assert from 'node:assert/strict';
import type { InboundSms } from '#shared/contracts/dialog-commands.ts';
import type { MessageLogRecord } from '#shared/contracts/message-log.ts';
import { messageLogId, webhookEventId } from '#shared/identity.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { createPool, inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { inboundLogConsumer, logConsumer } from './persist.ts';
import { inbound, outbound, status } from './sample-records.ts';

const ENDPOINT = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';

describe('What the message log tells webhooks', () => {
  let database: TestDatabase;
  let pool: Pool;
  const deps = { pseudonyms: testPseudonyms, logger: silentLogger, metrics: noMetrics };
  const [ofStatuses, ofTexts] = [logConsumer(deps), inboundLogConsumer({ ...deps, withinDays: 30 })];

  before(async () => {
    database = await createDatabase();
    // With the rights of the service: it tells, and cannot read what was told.
    pool = createPool(database.configFor('log'), () => undefined);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(() =>
    emptyTables(
      database.adminPool,
      'message_log, number_fault, erased_phone, webhook_endpoint, webhook_secret, webhook_delivery',
    ),
  );

  const want = (events: string[], id = ENDPOINT, enabled = true) =>
    database.adminPool.query(
      `INSERT INTO webhook_endpoint (endpoint_id, url, events, description, enabled, created_at, created_by)
       VALUES ($1, 'https://crm.example.org/', $2, '', $3, now(), 'a test')`,
      [id, events, enabled],
    );
  const recordOf = (body: string, sequenceNumber: string) => ({
    body,
    sequenceNumber,
    partitionKey: 'key',
    arrivedAt: new Date(0),
  });
  const applyStatuses = (tx: Transaction, records: readonly MessageLogRecord[]) => {
    const texts = records.map((record) => JSON.stringify(record));
    return ofStatuses.apply(
      tx,
      texts.map((body, n) => ({ ...recordOf(body, String(n)), value: ofStatuses.parse(body) })),
    );
  };
  const log = (...records: MessageLogRecord[]) => inTransaction(pool, (tx) => applyStatuses(tx, records));
  const hear = (text: InboundSms) =>
    inTransaction(pool, (tx) => {
      const body = JSON.stringify(text);
      return ofTexts.apply(tx, [{ ...recordOf(body, '0'), value: ofTexts.parse(body) }]);
    });
  async function told(endpoint = ENDPOINT) {
    const { rows } = await database.adminPool.query<{
      event_id: string;
      type: string;
      phone_number: string | null;
      payload: string;
    }>(
      'SELECT event_id, type, phone_number, payload FROM webhook_delivery WHERE endpoint_id = $1 ORDER BY position',
      [endpoint],
    );
    return rows;
  }
  const statuses = async (): Promise<string[]> =>
    (await told()).map(({ payload }) => JSON.parse(payload).data.status);

  it('is each status of a message, in the words of the log, without what the message says', async () => {
    await want(['message.status']);
    await log(outbound(1, { status: 'accepted' }));
    await log(status(1, 'undelivered', { errorCode: '30003' }));
    assert.deepEqual(await statuses(), ['accepted', 'undelivered']);
    const [, row] = await told();
    assert.ok(row);
    const logId = messageLogId('twilio', 'SM1');
    const { messageId, phoneNumber, senderNumber } = outbound(1);
    assert.deepEqual(
      { ...row, payload: JSON.parse(row.payload) },
      {
        event_id: webhookEventId('message.status', logId, 'undelivered'),
        type: 'message.status',
        phone_number: phoneNumber,
        payload: {
          type: 'message.status',
          timestamp: '2026-11-21T12:00:11.000Z',
          data: {
            ...{ id: messageId, logId, phoneNumber, ourNumber: senderNumber, carrier: 'twilio' },
            ...{ carrierMessageId: 'SM1', status: 'undelivered', statusAt: '2026-11-21T12:00:11.000Z' },
            ...{ errorCode: '30003', segments: 1 },
          },
        },
      },
    );
  });

  it('is nothing twice, however often it is reported, and nothing that was overtaken', async () => {
    await want(['message.status']);
    await log(outbound(1), status(1, 'sent'));
    await log(status(1, 'delivered'), status(1, 'sent'), status(1, 'delivered'));
    await log(status(1, 'sent'), status(1, 'delivered'), outbound(1));
    assert.deepEqual(await statuses(), ['sent', 'delivered']);
  });

  it('is also a status that came before its message, and no word that nobody knows', async () => {
    await want(['message.status']);
    await log(status(1, 'sent', { phoneNumber: null }), status(2, 'teleported'));
    await log(outbound(1));
    const [row, ...others] = await told();
    assert.ok(row && others.length === 0);
    const { data } = JSON.parse(row.payload);
    assert.deepEqual([data.id, data.status, data.phoneNumber], [outbound(1).messageId, 'sent', null]);
  });

  it('is a text with its words', async () => {
    await want(['message.received']);
    await hear(inbound(1));
    await hear(inbound(1));
    const [row, ...others] = await told();
    assert.ok(row && others.length === 0);
    const { from, to, body } = inbound(1).payload;
    const logId = messageLogId('twilio', 'SMin1');
    assert.deepEqual(JSON.parse(row.payload), {
      type: 'message.received',
      timestamp: '2026-11-21T12:00:05.000Z',
      data: {
        ...{ id: logId, logId, phoneNumber: from, ourNumber: to, carrier: 'twilio' },
        ...{ carrierMessageId: 'SMin1', body, mediaUrls: [], occurredAt: '2026-11-21T12:00:05.000Z' },
      },
    });
  });

  it('goes to every endpoint that wants it, and to none that does not or is off', async () => {
    await want(['message.status', 'message.received']);
    await want(['consent.changed'], OTHER);
    await want(['message.status'], '00000000-0000-4000-8000-000000000003', false);
    await log(outbound(1));
    await hear(inbound(1));
    assert.deepEqual(
      (await told()).map(({ type }) => type),
      ['message.status', 'message.received'],
    );
    const { rowCount } = await database.adminPool.query('SELECT FROM webhook_delivery');
    assert.equal(rowCount, 2);
  });

  it('is nothing about somebody who was erased', async () => {
    await want(['message.status', 'message.received']);
    await database.adminPool.query(
      "INSERT INTO erasure_key (key_version, proof) VALUES (1, 'x') ON CONFLICT DO NOTHING",
    );
    await database.adminPool.query(
      `INSERT INTO erased_phone (pseudonym, key_version, erased_at, dialog_version, reason, erased_by)
       VALUES ($1, 1, '2026-12-01', 0, 'asked', 'a test')`,
      [testPseudonyms.of(outbound(1).phoneNumber)],
    );
    await log(outbound(1), outbound(2));
    await log(status(1, 'delivered'));
    await hear(inbound(1));
    assert.deepEqual(
      (await told()).map(({ phone_number }) => phone_number),
      [outbound(2).phoneNumber],
    );
  });

  /** Statements of one batch, by how many there are. */
  async function statementsOf(records: readonly MessageLogRecord[]): Promise<number> {
    let count = 0;
    await inTransaction(pool, async (tx) => {
      const counting = new Proxy(tx, {
        get: (target, name) => {
          if (name === 'query') count += 1;
          const value = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
      await applyStatuses(counting, records);
    });
    return count;
  }
  const many = (count: number) => Array.from({ length: count }, (_, n) => outbound(n));

  it('takes one statement more where nobody wants it, and three where somebody does, whatever the batch', async () => {
    const small = await statementsOf(many(1));
    assert.equal(await statementsOf(many(500)), small);
    await want(['message.received']);
    assert.equal(await statementsOf(many(500)), small);
    await want(['message.status'], OTHER);
    assert.equal(await statementsOf(many(500)), small + 2);
    assert.equal((await told(OTHER)).length, 500);
  });

  it('takes two tasks with the same messages at the same time', async () => {
    await want(['message.status']);
    const words = ['sent', 'delivered', 'sent', 'delivered'];
    await Promise.all(
      words.map((word, i) => log(...Array.from({ length: 200 }, (_, n) => status((n * 7 + i) % 200, word)))),
    );
    const counted = Map.groupBy(await statuses(), (word) => word);
    assert.equal(counted.get('delivered')?.length, 200);
  });
});
