import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { statusRank } from '#shared/carriers/status.ts';
import type { MessageLogRecord } from '#shared/contracts/message-log.ts';
import { messageLogId } from '#shared/identity.ts';
import type { ParsedRecord, StreamConsumerDefinition } from '#shared/kinesis/definition.ts';
import { silentLogger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { runs } from '#test/properties/runs.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { mergeBatch } from './merge.ts';
import { inboundLogConsumer, logConsumer } from './persist.ts';
import { type LogRow, rowOfRecord } from './row.ts';
import {
  anyCallRecord,
  anyRecord,
  callKey,
  callStatus,
  inbound,
  messageOf,
  outbound,
  outboundCall,
  status,
} from './sample-records.ts';

/** A row of the table, as far as records determine it. */
const expectedRow = (row: LogRow) => ({
  log_id: row.logId,
  carrier: row.carrier,
  carrier_message_id: row.carrierMessageId,
  direction: row.content?.direction ?? null,
  phone_number: (row.content ?? row.mentioned).phoneNumber,
  our_number: row.content?.ourNumber ?? null,
  body: row.content?.body ?? null,
  media_urls: row.content?.mediaUrls ?? [],
  message_id: (row.content ?? row.mentioned).messageId,
  attempt_id: (row.content ?? row.mentioned).attemptId,
  segments: row.content?.segments ?? null,
  status: row.status.status,
  status_rank: statusRank(row.status.status),
  status_at: row.status.at,
  error_code: row.status.errorCode,
  unknown_statuses: row.unknownStatuses,
  occurred_at: row.content?.occurredAt ?? null,
});

/** The same of the facts of a call. */
const expectedCall = ({ call, logId }: LogRow) => ({
  log_id: logId,
  outcome: call?.outcome ?? null,
  answered_by: call?.answeredBy ?? null,
  seconds: call?.seconds ?? null,
  price: call?.price ? Number(call.price.amount) : null,
  currency: call?.price?.currency ?? null,
  keys: call?.keys ?? [],
});

describe('the message log', () => {
  let database: TestDatabase;
  let pool: Pool;
  let counted: Record<string, number>;
  const metrics: Metrics = {
    observe: (name, value) => {
      counted[name] = (counted[name] ?? 0) + value;
    },
    flush: () => undefined,
  };
  const consumer = logConsumer({ pseudonyms: testPseudonyms, logger: silentLogger, metrics });
  const inboundConsumer = inboundLogConsumer({
    pseudonyms: testPseudonyms,
    logger: silentLogger,
    metrics,
    withinDays: 30,
  });

  before(async () => {
    database = await createDatabase();
    pool = createPool(database.configFor('log'), () => undefined);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    counted = {};
    await emptyTables(database.adminPool, 'message_log, call_log, number_fault');
  });

  /** One batch, as the stream consumer hands it over: parsed from text, in one transaction. */
  async function apply<T>(definition: StreamConsumerDefinition<T>, bodies: readonly object[]): Promise<void> {
    const records = bodies.map((body, index): ParsedRecord<T> => {
      const text = JSON.stringify(body);
      return {
        value: definition.parse(text),
        body: text,
        sequenceNumber: String(index),
        partitionKey: 'key',
        arrivedAt: new Date(0),
      };
    });
    const effects = await inTransaction(pool, (tx) => definition.apply(tx, records));
    assert.deepEqual(effects.entries, []);
  }
  const log = (...records: MessageLogRecord[]): Promise<void> => apply(consumer, records);
  async function rows(): Promise<Record<string, unknown>[]> {
    const { rows: found } = await database.adminPool.query<Record<string, unknown>>(
      `SELECT log_id, carrier, carrier_message_id, direction, phone_number, our_number, body, media_urls, message_id,
              attempt_id, segments, status, status_rank, status_at, error_code, unknown_statuses, occurred_at
         FROM message_log ORDER BY log_id`,
    );
    return found;
  }
  async function calls(): Promise<Record<string, unknown>[]> {
    const { rows: found } = await database.adminPool.query<Record<string, unknown>>(
      'SELECT log_id, outcome, answered_by, seconds, price::float8 AS price, currency, keys FROM call_log ORDER BY log_id',
    );
    return found;
  }
  async function row(): Promise<Record<string, unknown>> {
    const [first, ...others] = await rows();
    assert.ok(first && others.length === 0);
    return first;
  }

  it('ends with the same rows for any order, any repetition and any split into batches', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(anyRecord, { minLength: 1, maxLength: 12 })
          .chain((records) =>
            fc.tuple(
              fc.constant(records),
              fc.shuffledSubarray(records, { minLength: records.length }),
              fc.subarray(records),
              fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
            ),
          ),
        async ([records, shuffled, repeated, cuts]) => {
          await database.adminPool.query('DELETE FROM message_log');
          let batch: MessageLogRecord[] = [];
          for (const [index, record] of [...shuffled, ...repeated].entries()) {
            batch.push(record);
            if (!cuts[index]) continue;
            await log(...batch);
            batch = [];
          }
          await log(...batch);
          assert.deepEqual(await rows(), mergeBatch(records.map(rowOfRecord)).rows.map(expectedRow));
        },
      ),
      { numRuns: runs(150) },
    );
  });

  it('ends with the same rows of calls for any order, any repetition and any split into batches', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(anyCallRecord, { minLength: 1, maxLength: 12 })
          .chain((records) =>
            fc.tuple(
              fc.constant(records),
              fc.shuffledSubarray(records, { minLength: records.length }),
              fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 }),
            ),
          ),
        async ([records, shuffled, sizes]) => {
          await database.adminPool.query('DELETE FROM message_log; DELETE FROM call_log');
          const rest = [...shuffled, ...records.slice(0, 3)];
          for (const size of [...sizes, rest.length]) await log(...rest.splice(0, size));
          const merged = mergeBatch(records.map(rowOfRecord)).rows;
          assert.deepEqual(await rows(), merged.map(expectedRow));
          assert.deepEqual(await calls(), merged.map(expectedCall));
        },
      ),
      { numRuns: runs(100) },
    );
  });

  it('knows that a person took a call who has pressed a key, whether the carrier says machine before or after', async () => {
    const [key, machine] = [callKey(1, '1'), callStatus(1, 'completed', { answeredBy: 'machine' })];
    for (const order of [
      [key, machine],
      [machine, key],
    ]) {
      await database.adminPool.query('DELETE FROM message_log; DELETE FROM call_log');
      for (const record of order) await log(record);
      const [call] = await calls();
      assert.deepEqual([call?.outcome, call?.answered_by], ['answered', 'machine']);
    }
  });

  it('keeps with a call when it was made and for which campaign, whatever is heard first, and tells of its change', async () => {
    const campaignId = randomUUID();
    await database.adminPool.query('INSERT INTO phone (phone_number) VALUES ($1)', [
      outboundCall(1).phoneNumber,
    ]);
    await database.adminPool.query(
      `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id, created_at,
                            state, channel, campaign_id)
       VALUES ($1, $2, 1, 'bulk', 'marketing', '+14155550199', '', $1, $1, now(), 'sent', 'voice', $3)`,
      [messageOf(1), outboundCall(1).phoneNumber, campaignId],
    );
    let changes = 0;
    const telling = logConsumer({
      pseudonyms: testPseudonyms,
      logger: silentLogger,
      metrics,
      callsChanged: () => {
        changes += 1;
      },
    });
    const stands = async (): Promise<unknown> => {
      const { rows: found } = await database.adminPool.query('SELECT occurred_at, campaign_id FROM call_log');
      return found;
    };
    await apply(telling, [callStatus(1, 'ringing')]);
    telling.committed?.();
    assert.deepEqual(await stands(), [{ occurred_at: null, campaign_id: campaignId }]);
    await apply(telling, [outboundCall(1)]);
    telling.committed?.();
    const made = { occurred_at: new Date(outboundCall(1).sentAt), campaign_id: campaignId };
    assert.deepEqual(await stands(), [made]);
    await apply(telling, [outbound(2)]);
    telling.committed?.();
    assert.equal(changes, 2, 'a text is no news of calls');
    await apply(telling, [callStatus(1, 'completed', { seconds: 12 })]);
    telling.committed?.();
    assert.deepEqual([await stands(), changes], [[made], 3]);
  });

  it('keeps no facts of calls about texts', async () => {
    await log(outbound(1), status(1, 'delivered'));
    assert.deepEqual(await calls(), []);
  });

  it('holds nothing against a number that could not be called', async () => {
    await log(callStatus(1, 'failed', { errorCode: '21211' }));
    const { rows: faults } = await database.adminPool.query('SELECT 1 FROM number_fault');
    assert.equal(faults.length, 0);
  });

  it('keeps a sent message with what became of it', async () => {
    await log(outbound(1, { mediaUrls: ['https://media.example/a.png'] }));
    await log(status(1, 'sent'), status(1, 'undelivered', { errorCode: '30003' }));
    const found = await row();
    assert.equal(found.direction, 'outbound');
    assert.equal(found.status, 'undelivered');
    assert.equal(found.error_code, '30003');
    assert.deepEqual(found.media_urls, ['https://media.example/a.png']);
  });

  it('makes a row of a status that comes before its message, and fills it afterwards', async () => {
    await log(status(1, 'delivered'));
    const before = await row();
    assert.equal(before.direction, null);
    assert.equal(before.attempt_id, outbound(1).attemptId);
    await log(outbound(1));
    const after = await row();
    assert.equal(after.direction, 'outbound');
    assert.equal(after.body, outbound(1).body);
    assert.equal(after.status, 'delivered');
  });

  it('keeps what people texted, once, and passes over every other command', async () => {
    const text = inbound(1, {
      media: [{ url: 'https://api.twilio.com/media/1', contentType: 'image/png' }],
      body: 'I said "b" \\ 👍🏽',
    });
    await apply(inboundConsumer, [
      text,
      { type: 'START_DRILL', nonsense: true },
      { type: 'FROM_THE_FUTURE' },
      [],
      text,
    ]);
    const found = await row();
    assert.equal(found.log_id, messageLogId('twilio', 'SMin1'));
    assert.equal(found.direction, 'inbound');
    assert.equal(found.body, 'I said "b" \\ 👍🏽');
    assert.deepEqual(found.media_urls, ['https://api.twilio.com/media/1']);
    assert.equal(found.status, 'received');
  });

  it('passes over commands that are no JSON, and sets aside a text that does not parse', () => {
    assert.equal(inboundConsumer.parse('{"type":'), null);
    assert.equal(inboundConsumer.parse('{"type":"UPDATE_USER"}'), null);
    assert.throws(() => inboundConsumer.parse('{"type":"INBOUND_SMS"}'), { code: 'invalid_record' });
    assert.throws(() => consumer.parse('{"type":"START_DRILL"}'), { code: 'invalid_record' });
    assert.throws(() => consumer.parse('nonsense'), { code: 'invalid_record' });
  });

  it('counts words that no table knows, and keeps them', async () => {
    await log(outbound(1), status(1, 'teleported'), status(1, 'lost'));
    await log(status(1, 'teleported'));
    assert.deepEqual((await row()).unknown_statuses, ['lost', 'teleported']);
    assert.equal(counted.UnknownStatuses, 3);
  });

  it('counts final statuses that contradict each other, within a batch and across batches', async () => {
    await log(status(1, 'failed'), status(1, 'delivered'));
    assert.equal(counted.StatusConflicts, 1);
    await log(status(1, 'undelivered'));
    assert.equal(counted.StatusConflicts, 2);
    await log(status(1, 'read'), status(1, 'sent'));
    assert.equal(counted.StatusConflicts, 2);
    assert.equal((await row()).status, 'read');
  });

  it('holds a number that cannot be texted against it, once, since it was first heard', async () => {
    const unknownHandset = { errorCode: '30005' };
    await log(status(1, 'undelivered', { ...unknownHandset, receivedAt: '2026-11-21T12:00:20.000Z' }));
    await log(outbound(1), status(1, 'undelivered', unknownHandset), status(2, 'delivered'));
    await log(status(1, 'undelivered', { ...unknownHandset, receivedAt: '2026-11-21T12:00:30.000Z' }));
    const { rows: faults } = await database.adminPool.query(
      'SELECT log_id, error_code, phone_number, heard_at FROM number_fault',
    );
    assert.deepEqual(faults, [
      {
        log_id: messageLogId('twilio', 'SM1'),
        error_code: '30005',
        phone_number: outbound(1).phoneNumber,
        heard_at: new Date(status(1, 'undelivered').receivedAt),
      },
    ]);
    assert.equal(counted.DeliveryErrors, 3);
  });

  it('says with its code what somebody has to look into, and an unknown code as an error', async () => {
    const said: { level: string; code: unknown; count: unknown }[] = [];
    const note = (level: string) => (fields: object) => {
      said.push({ level, code: 'code' in fields && fields.code, count: 'count' in fields && fields.count });
    };
    const logger = { ...silentLogger, warn: note('warn'), error: note('error') };
    await apply(logConsumer({ pseudonyms: testPseudonyms, logger, metrics }), [
      status(1, 'undelivered', { errorCode: '30007' }),
      status(2, 'undelivered', { errorCode: '30007' }),
      status(3, 'failed', { errorCode: '99999' }),
      status(4, 'undelivered', { errorCode: '30003' }),
    ]);
    assert.deepEqual(said, [
      { level: 'warn', code: '30007', count: 2 },
      { level: 'error', code: '99999', count: 1 },
    ]);
  });

  it('keeps refused attempts of one message apart', async () => {
    const refused = { carrierMessageId: null, status: 'failed', errorCode: '30001' } as const;
    const [first, second] = [outbound(1).attemptId, outbound(2).attemptId];
    await log(outbound(1, { ...refused, attemptId: first }), outbound(1, { ...refused, attemptId: second }));
    await log(outbound(1, { ...refused, attemptId: first }));
    const found = await rows();
    assert.deepEqual(found.map(({ attempt_id }) => attempt_id).sort(), [first, second].sort());
    assert.deepEqual(
      found.map(({ carrier_message_id }) => carrier_message_id),
      [null, null],
    );
  });

  it('touches no index when only the status changes', async () => {
    await log(outbound(1));
    const delivered = JSON.stringify(status(1, 'delivered'));
    const changed = await inTransaction(pool, async (tx) => {
      const updates = async (): Promise<{ all: number; hot: number }> => {
        const { rows: found } = await tx.query<{ all: number; hot: number }>(
          `SELECT pg_stat_get_xact_tuples_updated('message_log'::regclass) AS all,
                  pg_stat_get_xact_tuples_hot_updated('message_log'::regclass) AS hot`,
        );
        return found[0] ?? { all: 0, hot: 0 };
      };
      const before = await updates();
      const record = { body: delivered, sequenceNumber: '1', partitionKey: 'key', arrivedAt: new Date(0) };
      await consumer.apply(tx, [{ ...record, value: consumer.parse(delivered) }]);
      const after = await updates();
      return { all: after.all - before.all, hot: after.hot - before.hot };
    });
    assert.deepEqual(changed, { all: 1, hot: 1 });
  });

  it('takes two tasks writing the same messages at the same time', async () => {
    const many = Array.from({ length: 200 }, (_, n) => n);
    await Promise.all([
      ...Array.from({ length: 4 }, (_, i) => log(...many.map((n) => status((n * 7 + i) % 200, 'sent')))),
      log(...many.toReversed().map((n) => outbound(n))),
    ]);
    const found = await rows();
    assert.equal(found.length, 200);
    assert.ok(found.every(({ status: word, direction }) => word === 'sent' && direction === 'outbound'));
  });
});
