import assert from 'node:assert/strict';
import twilio from 'twilio';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { CarrierSimulator, CarrierSimulatorOptions } from './simulator.ts';
import { type Answer, startTestReceiver, type TestReceiver } from './test-receiver.ts';
import {
  accountSid,
  authToken,
  mainNumber,
  phone,
  startTestSimulator,
  twilioClient,
} from './test-simulator.ts';

const token = (request: { headers: Record<string, unknown> } | undefined): unknown =>
  request?.headers['i-twilio-idempotency-token'];

const other199 = phoneNumber('+14155550199');

const xml =
  (body: string): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(body);
  };

describe('webhooks of inbound texts', () => {
  let simulator: CarrierSimulator;
  let receiver: TestReceiver;

  async function start(
    answer?: Answer,
    fragment = '',
    options: Partial<CarrierSimulatorOptions> = {},
  ): Promise<void> {
    receiver = await startTestReceiver(answer);
    simulator = await startTestSimulator({ inboundUrl: `${receiver.url}/sms${fragment}`, ...options });
  }
  afterEach(async () => {
    await simulator.stop();
    await receiver.close();
  });

  it("carry Twilio's parameters and a signature over the address without its fragment", async () => {
    await start(undefined, '?line=1#rc=3&rp=ct,rt,5xx');
    const mediaUrls = ['https://media.example/a.png'];
    const { id } = await simulator.control.sendText(phone, { body: 'Hello & café 🙂', mediaUrls });
    await simulator.control.settled();

    const [request] = receiver.received;
    assert.ok(request);
    assert.deepEqual(request.parameters, {
      AccountSid: accountSid,
      ApiVersion: '2010-04-01',
      Body: 'Hello & café 🙂',
      From: phone,
      FromCity: '',
      FromCountry: 'US',
      FromState: '',
      FromZip: '',
      MediaContentType0: 'image/png',
      MediaUrl0: 'https://media.example/a.png',
      MessageSid: id,
      NumMedia: '1',
      NumSegments: '1',
      SmsMessageSid: id,
      SmsSid: id,
      SmsStatus: 'received',
      To: mainNumber,
      ToCity: '',
      ToCountry: 'US',
      ToState: '',
      ToZip: '',
    });
    assert.match(id, /^MM[0-9a-f]{32}$/);
    assert.ok(
      twilio.validateRequest(
        authToken,
        String(request.headers['x-twilio-signature']),
        `${receiver.url}/sms?line=1`,
        request.parameters,
      ),
    );
  });

  it('are retried on 5xx under the same idempotency token as often as the fragment allows', async () => {
    await start((response) => {
      response.writeHead(503);
      response.end();
    }, '#rc=2&rp=ct,rt,5xx');
    await simulator.control.sendText(phone, { body: 'Hi' });
    await simulator.control.settled();

    assert.equal(receiver.received.length, 3);
    assert.equal(new Set(receiver.received.map(token)).size, 1);
    assert.deepEqual(simulator.control.stats().inbound, {
      received: 1,
      delivered: 0,
      retried: 2,
      repeated: 0,
      givenUp: 1,
      lost: 0,
    });
    const [message] = simulator.control.messagesOf(phone);
    assert.deepEqual([message?.status, message?.errorCode], ['failed', 11200]);
  });

  it('are not retried on 5xx by default', async () => {
    await start((response) => {
      response.writeHead(500);
      response.end();
    });
    await simulator.control.sendText(phone, { body: 'Hi' });
    await simulator.control.settled();
    assert.equal(receiver.received.length, 1);
  });

  it('are retried after the read time-out, which counts as rt', async () => {
    await start((response, _request, ordinal) => {
      if (ordinal > 1) response.end('<Response/>');
    }, '#rt=100&rc=1&rp=rt');
    await simulator.control.sendText(phone, { body: 'Hi' });
    await simulator.control.settled();
    assert.equal(receiver.received.length, 2);
    assert.equal(token(receiver.received[0]), token(receiver.received[1]));
    assert.equal(simulator.control.messagesOf(phone)[0]?.status, 'received');
  });

  it('are retried once when nobody listens, by default', async () => {
    await start();
    const gone = await startTestReceiver();
    await gone.close();
    simulator.control.setWebhooks({ inboundUrl: gone.url });
    await simulator.control.sendText(phone, { body: 'Hi' });
    await simulator.control.settled();
    assert.equal(simulator.control.stats().inbound.retried, 1);
    assert.equal(simulator.control.stats().inbound.givenUp, 1);
  });

  it('go to the address of the number, where it has one', async () => {
    await start();
    await using other = await startTestReceiver();
    simulator.control.setWebhooks({ byNumber: { [other199]: `${other.url}/other` } });
    await simulator.control.sendText(phone, { body: 'to the main number' });
    const { from } = await simulator.control.sendText(phone, { body: 'to the other', to: other199 });
    await simulator.control.settled();
    assert.equal(from, phone);
    assert.deepEqual(
      receiver.received.map(({ parameters }) => parameters.Body),
      ['to the main number'],
    );
    assert.deepEqual(
      other.received.map(({ parameters, path }) => [parameters.Body, path]),
      [['to the other', '/other']],
    );
  });

  it('make no message when answered with an empty Response', async () => {
    await start(xml('<?xml version="1.0" encoding="UTF-8"?><Response></Response>'));
    await simulator.control.sendText(phone, { body: 'Hi' });
    await simulator.control.settled();
    assert.equal(simulator.control.messagesOf(phone).length, 1);
  });

  it('send what the answer puts into Message verbs, in order', async () => {
    await start(
      xml(
        '<Response><Message>One &amp; only</Message><Message><Body>Two</Body><Media>https://m.example/x.gif</Media></Message></Response>',
      ),
    );
    await simulator.control.sendText(phone, { body: 'Hi' });
    await simulator.control.settled();
    assert.deepEqual(
      simulator.control
        .messagesOf(phone)
        .slice(1)
        .map(({ direction, from, to, body, mediaUrls, status }) => ({
          direction,
          from,
          to,
          body,
          mediaUrls,
          status,
        })),
      [
        {
          direction: 'to_phone',
          from: mainNumber,
          to: phone,
          body: 'One & only',
          mediaUrls: [],
          status: 'delivered',
        },
        {
          direction: 'to_phone',
          from: mainNumber,
          to: phone,
          body: 'Two',
          mediaUrls: ['https://m.example/x.gif'],
          status: 'delivered',
        },
      ],
    );
  });

  it('report on what the answer sent to the address that the verb names, relative to their own', async () => {
    await start((response, { path }) => {
      response.writeHead(200, { 'content-type': 'text/xml' });
      const verb =
        '<Message statusCallback="/done">Yes</Message><Message statusCallback="http://[">No</Message>';
      response.end(path === '/sms' ? `<Response>${verb}</Response>` : '');
    });
    await simulator.control.sendText(phone, { body: 'Hi' });
    await simulator.control.settled();
    const callbacks = receiver.received.filter(({ path }) => path === '/done');
    assert.deepEqual(callbacks.map(({ parameters }) => parameters.MessageStatus).toSorted(), [
      'delivered',
      'sent',
    ]);
    assert.equal(simulator.control.messagesOf(phone).length, 3);
  });

  it('survive answers that are no TwiML', async () => {
    await start(xml('{"ok":true}'));
    await simulator.control.sendText(phone, { body: 'Hi' });
    await simulator.control.settled();
    assert.equal(simulator.control.messagesOf(phone)[0]?.status, 'received');
  });

  it('carry OptOutType only when the carrier handles opt-outs, which then answers and refuses itself', async () => {
    await start(undefined, '', { carrierHandlesOptOut: true });
    await simulator.control.sendText(phone, { body: ' stop ' });
    await simulator.control.settled();
    assert.equal(receiver.received[0]?.parameters.OptOutType, 'STOP');
    assert.equal(simulator.control.messagesOf(phone).length, 2, 'no answer by the carrier');
    const client = twilioClient(simulator.url);
    await assert.rejects(client.messages.create({ to: phone, from: mainNumber, body: 'x' }), {
      code: 21610,
      status: 400,
    });
    await simulator.control.sendText(phone, { body: 'START' });
    await client.messages.create({ to: phone, from: mainNumber, body: 'x' });
  });

  it('leave opt-outs to the application by default', async () => {
    await start();
    await simulator.control.sendText(phone, { body: 'STOP' });
    await simulator.control.settled();
    assert.equal(receiver.received[0]?.parameters.OptOutType, undefined);
    assert.equal(simulator.control.messagesOf(phone).length, 1);
  });
});
