import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { inboundCommandId, messageLogId } from '#shared/identity.ts';
import { createPool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { OURS, PERSON, startTestGateway, type TestGateway } from './test-gateway.ts';
import { forgetWindows } from './whatsapp.ts';

describe('the webhooks of the gateway', () => {
  let database: TestDatabase;
  let gateway: TestGateway;

  before(async () => {
    database = await createDatabase();
  });
  after(async () => {
    await database.drop();
  });
  beforeEach(async () => {
    gateway = await startTestGateway(database);
  });
  afterEach(async () => {
    await gateway.stop();
  });

  describe('put what a person texted on the stream of commands', () => {
    it('by phone number, and answer with an empty TwiML document', async () => {
      const response = await gateway.text('SM1', 'Hello, world');
      assert.equal(response.status, 200);
      assert.match(response.headers.get('content-type') ?? '', /^text\/xml/);
      assert.match(await response.text(), /<Response><\/Response>$/);
      const [command, ...others] = gateway.streams.commands;
      assert.equal(others.length, 0);
      assert.deepEqual(gateway.streams.keys, [PERSON]);
      assert.equal(command?.commandId, inboundCommandId('twilio', 'SM1'));
      assert.equal(command?.phoneNumber, PERSON);
      assert.equal(command?.type, 'INBOUND_SMS');
      if (command?.type !== 'INBOUND_SMS') return;
      assert.deepEqual(command.payload, {
        from: PERSON,
        to: OURS,
        body: 'Hello, world',
        media: [],
        carrier: 'twilio',
        carrierMessageId: 'SM1',
        consent: null,
        receivedAt: command.occurredAt,
      });
      assert.equal(gateway.metrics.sums['WebhooksAccepted sms'], 1);
    });

    it('under the same id when the carrier delivers it again', async () => {
      await gateway.text('SM1', 'Hello');
      await gateway.text('SM1', 'Hello');
      assert.deepEqual(
        gateway.streams.commands.map(({ commandId }) => commandId),
        [inboundCommandId('twilio', 'SM1'), inboundCommandId('twilio', 'SM1')],
      );
    });

    it("with pictures, the carrier's verdict and the canonical number", async () => {
      await gateway.text('MM1', '', {
        From: '+5215555550101',
        NumMedia: '1',
        MediaUrl0: 'https://api.twilio.com/media/1',
        MediaContentType0: 'image/jpeg',
        OptOutType: 'HELP',
      });
      const command = gateway.streams.commands[0];
      assert.equal(command?.phoneNumber, '+525555550101');
      assert.equal(command?.type === 'INBOUND_SMS' && command.payload.optOutType, 'HELP');
      assert.deepEqual(command?.type === 'INBOUND_SMS' && command.payload.media, [
        { url: 'https://api.twilio.com/media/1', contentType: 'image/jpeg' },
      ]);
    });

    it('with every character it was written in', async () => {
      const body = '¿Qué tal? 100 % & más + "👍🏽" = yes\r\n';
      await gateway.text('SM1', body);
      const command = gateway.streams.commands[0];
      assert.equal(command?.type === 'INBOUND_SMS' && command.payload.body, body);
    });

    it('only before the answer: while the stream is away it is 503, so that the carrier repeats', async () => {
      gateway.streams.away = true;
      const response = await gateway.text('SM1', 'Hello');
      assert.equal(response.status, 503);
      assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
      assert.equal(gateway.metrics.sums['WebhooksRefused unavailable'], 1);
      assert.equal(gateway.missed.take('twilio'), true, 'it is looked for in the list of the carrier');
      gateway.streams.away = false;
      assert.equal((await gateway.text('SM1', 'Hello')).status, 200);
      assert.equal(gateway.missed.take('twilio'), false);
      assert.equal(gateway.streams.commands.length, 1);
    });
  });

  describe('put statuses on the stream of the message log', () => {
    const path =
      '/webhooks/twilio/status?attempt=0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11&message=6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60';

    it('and answer 503 while it is away: what became of a message is looked up otherwise than by a sweep', async () => {
      gateway.streams.away = true;
      const said = { MessageSid: 'SM2', MessageStatus: 'delivered', From: OURS, To: PERSON };
      assert.equal((await gateway.post(path, said)).status, 503);
      assert.equal(gateway.missed.take('twilio'), false);
    });

    it("by phone number, with our own ids from the callback's signed address", async () => {
      const response = await gateway.post(path, {
        MessageSid: 'SM2',
        MessageStatus: 'undelivered',
        ErrorCode: '30003',
        From: OURS,
        To: PERSON,
      });
      assert.equal(response.status, 200);
      assert.deepEqual(gateway.streams.keys, [PERSON]);
      const { receivedAt, ...update } = { receivedAt: '', ...gateway.streams.log[0] };
      assert.ok(Date.parse(receivedAt) > 0);
      assert.deepEqual(update, {
        type: 'STATUS_UPDATE',
        carrier: 'twilio',
        carrierMessageId: 'SM2',
        status: 'undelivered',
        errorCode: '30003',
        attemptId: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11',
        messageId: '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60',
        phoneNumber: PERSON,
      });
      assert.equal(gateway.metrics.sums['WebhooksAccepted status'], 1);
    });

    it("by the carrier's id when they do not say the number; unknown words as they are", async () => {
      await gateway.post(path, { MessageSid: 'SM2', MessageStatus: 'teleported' });
      assert.deepEqual(gateway.streams.keys, ['SM2']);
      const [update] = gateway.streams.log;
      assert.equal(update?.type === 'STATUS_UPDATE' && update.status, 'teleported');
    });

    it('refuse one whose ids were changed on the way', async () => {
      const signed = await gateway.post(path, { MessageSid: 'SM2', MessageStatus: 'sent' });
      assert.equal(signed.status, 200);
      const signature = 'bm90IHRoZSBzaWduYXR1cmUgb2YgdGhpcyE=';
      const forged = await gateway.request(path.replace('0b0e', '0b0f'), {
        body: new URLSearchParams({ MessageSid: 'SM2', MessageStatus: 'delivered' }),
        headers: { 'x-twilio-signature': signature },
      });
      assert.equal(forged.status, 403);
      assert.equal(gateway.streams.log.length, 1);
    });
  });

  describe('refuse, without putting anything,', () => {
    afterEach(() => {
      assert.deepEqual(gateway.streams.keys, []);
    });

    it('what is not signed, with 403', async () => {
      const response = await gateway.request('/webhooks/twilio/sms', {
        body: new URLSearchParams({ MessageSid: 'SM1', From: PERSON, To: OURS, Body: 'STOP' }),
      });
      assert.equal(response.status, 403);
      assert.equal(gateway.metrics.sums['WebhooksRefused signature'], 1);
    });

    it('a form that is none with 400, and what nobody signed with 403', async () => {
      for (const [status, type, body] of [
        [403, 'application/json', '{"MessageSid":"SM1"}'],
        [403, 'text/plain', 'MessageSid=SM1'],
        [400, 'application/x-www-form-urlencoded', 'Body=100%'],
        [400, 'application/x-www-form-urlencoded', 'Body=%E9'],
      ] as const) {
        const response = await gateway.request('/webhooks/twilio/sms', {
          body,
          headers: { 'content-type': type },
        });
        assert.equal(response.status, status, `${type} ${body}`);
      }
      assert.equal(gateway.metrics.sums['WebhooksRefused malformed'], 2);
    });

    it('a signed one without a message, a sender or a recipient, with 400', async () => {
      const whole = { MessageSid: 'SM1', From: PERSON, To: OURS, Body: 'Hello' };
      for (const missing of ['MessageSid', 'From', 'To']) {
        const parameters = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== missing));
        assert.equal((await gateway.post('/webhooks/twilio/sms', parameters)).status, 400, missing);
      }
      assert.equal((await gateway.post('/webhooks/twilio/status', { MessageSid: 'SM1' })).status, 400);
    });

    it('a body of more than 64 kB, with 413, and takes one of just so much for what it is', async () => {
      const ofBytes = (bytes: number): Promise<Response> =>
        gateway.request('/webhooks/twilio/sms', {
          body: 'Body='.padEnd(bytes, 'x'),
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        });
      assert.equal((await ofBytes(64 * 1024 + 1)).status, 413);
      assert.equal(gateway.metrics.sums['WebhooksRefused too_large'], 1);
      assert.equal((await ofBytes(64 * 1024)).status, 403);
    });

    it('other paths, with 404', async () => {
      assert.equal((await gateway.request('/webhooks/twilio/voice', {})).status, 404);
    });

    for (const path of ['/webhooks/twilio/sms', '/webhooks/twilio/status', '/webhooks/twilio/voice/keys']) {
      it(`other methods at ${path}, with 405, a word of text and the methods that there are`, async () => {
        for (const method of ['GET', 'PUT', 'DELETE']) {
          const response = await gateway.request(path, { method });
          assert.deepEqual([response.status, response.headers.get('allow')], [405, 'POST'], method);
          assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
          assert.equal(await response.text(), 'method_not_allowed');
        }
      });
    }
  });

  describe('keep apart what comes by WhatsApp to no sender of ours there', () => {
    const byWhatsApp = { From: `whatsapp:${PERSON}`, To: `whatsapp:${OURS}` };

    it('from the dialog by text, where people find it', async () => {
      assert.equal((await gateway.text('SMwa1', 'Hello', byWhatsApp)).status, 200);
      assert.deepEqual(gateway.streams.keys, []);
      assert.equal(gateway.metrics.sums['WebhooksRefused other_channel'], 1);
      const { rows } = await database.adminPool.query<{ reason: string }>(
        "SELECT reason FROM quarantined_record WHERE sequence_number = 'SMwa1'",
      );
      assert.match(rows[0]?.reason ?? '', /another channel/);
    });

    it('and take a STOP there for one by text as well, once, but no START', async () => {
      const phone = '+14155550177';
      const from = { ...byWhatsApp, From: `whatsapp:${phone}` };
      for (let delivery = 0; delivery < 2; delivery++) await gateway.text('SMwa2', 'STOP', from);
      await gateway.text('SMwa3', 'START', from);
      const { rows } = await database.adminPool.query(
        'SELECT status, cause FROM consent_change WHERE phone_number = $1',
        [phone],
      );
      assert.deepEqual(rows, [{ status: 'opted_out', cause: 'twilio SMwa2, by whatsapp' }]);
      const told = (await gateway.outbox()).filter(({ phoneNumber }) => phoneNumber === phone);
      assert.deepEqual(
        told.map(({ type }) => type),
        ['CONSENT_CHANGED'],
      );
      assert.deepEqual(gateway.streams.keys, []);
    });
  });

  describe('take in what comes to a sender on WhatsApp', () => {
    const SENDER = 'whatsapp:+14155550110';
    const phone = '+14155550178';
    const there = { From: `whatsapp:${phone}`, To: SENDER };
    const windows = async () => {
      const { rows } = await database.adminPool.query<{ sender: string; seconds: number; business: Date }>(
        `SELECT sender_number AS sender, extract(epoch FROM clock_timestamp() - heard_at)::float8 AS seconds, heard_on AS business
           FROM whatsapp_window WHERE phone_number = $1`,
        [phone],
      );
      return rows;
    };
    beforeEach(async () => {
      await database.adminPool.query('DELETE FROM whatsapp_window');
      await database.adminPool.query(
        `INSERT INTO sender (sender_number, carrier, type, registration, segments_per_second, created_at, updated_at)
         VALUES ($1, 'twilio', 'whatsapp', 'registered', 80, now(), now()) ON CONFLICT DO NOTHING`,
        [SENDER],
      );
    });

    it('and forget windows two days after the last message, some at a time, and no others', async () => {
      const { adminPool } = database;
      // With the rights of the service.
      const pool = createPool(database.configFor('gateway'), () => undefined);
      for (const [sender, hours] of [
        [SENDER, 47],
        ['whatsapp:+14155550111', 49],
        ['whatsapp:+14155550112', 500],
      ]) {
        await adminPool.query(
          `INSERT INTO whatsapp_window (phone_number, sender_number, heard_at, heard_on)
           VALUES ($1, $2, clock_timestamp() - $3 * interval '1 hour', now())`,
          [phone, sender, hours],
        );
      }
      assert.equal(await forgetWindows(pool, 1), 1);
      assert.equal(await forgetWindows(pool, 5), 1);
      assert.equal(await forgetWindows(pool, 5), 0);
      await pool.end();
      assert.deepEqual(
        (await windows()).map(({ sender }) => sender),
        [SENDER],
      );
    });

    it('as a text of the person to that address, with their window open', async () => {
      assert.equal((await gateway.text('SMwa10', 'Hello', there)).status, 200);
      const command = gateway.streams.commands.at(-1);
      assert.ok(command?.type === 'INBOUND_SMS');
      assert.deepEqual(
        [command.phoneNumber, command.payload.from, command.payload.to, command.payload.body],
        [phone, phone, SENDER, 'Hello'],
      );
      const [window, ...others] = await windows();
      assert.ok(window !== undefined && window.seconds < 60 && others.length === 0);
      assert.equal(window.sender, SENDER);
    });

    it('with the window open before anybody hears of it', async () => {
      let known = 0;
      gateway.streams.onPut = async () => {
        known = (await windows()).length;
      };
      await gateway.text('SMwa11', 'Hello', there);
      gateway.streams.onPut = async () => undefined;
      assert.equal(known, 1);
    });

    it('and open no window again when a message is repeated that is in the log already', async () => {
      await gateway.text('SMwa12', 'Hello', there);
      await database.adminPool.query(
        `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, status, status_rank, status_at)
         VALUES ($1, 'twilio', 'SMwa12', 'inbound', $2, 'received', 210, now())`,
        [messageLogId('twilio', 'SMwa12'), phone],
      );
      await database.adminPool.query("UPDATE whatsapp_window SET heard_at = heard_at - interval '30 hours'");
      await gateway.text('SMwa12', 'Hello', there);
      const [window] = await windows();
      assert.ok((window?.seconds ?? 0) > 29 * 3_600);
    });

    it('and hear a STOP there for everything, before it goes on', async () => {
      await gateway.text('SMwa13', 'STOP', there);
      const command = gateway.streams.commands.at(-1);
      assert.ok(command?.type === 'INBOUND_SMS');
      assert.deepEqual([command.payload.consent, command.payload.to], ['opted_out', SENDER]);
      const { rows } = await database.adminPool.query(
        'SELECT source FROM suppression WHERE phone_number = $1',
        [phone],
      );
      assert.deepEqual(rows, [{ source: 'user_opt_out' }]);
      const { rows: changes } = await database.adminPool.query(
        'SELECT cause FROM consent_change WHERE phone_number = $1',
        [phone],
      );
      assert.deepEqual(changes, [{ cause: 'twilio SMwa13, by whatsapp' }]);
    });

    it('but not what comes to the same number as a text', async () => {
      await gateway.text('SMwa14', 'Hello', { From: phone, To: '+14155550110' });
      assert.deepEqual(await windows(), []);
    });
  });

  describe('hear a person who writes to what is no phone number', () => {
    const toShortCode = { To: '72345' };
    const changesOf = async (phone: string): Promise<unknown[]> => {
      const { rows } = await database.adminPool.query(
        'SELECT status, cause FROM consent_change WHERE phone_number = $1',
        [phone],
      );
      return rows;
    };
    const reviewsOf = async (phone: string): Promise<unknown[]> => {
      const { rows } = await database.adminPool.query(
        'SELECT original_message AS text, change_id IS NOT NULL AS suppressed FROM consent_review WHERE phone_number = $1',
        [phone],
      );
      return rows;
    };

    it('and take a STOP to a short code for one, once, but no START', async () => {
      const phone = '+14155550171';
      const from = { ...toShortCode, From: phone };
      for (let delivery = 0; delivery < 2; delivery++) {
        assert.equal((await gateway.text('SMsc1', 'STOP', from)).status, 200);
      }
      await gateway.text('SMsc2', 'START', from);
      assert.deepEqual(await changesOf(phone), [
        { status: 'opted_out', cause: 'twilio SMsc1, to no phone number' },
      ]);
      const told = (await gateway.outbox()).filter(({ phoneNumber }) => phoneNumber === phone);
      assert.deepEqual(
        told.map(({ type }) => type),
        ['CONSENT_CHANGED'],
      );
      assert.deepEqual(gateway.streams.keys, []);
    });

    it('and follow the verdict of the carrier there', async () => {
      const phone = '+14155550172';
      await gateway.text('SMsc3', 'basta ya con eso', { ...toShortCode, From: phone, OptOutType: 'STOP' });
      assert.equal((await changesOf(phone)).length, 1);
    });

    it('and put before a person what is read as a revocation, and what may be one', async () => {
      const [clear, doubtful, other] = ['+14155550173', '+14155550174', '+14155550175'] as const;
      await gateway.text('SMsc4', 'please stop texting me', { ...toShortCode, From: clear });
      await gateway.text('SMsc5', 'cancel my 3pm', { ...toShortCode, From: doubtful });
      await gateway.text('SMsc6', 'cancel my 3pm', { From: `rcs:${other}`, To: 'rcs:brand_agent' });
      assert.deepEqual(await reviewsOf(clear), [{ text: 'please stop texting me', suppressed: true }]);
      assert.deepEqual(await reviewsOf(doubtful), [{ text: 'cancel my 3pm', suppressed: false }]);
      assert.deepEqual(await reviewsOf(other), [{ text: 'cancel my 3pm', suppressed: false }]);
      assert.equal((await changesOf(clear)).length, 1);
      assert.deepEqual(await changesOf(doubtful), []);
    });
  });

  describe('keep aside, visible and once, a text from what is no phone number', () => {
    it('and answer it, so that the carrier does not repeat it for ever', async () => {
      for (let delivery = 0; delivery < 2; delivery++) {
        const response = await gateway.text('SMshort', 'Your code is 1234', { From: '12345' });
        assert.equal(response.status, 200);
      }
      assert.deepEqual(gateway.streams.keys, []);
      assert.equal(gateway.metrics.sums['WebhooksRefused no_phone_number'], 2);
      assert.equal(gateway.metrics.sums.InboundKeptAside, 1, 'what the alarm counts');
      const { rows } = await database.adminPool.query<{ state: string; body: string }>(
        "SELECT state, body FROM quarantined_record WHERE sequence_number = 'SMshort'",
      );
      assert.deepEqual(
        rows.map((row) => ({ ...row, body: JSON.parse(row.body) })),
        [
          {
            state: 'quarantined',
            body: { carrierMessageId: 'SMshort', from: '12345', to: OURS, body: 'Your code is 1234' },
          },
        ],
      );
    });
  });

  describe('send back to the carrier', () => {
    /** Holds up every put until it is released. */
    function hold(): { reached: Promise<void>; release: () => void } {
      const held = Promise.withResolvers<void>();
      const reached = Promise.withResolvers<void>();
      gateway.streams.onPut = () => {
        reached.resolve();
        return held.promise;
      };
      return { reached: reached.promise, release: held.resolve };
    }

    it('what is not taken in within 12 s, and take in its repetition', async () => {
      const clock = new ManualClock();
      await gateway.stop();
      gateway = await startTestGateway(database, { clock });
      const { reached, release } = hold();
      const answer = gateway.text('SM1', 'Hello');
      await reached;
      await clock.advance(11_999);
      assert.equal(clock.sleeping, 1);
      await clock.advance(1);
      assert.equal((await answer).status, 503);
      release();
      assert.equal((await gateway.text('SM1', 'Hello')).status, 200);
    });

    it('what is more than can be in hand, at once', async () => {
      await gateway.stop();
      gateway = await startTestGateway(database, { maxInHand: 1 });
      const { reached, release } = hold();
      const first = gateway.text('SM1', 'Hello');
      await reached;
      assert.equal((await gateway.text('SM2', 'Hello')).status, 503);
      assert.equal(gateway.metrics.sums['WebhooksRefused overload'], 1);
      assert.equal(gateway.missed.take('twilio'), true);
      release();
      assert.equal((await first).status, 200);
      assert.equal((await gateway.text('SM2', 'Hello')).status, 200);
    });
  });

  it('answer what is in hand before the gateway stops, and take no new connection', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    gateway.streams.onPut = () => {
      reach();
      return held;
    };
    const answer = gateway.text('SM1', 'Hello');
    await reached;
    const other = await startTestGateway(database);
    try {
      const stopping = gateway.stop();
      release();
      assert.equal((await answer).status, 200);
      await stopping;
      await assert.rejects(gateway.text('SM2', 'Hello'));
    } finally {
      gateway = other;
    }
  });

  it('survive a request that is cut off in the middle', async () => {
    const { port } = new URL((await gateway.text('SM1', 'Hello')).url);
    const socket = connect(Number(port), '127.0.0.1');
    await new Promise<void>((resolve) => {
      socket.write(
        'POST /webhooks/twilio/sms HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nBody=',
        () => resolve(),
      );
    });
    socket.destroy();
    assert.equal((await gateway.text('SM2', 'Hello')).status, 200);
  });
});
