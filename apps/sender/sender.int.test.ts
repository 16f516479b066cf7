import assert from 'node:assert/strict';
import { HOUR_MS } from '#shared/compliance/instant.ts';
import { createPool } from '#shared/postgres/pool.ts';
import { eventually } from '#test/eventually.ts';
import { SENDER_NUMBER, SenderBench } from './test-bench.ts';
import { lostAnswer, lostRequest, notSent, refusedWith, throttled } from './test-carrier.ts';

const PHONE = '+14155550101';

describe('The sender', () => {
  let bench: SenderBench;
  before(async () => {
    bench = await SenderBench.create();
  });
  beforeEach(() => bench.reset());
  afterEach(() => assert.deepEqual(bench.failures, []));
  after(() => bench.close());

  const isSent = (...bodies: string[]) =>
    eventually(async () => assert.deepEqual(bench.carrier.bodiesTo(PHONE), bodies));
  const isInState = (states: Record<string, string>) =>
    eventually(async () => assert.deepEqual(await bench.states(PHONE), states));
  const isQuiet = () =>
    eventually(async () => {
      assert.deepEqual([...bench.queues.replies.bodies, ...bench.queues.bulk.bodies], []);
    });

  it("sends a phone's messages in order, each once, and lets the queue entries go", async () => {
    await bench.plan(PHONE, [{ body: 'one' }, { body: 'two' }, { body: 'three' }]);
    bench.start();
    await isInState({ one: 'sent', two: 'sent', three: 'sent' });
    await isSent('one', 'two', 'three');
    await isQuiet();
  });

  it('asks the carrier for callbacks that carry our own ids', async () => {
    const [id] = await bench.plan(PHONE, [{ body: 'one' }]);
    bench.start();
    await isSent('one');
    const request = bench.carrier.requests[0];
    assert.equal(request?.from, SENDER_NUMBER);
    assert.equal(
      request?.statusCallbackUrl,
      `https://sms.example.org/webhooks/twilio/status?attempt=${request?.attemptId}&message=${id}#rc=5&rp=ct,rt,5xx`,
    );
  });

  it('writes a record of every accepted and every refused attempt to the message log', async () => {
    bench.carrier.behave = ({ body }) => (body === 'bad' ? refusedWith('21211') : undefined);
    await bench.plan(PHONE, [{ body: 'good' }, { body: 'bad' }]);
    bench.start();
    await isInState({ good: 'sent', bad: 'failed' });
    await eventually(async () => {
      assert.deepEqual(
        bench.records.map(({ target, key, body }) => [target, key, body.body, body.status, body.errorCode]),
        [
          ['message-log', PHONE, 'good', 'queued', null],
          ['message-log', PHONE, 'bad', 'failed', '21211'],
        ],
      );
    });
    assert.equal(bench.records[0]?.body.carrierMessageId, bench.carrier.messages[0]?.carrierMessageId);
    assert.equal(bench.records[1]?.body.carrierMessageId, null);
  });

  it('sends by ordinal across lanes: neither lane overtakes the other', async () => {
    await bench.plan(PHONE, [
      { body: 'planned', lane: 'bulk', intent: 'transactional' },
      { body: 'answer', lane: 'replies' },
      { body: 'later', lane: 'bulk', intent: 'transactional' },
    ]);
    bench.start();
    bench.start();
    await isSent('planned', 'answer', 'later');
    await isQuiet();
  });

  it('pauses between messages of one batch, longer after media', async () => {
    await bench.plan(PHONE, [
      { body: 'picture', mediaUrls: ['https://example.org/a.png'] },
      { body: 'b' },
      { body: 'c' },
    ]);
    bench.start({ config: { MESSAGE_PAUSE_MS: 200, MEDIA_PAUSE_MS: 400 } });
    await isSent('picture', 'b', 'c');
    const [a, b, c] = bench.carrier.messages.map(({ at }) => at);
    assert.ok((b ?? 0) - (a ?? 0) >= 400);
    assert.ok((c ?? 0) - (b ?? 0) >= 200);
  });

  it('does not pause between batches', async () => {
    for (const body of ['one', 'two', 'three']) await bench.plan(PHONE, [{ body }]);
    bench.start({ config: { MESSAGE_PAUSE_MS: 60_000 } });
    await isSent('one', 'two', 'three');
  });

  it('lets the carrier work on many phones at once', async () => {
    const phones = Array.from({ length: 150 }, (_, i) => `+1415555${String(i + 1000)}`);
    for (const phone of phones) await bench.plan(phone, [{ body: 'hello' }]);
    let release: () => void = () => assert.fail('nobody waits');
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    bench.carrier.behave = () => released.then(() => undefined);
    bench.start();
    await eventually(async () => assert.equal(bench.carrier.requests.length, 150));
    release();
    await eventually(async () => assert.equal(bench.carrier.messages.length, 150));
    await isQuiet();
  });

  it('never has more requests in flight than it may', async () => {
    for (let i = 0; i < 40; i += 1) await bench.plan(`+1415555${i + 1000}`, [{ body: 'hello' }]);
    let inFlight = 0;
    let most = 0;
    bench.carrier.behave = async () => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
      return undefined;
    };
    bench.start({ config: { MAX_REQUESTS: 7 } });
    await eventually(async () => assert.equal(bench.carrier.messages.length, 40));
    assert.ok(most <= 7, `${most} at once`);
  });

  describe('after a STOP', () => {
    it('blocks everything but the confirmation and answers to HELP', async () => {
      await bench.plan(PHONE, [{ body: 'one' }, { body: 'two', lane: 'bulk', intent: 'marketing' }]);
      await bench.suppress(PHONE);
      await bench.plan(PHONE, [
        { body: 'you are out', intent: 'opt_out_confirmation' },
        { body: 'help', intent: 'help' },
      ]);
      bench.start();
      await isInState({ one: 'blocked', two: 'blocked', 'you are out': 'sent', help: 'sent' });
      assert.deepEqual(bench.carrier.bodies, ['you are out', 'help']);
      await isQuiet();
    });

    it('sends nothing of the phone that was not claimed before', async () => {
      bench.carrier.behave = async ({ body }) => {
        if (body === 'one') await bench.suppress(PHONE);
        return undefined;
      };
      await bench.plan(PHONE, [{ body: 'one' }, { body: 'two' }, { body: 'three' }]);
      bench.start();
      await isInState({ one: 'sent', two: 'blocked', three: 'blocked' });
      await isQuiet();
      assert.deepEqual(bench.carrier.bodies, ['one']);
    });
  });

  describe('holds', () => {
    for (const [doubt, makeIt] of [
      ['during an outage', 'outage_since = now()'],
      ['while the gateway is silent', `alive_at = now() - interval '1 hour'`],
    ]) {
      it(`everything ${doubt}: a STOP may not have been heard`, async () => {
        const admin = bench.database.adminPool;
        await admin.query(`UPDATE inbound_watch SET ${makeIt}`);
        await bench.plan(PHONE, [{ body: 'one' }]);
        const sender = bench.start();
        await eventually(async () => assert.equal(sender.inDoubt(), true));
        assert.match(sender.notReady() ?? '', /may not have been heard/);
        assert.deepEqual(bench.carrier.requests, []);
        await admin.query(`UPDATE inbound_watch SET outage_since = NULL, alive_at = now()`);
        await isSent('one');
        assert.equal(sender.notReady(), null);
      });
    }

    it('a message that the carrier wants later by more than a minute, and what is of its intent behind it', async () => {
      bench.carrier.behave = ({ body }) =>
        body === 'full' && bench.carrier.requests.length === 1 ? refusedWith('21611') : undefined;
      await bench.plan(PHONE, [
        { body: 'full', lane: 'bulk', intent: 'transactional' },
        { body: 'behind', lane: 'bulk', intent: 'transactional' },
        { body: 'answer' },
      ]);
      bench.start();
      await isInState({ full: 'held', behind: 'queued', answer: 'sent' });
      await isQuiet();
      bench.skip(2 * HOUR_MS);
      await isInState({ full: 'sent', behind: 'sent', answer: 'sent' });
      assert.deepEqual(bench.carrier.bodies, ['answer', 'full', 'behind']);
      await isQuiet();
    });

    it('a message that has to wait twice within five minutes: its second turn is no repetition to the queue', async () => {
      let refusals = 0;
      bench.carrier.behave = () => {
        refusals += 1;
        return refusals <= 2 ? refusedWith('21611') : undefined;
      };
      await bench.plan(PHONE, [{ body: 'one' }]);
      bench.start();
      for (const hours of [2, 4]) {
        await isInState({ one: 'held' });
        await isQuiet();
        bench.skip(2 * HOUR_MS);
        await eventually(async () => assert.ok(bench.carrier.requests.length > hours / 2));
      }
      await isSent('one');
    });
  });

  describe('when the carrier refuses our account', () => {
    const phones = Array.from({ length: 30 }, (_, i) => `+1415555${String(i + 1000)}`);

    it('holds the message, tries no other phone meanwhile, and sends everything afterwards', async () => {
      let refusedAt = 0;
      bench.carrier.behave = () => {
        if (bench.carrier.requests.length > 1) return undefined;
        refusedAt = performance.now();
        return refusedWith('20003');
      };
      for (const phone of phones) await bench.plan(phone, [{ body: 'hello' }]);
      bench.start({ config: { HALT_HOLD_MS: 300, MAX_REQUESTS: 1 } });
      await eventually(async () => assert.equal(bench.carrier.messages.length, 30));
      assert.ok((bench.carrier.messages[0]?.at ?? 0) - refusedAt >= 300, 'a request during the halt');
      await eventually(async () => {
        const { rows } = await bench.database.adminPool.query(
          'SELECT state, attempts, rule, count(*)::int AS messages FROM message GROUP BY 1, 2, 3',
        );
        assert.deepEqual(rows, [{ state: 'sent', attempts: 1, rule: null, messages: 30 }]);
      });
      const { rows } = await bench.database.adminPool.query(
        `SELECT error_code, count(*)::int AS attempts FROM attempt WHERE state = 'refused' GROUP BY 1`,
      );
      assert.deepEqual(rows, [{ error_code: '20003', attempts: 1 }]);
    });

    it('is not ready meanwhile, and says why', async () => {
      bench.carrier.behave = () => refusedWith('20003');
      await bench.plan(PHONE, [{ body: 'one' }]);
      const sender = bench.start();
      assert.equal(sender.notReady(), null);
      await isInState({ one: 'held' });
      assert.equal(sender.notReady(), 'sending pauses: the carrier refuses our account: 20003');
    });

    it('holds the messages of a sender number that may not send, without stopping the others', async () => {
      bench.carrier.behave = ({ to }) => (to === PHONE ? refusedWith('21606') : undefined);
      await bench.plan(PHONE, [{ body: 'one' }]);
      for (const phone of phones) await bench.plan(phone, [{ body: 'hello' }]);
      bench.start({ config: { MAX_REQUESTS: 1 } });
      await isInState({ one: 'held' });
      await eventually(async () => assert.equal(bench.carrier.messages.length, 30));
      await isInState({ one: 'held' });
    });
  });

  describe('when the carrier does not take a message', () => {
    it('repeats it after a throttle or a failed connection, in order, without counting an attempt', async () => {
      const answers = [throttled, notSent, throttled, undefined];
      bench.carrier.behave = () => answers.shift();
      await bench.plan(PHONE, [{ body: 'one' }, { body: 'two' }]);
      bench.start();
      await isSent('one', 'two');
      await isInState({ one: 'sent', two: 'sent' });
      const { rows } = await bench.database.adminPool.query('SELECT attempts FROM message ORDER BY ordinal');
      assert.deepEqual(rows, [{ attempts: 1 }, { attempts: 1 }]);
    });

    it('holds a message of a class that may be retried, so often and no oftener', async () => {
      bench.carrier.behave = () => refusedWith('30008');
      await bench.plan(PHONE, [{ body: 'one' }]);
      bench.start();
      await isInState({ one: 'held' });
      bench.skip(HOUR_MS);
      await isInState({ one: 'failed' });
      assert.equal(bench.carrier.requests.length, 2);
    });

    for (const code of ['21614', '30007', '99999']) {
      it(`fails it for good on ${code}, and goes on with the next`, async () => {
        bench.carrier.behave = ({ body }) => (body === 'one' ? refusedWith(code) : undefined);
        await bench.plan(PHONE, [{ body: 'one' }, { body: 'two' }]);
        bench.start();
        await isInState({ one: 'failed', two: 'sent' });
        const { rows } = await bench.database.adminPool.query(`SELECT rule FROM message WHERE body = 'one'`);
        assert.deepEqual(rows, [{ rule: code }]);
      });
    }

    it('suppresses a phone that opted out at the carrier, and tells the dialog', async () => {
      bench.carrier.behave = () => refusedWith('21610');
      await bench.plan(PHONE, [{ body: 'one' }, { body: 'two' }]);
      bench.start();
      await isInState({ one: 'failed', two: 'blocked' });
      const admin = bench.database.adminPool;
      const { rows } = await admin.query(
        `SELECT method, status, source FROM suppression JOIN consent_change USING (change_id)`,
      );
      assert.deepEqual(rows, [{ method: 'carrier', status: 'opted_out', source: 'carrier' }]);
      await eventually(async () => {
        const commands = bench.records.filter(({ target }) => target === 'dialog-commands');
        assert.deepEqual(
          commands.map(({ body }) => body.type),
          ['CONSENT_CHANGED'],
        );
      });
    });
  });

  describe('is not ready, and says why', () => {
    it('while a queue cannot be asked', async () => {
      bench.queues.replies.fault = (call) => (call === 'receive' ? 'failed' : 'none');
      const sender = bench.start();
      await eventually(async () => assert.match(sender.notReady() ?? '', /^queue replies cannot be reached/));
      bench.queues.replies.fault = () => 'none';
      await bench.plan(PHONE, [{ body: 'one' }]);
      await isSent('one');
      assert.equal(sender.notReady(), null);
    });

    it('while the database cannot be reached', async () => {
      const pool = createPool({ ...bench.database.configFor('sender'), port: 1 }, () => undefined);
      const sender = bench.start({ pool });
      await eventually(async () => assert.match(sender.notReady() ?? '', /^the database cannot be reached/));
      await sender.stop(1_000);
      await pool.end();
    });
  });

  describe('when a row holds a number that is none', () => {
    const NONE = 'not a number';

    it('fails a message whose sender number is none, and goes on with its phone and the others', async () => {
      const admin = bench.database.adminPool;
      await bench.plan(PHONE, [{ body: 'bad' }, { body: 'bad too' }, { body: 'good' }]);
      await bench.plan('+14155550102', [{ body: 'other' }]);
      await admin.query(`UPDATE message SET sender_number = $1 WHERE body LIKE 'bad%'`, [NONE]);
      bench.start();
      await isInState({ bad: 'failed', 'bad too': 'failed', good: 'sent' });
      await eventually(async () => assert.deepEqual(bench.carrier.bodiesTo('+14155550102'), ['other']));
      const { rows } = await admin.query(`SELECT DISTINCT rule FROM message WHERE state = 'failed'`);
      assert.deepEqual(rows, [{ rule: 'invalid_number' }]);
    });

    it('fails what is for a number in another form than contacts have: an opt-out would not meet it', async () => {
      await bench.plan('+4402079460018', [{ body: 'nobody' }]);
      await bench.plan(PHONE, [{ body: 'somebody' }]);
      bench.start();
      await isInState({ somebody: 'sent' });
      await eventually(async () => {
        const { rows } = await bench.database.adminPool.query(
          `SELECT state, rule FROM message WHERE body = 'nobody'`,
        );
        assert.deepEqual(rows, [{ state: 'failed', rule: 'invalid_number' }]);
      });
      assert.deepEqual(bench.carrier.bodiesTo('+4402079460018'), []);
    });

    it('fails held and forgotten messages to a phone that is none, and gives the others their turns', async () => {
      const admin = bench.database.adminPool;
      for (const phone of [PHONE, NONE]) {
        await admin.query(`INSERT INTO phone (phone_number, last_ordinal) VALUES ($1, 2)`, [phone]);
        await bench.consent(phone, ['informational']);
        await admin.query(
          `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id,
                                cause_id, created_at, state, due_at, queued_at)
           SELECT gen_random_uuid(), $1, position, lane, 'transactional', $2, state, gen_random_uuid(),
                  gen_random_uuid(), now(), state, due_at, now() - interval '1 hour'
             FROM (VALUES (1, 'replies', 'queued', NULL), (2, 'bulk', 'held', $3::timestamptz))
                  AS planned(position, lane, state, due_at)`,
          [phone, SENDER_NUMBER, new Date(bench.clock.now().getTime() - 60_000)],
        );
      }
      bench.start({ config: { STALE_TURN_MS: 60_000 } });
      await isInState({ queued: 'sent', held: 'sent' });
      await eventually(async () =>
        assert.deepEqual(await bench.states(NONE), { queued: 'failed', held: 'failed' }),
      );
    });

    it('fails an ambiguous message with such a number, reconciles the others, and lets its phone go on', async () => {
      const admin = bench.database.adminPool;
      bench.carrier.behave = ({ body }) => (body === 'after' ? undefined : lostAnswer);
      await bench.plan(PHONE, [{ body: 'bad' }, { body: 'after' }]);
      await bench.plan('+14155550102', [{ body: 'other' }]);
      const first = bench.start({ firstLookMs: 600_000 });
      await eventually(async () => {
        const { rowCount } = await admin.query(`SELECT FROM attempt WHERE state = 'ambiguous'`);
        assert.equal(rowCount, 2);
      });
      await first.stop(1_000);
      await admin.query(`UPDATE attempt SET sender_number = $1 WHERE phone_number = $2`, [NONE, PHONE]);
      await admin.query(`UPDATE attempt SET next_look_at = now()`);
      bench.start();
      await isInState({ bad: 'failed', after: 'sent' });
      await eventually(async () => assert.deepEqual(await bench.states('+14155550102'), { other: 'sent' }));
    });
  });

  describe('when an answer is lost', () => {
    it('finds the message in the list of the carrier, and what waited behind goes on', async () => {
      bench.carrier.behave = ({ body }) => (body === 'one' ? lostAnswer : undefined);
      await bench.plan(PHONE, [{ body: 'one' }, { body: 'two' }]);
      bench.start();
      await isInState({ one: 'sent', two: 'sent' });
      assert.deepEqual(bench.carrier.bodies, ['one', 'two']);
      await eventually(async () => assert.equal(bench.records.length, 2));
    });

    it('sends again only after two empty lists, far enough apart', async () => {
      bench.carrier.behave = () => (bench.carrier.requests.length === 1 ? lostRequest : undefined);
      await bench.plan(PHONE, [{ body: 'one' }, { body: 'two' }]);
      bench.start({ config: { RECONCILE_INTERVAL_MS: 300 } });
      const since = performance.now();
      await isSent('one', 'two');
      const first = bench.carrier.messages[0]?.at ?? 0;
      assert.ok(first - since >= 300);
      const { rows } = await bench.database.adminPool.query(
        `SELECT state, empty_listings FROM attempt ORDER BY posted_at LIMIT 1`,
      );
      assert.deepEqual(rows, [{ state: 'not_sent', empty_listings: 2 }]);
    });

    it('believes a status callback that carries the id of the attempt, before any list', async () => {
      bench.carrier.behave = async (request) => {
        await bench.database.adminPool.query(
          `INSERT INTO message_log (log_id, carrier, carrier_message_id, attempt_id, status, status_rank, status_at)
           VALUES ($1, 'twilio', 'SM-from-callback', $1, 'delivered', 50, now())`,
          [request.attemptId],
        );
        return lostRequest;
      };
      await bench.plan(PHONE, [{ body: 'one' }]);
      bench.start();
      await isInState({ one: 'sent' });
      await eventually(async () => assert.equal(bench.records[0]?.body.carrierMessageId, 'SM-from-callback'));
    });

    it('does not take an equal earlier message for the lost one', async () => {
      bench.carrier.behave = () => (bench.carrier.requests.length === 2 ? lostRequest : undefined);
      await bench.plan(PHONE, [{ body: 'same' }]);
      await bench.plan(PHONE, [{ body: 'same' }]);
      bench.start();
      await isSent('same', 'same');
      // The carrier has the last message before its answer is recorded.
      await eventually(async () => {
        const { rows } = await bench.database.adminPool.query(
          `SELECT count(DISTINCT carrier_message_id)::int AS ids, count(*)::int AS attempts FROM attempt`,
        );
        assert.deepEqual(rows, [{ ids: 2, attempts: 3 }]);
      });
    });

    it('holds back everything of the phone but confirmations and help', async () => {
      bench.carrier.behave = ({ body }) => (body === 'one' ? lostRequest : undefined);
      await bench.plan(PHONE, [{ body: 'one' }, { body: 'two' }, { body: 'help', intent: 'help' }]);
      const sender = bench.start({ config: { RECONCILE_INTERVAL_MS: 600_000 } });
      await isInState({ one: 'ambiguous', two: 'queued', help: 'sent' });
      await isQuiet();
      assert.equal(sender.inHand(), 0);
    });

    it('ends as unknown with a carrier that has no list, and is never repeated', async () => {
      Object.assign(bench.carrier.capabilities, { lists: false });
      bench.carrier.behave = ({ body }) => (body === 'one' ? lostRequest : undefined);
      await bench.plan(PHONE, [{ body: 'one' }, { body: 'two' }]);
      bench.start();
      await isInState({ one: 'unknown', two: 'sent' });
      assert.equal(bench.carrier.requests.filter(({ body }) => body === 'one').length, 1);
    });
  });

  describe('killed', () => {
    it('between the claim and the answer, leaves a message that the next process reconciles and sends', async () => {
      const first = bench.start();
      bench.carrier.behave = () => {
        if (bench.carrier.requests.length > 1) return undefined;
        first.kill();
        return lostRequest;
      };
      await bench.plan(PHONE, [{ body: 'one' }, { body: 'two' }]);
      await eventually(async () => assert.equal(bench.carrier.requests.length, 1));
      bench.start();
      await isInState({ one: 'sent', two: 'sent' });
      assert.deepEqual(bench.carrier.bodies, ['one', 'two']);
    });

    it('between the answer and its record, leaves a message that the next process finds at the carrier', async () => {
      const first = bench.start();
      bench.carrier.behave = () => {
        if (bench.carrier.requests.length === 1) first.kill();
        return undefined;
      };
      await bench.plan(PHONE, [{ body: 'one' }, { body: 'two' }]);
      await eventually(async () => assert.equal(bench.carrier.requests.length, 1));
      bench.start();
      await isInState({ one: 'sent', two: 'sent' });
      assert.deepEqual(bench.carrier.bodies, ['one', 'two']);
    });

    it('between the record and the deletion of the entry, leaves an entry that finds nothing to send', async () => {
      const first = bench.start();
      bench.queues.replies.fault = (call) => {
        if (call !== 'delete') return 'none';
        first.kill();
        return 'failed';
      };
      await bench.plan(PHONE, [{ body: 'one' }]);
      await isInState({ one: 'sent' });
      await eventually(async () => assert.equal(bench.queues.replies.inFlight, 0));
      bench.queues.replies.fault = () => 'none';
      bench.start();
      await isQuiet();
      assert.deepEqual(bench.carrier.bodies, ['one']);
    });

    it('while a phone pauses, more often than an entry may be received: the message goes out once', async () => {
      await bench.plan(PHONE, [{ body: 'one' }, { body: 'two' }]);
      const config = { MESSAGE_PAUSE_MS: 60_000 };
      const first = bench.start({ config, visibilitySeconds: 0.3 });
      await isSent('one');
      await isInState({ one: 'sent', two: 'queued' });
      first.kill();
      const id = bench.queues.replies.bodies[0] ?? '';
      for (let i = 2; i <= 7; i += 1) {
        const next = bench.start({ config, visibilitySeconds: 0.3 });
        await eventually(async () => assert.ok(bench.queues.replies.receivesOf(id) >= i));
        next.kill();
      }
      // The dead-letter policy takes the entry away; the sweep for lost turns brings another.
      bench.queues.replies.fault = () => 'none';
      await bench.database.adminPool.query('UPDATE phone SET next_send_at = NULL');
      await eventually(async () => assert.equal(bench.queues.replies.inFlight, 0));
      const [taken] = await bench.queues.replies.receive({
        max: 1,
        waitSeconds: 1,
        visibilitySeconds: 10,
        signal: new AbortController().signal,
      });
      await bench.queues.replies.delete([taken?.receipt ?? '']);
      bench.start({ config: { STALE_TURN_MS: 1 } });
      await isSent('one', 'two');
    });
  });

  it('gives back what it has in hand when it stops, and the next process goes on without delay', async () => {
    await bench.plan(PHONE, [{ body: 'one' }, { body: 'two' }]);
    const first = bench.start({ config: { MESSAGE_PAUSE_MS: 60_000 } });
    await isInState({ one: 'sent', two: 'queued' });
    await first.stop(2_000);
    assert.equal(bench.queues.replies.inFlight, 0);
    await bench.database.adminPool.query('UPDATE phone SET next_send_at = NULL');
    bench.start();
    await isSent('one', 'two');
  });
});
