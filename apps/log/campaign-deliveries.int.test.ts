import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { MessageLogRecord } from '#shared/contracts/message-log.ts';
import type { StreamConsumerDefinition } from '#shared/kinesis/definition.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { runs } from '#test/properties/runs.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { inboundLogConsumer, logConsumer } from './persist.ts';
import {
  anyCallRecord,
  anyRecord,
  callKey,
  callStatus,
  contactOf,
  inbound,
  messageOf,
  outbound,
  outboundCall,
  status,
} from './sample-records.ts';
import { callOf, deliveryOf, segmentsIn, statusOf } from './test-oracle.ts';

const CAMPAIGN = '018f0000-0000-7000-8000-00000000000a';
const NO_CALL = { outcome: null, seconds: null, price: null, currency: null };
const OTHER = '018f0000-0000-7000-8000-00000000000b';

describe('What the carrier says of messages of campaigns', () => {
  let database: TestDatabase;
  let pool: Pool;
  const deps = { pseudonyms: testPseudonyms, logger: silentLogger, metrics: noMetrics };
  const consumer = logConsumer(deps);
  const inboundConsumer = inboundLogConsumer({ ...deps, withinDays: 30 });
  before(async () => {
    database = await createDatabase();
    // With the rights of the log.
    pool = createPool(database.configFor('log'), () => undefined);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });
  /** The messages 0 and 1 are of two variants of a campaign; 2 is of none. */
  beforeEach(async () => {
    await forget();
    await insertMessage(0, { variant: 0 });
    await insertMessage(1, { variant: 1 });
    await insertMessage(2, { campaign: null });
  });

  // Far cheaper than TRUNCATE, which makes new files.
  const forget = () =>
    database.adminPool.query(
      `DELETE FROM message; DELETE FROM attempt; DELETE FROM message_log; DELETE FROM call_log; DELETE FROM number_fault; DELETE FROM campaign_delivery;
       DELETE FROM campaign_delivery_count; DELETE FROM campaign_opt_out; DELETE FROM campaign_contact`,
    );
  const forgetLog = () =>
    database.adminPool.query(
      `DELETE FROM message_log; DELETE FROM call_log; DELETE FROM number_fault; DELETE FROM campaign_delivery;
       DELETE FROM campaign_delivery_count; DELETE FROM campaign_opt_out`,
    );
  const attemptStates = { sent: 'accepted', ambiguous: 'ambiguous', failed: 'refused' } as const;
  async function insertMessage(
    n: number,
    {
      at = '2026-11-21T11:00:00Z',
      campaign = CAMPAIGN,
      ordinal = 1,
      variant = 0,
      state = 'sent',
    }: {
      campaign?: string | null;
      variant?: number;
      at?: string;
      ordinal?: number;
      state?: 'sent' | 'ambiguous' | 'failed';
    } = {},
  ): Promise<void> {
    const { messageId, phoneNumber, senderNumber } = outbound(n);
    await database.adminPool.query(
      `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id,
                            created_at, state, campaign_id, variant)
       VALUES ($1, $2, $3, 'bulk', 'transactional', $4, 'Hi', $1, $5, $6, $9, $7, $8)`,
      [messageId, phoneNumber, ordinal, senderNumber, contactOf(n), at, campaign, campaign && variant, state],
    );
    await database.adminPool.query(
      `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, channel, posted_at)
       VALUES (gen_random_uuid(), $1, $2, 'twilio', $3, $4, 'sms', $5)`,
      [messageId, phoneNumber, senderNumber, attemptStates[state], at],
    );
  }
  /** The n-th message is a call. */
  const makeCall = (n: number) =>
    database.adminPool.query("UPDATE message SET channel = 'voice' WHERE message_id = $1", [messageOf(n)]);
  /** One batch, as the stream consumer hands it over; `dies`: at the end of its transaction. */
  async function apply<T>(
    definition: StreamConsumerDefinition<T>,
    bodies: readonly object[],
    dies = false,
  ): Promise<void> {
    const records = bodies.map((body, index) => {
      const text = JSON.stringify(body);
      return {
        value: definition.parse(text),
        body: text,
        sequenceNumber: String(index),
        partitionKey: 'key',
        arrivedAt: new Date(0),
      };
    });
    const done = inTransaction(pool, async (tx) => {
      await definition.apply(tx, records);
      if (dies) throw new Error('it died');
    });
    await (dies ? assert.rejects(done, /it died/) : done);
  }
  const log = (...records: MessageLogRecord[]): Promise<void> => apply(consumer, records);
  const heard = (...texts: object[]): Promise<void> => apply(inboundConsumer, texts);

  const kept = async (): Promise<unknown[]> => {
    const { rows } = await database.adminPool.query(
      `SELECT campaign_id, variant, contact_id, message_id, carrier, outcome, error_code, segments, call_outcome,
              call_seconds, call_price::float8 AS call_price, call_currency
         FROM campaign_delivery ORDER BY message_id`,
    );
    return rows;
  };
  const counts = async (): Promise<Record<string, number>> => {
    const { rows } = await database.adminPool.query<{ measure: string; value: number }>(
      `SELECT variant || ' ' || measure AS measure, value FROM campaign_delivery_count
        WHERE campaign_id = $1 AND value <> 0 ORDER BY 1`,
      [CAMPAIGN],
    );
    return Object.fromEntries(rows.map(({ measure, value }) => [measure, value]));
  };
  /** What is counted that is not what the rows add up to. */
  const wrong = async (): Promise<unknown[]> => {
    const { rows } = await database.adminPool.query(
      `WITH real AS (
         SELECT campaign_id, variant, measure, sum(value)::bigint AS value
           FROM campaign_delivery
                CROSS JOIN LATERAL (VALUES (outcome, 1),
                  (CASE WHEN outcome IN ('undelivered', 'failed', 'refused') THEN outcome || ':' || error_code END, 1),
                  (CASE WHEN segments > 0 THEN 'segments:' || carrier END, segments),
                  ('call:' || call_outcome, 1), (CASE WHEN call_seconds > 0 THEN 'call_seconds' END, call_seconds)) AS of(measure, value)
          WHERE measure IS NOT NULL GROUP BY 1, 2, 3
         UNION ALL
         SELECT campaign_id, variant, 'opted_out', count(*) FROM campaign_opt_out GROUP BY 1, 2)
       SELECT measure, real.value AS rows, known.value AS counted
         FROM real FULL JOIN (SELECT * FROM campaign_delivery_count WHERE value <> 0) AS known USING (campaign_id, variant, measure)
        WHERE real.value IS DISTINCT FROM known.value`,
    );
    return rows;
  };
  /** What the rows have to be once all of these records are there. */
  const expected = (records: readonly MessageLogRecord[], isCall: boolean): unknown[] =>
    [0, 1].flatMap((n) => {
      const ours = records.filter(
        ({ carrierMessageId }) => carrierMessageId === `${isCall ? 'CA' : 'SM'}${n}`,
      );
      // A status alone may not say whose it is.
      if (ours.every(({ messageId }) => messageId === null)) return [];
      const { errorCode, status: word } = statusOf(ours);
      const outcome = deliveryOf(word);
      // Of a call that is not over nothing is said.
      const call = isCall && outcome !== 'underway' ? callOf(ours) : NO_CALL;
      return [
        {
          campaign_id: CAMPAIGN,
          variant: n,
          contact_id: contactOf(n),
          message_id: messageOf(n),
          carrier: 'twilio',
          outcome,
          error_code: errorCode,
          segments: isCall ? 0 : segmentsIn(ours),
          call_outcome: call.outcome,
          call_seconds: call.seconds,
          call_price: call.price,
          call_currency: call.currency,
        },
      ];
    });
  /** Who pressed the key that opts out in a call of the campaign. */
  const expectedOptOuts = (records: readonly MessageLogRecord[]): string[] =>
    [0, 1]
      .filter((n) =>
        records.some(
          (record) => record.type === 'CALL_KEY' && record.optedOut && record.messageId === messageOf(n),
        ),
      )
      .map(contactOf);
  const optOuts = async (): Promise<string[]> => {
    const { rows } = await database.adminPool.query<{ contact_id: string }>(
      'SELECT contact_id FROM campaign_opt_out ORDER BY contact_id',
    );
    return rows.map(({ contact_id }) => contact_id);
  };

  for (const [what, any, usual] of [
    ['of texts', anyRecord, 120],
    ['of calls', anyCallRecord, 60],
  ] as [string, fc.Arbitrary<MessageLogRecord>, number][]) {
    it(`${what} is recorded exactly as it was reported, and counted so, after any prefix of any order, repeated, in any batches, and when a batch dies`, async () => {
      let recorded = 0;
      const isCall = any === anyCallRecord;
      if (isCall) for (const n of [0, 1, 2]) await makeCall(n);
      await fc.assert(
        fc.asyncProperty(
          fc.array(any, { minLength: 1, maxLength: 10 }).chain((records) =>
            fc.tuple(
              fc.shuffledSubarray(records, { minLength: records.length }),
              fc.subarray(records),
              fc.array(fc.constantFrom('go on', 'commit', 'die' as const), {
                minLength: 20,
                maxLength: 20,
              }),
            ),
          ),
          async ([shuffled, repeated, steps]) => {
            await forgetLog();
            const done: MessageLogRecord[] = [];
            let batch: MessageLogRecord[] = [];
            for (const [index, record] of [...shuffled, ...repeated].entries()) {
              batch.push(record);
              const step = steps[index];
              if (step === 'go on') continue;
              // A batch that dies is read again, with what came meanwhile.
              await apply(consumer, batch, step === 'die');
              if (step === 'commit') {
                done.push(...batch);
                batch = [];
              }
              assert.deepEqual(await kept(), expected(done, isCall));
              assert.deepEqual(await wrong(), []);
            }
            await log(...batch);
            const all = [...done, ...batch];
            assert.deepEqual(await kept(), expected(all, isCall));
            assert.deepEqual(await optOuts(), expectedOptOuts(all));
            recorded += expected(all, isCall).length;
            assert.deepEqual(await wrong(), []);
          },
        ),
        { numRuns: runs(usual) },
      );
      assert.ok(recorded > usual / 2, `only ${recorded} messages`);
    }).timeout(300_000);
  }

  it('says of a call how it ended once it is over, and is news again when more is told of it', async () => {
    await makeCall(0);
    const news = async () => {
      const { rows } = await database.adminPool.query(
        'SELECT outcome, call_outcome, call_seconds FROM campaign_delivery WHERE is_news',
      );
      await database.adminPool.query('UPDATE campaign_delivery SET is_news = false');
      return rows;
    };
    await log(outboundCall(0), callStatus(0, 'in-progress', { answeredBy: 'machine' }));
    assert.deepEqual([await news(), await counts()], [[], { '0 underway': 1 }]);
    await log(callStatus(0, 'completed', { seconds: 61 }));
    const ended = { outcome: 'delivered', call_outcome: 'machine', call_seconds: 61 };
    assert.deepEqual(await news(), [ended]);
    assert.deepEqual(await counts(), { '0 call:machine': 1, '0 call_seconds': 61, '0 delivered': 1 });
    await log(callStatus(0, 'completed', { seconds: 61 }), outboundCall(0));
    assert.deepEqual(await news(), []);
    await log(callStatus(0, 'completed', { price: { amount: '0.028', currency: 'USD' } }));
    assert.deepEqual(await news(), [ended]);
    assert.deepEqual(await wrong(), []);
  });

  it('is counted by variant, with codes, and segments that the carrier took', async () => {
    await log(outbound(0, { segments: 2 }), outbound(1), outbound(2));
    assert.deepEqual(await counts(), {
      '0 segments:twilio': 2,
      '0 underway': 1,
      '1 segments:twilio': 1,
      '1 underway': 1,
    });
    await log(
      status(0, 'delivered'),
      status(1, 'undelivered', { errorCode: '30003' }),
      status(2, 'delivered'),
    );
    assert.deepEqual(await counts(), {
      '0 delivered': 1,
      '0 segments:twilio': 2,
      '1 segments:twilio': 1,
      '1 undelivered': 1,
      '1 undelivered:30003': 1,
    });
  });

  it('counts segments of the text where the carrier does not say them, and none of what it refused', async () => {
    await log(outbound(0, { segments: null, body: 'x'.repeat(161) }));
    await log(outbound(1, { carrierMessageId: null, segments: null, status: 'failed', errorCode: '21614' }));
    assert.deepEqual(await counts(), {
      '0 segments:twilio': 2,
      '0 underway': 1,
      '1 refused': 1,
      '1 refused:21614': 1,
    });
    // What was said is erased: it was sent all the same.
    await database.adminPool.query(`UPDATE message_log SET body = ''`);
    await log(status(0, 'delivered'));
    assert.equal((await counts())['0 segments:twilio'], 2);
  });

  it('is news when it is an end, and not when it is the same again', async () => {
    const news = async () =>
      (await database.adminPool.query('SELECT outcome FROM campaign_delivery WHERE is_news')).rows;
    await log(outbound(0), status(0, 'sent'));
    assert.deepEqual(await news(), []);
    await log(status(0, 'undelivered', { errorCode: '30003' }));
    assert.deepEqual(await news(), [{ outcome: 'undelivered' }]);
    await database.adminPool.query('UPDATE campaign_delivery SET is_news = false');
    await log(status(0, 'undelivered', { errorCode: '30003' }), status(0, 'sent'), outbound(0));
    assert.deepEqual(await news(), []);
    await log(status(0, 'delivered'));
    assert.deepEqual(await news(), [{ outcome: 'delivered' }]);
  });

  it('is counted right by two tasks that hear of the same messages at the same time', async () => {
    await forget();
    const many = Array.from({ length: 60 }, (_, n) => n);
    for (const n of many) await insertMessage(n, { variant: n % 3, ordinal: n });
    await Promise.all([
      log(...many.map((n) => outbound(n))),
      log(...many.toReversed().map((n) => status(n, 'delivered'))),
      log(...many.map((n) => status((n * 7) % 60, 'sent'))),
      log(...many.map((n) => status((n * 11) % 60, 'undelivered', { errorCode: '30003' }))),
    ]);
    assert.deepEqual(await wrong(), []);
    assert.deepEqual(
      Object.fromEntries(Object.entries(await counts()).filter(([measure]) => measure.endsWith('delivered'))),
      { '0 delivered': 20, '1 delivered': 20, '2 delivered': 20 },
    );
  });

  describe('and of whoever asks to be left alone', () => {
    const stop = (n: number, change: Parameters<typeof inbound>[1] = {}) =>
      inbound(n, { body: 'STOP', consent: 'opted_out', ...change });
    const optOuts = async () => {
      const { rows } = await database.adminPool.query(
        'SELECT campaign_id, contact_id, variant FROM campaign_opt_out ORDER BY contact_id',
      );
      return rows;
    };

    it('is counted with the campaign that had texted them last, once', async () => {
      await insertMessage(101, { campaign: OTHER, at: '2026-11-20T11:00:00Z', ordinal: 0 });
      await heard(stop(1), stop(1, { carrierMessageId: 'SMagain' }), inbound(0));
      await heard(stop(1), stop(1, { carrierMessageId: 'SMonce more' }));
      assert.deepEqual(await optOuts(), [{ campaign_id: CAMPAIGN, contact_id: contactOf(1), variant: 1 }]);
      assert.deepEqual(await counts(), { '1 opted_out': 1 });
      assert.deepEqual(await wrong(), []);
    });

    it('by key 9 is counted with the campaign whose call it was, once, whatever came first', async () => {
      await makeCall(0);
      const pressed = callKey(0, '9');
      await log(callStatus(0, 'in-progress'), pressed, pressed);
      await log(callKey(0, '0'), outboundCall(0), pressed, callStatus(0, 'completed'));
      assert.deepEqual(await optOuts(), [{ campaign_id: CAMPAIGN, contact_id: contactOf(0), variant: 0 }]);
      assert.deepEqual(await counts(), { '0 call:opted_out': 1, '0 delivered': 1, '0 opted_out': 1 });
      assert.deepEqual(await wrong(), []);
    });

    it('by key 9 in a call of no campaign is counted with none', async () => {
      await makeCall(2);
      await log(callKey(2, '9'));
      assert.deepEqual(await optOuts(), []);
    });

    for (const [what, change] of [
      ['another number of ours', { to: outbound(0).phoneNumber }],
      ['before anything was sent', { receivedAt: '2026-11-21T10:59:00.000Z' }],
      ['long after it', { receivedAt: '2026-12-21T11:00:01.000Z' }],
      ['another word', { consent: 'help' as const }],
    ] as const) {
      it(`is not counted for ${what}`, async () => {
        await heard(stop(1, change));
        assert.deepEqual(await optOuts(), []);
      });
    }

    it('is counted with a campaign whose text is still in doubt, and not with one that the carrier refused', async () => {
      await insertMessage(101, { campaign: OTHER, ordinal: 2, variant: 0, state: 'ambiguous' });
      await insertMessage(201, { campaign: OTHER, ordinal: 3, variant: 1, state: 'failed' });
      await heard(stop(1));
      assert.deepEqual(
        (await optOuts()).map(({ campaign_id, variant }) => [campaign_id, variant]),
        [[OTHER, 0]],
      );
    });

    it('is counted with the campaign whose lesson began last, for whom it began, and not once they are out of its audience', async () => {
      await database.adminPool.query(
        `INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, state) VALUES ($1, $2, $3, 'sent')`,
        [OTHER, contactOf(2), outbound(2).phoneNumber],
      );
      for (const n of [1, 2]) {
        await database.adminPool.query(
          'UPDATE message SET campaign_id = NULL, variant = NULL, lesson_campaign_id = $2 WHERE message_id = $1',
          [outbound(n).messageId, OTHER],
        );
      }
      await heard(stop(1), stop(2));
      assert.deepEqual(await optOuts(), [{ campaign_id: OTHER, contact_id: contactOf(2), variant: 0 }]);
    });

    it('is counted for as long as texts answer campaigns, and no longer', async () => {
      const short = inboundLogConsumer({ ...deps, withinDays: 7 });
      await apply(short, [stop(1, { receivedAt: '2026-11-28T11:00:01.000Z' })]);
      assert.deepEqual(await optOuts(), []);
      await apply(short, [stop(1, { receivedAt: '2026-11-28T10:59:59.000Z', carrierMessageId: 'SMbefore' })]);
      assert.equal((await optOuts()).length, 1);
    });

    it('is not counted for somebody whom no campaign has texted', async () => {
      await heard(stop(2));
      assert.deepEqual(await optOuts(), []);
    });
  });
});
