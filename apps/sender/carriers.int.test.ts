import assert from 'node:assert/strict';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { readPoolLimits } from '#shared/senders/limits.ts';
import { eventually } from '#test/eventually.ts';
import { SENDER_NUMBER, SenderBench } from './test-bench.ts';
import { lostRequest, refusedWith, TestCarrier } from './test-carrier.ts';

const AT_VONAGE = '+14155550108';
const AT_AWS = '+14155550109';
const phoneOf = (n: number): string => `+1415555${String(n + 1000)}`;

describe('a sender of several carriers', () => {
  let bench: SenderBench;
  let vonage: TestCarrier;

  before(async () => {
    bench = await SenderBench.create();
  });
  after(async () => {
    await bench.close();
  });
  beforeEach(async () => {
    await bench.reset();
    vonage = new TestCarrier('vonage', { lists: false, fetches: false });
    bench.others = [vonage];
    await bench.database.adminPool.query(
      `INSERT INTO sender_pool (pool, created_at, updated_at) VALUES ('flu', now(), now())`,
    );
    for (const [number, carrier] of [
      [SENDER_NUMBER, 'twilio'],
      [AT_VONAGE, 'vonage'],
      [AT_AWS, 'aws'],
    ]) {
      await bench.database.adminPool.query(
        `INSERT INTO sender (sender_number, carrier, type, registration, segments_per_second, pool, created_at, updated_at)
         VALUES ($1, $2, 'long_code', 'registered', 100, 'flu', now(), now())`,
        [number, carrier],
      );
    }
  });

  const plan = (n: number, senderNumber: string, body = `text ${n}`) =>
    bench.plan(phoneOf(n), [{ body, senderNumber }]);
  const states = async () => {
    const { rows } = await bench.database.adminPool.query<{
      body: string;
      state: string;
      rule: string | null;
    }>('SELECT body, state, rule FROM message ORDER BY body');
    return rows;
  };

  it('sends each message through the carrier of its number, and what is said nothing of through the first', async () => {
    await plan(1, SENDER_NUMBER);
    await plan(2, AT_VONAGE);
    await plan(3, '+14155550198');
    bench.start();
    await eventually(async () => {
      const { rows } = await bench.database.adminPool.query<{
        body: string;
        carrier: CarrierName;
        state: string;
      }>(`SELECT body, carrier, attempt.state FROM attempt JOIN message USING (message_id)
          WHERE attempt.state <> 'not_sent' ORDER BY body`);
      assert.deepEqual(rows, [
        { body: 'text 1', carrier: 'twilio', state: 'accepted' },
        { body: 'text 2', carrier: 'vonage', state: 'accepted' },
        { body: 'text 3', carrier: 'twilio', state: 'accepted' },
      ]);
    });
    assert.deepEqual(vonage.bodies, ['text 2']);
    assert.match(vonage.requests[0]?.statusCallbackUrl ?? '', /\/webhooks\/vonage\/status\?/);
    await bench.pump();
    assert.deepEqual(bench.records.map(({ body }) => body.carrier).sort(), ['twilio', 'twilio', 'vonage']);
  });

  it('holds what belongs to a carrier that is not set up, and the rest goes', async () => {
    await plan(1, AT_AWS);
    await plan(2, AT_VONAGE);
    bench.start();
    await eventually(async () =>
      assert.deepEqual(await states(), [
        { body: 'text 1', state: 'held', rule: 'carrier_not_set_up' },
        { body: 'text 2', state: 'sent', rule: null },
      ]),
    );
  });

  it('goes on at one carrier while the other refuses our account, and there when that has passed', async () => {
    let refuses = true;
    vonage.behave = () => (refuses ? refusedWith('unauthorized') : undefined);
    vonage.classifyCode('unauthorized', 'halt', 'account');
    for (let n = 0; n < 20; n += 1) await plan(n, n % 2 === 0 ? SENDER_NUMBER : AT_VONAGE);
    const sender = bench.start({ config: { HALT_HOLD_MS: 400, MAX_REQUESTS: 1 } });
    await eventually(async () => assert.equal(bench.carrier.messages.length, 10));
    await eventually(async () =>
      assert.match(sender.notReady() ?? '', /vonage: the carrier refuses our account/),
    );
    const tries = vonage.requests.length;
    refuses = false;
    // What is held comes back as business time passes.
    await eventually(async () => {
      bench.skip(1_000);
      assert.equal(vonage.messages.length, 10);
    });
    assert.ok(tries < 10, `asked ${tries} times: no more than a try now and then while it refuses`);
    await eventually(async () => assert.ok((await states()).every(({ state }) => state === 'sent')));
  });

  it('tells planners that a carrier pauses, so that others of its pool are chosen', async () => {
    vonage.behave = () => refusedWith('unauthorized');
    vonage.classifyCode('unauthorized', 'halt', 'account');
    await plan(1, AT_VONAGE);
    bench.start({ config: { HALT_HOLD_MS: 60_000 } });
    await eventually(async () => {
      const limits = await readPoolLimits(bench.database.adminPool, 'flu', bench.clock.now());
      assert.deepEqual(
        limits.map(({ carrierPaused, senderNumber }) => [senderNumber, carrierPaused]),
        [
          [SENDER_NUMBER, false],
          [AT_VONAGE, true],
          [AT_AWS, false],
        ],
      );
    });
  });

  it('sends nothing at all while the texts of one carrier may not have been heard', async () => {
    await bench.database.adminPool.query(
      `UPDATE inbound_watch SET outage_since = clock_timestamp() WHERE carrier = 'vonage'`,
    );
    await plan(1, SENDER_NUMBER);
    const sender = bench.start();
    await eventually(async () => assert.equal(sender.inDoubt(), true));
    assert.deepEqual(bench.carrier.requests, []);
  });

  it('is not kept from sending by a carrier that nobody has listened to yet, unless a number of ours is there', async () => {
    const { adminPool } = bench.database;
    await adminPool.query(`DELETE FROM inbound_watch WHERE carrier = 'vonage'`);
    await plan(1, SENDER_NUMBER);
    const sender = bench.start();
    await eventually(async () => assert.equal(sender.inDoubt(), true));
    assert.deepEqual(bench.carrier.requests, []);
    await adminPool.query(`DELETE FROM sender WHERE carrier = 'vonage'`);
    await eventually(async () => assert.equal(bench.carrier.requests.length, 1));
  });

  describe('when an answer is lost at a carrier that cannot be asked', () => {
    it('ends as unknown, is repeated nowhere, and is settled by a status that comes later', async () => {
      vonage.behave = () => lostRequest;
      await bench.plan(phoneOf(1), [
        { body: 'one', senderNumber: AT_VONAGE },
        { body: 'two', senderNumber: SENDER_NUMBER },
      ]);
      bench.start();
      await eventually(async () =>
        assert.deepEqual(await states(), [
          { body: 'one', state: 'unknown', rule: 'carrier_cannot_say' },
          { body: 'two', state: 'sent', rule: null },
        ]),
      );
      const attemptId = vonage.requests[0]?.attemptId;
      await bench.database.adminPool.query(
        `INSERT INTO message_log (log_id, carrier, carrier_message_id, attempt_id, status, status_rank, status_at)
         VALUES ($1, 'vonage', 'v-late', $1, 'delivered', 100, now())`,
        [attemptId],
      );
      await eventually(async () =>
        assert.deepEqual((await states())[0], { body: 'one', state: 'sent', rule: null }),
      );
      await bench.pump();
      const told = bench.records.filter(({ body }) => body.attemptId === attemptId);
      assert.deepEqual(
        told.map(({ body }) => [body.carrier, body.carrierMessageId, body.status]),
        [['vonage', 'v-late', 'delivered']],
      );
      assert.equal(vonage.requests.length, 1);
      assert.deepEqual(bench.carrier.bodies, ['two']);
      const { rows } = await bench.database.adminPool.query(
        'SELECT segments::int FROM sender_day WHERE sender_number = $1',
        [AT_VONAGE],
      );
      assert.deepEqual(rows, [{ segments: 1 }]);
    });

    it('is settled at once by a status that came before', async () => {
      vonage.behave = async (request) => {
        await bench.database.adminPool.query(
          `INSERT INTO message_log (log_id, carrier, carrier_message_id, attempt_id, status, status_rank, status_at)
           VALUES ($1, 'vonage', 'v-early', $1, 'sent', 50, now())`,
          [request.attemptId],
        );
        return lostRequest;
      };
      await plan(1, AT_VONAGE);
      bench.start();
      await eventually(async () =>
        assert.deepEqual(await states(), [{ body: 'text 1', state: 'sent', rule: null }]),
      );
    });
  });
});
