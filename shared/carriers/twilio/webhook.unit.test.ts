import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import twilio from 'twilio';
import type { ReceivedWebhook } from '../carrier.ts';
import { createTwilioCarrier } from './carrier.ts';

const carrierAt = (publicUrl: string) =>
  createTwilioCarrier({
    TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000000',
    TWILIO_AUTH_TOKEN: '12345',
    TWILIO_API_URL: 'https://api.twilio.com',
    PUBLIC_URL: publicUrl,
  });
const carrier = carrierAt('https://mycompany.com');

function webhook(
  target: string,
  parameters: readonly (readonly [string, string])[],
  signature?: string,
  body = '',
): ReceivedWebhook {
  const values = new Map<string, string[]>();
  for (const [name, value] of parameters) values.set(name, [...(values.get(name) ?? []), value]);
  return {
    method: 'POST',
    target,
    header: (name) => (name === 'x-twilio-signature' ? signature : undefined),
    body: Buffer.from(body),
    parameters: values,
  };
}

describe('the signature of a webhook', () => {
  // Vector of the carrier's own library, version 6.2.0, for the auth token 12345.
  const target = '/myapp.php?foo=1&bar=2';
  const signature = '0/KCTR6DLpKmkAf8muzZqo1nDgQ=';
  const parameters = [
    ['CallSid', 'CA1234567890ABCDE'],
    ['Caller', '+12349013030'],
    ['Digits', '1234'],
    ['From', '+12349013030'],
    ['To', '+18005551212'],
  ] as const;

  it('is accepted over the public address, path, query and all parameters', async () => {
    assert.equal(await carrier.verifyWebhook(webhook(target, parameters, signature)), 'genuine');
  });

  it('does not depend on the order of the parameters', async () => {
    assert.equal(await carrier.verifyWebhook(webhook(target, parameters.toReversed(), signature)), 'genuine');
  });

  it('is accepted when the public address names the standard port', async () => {
    const withPort = carrierAt('https://mycompany.com:443');
    assert.equal(await withPort.verifyWebhook(webhook(target, parameters, signature)), 'genuine');
  });

  it('is taken over the hash of the body, and the body has that hash, when the address carries one', async () => {
    const hashed =
      '/myapp.php?foo=1&bar=2&bodySHA256=d5729c000e5de6b3a10698fec78d482db85d744f1be820d1382b6bda1cfb7795';
    const sign = 'cw/F1H7TQOSHvvwJMI1fx6+2WjA=';
    const body = '{"property":"value","boolean":true}';
    assert.equal(await carrier.verifyWebhook(webhook(hashed, [], sign, body)), 'genuine');
    assert.equal(
      await carrier.verifyWebhook(webhook(hashed, [], sign, body.replace('true', 'false'))),
      'forged',
    );
  });

  it('is taken over the bytes of the body, not over what they read as', async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0x7d]);
    const hashed = `/x?bodySHA256=${createHash('sha256').update(bytes).digest('hex')}`;
    const url = `https://mycompany.com${hashed}`;
    const sign = twilio.getExpectedTwilioSignature('12345', url, {});
    const ofBytes = (body: Buffer): ReceivedWebhook => ({ ...webhook(hashed, [], sign), body });
    assert.equal(await carrier.verifyWebhook(ofBytes(bytes)), 'genuine');
    // Another byte that is no UTF-8 either, and what both of them read as.
    assert.equal(await carrier.verifyWebhook(ofBytes(Buffer.from([0x7b, 0xfe, 0x7d]))), 'forged');
    assert.equal(await carrier.verifyWebhook(ofBytes(Buffer.from('{\ufffd}'))), 'forged');
  });

  it('counts each value of a repeated parameter once, in any order', async () => {
    const media = [
      ['MediaUrl', 'https://b.example'],
      ['MediaUrl', 'https://a.example'],
    ] as const;
    const [b, a] = media;
    // HMAC-SHA1 over the address and MediaUrlhttps://a.exampleMediaUrlhttps://b.example
    const signed = 'yO/spnJ8acSZvAeG5ZJF0mLJPCQ=';
    for (const order of [
      [b, a],
      [a, b],
      [a, b, a],
    ]) {
      assert.equal(await carrier.verifyWebhook(webhook('/media', order, signed)), 'genuine');
    }
    assert.equal(await carrier.verifyWebhook(webhook('/media', [a], signed)), 'forged');
  });

  const refused: Record<string, ReceivedWebhook> = {
    'without a signature': webhook(target, parameters),
    'with an empty signature': webhook(target, parameters, ''),
    'with a signature of another length': webhook(target, parameters, `${signature}=`),
    'with an additional parameter': webhook(target, [...parameters, ['Extra', 'x']], signature),
    'with a parameter missing': webhook(target, parameters.slice(1), signature),
    'with a changed value': webhook(target, [...parameters.slice(1), ['CallSid', 'CA0']], signature),
    'with another path': webhook('/myapp.php5?foo=1&bar=2', parameters, signature),
    'with another query': webhook('/myapp.php?foo=1&bar=3', parameters, signature),
    'with an address instead of a path': webhook(`https://mycompany.com${target}`, parameters, signature),
  };
  for (const [how, request] of Object.entries(refused)) {
    it(`is refused ${how}`, async () => assert.equal(await carrier.verifyWebhook(request), 'forged'));
  }

  it('is refused for another host or another port than the public address has', async () => {
    const elsewhere = carrierAt('https://elsewhere.example');
    assert.equal(await elsewhere.verifyWebhook(webhook(target, parameters, signature)), 'forged');
    const overPort8443 = 'SffuNP6bC3hHFCUbsco6GyaPyas=';
    assert.equal(await carrier.verifyWebhook(webhook(target, parameters, overPort8443)), 'forged');
    const port1234 = carrierAt('https://mycompany.com:1234');
    assert.equal(await port1234.verifyWebhook(webhook(target, parameters, overPort8443)), 'forged');
    const port8443 = carrierAt('https://mycompany.com:8443');
    assert.equal(await port8443.verifyWebhook(webhook(target, parameters, overPort8443)), 'genuine');
  });
});

describe('an inbound message', () => {
  const message = [
    ['MessageSid', 'SM0123456789abcdef0123456789abcdef'],
    ['AccountSid', 'AC00000000000000000000000000000000'],
    ['From', '+14155550101'],
    ['To', '+14155550199'],
    ['Body', 'Hello, world'],
    ['NumMedia', '0'],
  ] as const;

  it('is read with its numbers and words', () => {
    assert.deepEqual(carrier.parseInbound(webhook('/webhooks/twilio/sms', message)), {
      kind: 'message',
      message: {
        carrierMessageId: 'SM0123456789abcdef0123456789abcdef',
        from: '+14155550101',
        to: '+14155550199',
        body: 'Hello, world',
        media: [],
        receivedAt: null,
        optOutType: null,
      },
    });
  });

  const variants: Record<string, { parameters: [string, string][]; sees: Record<string, unknown> }> = {
    'from a Mexican mobile in the old form by the new form': {
      parameters: [['From', '+5215555550101']],
      sees: { from: '+525555550101' },
    },
    "with the carrier's verdict": { parameters: [['OptOutType', 'STOP']], sees: { optOutType: 'STOP' } },
    'with a verdict that we do not know as if it had none': {
      parameters: [['OptOutType', 'PAUSE']],
      sees: { optOutType: null },
    },
    'with as many media as it says': {
      parameters: [
        ['NumMedia', '2'],
        ['MediaUrl0', 'https://api.twilio.com/a'],
        ['MediaContentType0', 'image/jpeg'],
        ['MediaUrl1', 'https://api.twilio.com/b'],
        ['MediaUrl2', 'https://api.twilio.com/not-counted'],
      ],
      sees: {
        media: [
          { url: 'https://api.twilio.com/a', contentType: 'image/jpeg' },
          { url: 'https://api.twilio.com/b', contentType: null },
        ],
      },
    },
    'without the characters that the database cannot store': {
      parameters: [['Body', 'a\0b']],
      sees: { body: 'ab' },
    },
    'with parameters that nobody told us about': {
      parameters: [
        ['SomethingNew', 'x'],
        ['__proto__', 'x'],
      ],
      sees: { body: 'Hello, world' },
    },
  };
  for (const [how, { parameters, sees }] of Object.entries(variants)) {
    it(`is read ${how}`, () => {
      const replaced = new Set(parameters.map(([name]) => name));
      const all = [...message.filter(([name]) => !replaced.has(name)), ...parameters];
      const parsed = carrier.parseInbound(webhook('/webhooks/twilio/sms', all));
      assert.equal(parsed.kind, 'message');
      if (parsed.kind === 'message') {
        assert.deepEqual(parsed.message, { ...parsed.message, ...sees });
      }
    });
  }

  it('may have no body', () => {
    const parsed = carrier.parseInbound(
      webhook(
        '/webhooks/twilio/sms',
        message.filter(([name]) => name !== 'Body'),
      ),
    );
    assert.equal(parsed.kind === 'message' && parsed.message.body, '');
  });

  it('to a short code of ours names who wrote, and the verdict of the carrier', () => {
    const changed: [string, string][] = [
      ['To', '72345'],
      ['OptOutType', 'STOP'],
    ];
    const parsed = carrier.parseInbound(
      webhook('/webhooks/twilio/sms', [...message.filter(([name]) => name !== 'To'), ...changed]),
    );
    assert.ok(parsed.kind === 'no_phone_number');
    assert.deepEqual([parsed.phoneNumber, parsed.optOutType], ['+14155550101', 'STOP']);
  });

  for (const from of ['12345', 'CARILLON', '4155550101']) {
    it(`from ${JSON.stringify(from)} has nobody to answer`, () => {
      const parsed = carrier.parseInbound(
        webhook('/webhooks/twilio/sms', [...message.filter(([name]) => name !== 'From'), ['From', from]]),
      );
      assert.deepEqual(parsed, {
        kind: 'no_phone_number',
        phoneNumber: null,
        optOutType: null,
        unreachable: {
          carrierMessageId: 'SM0123456789abcdef0123456789abcdef',
          from,
          to: '+14155550199',
          body: 'Hello, world',
        },
      });
    });
  }

  for (const [from, to, channel, phoneNumber] of [
    ['whatsapp:+14155550101', '+14155550199', 'whatsapp', '+14155550101'],
    ['+14155550101', 'whatsapp:+14155550199', 'whatsapp', '+14155550101'],
    ['rcs:+14155550101', 'rcs:brand_agent', 'rcs', '+14155550101'],
    ['+14155550101', 'rcs:brand_agent', 'rcs', '+14155550101'],
    ['messenger:1234', 'messenger:5678', 'other', null],
  ] as const) {
    it(`from ${from} to ${to} is no text`, () => {
      const addressed = [...message.filter(([name]) => name !== 'From' && name !== 'To')];
      const parsed = carrier.parseInbound(
        webhook('/webhooks/twilio/sms', [...addressed, ['From', from], ['To', to]]),
      );
      const { unreachable, ...rest } = { unreachable: null, ...parsed };
      assert.deepEqual(rest, { kind: 'other_channel', channel, phoneNumber });
      assert.ok(unreachable);
    });
  }

  for (const [from, number] of [
    ['whatsapp:+14155550101', '+14155550101'],
    ['whatsapp:+5215555550101', '+525555550101'],
  ] as const) {
    it(`from ${from} to a number on WhatsApp is one of the person there`, () => {
      const addressed = [...message.filter(([name]) => name !== 'From' && name !== 'To')];
      const parsed = carrier.parseInbound(
        webhook('/webhooks/twilio/sms', [...addressed, ['From', from], ['To', 'whatsapp:+14155550199']]),
      );
      assert.ok(parsed.kind === 'message');
      assert.deepEqual([parsed.message.from, parsed.message.to], [number, 'whatsapp:+14155550199']);
    });
  }

  for (const missing of ['MessageSid', 'From', 'To']) {
    it(`without ${missing} is malformed`, () => {
      const parsed = carrier.parseInbound(
        webhook(
          '/webhooks/twilio/sms',
          message.filter(([name]) => name !== missing),
        ),
      );
      assert.equal(parsed.kind, 'malformed');
      assert.match(parsed.kind === 'malformed' ? parsed.reason : '', new RegExp(missing));
    });
  }
});

describe('a status callback', () => {
  const status = [
    ['MessageSid', 'SM0123456789abcdef0123456789abcdef'],
    ['MessageStatus', 'undelivered'],
    ['ErrorCode', '30003'],
    ['From', '+14155550199'],
    ['To', '+14155550101'],
    ['RawDlrDoneDate', '2611211200'],
  ] as const;
  const ours =
    '/webhooks/twilio/status?attempt=0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11&message=6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60';

  it('says which attempt became what', () => {
    assert.deepEqual(carrier.parseStatus(webhook(ours, status)), {
      kind: 'status',
      report: {
        carrierMessageId: 'SM0123456789abcdef0123456789abcdef',
        status: 'undelivered',
        errorCode: '30003',
        attemptId: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11',
        messageId: '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60',
        phoneNumber: '+14155550101',
      },
    });
  });

  it('is read without ids when its address is not one of ours', () => {
    for (const target of ['/webhooks/twilio/status', '/webhooks/twilio/status?attempt=7&message=']) {
      const parsed = carrier.parseStatus(webhook(target, status));
      assert.equal(parsed.kind === 'status' && parsed.report.attemptId, null);
      assert.equal(parsed.kind === 'status' && parsed.report.messageId, null);
    }
  });

  it('keeps a word that no table knows', () => {
    const parsed = carrier.parseStatus(
      webhook(ours, [
        ['MessageSid', 'SM1'],
        ['MessageStatus', 'teleported'],
      ]),
    );
    assert.equal(parsed.kind === 'status' && parsed.report.status, 'teleported');
    assert.equal(parsed.kind === 'status' && parsed.report.phoneNumber, null);
  });

  for (const none of ['', '0']) {
    it(`has no error when the code is ${JSON.stringify(none)}`, () => {
      const parsed = carrier.parseStatus(
        webhook(ours, [...status.filter(([name]) => name !== 'ErrorCode'), ['ErrorCode', none]]),
      );
      assert.equal(parsed.kind === 'status' && parsed.report.errorCode, null);
    });
  }

  for (const missing of ['MessageSid', 'MessageStatus']) {
    it(`without ${missing} is malformed`, () => {
      const parsed = carrier.parseStatus(
        webhook(
          ours,
          status.filter(([name]) => name !== missing),
        ),
      );
      assert.equal(parsed.kind, 'malformed');
    });
  }
});
