import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { verifySignature } from '@vonage/jwt';
import { SignJWT, UnsecuredJWT } from 'jose';
import type { ReceivedWebhook } from '../carrier.ts';
import type { SignatureMethod } from './account.ts';
import { smsSignature } from './sms-signature.ts';
import {
  API_KEY,
  NOW,
  privateKey,
  publicKey,
  SECRET,
  signedJson,
  vonageCarrier,
  webhookOf,
} from './test-account.ts';

const INBOUND = '/webhooks/vonage/inbound';
const STATUS = '/webhooks/vonage/status';
const carrier = vonageCarrier();

/** As Vonage publishes it, with numbers that belong to nobody. */
const inbound = {
  channel: 'sms',
  message_uuid: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
  to: '14155550199',
  from: '14155550101',
  timestamp: '2026-03-04T19:59:58.000Z',
  message_type: 'text',
  text: 'Hello, world',
  sms: { num_messages: '1', keyword: 'HELLO' },
  usage: { currency: 'EUR', price: '0.0333' },
};
const status = {
  message_uuid: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
  to: '14155550101',
  from: '14155550199',
  timestamp: '2026-03-04T20:00:00.000Z',
  status: 'undeliverable',
  error: {
    type: 'https://developer.vonage.com/api-errors/messages#1190',
    title: '1190',
    detail: 'Absent Subscriber Permanent',
    instance: 'bf0ca0bf927b3b52e3cb03217e1a1ddf',
  },
  usage: { currency: 'EUR', price: '0.0333' },
  client_ref: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11:6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60',
  channel: 'sms',
};

describe('a webhook of the Messages API', () => {
  it('is taken as genuine with a token over its bytes, which the library of Vonage takes as well', async () => {
    const webhook = await signedJson(INBOUND, inbound);
    assert.equal(await carrier.verifyWebhook(webhook), 'genuine');
    const token = webhook.header('authorization')?.replace('Bearer ', '') ?? '';
    assert.equal(verifySignature(token, SECRET), true);
  });

  const claims: Record<string, Record<string, unknown>> = {
    'for another account': { api_key: 'zzzz9999' },
    'for no account': { api_key: undefined },
    'without a hash of the body': { payload_hash: undefined },
    'with the hash of another body': { payload_hash: createHash('sha256').update('{}').digest('hex') },
    'with a hash that is no text': { payload_hash: 1 },
    'without a time': { iat: undefined },
    'that is older than Vonage repeats': { iat: NOW.getTime() / 1_000 - 26 * 3_600 },
    'of the future': { iat: NOW.getTime() / 1_000 + 600 },
    'that has expired': { exp: NOW.getTime() / 1_000 - 600 },
  };
  for (const [how, given] of Object.entries(claims)) {
    it(`is refused with a token ${how}`, async () => {
      assert.equal(await carrier.verifyWebhook(await signedJson(INBOUND, inbound, given)), 'forged');
    });
  }

  it('is taken in for as long as Vonage repeats it', async () => {
    const late = { iat: NOW.getTime() / 1_000 - 24 * 3_600 };
    assert.equal(await carrier.verifyWebhook(await signedJson(INBOUND, inbound, late)), 'genuine');
  });

  it('is refused when a byte of the body was changed', async () => {
    const webhook = await signedJson(INBOUND, inbound);
    const body = Buffer.from(webhook.body.toString().replace('Hello', 'STOP!'));
    assert.equal(await carrier.verifyWebhook({ ...webhook, body }), 'forged');
  });

  it('is refused with another secret', async () => {
    assert.equal(await carrier.verifyWebhook(await signedJson(INBOUND, inbound, {}, 'guessed')), 'forged');
  });

  it('is refused with another algorithm, also one that the library of Vonage takes', async () => {
    const body = Buffer.from(JSON.stringify(inbound));
    const payload = {
      api_key: API_KEY,
      payload_hash: createHash('sha256').update(body).digest('hex'),
      iat: NOW.getTime() / 1_000,
    };
    const rs256 = await new SignJWT(payload).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    assert.equal(verifySignature(rs256, publicKey.export({ type: 'spki', format: 'pem' }).toString()), true);
    const hs512 = await new SignJWT(payload)
      .setProtectedHeader({ alg: 'HS512' })
      .sign(Buffer.from(SECRET.repeat(3)));
    const none = new UnsecuredJWT(payload).encode();
    for (const token of [rs256, hs512, none, `${none}x`, 'not.a.token', 'x']) {
      const webhook = webhookOf({ target: INBOUND, body, authorization: `Bearer ${token}` });
      assert.equal(await carrier.verifyWebhook(webhook), 'forged', token);
    }
    const basic = webhookOf({ target: INBOUND, body, authorization: 'Basic YTpi' });
    assert.equal(await carrier.verifyWebhook(basic), 'forged');
  });

  it('without any token is asked for again, if it looks like one of theirs', async () => {
    const body = Buffer.from(JSON.stringify(inbound));
    assert.equal(await carrier.verifyWebhook(webhookOf({ target: INBOUND, body })), 'undecided');
    for (const other of ['', '{}', 'no JSON', '[]']) {
      const webhook = webhookOf({ target: INBOUND, body: Buffer.from(other) });
      assert.equal(await carrier.verifyWebhook(webhook), 'forged', other);
    }
  });

  it('is about a text or a status, by its path', () => {
    assert.equal(carrier.subjectOf(webhookOf({ target: `${INBOUND}?x=1` })), 'text');
    assert.equal(carrier.subjectOf(webhookOf({ target: '/sms/inbound' })), 'text');
    assert.equal(carrier.subjectOf(webhookOf({ target: `${STATUS}?attempt=1` })), 'status');
    // An account may have one address for both.
    const jsonAt = (target: string, json: object): ReceivedWebhook =>
      webhookOf({ target, body: Buffer.from(JSON.stringify(json)) });
    assert.equal(carrier.subjectOf(jsonAt(INBOUND, status)), 'status');
    assert.equal(carrier.subjectOf(jsonAt(INBOUND, inbound)), 'text');
  });

  it('is read with its numbers and words', async () => {
    assert.deepEqual(carrier.parseInbound(await signedJson(INBOUND, inbound)), {
      kind: 'message',
      message: {
        carrierMessageId: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
        from: '+14155550101',
        to: '+14155550199',
        body: 'Hello, world',
        media: [],
        receivedAt: new Date('2026-03-04T19:59:58.000Z'),
        optOutType: null,
      },
    });
  });

  it('is read with the picture or file that it carries, and the words under it', async () => {
    const parsed = carrier.parseInbound(
      await signedJson(INBOUND, {
        ...inbound,
        channel: 'mms',
        message_type: 'image',
        text: undefined,
        image: { url: 'https://api-us.nexmo.com/v3/media/1b456509', caption: 'My arm', name: 'arm.jpg' },
      }),
    );
    assert.equal(parsed.kind, 'message');
    if (parsed.kind !== 'message') return;
    assert.equal(parsed.message.body, 'My arm');
    assert.deepEqual(parsed.message.media, [
      { url: 'https://api-us.nexmo.com/v3/media/1b456509', contentType: null },
    ]);
  });

  it('with a message of WhatsApp, RCS or Messenger is no text', async () => {
    for (const [channel, from, phoneNumber] of [
      ['whatsapp', '14155550101', '+14155550101'],
      ['rcs', '14155550101', '+14155550101'],
      ['messenger', '0123456789012345678', null],
    ] as const) {
      const parsed = carrier.parseInbound(await signedJson(INBOUND, { ...inbound, channel, from }));
      const { unreachable, ...rest } = { unreachable: null, ...parsed };
      assert.deepEqual(rest, { kind: 'other_channel', channel, phoneNumber });
      assert.ok(unreachable);
    }
  });

  it('from a short code or a name has nobody to answer', async () => {
    for (const from of ['12345', 'CARILLON']) {
      const parsed = carrier.parseInbound(await signedJson(INBOUND, { ...inbound, from }));
      assert.equal(parsed.kind, 'no_phone_number', from);
    }
  });

  it('to a short code of ours names who wrote', async () => {
    const parsed = carrier.parseInbound(await signedJson(INBOUND, { ...inbound, to: '72345' }));
    assert.equal(parsed.kind === 'no_phone_number' && parsed.phoneNumber, '+14155550101');
  });

  for (const missing of ['message_uuid', 'from', 'to', 'channel']) {
    it(`without ${missing} is malformed`, async () => {
      const parsed = carrier.parseInbound(await signedJson(INBOUND, { ...inbound, [missing]: undefined }));
      assert.equal(parsed.kind, 'malformed');
      assert.match(parsed.kind === 'malformed' ? parsed.reason : '', new RegExp(missing));
    });
  }

  it('says which attempt became what, in our words', async () => {
    assert.deepEqual(carrier.parseStatus(await signedJson(STATUS, status)), {
      kind: 'status',
      report: {
        carrierMessageId: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
        status: 'undelivered',
        errorCode: '1190',
        attemptId: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11',
        messageId: '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60',
        phoneNumber: '+14155550101',
      },
    });
    for (const [word, ours] of [
      ['submitted', 'sent'],
      ['delivered', 'delivered'],
      ['read', 'read'],
      ['rejected', 'failed'],
      ['teleported', 'teleported'],
    ]) {
      const parsed = carrier.parseStatus(
        await signedJson(STATUS, { ...status, status: word, error: undefined }),
      );
      assert.equal(parsed.kind === 'status' && parsed.report.status, ours);
      assert.equal(parsed.kind === 'status' && parsed.report.errorCode, null);
    }
  });

  it('believes ids only where they are signed: in the body, not in the address', async () => {
    const target = `${STATUS}?attempt=0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11&message=6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60`;
    for (const client_ref of [undefined, '', 'somebody-elses', 'a:b', '7:']) {
      const parsed = carrier.parseStatus(await signedJson(target, { ...status, client_ref }));
      assert.equal(parsed.kind === 'status' && parsed.report.attemptId, null);
      assert.equal(parsed.kind === 'status' && parsed.report.messageId, null);
    }
  });
});

describe('a webhook of the SMS API', () => {
  /** As Vonage publishes it. */
  const parameters = {
    msisdn: '14155550101',
    to: '14155550199',
    messageId: '0A0000000123ABCD1',
    text: 'You & me = 2',
    type: 'text',
    keyword: 'YOU',
    'api-key': API_KEY,
    'message-timestamp': '2026-03-04 19:59:58',
    timestamp: String(NOW.getTime() / 1_000),
    nonce: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
  };
  const signed = (
    given: Record<string, string>,
    method: SignatureMethod = 'sha256',
    secret = SECRET,
  ): Record<string, string> => ({ ...given, sig: smsSignature(given, secret, method) });
  const asForm = (form: Record<string, string>, target = INBOUND): ReceivedWebhook =>
    webhookOf({ target, form });
  const asQuery = (query: Record<string, string>): ReceivedWebhook =>
    webhookOf({ method: 'GET', target: `${INBOUND}?${new URLSearchParams(query)}` });
  const asJson = (json: Record<string, string>): ReceivedWebhook =>
    webhookOf({ target: INBOUND, body: Buffer.from(JSON.stringify(json)) });

  it('is signed over its sorted parameters, with & and = in values replaced', () => {
    // As OpenSSL computes them: printf '&a=1_2_3&b=xs' | openssl md5, printf '&a=1_2_3&b=x' | openssl dgst -sha256 -hmac s
    const given = { b: 'x', a: '1&2=3', sig: 'not signed itself' };
    assert.equal(smsSignature(given, 's', 'md5hash'), '154b19a49d436bdb37df7ec31a242406');
    assert.equal(
      smsSignature(given, 's', 'sha256'),
      'b5100bc1401c0970ae71785edd757abf1cc11afc3c9a8a59bd7f7d207f0c3e48',
    );
  });

  for (const [how, as] of Object.entries({ 'a query': asQuery, 'a form': asForm, JSON: asJson })) {
    it(`is taken as genuine as ${how}, and read`, async () => {
      const webhook = as(signed(parameters));
      assert.equal(await carrier.verifyWebhook(webhook), 'genuine');
      assert.deepEqual(carrier.parseInbound(webhook), {
        kind: 'message',
        message: {
          carrierMessageId: '0A0000000123ABCD1',
          from: '+14155550101',
          to: '+14155550199',
          body: 'You & me = 2',
          media: [],
          receivedAt: new Date('2026-03-04T19:59:58.000Z'),
          optOutType: null,
        },
      });
    });
  }

  for (const method of ['md5hash', 'md5', 'sha1', 'sha256', 'sha512'] as const) {
    it(`signed by ${method} is taken where the account signs so, and nowhere else`, async () => {
      const webhook = asForm(signed(parameters, method));
      for (const pinned of ['md5hash', 'md5', 'sha1', 'sha256', 'sha512'] as const) {
        const verification = await vonageCarrier({ method: pinned }).verifyWebhook(webhook);
        assert.equal(verification, pinned === method ? 'genuine' : 'forged', pinned);
      }
    });
  }

  it('may have its signature in capital letters', async () => {
    const { sig = '', ...rest } = signed(parameters);
    assert.equal(await carrier.verifyWebhook(asForm({ ...rest, sig: sig.toUpperCase() })), 'genuine');
  });

  const refused: Record<string, Record<string, string>> = {
    'without a signature': parameters,
    'with an empty signature': { ...parameters, sig: '' },
    'with a changed value': { ...signed(parameters), text: 'STOP' },
    'with an additional parameter': { ...signed(parameters), extra: 'x' },
    'with a parameter missing': Object.fromEntries(
      Object.entries(signed(parameters)).filter(([name]) => name !== 'nonce'),
    ),
    'for another account': signed({ ...parameters, 'api-key': 'zzzz9999' }),
    'by another secret': signed(parameters, 'sha256', 'guessed'),
    'without a time': signed(
      Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== 'timestamp')),
    ),
    'older than Vonage repeats': signed({
      ...parameters,
      timestamp: String(NOW.getTime() / 1_000 - 26 * 3_600),
    }),
    'of the future': signed({ ...parameters, timestamp: String(NOW.getTime() / 1_000 + 600) }),
    'of a time that is none': signed({ ...parameters, timestamp: 'now' }),
  };
  for (const [how, given] of Object.entries(refused)) {
    it(`is refused ${how}`, async () => {
      assert.equal(await carrier.verifyWebhook(asForm(given)), 'forged');
      assert.equal(await carrier.verifyWebhook(asQuery(given)), 'forged');
    });
  }

  it('is refused where a parameter hides in the name of another, although the signature holds', async () => {
    const { sig = '', ...rest } = signed(parameters);
    const { text, timestamp, ...others } = rest;
    const hidden = { ...others, [`text=${text?.replaceAll(/[&=]/g, '_')}&timestamp`]: timestamp ?? '', sig };
    assert.equal(smsSignature(hidden, SECRET, 'sha256'), sig, 'the same is signed');
    const withTime = { ...hidden, timestamp: timestamp ?? '' };
    for (const given of [hidden, signed(withTime)]) {
      assert.equal(await carrier.verifyWebhook(asForm(given)), 'forged');
      assert.equal(await carrier.verifyWebhook(asQuery(given)), 'forged');
    }
  });

  it('with a part of a long text says which', () => {
    const part = {
      ...parameters,
      concat: 'true',
      'concat-ref': '08B5',
      'concat-total': '2',
      'concat-part': '1',
    };
    const parsed = carrier.parseInbound(asForm(part));
    assert.deepEqual(parsed.kind === 'message' && parsed.message.part, {
      reference: '08B5',
      number: 1,
      count: 2,
    });
    for (const broken of [{ 'concat-part': '3' }, { 'concat-total': 'x' }, { 'concat-part': '0' }]) {
      assert.equal(carrier.parseInbound(asForm({ ...part, ...broken })).kind, 'malformed');
    }
    const alone = carrier.parseInbound(asForm({ ...part, 'concat-total': '1' }));
    assert.equal(alone.kind === 'message' && 'part' in alone.message, false);
  });

  it('with raw bytes is no text', () => {
    assert.equal(carrier.parseInbound(asForm({ ...parameters, type: 'binary' })).kind, 'binary');
  });

  it('with a delivery receipt says what became of a message, and whom it went to', () => {
    const receipt = {
      msisdn: '14155550101',
      to: '14155550199',
      'network-code': '310260',
      messageId: '0A0000001234567B',
      price: '0.03330000',
      status: 'failed',
      scts: '2603041958',
      'err-code': '2',
      'api-key': API_KEY,
      'client-ref': status.client_ref,
      'message-timestamp': '2026-03-04 19:59:58',
    };
    for (const address of [STATUS, INBOUND, '/sms/inbound']) {
      assert.equal(carrier.subjectOf(asForm(receipt, address)), 'status');
    }
    assert.equal(carrier.subjectOf(asForm(parameters, '/sms/inbound')), 'text');
    assert.deepEqual(carrier.parseStatus(asForm(receipt, STATUS)), {
      kind: 'status',
      report: {
        carrierMessageId: '0A0000001234567B',
        status: 'undelivered',
        errorCode: '2',
        attemptId: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11',
        messageId: '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60',
        phoneNumber: '+14155550101',
      },
    });
    for (const [word, ours] of [
      ['delivered', 'delivered'],
      ['expired', 'undelivered'],
      ['rejected', 'failed'],
      ['accepted', 'sent'],
      ['buffered', 'sending'],
      ['unknown', 'unknown'],
    ] as const) {
      const parsed = carrier.parseStatus(asForm({ ...receipt, status: word, 'err-code': '0' }, STATUS));
      assert.equal(parsed.kind === 'status' && parsed.report.status, ours);
      assert.equal(parsed.kind === 'status' && parsed.report.errorCode, null);
    }
  });
});
