import assert from 'node:assert/strict';
import twilio from 'twilio';
import { startTestTopic, type TestTopic } from '#shared/carriers/aws/test-topic.ts';
import type { ReceivedWebhook } from '#shared/carriers/carrier.ts';
import { smsSignature } from '#shared/carriers/vonage/sms-signature.ts';
import { API_KEY, NOW, SECRET, signedJson, vonageCarrier } from '#shared/carriers/vonage/test-account.ts';
import { inboundCommandId } from '#shared/identity.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { OURS, startTestGateway, type TestGateway } from './test-gateway.ts';

/** Webhooks of Vonage and AWS, through a gateway that is set up for all three carriers. */
describe('a gateway of several carriers', () => {
  let database: TestDatabase;
  let gateway: TestGateway;
  let topic: TestTopic;

  before(async () => {
    database = await createDatabase();
    topic = await startTestTopic();
  });
  after(async () => {
    await topic.close();
    await database.drop();
  });
  beforeEach(async () => {
    gateway = await startTestGateway(database, { others: [vonageCarrier(), topic.carrier()] });
  });
  afterEach(async () => {
    await gateway.stop();
  });

  const send = (webhook: ReceivedWebhook, path = webhook.target, type = 'application/json') =>
    gateway.request(path, {
      method: webhook.method,
      ...(webhook.method === 'GET' ? {} : { body: webhook.body.toString() }),
      headers: {
        'content-type': type,
        ...(webhook.header('authorization') ? { authorization: webhook.header('authorization') ?? '' } : {}),
      },
    });
  const number = (phone: string): string => phone.slice(1);
  let texts = 0;
  const uuid = (): string => `aaaaaaaa-bbbb-4ccc-8ddd-${String(++texts).padStart(12, '0')}`;
  const byVonage = (phone: string, text: string, message_uuid = uuid()) =>
    signedJson('/webhooks/vonage/inbound', {
      channel: 'sms',
      message_uuid,
      to: number(OURS),
      from: number(phone),
      timestamp: NOW.toISOString(),
      message_type: 'text',
      text,
    });
  const byAws = (phone: string, messageBody: string, inboundMessageId = uuid()): ReceivedWebhook =>
    topic.notification({ originationNumber: phone, destinationNumber: OURS, messageBody, inboundMessageId });
  /** Of the SMS API, as a query. */
  const bySmsApi = (phone: string, more: Record<string, string>): string => {
    const parameters = {
      msisdn: number(phone),
      to: number(OURS),
      messageId: uuid(),
      type: 'text',
      'api-key': API_KEY,
      timestamp: String(NOW.getTime() / 1_000),
      'message-timestamp': '2026-03-04 20:00:00',
      ...more,
    };
    return String(new URLSearchParams({ ...parameters, sig: smsSignature(parameters, SECRET, 'sha256') }));
  };
  const statusOf = async (phone: string): Promise<string[]> => {
    const { rows } = await database.adminPool.query<{ status: string }>(
      'SELECT status FROM consent_change WHERE phone_number = $1 ORDER BY requested_at',
      [phone],
    );
    return rows.map(({ status }) => status);
  };

  it('answers 405 at the addresses of the others by methods that they do not use', async () => {
    const allowed = {
      '/webhooks/vonage/inbound': 'GET, POST',
      '/sms/inbound': 'GET, POST',
      '/webhooks/aws/sns': 'POST',
    };
    for (const [path, allow] of Object.entries(allowed)) {
      const { status, headers } = await gateway.request(path, { method: 'PUT' });
      assert.deepEqual([status, headers.get('allow')], [405, allow], path);
    }
  });

  it('puts a text of each on the stream, under an id of its own', async () => {
    assert.equal((await send(await byVonage('+14155550111', 'Hello', 'v-1'))).status, 200);
    assert.equal((await send(byAws('+14155550112', 'Hello', 'a-1'))).status, 200);
    assert.deepEqual(
      gateway.streams.commands.map((command) => [
        command.commandId,
        command.phoneNumber,
        command.type === 'INBOUND_SMS' && command.payload.carrier,
      ]),
      [
        [inboundCommandId('vonage', 'v-1'), '+14155550111', 'vonage'],
        [inboundCommandId('aws', 'a-1'), '+14155550112', 'aws'],
      ],
    );
    assert.equal(gateway.metrics.sums['WebhooksAccepted sms'], 2);
  });

  it('makes a STOP durable before the answer, once, whichever brought it', async () => {
    const stops = [
      async () => send(await byVonage('+14155550113', 'Stop.', 'v-stop')),
      async () => send(byAws('+14155550114', 'STOP', 'a-stop')),
      async () =>
        gateway.request(
          `/webhooks/vonage/inbound?${bySmsApi('+14155550115', { text: 'stop', messageId: 's-stop' })}`,
          { method: 'GET' },
        ),
    ];
    for (const stop of stops) {
      assert.equal((await stop()).status, 200);
      assert.equal((await stop()).status, 200);
    }
    for (const phone of ['+14155550113', '+14155550114', '+14155550115']) {
      assert.deepEqual(await statusOf(phone), ['opted_out'], phone);
    }
  });

  it('joins a STOP that comes in two parts', async () => {
    const part = (n: number, text: string): string =>
      bySmsApi('+14155550116', {
        text,
        messageId: `part-${n}`,
        concat: 'true',
        'concat-ref': '7',
        'concat-total': '2',
        'concat-part': String(n),
      });
    const post = (form: string) =>
      gateway.request('/webhooks/vonage/inbound', {
        body: form,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    assert.equal((await post(part(2, 'texting me'))).status, 200);
    assert.equal(gateway.streams.keys.length, 0);
    assert.equal((await post(part(1, 'please stop '))).status, 200);
    const [command, ...others] = gateway.streams.commands;
    assert.equal(others.length, 0);
    assert.equal(command?.type === 'INBOUND_SMS' && command.payload.body, 'please stop texting me');
    assert.deepEqual(await statusOf('+14155550116'), ['opted_out']);
  });

  it('puts statuses on the stream in our words, with our own ids', async () => {
    const ids = {
      attemptId: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11',
      messageId: '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60',
    };
    await send(
      await signedJson('/webhooks/vonage/status', {
        message_uuid: 'v-2',
        to: '14155550117',
        status: 'delivered',
        client_ref: `${ids.attemptId}:${ids.messageId}`,
      }),
    );
    await send(
      topic.notification({
        eventType: 'TEXT_UNREACHABLE',
        isFinal: true,
        destinationPhoneNumber: '+14155550117',
        messageId: 'a-2',
        messageStatus: 'UNREACHABLE',
        context: { attempt: ids.attemptId, message: ids.messageId },
      }),
    );
    assert.deepEqual(
      gateway.streams.log.map((record) => {
        assert.equal(record.type, 'STATUS_UPDATE');
        if (record.type !== 'STATUS_UPDATE') return null;
        const { attemptId, carrier, errorCode, messageId, phoneNumber, status } = record;
        return { attemptId, carrier, errorCode, messageId, phoneNumber, status };
      }),
      [
        { ...ids, carrier: 'vonage', errorCode: null, phoneNumber: '+14155550117', status: 'delivered' },
        {
          ...ids,
          carrier: 'aws',
          errorCode: 'UNREACHABLE',
          phoneNumber: '+14155550117',
          status: 'undelivered',
        },
      ],
    );
  });

  it('follows an opt-out that a status of Vonage tells', async () => {
    await send(
      await signedJson('/webhooks/vonage/status', {
        message_uuid: 'v-3',
        to: '14155550118',
        status: 'rejected',
        error: { type: 'https://developer.vonage.com/api-errors/messages#1240', title: '1240' },
      }),
    );
    assert.deepEqual(await statusOf('+14155550118'), ['opted_out']);
  });

  it('confirms a subscription of a topic of ours', async () => {
    topic.asked.length = 0;
    assert.equal((await send(topic.subscription())).status, 200);
    assert.ok(topic.asked.some((path) => path.startsWith('/?Action=ConfirmSubscription')));
  });

  describe('never takes a webhook of one carrier for one of another', () => {
    const paths = ['/webhooks/twilio/sms', '/webhooks/vonage/inbound', '/webhooks/aws/sns'] as const;
    const webhooks = {
      '/webhooks/vonage/inbound': () => byVonage('+14155550119', 'STOP'),
      '/webhooks/aws/sns': async () => byAws('+14155550119', 'STOP'),
    } as const;
    for (const [own, webhook] of Object.entries(webhooks)) {
      for (const path of paths.filter((each) => each !== own)) {
        it(`what belongs to ${own} at ${path}`, async () => {
          const response = await send(await webhook(), path);
          assert.equal(response.status, 403);
          assert.equal(gateway.metrics.sums['WebhooksRefused signature'], 1);
          assert.deepEqual(gateway.streams.keys, []);
          assert.deepEqual(await statusOf('+14155550119'), []);
        });
      }
    }
    for (const path of paths.slice(1)) {
      it(`what belongs to Twilio at ${path}`, async () => {
        const form = { MessageSid: 'SM1', From: '+14155550119', To: OURS, Body: 'STOP', AccountSid: 'AC0' };
        const url = `https://texts.example.org${path}`;
        const response = await gateway.request(path, {
          body: new URLSearchParams(form),
          headers: {
            'x-twilio-signature': twilio.getExpectedTwilioSignature('the auth token of a test', url, form),
          },
        });
        assert.equal(response.status, 403);
        assert.deepEqual(gateway.streams.keys, []);
      });
    }
  });

  it('asks Vonage to bring again, signed, what it looks to have forgotten to sign', async () => {
    const signed = await byVonage('+14155550120', 'STOP');
    const unsigned = await send({ ...signed, header: () => undefined });
    assert.equal(unsigned.status, 503);
    assert.equal(gateway.metrics.sums['WebhooksRefused unsigned'], 1);
    assert.deepEqual(await statusOf('+14155550120'), []);
    assert.equal((await send(signed)).status, 200);
    assert.deepEqual(await statusOf('+14155550120'), ['opted_out']);
  });

  it('knows nothing of a carrier that is not set up', async () => {
    const twilioAlone = await startTestGateway(database);
    try {
      for (const path of ['/webhooks/vonage/inbound', '/webhooks/aws/sns', '/sms/inbound']) {
        assert.equal((await twilioAlone.request(path, {})).status, 404, path);
      }
    } finally {
      await twilioAlone.stop();
    }
  });

  describe('at the path of an older system', () => {
    const PERSON = '+14155550121';

    it('answers who wrote, to which campaign, and the id of the reply', async () => {
      const { rows } = await database.adminPool.query<{ contact_id: string; campaign_id: string }>(
        `WITH person AS (
           INSERT INTO contact (contact_id, phone_number, created_at, updated_at)
           VALUES (gen_random_uuid(), $1, now(), now()) RETURNING contact_id),
         known AS (INSERT INTO phone (phone_number, last_ordinal) VALUES ($1, 1)),
         written AS (
           INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, media_urls, batch_id,
                                cause_id, created_at, campaign_id, state, variant)
           SELECT gen_random_uuid(), $1, 1, 'bulk', 'marketing', $2, 'Flu shots today?', '{}', gen_random_uuid(), contact_id,
                  $3::timestamptz - interval '1 day', gen_random_uuid(), 'sent', 0 FROM person
           RETURNING message_id, campaign_id),
         tried AS (
           INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, channel, posted_at)
           SELECT gen_random_uuid(), message_id, $1, 'vonage', $2, 'accepted', 'sms', $3::timestamptz - interval '1 day'
             FROM written)
         SELECT contact_id, campaign_id FROM person, written`,
        [PERSON, OURS, NOW],
      );
      const response = await gateway.request(
        `/sms/inbound?${bySmsApi(PERSON, { text: 'Yes please', messageId: 'old-1' })}`,
        { method: 'GET' },
      );
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), {
        message: 'received',
        replyId: inboundCommandId('vonage', 'old-1'),
        contactId: rows[0]?.contact_id,
        campaignId: rows[0]?.campaign_id,
      });
      assert.equal(gateway.streams.commands[0]?.commandId, inboundCommandId('vonage', 'old-1'));
    });

    it('answers nulls where nobody is known, and refuses what is not signed', async () => {
      const stranger = await gateway.request(
        `/sms/inbound?${bySmsApi('+14155550122', { text: 'Hi', messageId: 'old-2' })}`,
        { method: 'GET' },
      );
      assert.deepEqual(await stranger.json(), {
        message: 'received',
        replyId: inboundCommandId('vonage', 'old-2'),
        contactId: null,
        campaignId: null,
      });
      const forged = await gateway.request('/sms/inbound?msisdn=14155550122&to=1&messageId=x&text=STOP', {
        method: 'GET',
      });
      assert.equal(forged.status, 403);
    });
  });
});
