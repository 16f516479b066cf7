import assert from 'node:assert/strict';
import type { ReceivedWebhook } from '../carrier.ts';
import { addressesOfAws } from './sns-addresses.ts';
import { CERTIFICATE_PATH, startTestTopic, type TestTopic, TOPIC } from './test-topic.ts';

/** As AWS publishes them, with numbers that belong to nobody. */
const text = {
  originationNumber: '+14155550101',
  destinationNumber: '+14155550199',
  messageKeyword: 'KEYWORD_123456789012',
  messageBody: 'Hello, world',
  inboundMessageId: 'cae173d2-66b9-564c-8309-21f858e9fb84',
  previousPublishedMessageId: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const event = {
  eventType: 'TEXT_SUCCESSFUL',
  eventVersion: '1.0',
  eventTimestamp: 1_686_975_103_470,
  isFinal: true,
  originationPhoneNumber: '+14155550199',
  destinationPhoneNumber: '+14155550101',
  isInternationalSend: false,
  mcc: '310',
  mnc: '800',
  messageId: '862a8790-60c0-4430-9b2b-658bdexample',
  messageRequestTimestamp: 1_686_975_103_170,
  messageEncoding: 'GSM',
  messageType: 'PROMOTIONAL',
  messageStatus: 'SUCCESSFUL',
  messageStatusDescription: 'Message has been accepted by phone carrier',
  context: {
    attempt: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11',
    message: '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60',
  },
  totalMessageParts: 1,
  totalMessagePrice: 0.09582,
  totalCarrierFee: 0.0,
};

describe('a notification of SNS', () => {
  let topic: TestTopic;
  before(async () => {
    topic = await startTestTopic();
  });
  after(async () => {
    await topic.close();
  });
  afterEach(() => {
    topic.answer = null;
    topic.asked.length = 0;
  });

  for (const version of ['1', '2'] as const) {
    it(`is genuine with a signature of version ${version}, also with a subject`, async () => {
      const carrier = topic.carrier();
      assert.equal(await carrier.verifyWebhook(topic.notification(text, { version })), 'genuine');
      const subject = { version, changes: { Subject: 'A subject' } };
      assert.equal(await carrier.verifyWebhook(topic.notification(text, subject)), 'genuine');
      assert.equal(await carrier.verifyWebhook(topic.subscription({ version })), 'genuine');
    });
  }

  it('asks for a certificate once, however many come together and later', async () => {
    const carrier = topic.carrier();
    const verifications = await Promise.all(
      Array.from({ length: 20 }, () => carrier.verifyWebhook(topic.notification(text))),
    );
    assert.deepEqual(new Set(verifications), new Set(['genuine']));
    await carrier.verifyWebhook(topic.notification(event));
    assert.deepEqual(topic.asked, [CERTIFICATE_PATH]);
  });

  const forgeries: Record<string, () => ReceivedWebhook> = {
    'a changed message': () => topic.notification(text, { tampered: { Message: '{"messageBody":"STOP"}' } }),
    'a changed time': () => topic.notification(text, { tampered: { Timestamp: '2026-03-04T21:00:00.000Z' } }),
    'another type': () =>
      topic.notification(text, {
        tampered: { Type: 'UnsubscribeConfirmation', SubscribeURL: 'x', Token: 'x' },
      }),
    'an added subject': () => topic.notification(text, { tampered: { Subject: 'x' } }),
    'the other version of signature': () => topic.notification(text, { tampered: { SignatureVersion: '1' } }),
    'a version that there is not': () => topic.notification(text, { tampered: { SignatureVersion: '3' } }),
    'no signature': () => topic.notification(text, { tampered: { Signature: undefined } }),
    'an empty signature': () => topic.notification(text, { tampered: { Signature: '' } }),
    'a signature of nothing': () => topic.notification(text, { tampered: { Signature: 'AAAA' } }),
    'another address to confirm': () =>
      topic.subscription({ tampered: { SubscribeURL: 'https://example.org/' } }),
  };
  for (const [how, forgery] of Object.entries(forgeries)) {
    it(`is refused with ${how}`, async () => {
      assert.equal(await topic.carrier().verifyWebhook(forgery()), 'forged');
    });
  }

  const unasked: Record<string, () => ReceivedWebhook> = {
    'of a topic that is not ours, however well signed': () =>
      topic.notification(text, { changes: { TopicArn: `${TOPIC}-2` } }),
    'with a certificate from elsewhere': () =>
      topic.notification(text, { changes: { SigningCertURL: `https://example.org${CERTIFICATE_PATH}` } }),
    'with a certificate under another path': () =>
      topic.notification(text, { changes: { SigningCertURL: `${topic.origin}/latest/meta-data.pem` } }),
    'with a certificate in a query': () =>
      topic.notification(text, { changes: { SigningCertURL: `${topic.origin}${CERTIFICATE_PATH}?x=1` } }),
    'that is no envelope': () => ({ ...topic.notification(text), body: Buffer.from(JSON.stringify(text)) }),
    'that is no JSON': () => ({ ...topic.notification(text), body: Buffer.from('Hello') }),
    'without a body': () => ({ ...topic.notification(text), body: Buffer.alloc(0) }),
  };
  for (const [how, forgery] of Object.entries(unasked)) {
    it(`is refused ${how}, and nothing is asked for`, async () => {
      assert.equal(await topic.carrier().verifyWebhook(forgery()), 'forged');
      assert.deepEqual(topic.asked, []);
    });
  }

  it('is undecided while the certificate cannot be had, and genuine afterwards', async () => {
    const carrier = topic.carrier();
    topic.answer = { status: 503, body: '' };
    assert.equal(await carrier.verifyWebhook(topic.notification(text)), 'undecided');
    topic.answer = null;
    assert.equal(await carrier.verifyWebhook(topic.notification(text)), 'genuine');
  });

  it('is undecided when the address of its certificate leads elsewhere: nobody follows', async () => {
    topic.answer = { status: 302, body: '' };
    assert.equal(await topic.carrier().verifyWebhook(topic.notification(text)), 'undecided');
    assert.equal(topic.asked.length, 1);
  });

  it('is refused where there is no certificate, or one that is too long, and that is asked once', async () => {
    for (const answer of [
      { status: 404, body: '' },
      { status: 200, body: 'no certificate' },
      { status: 200, body: 'x'.repeat(70_000) },
    ]) {
      const carrier = topic.carrier();
      topic.answer = answer;
      topic.asked.length = 0;
      assert.equal(await carrier.verifyWebhook(topic.notification(text)), 'forged');
      assert.equal(await carrier.verifyWebhook(topic.notification(text)), 'forged');
      assert.equal(topic.asked.length, 1);
    }
  });

  it('is refused when the certificate has expired', async () => {
    const later = topic.carrier({ now: new Date('2027-02-01T00:00:00Z') });
    assert.equal(await later.verifyWebhook(topic.notification(text)), 'forged');
  });

  it('is about a text, a status, a subscription or nothing, by its content', () => {
    const { subjectOf } = topic.carrier();
    assert.equal(subjectOf(topic.notification(text)), 'text');
    assert.equal(subjectOf(topic.notification(event)), 'status');
    assert.equal(subjectOf(topic.subscription()), 'subscription');
    assert.equal(subjectOf(topic.subscription({ changes: { Type: 'UnsubscribeConfirmation' } })), 'nothing');
    for (const other of [
      'Hello',
      '7',
      { eventType: 'VOICE_COMPLETED' },
      { eventType: 'MEDIA_DELIVERED' },
      {},
    ]) {
      assert.equal(subjectOf(topic.notification(other)), 'nothing');
    }
  });

  it('confirms a subscription at the address that it names, once it was verified', async () => {
    const carrier = topic.carrier();
    topic.answer = { status: 200, body: '<ConfirmSubscriptionResponse/>' };
    await carrier.confirmSubscription?.(topic.subscription());
    assert.equal(topic.asked.length, 1);
    assert.match(topic.asked[0] ?? '', /^\/\?Action=ConfirmSubscription&/);
  });

  it('confirms nothing elsewhere, and says when it was not confirmed', async () => {
    const carrier = topic.carrier();
    for (const SubscribeURL of [
      'https://example.org/?Action=ConfirmSubscription',
      `${topic.origin}/admin?Action=ConfirmSubscription`,
      `${topic.origin}/?Action=DeleteTopic`,
    ]) {
      const elsewhere = topic.subscription({ changes: { SubscribeURL } });
      await assert.rejects(async () => carrier.confirmSubscription?.(elsewhere), /elsewhere/);
    }
    assert.deepEqual(topic.asked, []);
    for (const status of [302, 403, 500]) {
      topic.answer = { status, body: '' };
      await assert.rejects(async () => carrier.confirmSubscription?.(topic.subscription()), {
        code: 'unavailable',
      });
    }
  });

  it('is read as a text with its numbers and words, and the time of its envelope', () => {
    assert.deepEqual(topic.carrier().parseInbound(topic.notification(text)), {
      kind: 'message',
      message: {
        carrierMessageId: 'cae173d2-66b9-564c-8309-21f858e9fb84',
        from: '+14155550101',
        to: '+14155550199',
        body: 'Hello, world',
        media: [],
        receivedAt: new Date('2026-03-04T20:00:00.000Z'),
        optOutType: null,
      },
    });
    const code = topic.carrier().parseInbound(topic.notification({ ...text, originationNumber: '12345' }));
    assert.equal(code.kind === 'no_phone_number' && code.phoneNumber, null);
    const ours = topic.carrier().parseInbound(topic.notification({ ...text, destinationNumber: '72345' }));
    assert.equal(ours.kind === 'no_phone_number' && ours.phoneNumber, '+14155550101');
  });

  it('has the verdict of AWS only where AWS handles opt-outs', () => {
    for (const [messageKeyword, verdict] of [
      ['STOP', 'STOP'],
      ['stop', 'STOP'],
      ['ARRET', 'STOP'],
      ['TD', 'STOP'],
      ['HELP', 'HELP'],
      ['JOIN', null],
    ] as const) {
      const webhook = topic.notification({ ...text, messageKeyword });
      const handled = topic.carrier({ handlesOptOut: true }).parseInbound(webhook);
      assert.equal(handled.kind === 'message' && handled.message.optOutType, verdict, messageKeyword);
      const ours = topic.carrier().parseInbound(webhook);
      assert.equal(ours.kind === 'message' && ours.message.optOutType, null);
    }
  });

  for (const missing of ['inboundMessageId', 'originationNumber', 'destinationNumber']) {
    it(`is malformed as a text without ${missing}`, () => {
      const parsed = topic.carrier().parseInbound(topic.notification({ ...text, [missing]: undefined }));
      assert.equal(parsed.kind, 'malformed');
    });
  }

  it('says which attempt became what', () => {
    assert.deepEqual(topic.carrier().parseStatus(topic.notification(event)), {
      kind: 'status',
      report: {
        carrierMessageId: '862a8790-60c0-4430-9b2b-658bdexample',
        status: 'delivered',
        errorCode: null,
        attemptId: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11',
        messageId: '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60',
        phoneNumber: '+14155550101',
      },
    });
  });

  for (const [word, isFinal, status, errorCode] of [
    ['QUEUED', false, 'queued', null],
    ['PENDING', false, 'sending', null],
    ['SENT', false, 'sent', null],
    ['SUCCESSFUL', false, 'sent', null],
    ['SUCCESSFUL', true, 'delivered', null],
    ['DELIVERED', true, 'delivered', null],
    ['UNKNOWN', false, 'sent', null],
    ['UNKNOWN', true, 'sent_unconfirmed', null],
    ['UNREACHABLE', false, 'sent', null],
    ['UNREACHABLE', true, 'undelivered', 'UNREACHABLE'],
    ['TTL_EXPIRED', true, 'undelivered', 'TTL_EXPIRED'],
    ['CARRIER_BLOCKED', true, 'undelivered', 'CARRIER_BLOCKED'],
    ['SPAM', true, 'failed', 'SPAM'],
    ['PROTECT_BLOCKED', true, 'failed', 'PROTECT_BLOCKED'],
    ['INVALID', true, 'failed', 'INVALID'],
    ['TELEPORTED', true, 'TELEPORTED', null],
  ] as const) {
    it(`says of ${word}, ${isFinal ? 'the end' : 'on the way'}, that it is ${status}`, () => {
      const changed = { ...event, eventType: `TEXT_${word}`, messageStatus: word, isFinal };
      const parsed = topic.carrier().parseStatus(topic.notification(changed));
      assert.equal(parsed.kind === 'status' && parsed.report.status, status);
      assert.equal(parsed.kind === 'status' && parsed.report.errorCode, errorCode);
    });
  }

  it('has no ids of ours where somebody else sent the message', () => {
    for (const context of [undefined, null, {}, { attempt: '7' }]) {
      const parsed = topic.carrier().parseStatus(topic.notification({ ...event, context }));
      assert.equal(parsed.kind === 'status' && parsed.report.attemptId, null);
    }
  });
});

describe('addresses that may be asked', () => {
  const region = 'us-east-1';
  const path = CERTIFICATE_PATH;
  it('are those of SNS in the region of the topic', () => {
    assert.equal(addressesOfAws.isCertificate(`https://sns.us-east-1.amazonaws.com${path}`, region), true);
    assert.equal(
      addressesOfAws.isCertificate(`https://sns.cn-north-1.amazonaws.com.cn${path}`, 'cn-north-1'),
      true,
    );
    assert.equal(
      addressesOfAws.isConfirmation(
        'https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=1',
        region,
      ),
      true,
    );
  });

  for (const url of [
    `http://sns.us-east-1.amazonaws.com${path}`,
    `https://sns.us-west-2.amazonaws.com${path}`,
    `https://sns.us-east-1.amazonaws.com:8443${path}`,
    `https://user@sns.us-east-1.amazonaws.com${path}`,
    `https://user:word@sns.us-east-1.amazonaws.com${path}`,
    `https://sns.us-east-1.amazonaws.com.example.org${path}`,
    `https://example.org/sns.us-east-1.amazonaws.com${path}`,
    `https://bucket.s3.us-east-1.amazonaws.com${path}`,
    `https://sns.us-east-1.amazonaws.com/other.pem`,
    `https://sns.us-east-1.amazonaws.com${path}.txt`,
    `https://sns.us-east-1.amazonaws.com/..${path}/../x.pem`,
    `https://169.254.169.254${path}`,
    'not an address',
    '',
  ]) {
    it(`are not ${JSON.stringify(url)}`, () => {
      assert.equal(addressesOfAws.isCertificate(url, region), false);
      assert.equal(addressesOfAws.isConfirmation(url, region), false);
    });
  }
});
