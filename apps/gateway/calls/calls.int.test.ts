import assert from 'node:assert/strict';
import { machineTwiml, menuTwiml, scriptTwiml } from '#shared/carriers/twilio/voice-twiml.ts';
import type { VoiceWebhooks } from '#shared/carriers/voice.ts';
import { RETRY_PARAMETERS } from '#shared/carriers/webhook-addresses.ts';
import { callOptOutId } from '#shared/identity.ts';
import { type CallScript, callScriptSchema } from '#shared/voice/call-script.ts';
import { composeCall } from '#shared/voice/compose.ts';
import { sampleScript } from '#shared/voice/sample-script.ts';
import { eventually } from '#test/eventually.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { OURS, PERSON, startTestGateway, type TestGateway } from '../test-gateway.ts';

const ATTEMPT = '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11';
const MESSAGE = '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60';
const IDS = `attempt=${ATTEMPT}&message=${MESSAGE}`;
const CALL = 'CA0123456789abcdef0123456789abcdef';
const TOLL_FREE = '+18005550142';
const KEYS = `/webhooks/twilio/voice/keys?${IDS}`;
const KEYS_URL = `https://texts.example.org${KEYS}`;

type Leaving = Awaited<ReturnType<VoiceWebhooks['leaveMessage']>>;

describe('calls, as the gateway hears of them', () => {
  let database: TestDatabase;
  let gateway: TestGateway;
  /** What the carrier is asked to leave on machines, and what it says. */
  let left: { carrierMessageId: string; script: CallScript }[];
  let leaving: Leaving | Promise<Leaving>;

  before(async () => {
    database = await createDatabase();
  });
  after(async () => {
    await database.drop();
  });
  beforeEach(async () => {
    left = [];
    leaving = { kind: 'left' };
    gateway = await startTestGateway(database, { leaveMessage: leave });
    await emptyTables(
      database.adminPool,
      'phone, message, attempt, consent_change, consent_standing, suppression, outbox',
    );
  });
  afterEach(async () => {
    await gateway.stop();
  });

  const leave: VoiceWebhooks['leaveMessage'] = async ({ carrierMessageId, script }) => {
    left.push({ carrierMessageId, script });
    return leaving;
  };
  /** A call that was made, with its script. */
  async function insertCall(script: CallScript = sampleScript): Promise<void> {
    await database.adminPool.query(
      `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id,
                            created_at, state, call)
       VALUES ($1, $2, 1, 'bulk', 'marketing', $3, '', $1, $1, now(), 'sent', $4)`,
      [MESSAGE, PERSON, OURS, JSON.stringify(script)],
    );
    await database.adminPool.query(
      'INSERT INTO phone (phone_number, last_ordinal) VALUES ($1, 1) ON CONFLICT DO NOTHING',
      [PERSON],
    );
    await database.adminPool.query(
      `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, carrier_message_id, channel)
       VALUES ($1, $2, $3, 'twilio', $4, 'accepted', $5, 'voice')`,
      [ATTEMPT, MESSAGE, PERSON, OURS, CALL],
    );
  }
  const call = {
    CallSid: CALL,
    From: OURS,
    To: PERSON,
    Direction: 'outbound-api',
    CallStatus: 'in-progress',
  };
  const press = (key: string, more: Record<string, string> = {}, path = KEYS): Promise<Response> =>
    gateway.post(path, { ...call, Digits: key, ...more });
  const suppressed = async (phone = PERSON): Promise<boolean> =>
    (await database.adminPool.query('SELECT FROM suppression WHERE phone_number = $1', [phone])).rowCount ===
    1;
  const said = async (response: Response): Promise<string> => {
    assert.equal(response.status, 200);
    assert.match(String(response.headers.get('content-type')), /^text\/xml/);
    return response.text();
  };

  describe('key 9', () => {
    it('opts out of calls and texts, and ends the call with a few words', async () => {
      await insertCall();
      const document = await said(await press('9'));
      assert.match(document, /You will get no more calls or texts from us\.<\/Say><Hangup\/>/);
      assert.doesNotMatch(document, /Gather/);
      const { rows } = await database.adminPool.query(
        `SELECT change_id, status, method, scope, channels, original_message, cause, rule FROM consent_change`,
      );
      assert.deepEqual(rows, [
        {
          change_id: callOptOutId('twilio', CALL),
          status: 'opted_out',
          method: 'voice',
          scope: 'sender',
          channels: ['sms', 'voice'],
          original_message: 'key 9',
          cause: `twilio ${CALL} with ${OURS}`,
          rule: 'key_press',
        },
      ]);
      assert.ok(await suppressed());
    });

    it('tells the dialog and the message log by the outbox, so that no stream has to be there', async () => {
      await insertCall();
      gateway.streams.away = true;
      await said(await press('9'));
      const [command] = await gateway.outbox();
      assert.equal(command?.type === 'CONSENT_CHANGED' && command.payload.method, 'voice');
      const [record] = await gateway.outboxLog();
      assert.ok(record?.type === 'CALL_KEY');
      const { attemptId, carrierMessageId, key, messageId, optedOut, phoneNumber } = record;
      assert.deepEqual(
        { attemptId, carrierMessageId, key, messageId, optedOut, phoneNumber },
        {
          attemptId: ATTEMPT,
          carrierMessageId: CALL,
          key: '9',
          messageId: MESSAGE,
          optedOut: true,
          phoneNumber: PERSON,
        },
      );
    });

    it('blocks what waits for the person', async () => {
      await insertCall();
      await database.adminPool.query(
        `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id, created_at)
         SELECT gen_random_uuid(), $1, 2, 'bulk', 'marketing', $2, 'Hello', gen_random_uuid(), gen_random_uuid(), now()`,
        [PERSON, OURS],
      );
      await said(await press('9'));
      const { rows } = await database.adminPool.query('SELECT state FROM message ORDER BY ordinal');
      assert.deepEqual(rows, [{ state: 'sent' }, { state: 'blocked' }]);
      assert.equal(gateway.metrics.sums.MessagesBlocked, 1);
    });

    it('counts once however often it is delivered, with the same answer, and lifts no later START', async () => {
      await insertCall();
      const first = await said(await press('9'));
      assert.equal(await said(await press('9')), first);
      assert.equal(gateway.metrics.sums.OptOuts, 1);
      assert.equal((await gateway.outbox()).length, 1);
      await gateway.text('SM1', 'START');
      assert.equal(await suppressed(), false);
      assert.equal(await said(await press('9')), first);
      assert.equal(await suppressed(), false, 'the repetition of an earlier key opts out again');
    });

    it('of two deliveries at once is one opt-out', async () => {
      await insertCall();
      const answers = await Promise.all([press('9'), press('9'), press('9')]);
      for (const answer of answers) await said(answer);
      const { rowCount } = await database.adminPool.query('SELECT FROM consent_change');
      assert.equal(rowCount, 1);
    });

    it('opts out whoever the carrier says was called, also of a call that nobody knows any more', async () => {
      const document = await said(await press('9', {}, '/webhooks/twilio/voice/keys'));
      assert.match(document, /no more calls or texts/);
      assert.ok(await suppressed());
    });

    it('ends the call without a word, where the script has none', async () => {
      await insertCall({ ...sampleScript, optedOutConfirmation: null });
      assert.match(await said(await press('9')), /<Response><Hangup\/><\/Response>$/);
    });

    it('waits for a request that is on its way before it is answered', async () => {
      const clock = new ManualClock();
      await gateway.stop();
      gateway = await startTestGateway(database, { clock });
      await insertCall();
      await database.adminPool.query(
        `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at)
         VALUES (gen_random_uuid(), gen_random_uuid(), $1, 'twilio', $2, 'posting', clock_timestamp())`,
        [PERSON, OURS],
      );
      const answer = press('9');
      // The deadline of the answer, and the pause before the next look.
      await eventually(async () => assert.equal(clock.sleeping, 2));
      assert.ok(await suppressed());
      await database.adminPool.query("UPDATE attempt SET state = 'accepted'");
      await clock.advance(25);
      await said(await answer);
    });

    it('that cannot be stored is answered with 503, so that the carrier asks again, and confirms nothing', async () => {
      await insertCall();
      await database.adminPool.query('ALTER TABLE consent_change RENAME TO away');
      try {
        const response = await press('9');
        assert.equal(response.status, 503);
        assert.equal(await response.text(), 'unavailable');
        assert.deepEqual(await gateway.outboxLog(), []);
      } finally {
        await database.adminPool.query('ALTER TABLE away RENAME TO consent_change');
      }
      assert.match(await said(await press('9')), /no more calls or texts/);
    });
  });

  describe('another key', () => {
    const again = `${KEYS_URL}${RETRY_PARAMETERS}`;

    it('0 says everything again, from who calls', async () => {
      await insertCall();
      assert.equal(await said(await press('0')), scriptTwiml(sampleScript, again));
      assert.equal(await suppressed(), false);
    });

    it('of the menu says what it is for, and the menu again', async () => {
      await insertCall();
      assert.equal(await said(await press('2')), menuTwiml(sampleScript, 'We are at 12 Main Street.', again));
    });

    for (const key of ['7', '*', '#']) {
      it(`${key}, which stands for nothing, says the menu again`, async () => {
        await insertCall();
        assert.equal(await said(await press(key)), menuTwiml(sampleScript, null, again));
      });
    }

    it('reaches the message log, without a stream', async () => {
      await insertCall();
      gateway.streams.away = true;
      await said(await press('2'));
      const [record] = await gateway.outboxLog();
      assert.ok(record?.type === 'CALL_KEY' && record.key === '2' && !record.optedOut);
      assert.deepEqual(await gateway.outbox(), []);
    });

    it('that never came: the carrier asks at the fallback address, and everything is said once more', async () => {
      await insertCall();
      const response = await gateway.post(KEYS, { ...call, ErrorCode: '11200', ErrorUrl: KEYS_URL });
      assert.equal(await said(response), scriptTwiml(sampleScript, again));
      assert.deepEqual(await gateway.outboxLog(), []);
    });

    it('in a call whose script is gone leaves the way out', async () => {
      const document = await said(await press('2'));
      assert.match(document, /Thank you for calling Riverside County Health\..*press 9 now/);
      assert.ok(document.includes(`action="${again.replace(/&/g, '&amp;')}"`));
    });
  });

  describe('a machine', () => {
    const machine = (answeredBy: string): Promise<Response> =>
      gateway.post(`/webhooks/twilio/voice/machine?${IDS}`, {
        CallSid: CALL,
        AccountSid: 'AC00000000000000000000000000000000',
        AnsweredBy: answeredBy,
        MachineDetectionDuration: '3000',
      });

    it('is left its message, once, and the log hears of it', async () => {
      await insertCall();
      assert.equal((await machine('machine_end_beep')).status, 200);
      assert.equal((await machine('machine_end_beep')).status, 200);
      assert.deepEqual(left, [{ carrierMessageId: CALL, script: callScriptSchema.parse(sampleScript) }]);
      assert.ok(machineTwiml(sampleScript).includes('8 0 0, 5 5 5, 0 1 4 2'));
      const [record] = gateway.streams.log;
      assert.ok(record?.type === 'CALL_STATUS');
      assert.deepEqual(
        [record.status, record.answeredBy, record.attemptId],
        ['in-progress', 'machine', ATTEMPT],
      );
    });

    it('is left it by one of two deliveries at once', async () => {
      await insertCall();
      await Promise.all([machine('machine_end_beep'), machine('machine_end_beep')]);
      assert.equal(left.length, 1);
    });

    it('whose message could not be left is told of again', async () => {
      await insertCall();
      leaving = { kind: 'failed', reason: 'HTTP 500' };
      assert.equal((await machine('machine_end_other')).status, 503);
      leaving = { kind: 'left' };
      assert.equal((await machine('machine_end_other')).status, 200);
      assert.equal(left.length, 2);
    });

    it('that hung up is left nothing, and that is the end of it', async () => {
      await insertCall();
      leaving = { kind: 'over' };
      assert.equal((await machine('machine_end_beep')).status, 200);
      assert.equal((await machine('machine_end_beep')).status, 200);
      assert.equal(left.length, 1);
    });

    it('is left its message by another gateway, when one died over it', async () => {
      await insertCall();
      const began = (msAgo: number) =>
        database.adminPool.query(
          `UPDATE attempt SET machine_heard_at = clock_timestamp() - $1 * interval '1 millisecond'`,
          [msAgo],
        );
      await began(1_000);
      assert.equal((await machine('machine_end_beep')).status, 503, 'it may be about to be left it');
      await began(6_001);
      assert.equal((await machine('machine_end_beep')).status, 200);
      await began(60_000);
      assert.equal((await machine('machine_end_beep')).status, 200);
      assert.equal(left.length, 1);
    });

    for (const key of ['1', '9', '0']) {
      it(`is nobody who has pressed ${key}: what they hear goes on`, async () => {
        await insertCall();
        await said(await press(key));
        assert.equal((await machine('machine_end_beep')).status, 200);
        assert.deepEqual(left, []);
        assert.equal(gateway.streams.log.length, 1, 'the log hears what the carrier takes it for');
      });
    }

    it('is nobody whose key has come and is not answered yet', async () => {
      await insertCall();
      const client = await database.adminPool.connect();
      try {
        await client.query('BEGIN');
        await client.query('LOCK TABLE consent_change');
        const pressed = press('9');
        await eventually(async () => {
          const { rowCount } = await database.adminPool.query(
            'SELECT FROM attempt WHERE key_heard_at IS NOT NULL',
          );
          assert.equal(rowCount, 1);
        });
        assert.equal((await machine('machine_end_beep')).status, 200);
        await client.query('COMMIT');
        await said(await pressed);
      } finally {
        client.release();
      }
      assert.deepEqual(left, []);
    });

    it('of somebody who texted STOP during the call is left nothing, also after a later START', async () => {
      await insertCall();
      await gateway.text('SM1', 'STOP');
      assert.equal((await machine('machine_end_beep')).status, 200);
      await gateway.text('SM2', 'START');
      assert.equal((await machine('machine_end_beep')).status, 200);
      assert.deepEqual(left, []);
      assert.equal(gateway.streams.log.length, 2, 'the log hears what took the call');
    });

    it('of somebody whom a list suppressed during the call is left nothing', async () => {
      await insertCall();
      await database.adminPool.query(
        `INSERT INTO suppression (phone_number, change_id, source, reason, added_at)
         VALUES ($1, gen_random_uuid(), 'admin_import', 'a list', now())`,
        [PERSON],
      );
      assert.equal((await machine('machine_end_beep')).status, 200);
      assert.deepEqual(left, []);
    });

    for (const [name, optOut] of [
      ['a STOP', () => gateway.text('SM1', 'STOP')],
      ['key 9', () => press('9')],
    ] as const) {
      it(`that is being left its message keeps ${name} waiting until that is done`, async () => {
        const clock = new ManualClock();
        await gateway.stop();
        const carrier = Promise.withResolvers<Leaving>();
        leaving = carrier.promise;
        gateway = await startTestGateway(database, { clock, leaveMessage: leave });
        await insertCall();
        const told = machine('machine_end_beep');
        let answer: Promise<unknown> | undefined;
        try {
          await eventually(async () => assert.equal(left.length, 1));
          answer = optOut();
          // The deadlines of both answers, and the pause before the next look.
          await eventually(async () => assert.equal(clock.sleeping, 3));
          assert.ok(await suppressed());
          await clock.advance(25);
          await eventually(async () => assert.equal(clock.sleeping, 3));
        } finally {
          carrier.resolve({ kind: 'left' });
        }
        assert.equal((await told).status, 200);
        await clock.advance(50);
        await answer;
        assert.equal(left.length, 1);
      });
    }

    it('is not left it by a request that took too long to begin, and is told of again', async () => {
      const clock = new ManualClock();
      await gateway.stop();
      gateway = await startTestGateway(database, { clock, leaveMessage: leave });
      await insertCall();
      const client = await database.adminPool.connect();
      try {
        await client.query('BEGIN');
        await client.query('SELECT FROM attempt FOR UPDATE');
        const told = machine('machine_end_beep');
        await eventually(async () => {
          const { rowCount } = await database.adminPool.query(
            `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%machine_heard_at%'
                AND datname = current_database()`,
          );
          assert.equal(rowCount, 1);
        });
        await clock.advance(1_001);
        await client.query('COMMIT');
        assert.equal((await told).status, 503);
      } finally {
        client.release();
      }
      assert.deepEqual(left, []);
      assert.equal((await machine('machine_end_beep')).status, 200);
      assert.equal(left.length, 1);
    });

    it('stays with whoever began later when an earlier request fails', async () => {
      await insertCall();
      const carrier = Promise.withResolvers<Leaving>();
      leaving = carrier.promise;
      const told = machine('machine_end_beep');
      await eventually(async () => assert.equal(left.length, 1));
      // So long after it that another may begin, which it does.
      await database.adminPool.query('UPDATE attempt SET machine_heard_at = clock_timestamp()');
      carrier.resolve({ kind: 'failed', reason: 'no answer' });
      assert.equal((await told).status, 503);
      leaving = { kind: 'left' };
      assert.equal((await machine('machine_end_beep')).status, 503, 'the other is about to leave it');
      assert.equal(left.length, 1);
    });

    it('is left its message before the stream has to be there', async () => {
      await insertCall();
      gateway.streams.away = true;
      assert.equal((await machine('machine_end_beep')).status, 503);
      gateway.streams.away = false;
      assert.equal((await machine('machine_end_beep')).status, 200);
      assert.equal(left.length, 1);
    });

    for (const [word, answeredBy] of [
      ['human', 'human'],
      ['unknown', 'unknown'],
      ['fax', 'fax'],
    ] as const) {
      it(`is not heard in ${word}, which the log hears of`, async () => {
        await insertCall();
        assert.equal((await machine(word)).status, 200);
        assert.deepEqual(left, []);
        const [record] = gateway.streams.log;
        assert.equal(record?.type === 'CALL_STATUS' && record.answeredBy, answeredBy);
      });
    }
  });

  describe('a status', () => {
    const status = (word: string, more: Record<string, string> = {}): Promise<Response> =>
      gateway.post(`/webhooks/twilio/voice/status?${IDS}`, { ...call, CallStatus: word, ...more });

    it('is put on the stream of the message log, under the person', async () => {
      assert.match(await said(await status('completed', { CallDuration: '34' })), /<Response\/>/);
      const [record] = gateway.streams.log;
      assert.ok(record?.type === 'CALL_STATUS');
      const { receivedAt: _, ...rest } = record;
      assert.deepEqual(rest, {
        type: 'CALL_STATUS',
        carrier: 'twilio',
        carrierMessageId: CALL,
        status: 'completed',
        errorCode: null,
        answeredBy: null,
        seconds: 34,
        price: null,
        attemptId: ATTEMPT,
        messageId: MESSAGE,
        phoneNumber: PERSON,
      });
      assert.deepEqual(gateway.streams.keys, [PERSON]);
      assert.equal(gateway.metrics.sums['WebhooksAccepted call_status'], 1);
    });

    it('is asked for again while the stream is away', async () => {
      gateway.streams.away = true;
      assert.equal((await status('ringing')).status, 503);
    });

    it('without a word is malformed', async () => {
      assert.equal((await status('')).status, 400);
    });
  });

  describe('from people to us', () => {
    const callUs = (from: string): Promise<Response> =>
      gateway.post('/webhooks/twilio/voice/inbound', {
        CallSid: CALL,
        From: from,
        To: TOLL_FREE,
        Direction: 'inbound',
        CallStatus: 'ringing',
      });
    const pressThere = (key: string, from: string): Promise<Response> =>
      press(key, { From: from, To: TOLL_FREE, Direction: 'inbound' }, '/webhooks/twilio/voice/keys');

    it('say who we are and which key opts out, where that key counts, and nothing else', async () => {
      const document = await said(await callUs(PERSON));
      assert.match(
        document,
        /^<\?xml[^>]*><Response><Gather[^>]*><Say[^>]*>Thank you for calling Riverside County Health\.<\/Say><Say[^>]*>To stop all calls and texts from us, press 9 now\.<\/Say>/,
      );
      assert.match(document, /<\/Gather><Hangup\/><\/Response>$/);
    });

    it('are answered in the language of the last call to that number', async () => {
      const spanish = composeCall({
        language: 'es-US',
        organisation: 'Salud',
        tollFreeNumber: sampleScript.tollFreeNumber,
        message: { say: 'Hola.' },
      });
      await insertCall(spanish);
      assert.match(await said(await callUs(PERSON)), /Gracias por llamar a Riverside County Health/);
    });

    it('opt out with key 9, of the number that calls: the same opt-out as in a call of ours', async () => {
      assert.match(
        await said(await pressThere('9', PERSON)),
        /no more calls or texts from us\.<\/Say><Hangup\/>/,
      );
      assert.ok(await suppressed());
      const { rows } = await database.adminPool.query('SELECT method, cause FROM consent_change');
      assert.deepEqual(rows, [{ method: 'voice', cause: `twilio ${CALL} with ${TOLL_FREE}` }]);
      assert.deepEqual(await gateway.outboxLog(), [], 'a call to us is no message of ours');
      assert.equal((await gateway.outbox()).length, 1);
    });

    it('hear the same again with any other key', async () => {
      const first = await said(await callUs(PERSON));
      assert.equal(await said(await pressThere('5', PERSON)), first);
    });

    it('with a number that is not shown are told so by key 9, and nobody is opted out', async () => {
      assert.match(await said(await callUs('anonymous')), /press 9 now/);
      assert.match(await said(await pressThere('9', 'anonymous')), /We cannot see your number/);
      assert.equal((await database.adminPool.query('SELECT FROM consent_change')).rowCount, 0);
    });
  });

  describe('webhooks about calls', () => {
    const paths = ['status', 'keys', 'machine', 'inbound'].map((name) => `/webhooks/twilio/voice/${name}`);

    it('are refused unsigned, and do nothing', async () => {
      for (const path of paths) {
        const body = new URLSearchParams({ ...call, Digits: '9', AnsweredBy: 'human' });
        assert.equal((await gateway.request(path, { body })).status, 403, path);
      }
      assert.equal(await suppressed(), false);
      assert.deepEqual(gateway.streams.log, []);
      assert.equal(gateway.metrics.sums['WebhooksRefused signature'], paths.length);
    });

    it('are refused when they are too long or no form', async () => {
      for (const path of paths) {
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        const long = await gateway.request(path, { headers, body: `x=${'x'.repeat(70_000)}` });
        assert.equal(long.status, 413, path);
        const broken = await gateway.request(path, { headers, body: 'x=%zz' });
        assert.equal(broken.status, 400, path);
      }
    });

    it('are sent back when too many are in hand', async () => {
      await gateway.stop();
      gateway = await startTestGateway(database, { maxInHand: 0 });
      assert.equal((await press('9')).status, 503);
    });
  });
});
