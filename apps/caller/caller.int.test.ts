import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { HOUR_MS, MINUTE_MS } from '#shared/compliance/instant.ts';
import { type MessageLogRecord, messageLogRecordSchema } from '#shared/contracts/message-log.ts';
import { readDecisions } from '#shared/decisions/read.ts';
import { sampleScript } from '#shared/voice/sample-script.ts';
import { eventually } from '#test/eventually.ts';
import { CallerBench, NOON, SENDER_NUMBER } from './test-bench.ts';
import { lostAnswer, lostRequest, refusedWith } from './test-voice-carrier.ts';

/** Area code 415: Pacific Time. Business time stands at Wednesday noon there. */
const PHONE = '+14155550101';
const phoneOf = (index: number): string => `+1415555${String(100 + index).padStart(4, '0')}`;
/** Area code 850: Florida, at most three marketing touches in 24 hours. */
const FLORIDA = '+18505550101';

describe('The caller', () => {
  let bench: CallerBench;
  before(async () => {
    bench = await CallerBench.create();
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());
  afterEach(async () => {
    await bench.stopAll();
    assert.deepEqual(bench.failures, []);
  });

  const isInState = (states: string[], phone = PHONE) =>
    eventually(async () => assert.deepEqual(await bench.statesOf(phone), states));
  const isUnderWay = (phones: string[]) =>
    eventually(async () => assert.deepEqual(await bench.underWay(), phones));
  const said = async (phone = PHONE): Promise<string[]> =>
    (await readDecisions(bench.database.adminPool, { phoneNumber: phone }, { after: null, limit: 100 })).map(
      ({ channel, rule, verdict }) => `${channel} ${verdict} ${rule}`,
    );
  /** What the message log is told, in order. */
  const told = async (): Promise<MessageLogRecord[]> => {
    await bench.pump();
    return bench.records.map(({ body }) => messageLogRecordSchema.parse(body));
  };
  const campaign = async (definition: object): Promise<string> => {
    const { rows } = await bench.database.adminPool.query<{ campaign_id: string }>(
      `INSERT INTO campaign (campaign_id, name, type, intent, definition, status, created_by, created_at, updated_at)
       VALUES ($1, 'A campaign', 'voice', 'transactional', $2, 'active', 'test', now(), now()) RETURNING campaign_id`,
      [
        randomUUID(),
        {
          windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '23:59' }],
          timeZone: 'America/Los_Angeles',
          ...definition,
        },
      ],
    );
    return rows[0]?.campaign_id ?? '';
  };

  it('has the carrier call a person once, with everything that is said, and tells the log', async () => {
    const messageId = await bench.planCall(PHONE);
    bench.start();
    await isInState(['sent']);
    const [request, ...others] = bench.carrier.requests;
    assert.ok(request !== undefined && others.length === 0);
    assert.deepEqual(
      [request.to, request.from, request.script, request.ringSeconds, request.machineDetection],
      [PHONE, SENDER_NUMBER, sampleScript, 25, true],
    );
    for (const address of Object.values(request.callbacks)) {
      assert.match(address, new RegExp(`attempt=${request.attemptId}&message=${messageId}`));
    }
    const [record] = await told();
    assert.ok(record?.type === 'OUTBOUND_CALL');
    assert.deepEqual(
      [record.carrierMessageId, record.attemptId, record.messageId],
      [bench.carrier.calls[0]?.carrierMessageId, request.attemptId, messageId],
    );
    // On a busy machine a claim may be too late for its request, and is made again.
    assert.deepEqual([...new Set(await said())], ['voice send allowed']);
  });

  describe('makes no call', () => {
    it('to somebody who texted STOP before', async () => {
      await bench.planCall(PHONE);
      await bench.suppress(PHONE);
      bench.start();
      await isInState(['blocked']);
      assert.deepEqual(bench.carrier.requests, []);
    });

    it('to somebody who agreed to texts, and not to an artificial voice', async () => {
      await bench.consent(PHONE, ['informational', 'marketing_in_writing']);
      await bench.planCall(PHONE);
      bench.start();
      await isInState(['blocked']);
      assert.deepEqual(bench.carrier.requests, []);
    });

    it('while texts of people may not have been heard', async () => {
      await bench.database.adminPool.query(`UPDATE inbound_watch SET outage_since = now()`);
      await bench.planCall(PHONE);
      const caller = bench.start();
      await eventually(async () => assert.ok(caller.inDoubt()));
      assert.deepEqual(bench.carrier.requests, []);
      await bench.database.adminPool.query(`UPDATE inbound_watch SET outage_since = NULL`);
      await isInState(['sent']);
    });

    it('while texts to numbers at another carrier may not have been heard', async () => {
      await bench.database.adminPool.query(
        `UPDATE inbound_watch SET outage_since = now() WHERE carrier = 'vonage'`,
      );
      await bench.planCall(PHONE);
      const caller = bench.start({ heard: ['twilio', 'vonage'] });
      await eventually(async () => assert.ok(caller.inDoubt()));
      assert.deepEqual(bench.carrier.requests, []);
      await bench.database.adminPool.query(`UPDATE inbound_watch SET outage_since = NULL`);
      await isInState(['sent']);
    });

    it('from a number that is at another carrier', async () => {
      await bench.database.adminPool.query(
        `INSERT INTO sender (sender_number, carrier, type, registration, segments_per_second, created_at, updated_at)
         VALUES ($1, 'vonage', 'long_code', 'registered', 1, now(), now())`,
        [SENDER_NUMBER],
      );
      await bench.planCall(PHONE);
      bench.start();
      await isInState(['held']);
      const { rows } = await bench.database.adminPool.query('SELECT rule FROM message');
      assert.deepEqual([rows, bench.carrier.requests], [[{ rule: 'carrier_not_set_up' }], []]);
    });

    it('outside the hours, whenever it was planned, and makes it when they begin', async () => {
      await bench.planCall(PHONE);
      bench.skip(12 * HOUR_MS);
      bench.start();
      await isInState(['held']);
      assert.deepEqual(bench.carrier.requests, []);
      bench.skip(12 * HOUR_MS);
      await isInState(['sent']);
      assert.equal(bench.carrier.calls.length, 1);
    });

    it('that would still ring when the hours end', async () => {
      await bench.planCall(PHONE, { notAfter: new Date(bench.clock.now().getTime() + 20_000) });
      bench.start();
      await eventually(async () => {
        const { rows } = await bench.database.adminPool.query('SELECT deferrals FROM message');
        assert.ok(Number(rows[0]?.deferrals) > 0);
      });
      assert.deepEqual(bench.carrier.requests, []);
      bench.skip(MINUTE_MS);
      await isInState(['blocked']);
      assert.deepEqual(bench.carrier.requests, []);
    });

    it('whose script nobody can read', async () => {
      const messageId = await bench.planCall(PHONE);
      await bench.database.adminPool.query(
        `UPDATE message SET call = '{"say": "hi"}' WHERE message_id = $1`,
        [messageId],
      );
      bench.start();
      await isInState(['failed']);
      assert.deepEqual(bench.carrier.requests, []);
    });

    it('to whom texts have used up what a state allows in a day', async () => {
      await bench.consent(FLORIDA, ['informational', 'marketing_in_writing', 'artificial_voice']);
      await bench.planCall(FLORIDA, { intent: 'marketing' });
      await bench.database.adminPool.query(
        `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, channel, touched_at)
         SELECT gen_random_uuid(), gen_random_uuid(), $1, 'twilio', $2, 'accepted', 'sms', $3
           FROM generate_series(1, 3)`,
        [FLORIDA, SENDER_NUMBER, new Date(NOON - HOUR_MS)],
      );
      bench.start();
      await isInState(['held'], FLORIDA);
      assert.deepEqual(await said(FLORIDA), ['voice hold frequency_cap']);
      assert.deepEqual(bench.carrier.requests, []);
    });
  });

  describe('has no more calls under way', () => {
    it('than one per phone', async () => {
      await bench.planCall(PHONE);
      await bench.planCall(PHONE);
      await bench.planCall(phoneOf(2));
      bench.start();
      await isUnderWay([PHONE, phoneOf(2)]);
      await isInState(['sent', 'queued']);
      await bench.report(PHONE, 'completed');
      await isInState(['sent', 'sent']);
      assert.deepEqual(bench.carrier.phones.filter((phone) => phone === PHONE).length, 2);
    });

    it('than its campaign may have, and all of them together; calls that end make room', async () => {
      const [narrow, wide] = [
        await campaign({ call: { concurrentCalls: 2 } }),
        await campaign({ call: { concurrentCalls: 9 } }),
      ];
      for (let index = 0; index < 5; index += 1) await bench.planCall(phoneOf(index), { campaignId: narrow });
      for (let index = 5; index < 10; index += 1) await bench.planCall(phoneOf(index), { campaignId: wide });
      const config = { MAX_CONCURRENT_CALLS: 4 };
      bench.start({ config });
      bench.start({ config });
      const counted = { narrow: 0, all: 0 };
      const done = new Set<string>();
      await eventually(async () => {
        const underWay = await bench.underWay();
        counted.all = Math.max(counted.all, underWay.length);
        counted.narrow = Math.max(
          counted.narrow,
          underWay.filter((phone) => [0, 1, 2, 3, 4].map(phoneOf).includes(phone)).length,
        );
        const [ends] = underWay.filter((phone) => bench.carrier.phones.includes(phone) && !done.has(phone));
        if (underWay.length === 4 || bench.carrier.calls.length === 10) {
          if (ends !== undefined) {
            done.add(ends);
            await bench.report(ends, 'no-answer');
          }
        }
        assert.equal(done.size, 10);
      });
      assert.deepEqual(counted, { narrow: 2, all: 4 });
      assert.deepEqual(
        bench.carrier.phones.toSorted(),
        Array.from({ length: 10 }, (_, i) => phoneOf(i)),
      );
    });
  });

  it('holds what waits because of its campaign, but for a few, so that calls of others find hands', async () => {
    const narrow = await campaign({ call: { concurrentCalls: 1 } });
    for (let index = 0; index < 6; index += 1) await bench.planCall(phoneOf(index), { campaignId: narrow });
    const caller = bench.start({ busyMs: { phone: 20, full: 20, held: HOUR_MS } });
    const waiting = async (): Promise<unknown[]> => {
      const { rows } = await bench.database.adminPool.query(
        'SELECT state, rule, count(*)::int AS messages FROM message GROUP BY state, rule ORDER BY state',
      );
      return rows;
    };
    await eventually(async () =>
      assert.deepEqual(await waiting(), [
        { state: 'held', rule: 'paced', messages: 4 },
        { state: 'queued', rule: null, messages: 1 },
        { state: 'sent', rule: null, messages: 1 },
      ]),
    );
    await eventually(async () => assert.equal(caller.inHand(), 1));
    const [first] = bench.carrier.phones;
    await bench.report(first ?? '', 'completed');
    await eventually(async () => assert.equal(bench.carrier.phones.length, 2));
    // An hour and a half later all of them have come back, and one has the place in hand.
    bench.skip(2 * HOUR_MS);
    await bench.report(bench.carrier.phones[1] ?? '', 'completed');
    await eventually(async () => assert.equal(bench.carrier.phones.length, 3));
  });

  it('waits as its carrier says, whatever is texted meanwhile, also in another process', async () => {
    bench.carrier.behave = ({ to }) =>
      to === PHONE ? { outcome: { kind: 'throttled', retryAfterMs: 30_000 }, dials: false } : undefined;
    await bench.planCall(PHONE);
    const first = bench.start();
    const pauses = async () => {
      const { rows } = await bench.database.adminPool.query<{ call_waits: boolean; text_waits: boolean }>(
        `SELECT next_call_at > clock_timestamp() + interval '20 seconds' AS call_waits, next_send_at IS NOT NULL AS text_waits
           FROM phone WHERE phone_number = $1`,
        [PHONE],
      );
      return rows[0];
    };
    await eventually(async () => assert.deepEqual(await pauses(), { call_waits: true, text_waits: false }));
    await bench.database.adminPool.query(
      `UPDATE phone SET next_send_at = clock_timestamp(), next_send_batch = gen_random_uuid()`,
    );
    await first.stop(1_000);
    bench.start();
    await bench.planCall(phoneOf(2));
    await isInState(['sent'], phoneOf(2));
    assert.equal(bench.carrier.requests.filter(({ to }) => to === PHONE).length, 1);
    assert.equal((await pauses())?.call_waits, true);
  });

  describe('when a request had no answer', () => {
    it('finds the call by its numbers and its time, and follows it', async () => {
      bench.carrier.behave = () => lostAnswer;
      await bench.planCall(PHONE);
      bench.start();
      await isInState(['sent']);
      assert.equal(bench.carrier.requests.length, 1);
      const [record] = await told();
      assert.equal(record?.carrierMessageId, bench.carrier.calls[0]?.carrierMessageId);
      await isUnderWay([PHONE]);
      await bench.report(PHONE, 'busy');
      await isUnderWay([]);
    });

    it('calls again only after two looks that found nothing', async () => {
      bench.carrier.behave = (request) =>
        bench.carrier.requests.indexOf(request) === 0 ? lostRequest : undefined;
      await bench.planCall(PHONE);
      bench.start();
      await isInState(['sent']);
      assert.deepEqual([bench.carrier.requests.length, bench.carrier.calls.length], [2, 1]);
    });

    it('takes no other call of the phone for it', async () => {
      await bench.planCall(PHONE);
      bench.start();
      await isInState(['sent']);
      await bench.report(PHONE, 'completed');
      await isUnderWay([]);
      bench.carrier.behave = () => lostRequest;
      await bench.planCall(PHONE);
      await eventually(async () => assert.equal(bench.carrier.requests.length, 2));
      bench.carrier.behave = () => undefined;
      await isInState(['sent', 'sent']);
      assert.equal(bench.carrier.calls.length, 2);
    });

    it('and its process was killed, does the same in another process', async () => {
      let killed = false;
      const first = bench.start();
      bench.carrier.behave = () => {
        if (killed) return undefined;
        killed = true;
        first.kill();
        return undefined;
      };
      await bench.planCall(PHONE);
      await eventually(async () => assert.ok(killed));
      bench.start();
      await isInState(['sent']);
      assert.equal(bench.carrier.calls.length, 1);
    });
  });

  it('fails a call that the carrier refuses, and does not count it as under way', async () => {
    bench.carrier.behave = () => refusedWith('21211');
    await bench.planCall(PHONE);
    bench.start();
    await isInState(['failed']);
    const [record] = await told();
    assert.ok(record?.type === 'OUTBOUND_CALL');
    assert.deepEqual([record.carrierMessageId, record.errorCode], [null, '21211']);
    await isUnderWay([]);
  });

  describe('asks the carrier for a call', () => {
    /** As if it had begun so long ago. */
    const age = (ms: number) =>
      bench.database.adminPool.query(
        `UPDATE attempt SET posted_at = posted_at - $1 * interval '1 millisecond',
                next_look_at = next_look_at - $1 * interval '1 millisecond',
                over_at = over_at - $1 * interval '1 millisecond'`,
        [ms],
      );
    /** Further ahead than while an answer is waited for. */
    const isAskedAgainLater = () =>
      eventually(async () => {
        const { rows } = await bench.database.adminPool.query<{ later: boolean }>(
          "SELECT next_look_at > clock_timestamp() + interval '30 seconds' AS later FROM attempt",
        );
        assert.deepEqual(rows, [{ later: true }]);
      });
    const statuses = async (): Promise<unknown[]> =>
      (await told()).flatMap((record) =>
        record.type === 'CALL_STATUS' ? [[record.status, record.price]] : [],
      );

    it('of which no callback told, until it is over', async () => {
      await bench.planCall(PHONE);
      bench.start();
      await isInState(['sent']);
      assert.deepEqual(bench.carrier.asked, []);
      await age(2 * MINUTE_MS);
      await eventually(async () => assert.deepEqual(await statuses(), [['ringing', null]]));
      assert.deepEqual(await bench.underWay(), [PHONE]);
      const [call] = bench.carrier.calls;
      if (call) call.found = { status: 'no-answer', answeredBy: null, seconds: 0, price: null };
      await age(2 * MINUTE_MS);
      await isUnderWay([]);
      assert.deepEqual(await statuses(), [
        ['ringing', null],
        ['no-answer', null],
      ]);
    });

    it('again, when it could not be asked', async () => {
      bench.carrier.isReachable = false;
      await bench.planCall(PHONE);
      bench.start({ lookMs: 20 });
      await isInState(['sent']);
      await age(2 * MINUTE_MS);
      await eventually(async () => assert.ok(bench.carrier.asked.length > 1));
      assert.deepEqual(await statuses(), []);
      bench.carrier.isReachable = true;
      await eventually(async () => assert.deepEqual(await statuses(), [['ringing', null]]));
    });

    it('that it does not know any more, for an hour, and then gives it up', async () => {
      await bench.planCall(PHONE);
      bench.start();
      await isInState(['sent']);
      bench.carrier.forgotten.add(bench.carrier.calls[0]?.carrierMessageId ?? '');
      await age(2 * MINUTE_MS);
      await eventually(async () => assert.equal(bench.carrier.asked.length, 1));
      // Only then does time pass: when to ask again is written behind the answer.
      await isAskedAgainLater();
      assert.deepEqual(await bench.underWay(), [PHONE]);
      await age(HOUR_MS);
      await isUnderWay([]);
      assert.deepEqual(await statuses(), []);
    });

    it('that is over, for its price, until it is known', async () => {
      await bench.planCall(PHONE);
      bench.start();
      await isInState(['sent']);
      const [call] = bench.carrier.calls;
      if (call) call.found = { status: 'completed', answeredBy: 'human', seconds: 31, price: null };
      await bench.report(PHONE, 'completed');
      await isUnderWay([]);
      await age(6 * MINUTE_MS);
      await eventually(async () => assert.deepEqual(await statuses(), [['completed', null]]));
      const price = { amount: '0.014', currency: 'USD' };
      if (call) call.found = { ...call.found, price };
      await age(HOUR_MS);
      await eventually(async () => {
        const found = await statuses();
        assert.deepEqual(found.at(-1), ['completed', price]);
      });
      const asked = bench.carrier.asked.length;
      await age(48 * HOUR_MS);
      // On a busy machine there may be one before it whose request was not made in time.
      const { rows } = await bench.database.adminPool.query(
        `SELECT next_look_at FROM attempt WHERE state = 'accepted'`,
      );
      assert.deepEqual([rows, bench.carrier.asked.length], [[{ next_look_at: null }], asked]);
    });
  });
});
