import assert from 'node:assert/strict';
import fc, { type Arbitrary } from 'fast-check';
import twilio from 'twilio';
import { startTestTopic, type TestTopic, TOPIC } from '#shared/carriers/aws/test-topic.ts';
import type { ReceivedWebhook } from '#shared/carriers/carrier.ts';
import { fromVonage } from '#shared/carriers/vonage/numbers.ts';
import { smsSignature } from '#shared/carriers/vonage/sms-signature.ts';
import { API_KEY, NOW, SECRET, signedJson, vonageCarrier } from '#shared/carriers/vonage/test-account.ts';
import { OLD_INBOUND_PATH, voicePaths, webhookPaths } from '#shared/carriers/webhook-addresses.ts';
import { runs } from '#test/properties/runs.ts';
import { contentOf, lookOver } from '#test/stack/content-of.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { OURS, PERSON, startTestGateway, type TestGateway } from '../../apps/gateway/test-gateway.ts';
import { MAX_BODY_BYTES } from '../../apps/gateway/webhooks.ts';
import { openWire, type Wire, type WireRequest } from '../api/exchange.ts';
import { hostileText, hostileValue, rawBodies } from '../api/hostile.ts';
import { encode } from '../api/requests.ts';
import { exchangeRaw, statusesIn } from './raw.ts';

const PATHS = [
  ...Object.values(webhookPaths('twilio')),
  ...Object.values(voicePaths('twilio')),
  ...Object.values(webhookPaths('vonage')),
  OLD_INBOUND_PATH,
  webhookPaths('aws').inbound,
];

/** What a webhook is made of, for whoever would like to have one believed. */
const genuineLooking: Record<string, string> = {
  MessageSid: 'SM1',
  CallSid: 'CA1',
  From: PERSON,
  To: OURS,
  Body: 'STOP',
  MessageStatus: 'delivered',
  Digits: '9',
  'api-key': API_KEY,
  msisdn: PERSON.slice(1),
  to: OURS.slice(1),
  messageId: '0A1',
  text: 'STOP',
  timestamp: String(NOW.getTime() / 1_000),
  sig: '0'.repeat(64),
};
/** As a message of Vonage's other API, and as a notification of SNS: of our topic, with a certificate of the sender's choice. */
const jsonLooking = (certificate: string): unknown[] => [
  {
    channel: 'sms',
    message_uuid: 'aaaaaaaa-bbbb-4ccc-8ddd-000000000001',
    to: OURS.slice(1),
    from: PERSON.slice(1),
    text: 'STOP',
  },
  ...['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'].map((Type) => ({
    Type,
    MessageId: 'm',
    TopicArn: TOPIC,
    Message: JSON.stringify({
      originationNumber: PERSON,
      destinationNumber: OURS,
      messageBody: 'STOP',
      inboundMessageId: 'x',
    }),
    Timestamp: NOW.toISOString(),
    SignatureVersion: '2',
    Signature: 'AAAA',
    SigningCertURL: certificate,
    SubscribeURL: certificate,
    Token: 't',
  })),
];
const CERTIFICATES = [
  'http://169.254.169.254/latest/meta-data/',
  'https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem',
  'https://sns.us-east-1.amazonaws.com@evil.example/x.pem',
  'https://sns.us-east-1.amazonaws.com/../x.pem?redirect=http://127.0.0.1',
  'file:///etc/passwd',
  'gopher://127.0.0.1:6379/_FLUSHALL',
];

const form = (pairs: readonly (readonly [string, string])[]): Buffer =>
  Buffer.from(pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&'));

const bodies: Arbitrary<Buffer> = fc.oneof(
  rawBodies,
  // A form with something strange in it, with names twice, or with names of what every object has.
  fc
    .array(
      fc.tuple(
        fc.oneof(
          fc.constantFrom(
            ...Object.keys(genuineLooking),
            '__proto__',
            'constructor',
            'toString',
            'Body[]',
            'a[b]',
          ),
          hostileText,
        ),
        hostileText,
      ),
      { maxLength: 8 },
    )
    .map((more) => form([...Object.entries(genuineLooking), ...more])),
  fc
    .constantFrom(...CERTIFICATES)
    .chain((url) => fc.constantFrom(...jsonLooking(url)).map((json) => Buffer.from(JSON.stringify(json)))),
);

const strangeHeaders: Arbitrary<Record<string, string | string[]>> = fc
  .tuple(
    fc.constantFrom(
      'application/x-www-form-urlencoded',
      'application/x-www-form-urlencoded; charset=utf-16',
      'application/json',
      'text/plain; charset=UTF-8',
      'multipart/form-data; boundary=x',
      'APPLICATION/X-WWW-FORM-URLENCODED',
    ),
    fc.constantFrom<Record<string, string | string[]>>(
      {},
      { 'content-encoding': 'gzip' },
      { 'content-encoding': 'br, gzip' },
      { 'content-encoding': 'nonsense' },
      { 'x-twilio-signature': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' },
      { 'x-twilio-signature': ['a', 'b'] },
      { 'x-twilio-signature': '' },
      { authorization: 'Bearer a.b.c' },
      { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJWb25hZ2UifQ.x' },
      { authorization: 'Basic YTpi' },
      {
        'x-http-method-override': 'GET',
        'x-original-url': '/webhooks/twilio/sms',
        'x-forwarded-host': 'evil.example',
      },
      { host: 'evil.example', 'x-forwarded-proto': 'https' },
      { 'x-amz-sns-message-type': 'Notification', 'x-amz-sns-topic-arn': TOPIC },
    ),
  )
  .map(([type, more]) => ({ 'content-type': type, ...more }));

const strangeQueries = fc.constantFrom(
  '',
  '?',
  '?attempt=x&attempt=y',
  '?bodySHA256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '?__proto__[polluted]=1&constructor[prototype][polluted]=1',
  '?sig=%00&api-key=%ED%A0%80',
  '?%',
  `?a=${'b'.repeat(6_000)}`,
  `?${new URLSearchParams(genuineLooking)}`,
  '#fragment',
);

const unsigned: Arbitrary<WireRequest> = fc
  .record({
    method: fc.constantFrom('POST', 'POST', 'POST', 'GET', 'PUT', 'HEAD', 'OPTIONS', 'DELETE'),
    path: fc.constantFrom(
      ...PATHS,
      '/webhooks/',
      '/webhooks/twilio/sms/',
      '/WEBHOOKS/TWILIO/SMS',
      '/webhooks/twilio/../vonage/inbound',
    ),
    query: strangeQueries,
    headers: strangeHeaders,
    body: bodies,
  })
  .map(({ body, headers, method, path, query }) => ({
    method,
    path: `${path}${query}`,
    headers,
    body: method === 'GET' || method === 'HEAD' ? null : body,
  }));

/** Whom we call. */
const OTHER = '+14155550188';

describe('The gateway, in the hands of others,', function () {
  this.timeout(300_000);
  let database: TestDatabase;
  let gateway: TestGateway;
  let topic: TestTopic;
  let wire: Wire;
  let look: string;
  let before_: string;

  before(async () => {
    database = await createDatabase();
    topic = await startTestTopic();
    gateway = await startTestGateway(database, { others: [vonageCarrier(), topic.carrier()] });
    wire = openWire(gateway.url);
    look = await lookOver(database.adminPool);
  });
  after(async () => {
    wire.close();
    await gateway.stop();
    await topic.close();
    await database.drop();
  });
  beforeEach(async () => {
    before_ = await contentOf(database.adminPool, look);
    gateway.streams.keys.length = 0;
    topic.asked.length = 0;
  });

  /** Nothing was written, put on a stream or asked for elsewhere, and a text of a person is still taken in. */
  const nothingHappened = async (): Promise<void> => {
    assert.equal(await contentOf(database.adminPool, look), before_);
    assert.deepEqual(gateway.streams.keys, []);
    assert.deepEqual(topic.asked, []);
    assert.equal(Reflect.get({}, 'polluted'), undefined, 'a prototype was changed');
  };

  it('does nothing for whoever is no carrier, whatever they send', async () => {
    await fc.assert(
      fc.asyncProperty(unsigned, async (request) => {
        const { body, headers, status } = await wire.send(request);
        const text = body.toString();
        const expected = answerTo(request);
        const asked = `${request.method} ${request.path}: ${text}`;
        assert.equal(status, expected.status, asked);
        if (expected.text !== undefined && request.method !== 'HEAD')
          assert.equal(text, expected.text, asked);
        assert.doesNotMatch(text, /node_modules|\.ts:\d|\bat \S+ \(|SELECT|Error:/);
        assert.equal(headers['x-content-type-options'], 'nosniff');
        assert.equal(headers['x-powered-by'], undefined);
        assert.equal(headers['set-cookie'], undefined);
        assert.equal(headers['access-control-allow-origin'], undefined);
      }),
      { numRuns: runs(300) },
    );
    await nothingHappened();
    assert.equal((await gateway.text('SMstill', 'Hello')).status, 200);
  });

  describe('asked in ways that HTTP does not allow, or that two servers might read otherwise,', () => {
    const head = (...lines: string[]): string =>
      ['POST /webhooks/twilio/sms HTTP/1.1', 'Host: x', 'Connection: close', ...lines, '', ''].join('\r\n');
    const body = `Body=STOP&From=${encodeURIComponent(PERSON)}`;
    const cases: Record<string, { bytes: string | Buffer; statuses: number[] }> = {
      'a length and chunks': {
        bytes: `${head('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\nGET /x HTTP/1.1\r\n\r\n`,
        statuses: [400],
      },
      'two lengths': { bytes: `${head('Content-Length: 4', 'Content-Length: 40')}${body}`, statuses: [400] },
      'a length that is none': { bytes: `${head('Content-Length: +4')}${body}`, statuses: [400] },
      'chunks by a name that is nearly theirs': {
        bytes: `${head('Transfer-Encoding: xchunked')}0\r\n\r\n`,
        statuses: [400],
      },
      'a chunk without an end': {
        bytes: `${head('Transfer-Encoding: chunked')}zz\r\nx\r\n`,
        statuses: [400],
      },
      'a header over two lines': { bytes: head('X-A: b', ' c: d'), statuses: [400] },
      'a blank before the colon': { bytes: head('Content-Length : 4'), statuses: [400] },
      'a NUL in a header': { bytes: head('X-A: \0b'), statuses: [400] },
      'a line feed alone in a header': { bytes: head('X-A: b\nX-Twilio-Signature: c'), statuses: [400] },
      'no host': {
        bytes: 'POST /webhooks/twilio/sms HTTP/1.1\r\nConnection: close\r\n\r\n',
        statuses: [400],
      },
      'a blank in the address': { bytes: 'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n', statuses: [400] },
      'bytes of TLS': { bytes: Buffer.from('160301020001000001fc0303', 'hex'), statuses: [400] },
      'headers of 20 kB': { bytes: head(`X-A: ${'b'.repeat(20_000)}`), statuses: [431] },
      'five thousand headers': {
        bytes: head(...Array.from({ length: 5_000 }, (_, n) => `X-${n}: b`)),
        statuses: [431],
      },
      'a whole address for a path': {
        bytes:
          'POST http://evil.example/webhooks/twilio/sms HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
        statuses: [403],
      },
      'a second request behind the first': {
        bytes: `POST /webhooks/twilio/sms HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}${head('Content-Length: 0')}`,
        statuses: [403, 403],
      },
      'another protocol': {
        bytes: head('Upgrade: websocket', 'Content-Length: 0').replace(
          'Connection: close',
          'Connection: upgrade, close',
        ),
        statuses: [403],
      },
    };
    for (const [title, { bytes, statuses }] of Object.entries(cases)) {
      it(`${title}, refuses, and goes on`, async () => {
        const answers = await exchangeRaw(gateway.url, bytes);
        assert.deepEqual(statusesIn(answers), statuses, answers);
        await nothingHappened();
        const { status } = await wire.send({ method: 'GET', path: '/webhooks/', headers: {}, body: null });
        assert.equal(status, 404);
      });
    }
  });

  describe('when a carrier signs what is strange,', () => {
    const send = async (webhook: ReceivedWebhook, expected: number): Promise<void> => {
      const authorization = webhook.header('authorization');
      const answer = await wire.send({
        method: webhook.method,
        path: webhook.target,
        headers: {
          'content-type': 'application/json',
          ...(authorization === undefined ? {} : { authorization }),
        },
        body: webhook.body,
      });
      assert.equal(
        answer.status,
        webhook.body.length > MAX_BODY_BYTES ? 413 : expected,
        webhook.body.toString().slice(0, 2_000),
      );
    };

    const field = (names: readonly string[]) => fc.tuple(fc.constantFrom(...names), hostileText);

    /** Sends a form as Twilio signs it. A form has no halves of characters. */
    const sendForm = (path: string, parameters: ReadonlyMap<string, string>) =>
      wire.send({
        method: 'POST',
        path,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-twilio-signature': twilio.getExpectedTwilioSignature(
            'the auth token of a test',
            `https://texts.example.org${path}`,
            Object.fromEntries(parameters),
          ),
        },
        body: Buffer.from(new URLSearchParams([...parameters]).toString()),
      });
    const changed = (
      whole: readonly [string, string][],
      changes: readonly (readonly [string, string])[],
    ): ReadonlyMap<string, string> =>
      new Map([...whole, ...changes.map(([name, value]): [string, string] => [name, value.toWellFormed()])]);

    it('as Twilio, takes it in or refuses it', async () => {
      const names = [
        'MessageSid',
        'From',
        'To',
        'Body',
        'NumMedia',
        'OptOutType',
        'MediaUrl0',
        'MessageStatus',
      ];
      let sent = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...Object.values(webhookPaths('twilio'))),
          fc.array(field([...names, 'ErrorCode', '__proto__', 'constructor']), {
            minLength: 1,
            maxLength: 3,
          }),
          async (path, changes) => {
            sent += 1;
            const parameters = changed(
              [
                ['MessageSid', `SM${sent}`],
                ['From', PERSON],
                ['To', OURS],
                ['Body', 'Hello'],
                ['NumMedia', '1'],
                ['MessageStatus', 'delivered'],
              ],
              changes,
            );
            const { status } = await sendForm(path, parameters);
            assert.equal(status, answerToTwilio(path, parameters), said(parameters));
          },
        ),
        { numRuns: runs(150) },
      );
    });

    it('as Twilio about calls, has nothing of it said, and answers what it would without it', async () => {
      const { inbound, keys } = voicePaths('twilio');
      const names = ['CallSid', 'From', 'To', 'CallStatus', 'Digits', 'AnsweredBy', 'SipResponseCode'];
      let sent = 0;
      const call = (path: string, changes: readonly (readonly [string, string])[]) => {
        sent += 1;
        const parameters = changed(
          [
            ['CallSid', `CA${sent}`],
            ['From', PERSON],
            ['To', OTHER],
            ['CallStatus', 'completed'],
            ['AnsweredBy', 'human'],
          ],
          changes,
        );
        return sendForm(path, parameters).then((answer) => ({ ...answer, parameters }));
      };
      const documentOf = async (path: string, ...changes: [string, string][]): Promise<string> => {
        const { body, status } = await call(path, changes);
        assert.equal(status, 200);
        return body.toString();
      };
      // What is said to whoever calls, or has pressed another key in a call that nobody knows, and after key 9.
      const who = await documentOf(inbound);
      assert.equal(await documentOf(keys), who);
      const optedOut = await documentOf(keys, ['Digits', '9']);
      const withheld = await documentOf(keys, ['Digits', '9'], ['To', 'anonymous']);
      assert.equal(new Set([who, optedOut, withheld, NOTHING_SAID]).size, 4);
      const documents = (path: string, parameters: ReadonlyMap<string, string>): readonly string[] => {
        if (path !== inbound && path !== keys) return [NOTHING_SAID];
        if (path === inbound || !parameters.get('Digits')?.startsWith('9')) return [who];
        return parameters.get('To') === OTHER ? [optedOut] : [optedOut, withheld];
      };
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...Object.values(voicePaths('twilio'))),
          fc.array(
            fc.oneof(
              field([...names, 'CallDuration', 'ErrorCode', '__proto__', 'constructor']),
              fc.tuple(fc.constant('Digits'), fc.constantFrom('9', '99', '1', '#', ' 9', '\u0669')),
            ),
            { minLength: 1, maxLength: 3 },
          ),
          async (path, changes) => {
            const { body, parameters, status } = await call(path, changes);
            assert.equal(status, answerToCalls(path, parameters), said(parameters));
            if (status !== 200) return;
            const text = body.toString();
            assert.ok(documents(path, parameters).includes(text), `${said(parameters)} ${text}`);
          },
        ),
        { numRuns: runs(300) },
      );
    });

    it('as Vonage, by either of its APIs, takes it in or refuses it', async () => {
      const names = [
        'channel',
        'message_uuid',
        'to',
        'from',
        'timestamp',
        'message_type',
        'text',
        'image',
        'status',
        'error',
        'client_ref',
      ];
      let sent = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...Object.values(webhookPaths('vonage'))),
          fc.array(fc.tuple(fc.constantFrom(...names, '__proto__'), hostileValue), {
            minLength: 1,
            maxLength: 3,
          }),
          async (path, changes) => {
            sent += 1;
            const whole = {
              channel: 'sms',
              message_uuid: `aaaaaaaa-bbbb-4ccc-8ddd-${String(sent).padStart(12, '0')}`,
              to: OURS.slice(1),
              from: PERSON.slice(1),
              timestamp: NOW.toISOString(),
              message_type: 'text',
              text: 'Hello',
              status: 'delivered',
            };
            const said = Object.fromEntries([...Object.entries(whole), ...changes]);
            await send(await signedJson(path, said), answerToVonage(path, asJson(said)));
          },
        ),
        { numRuns: runs(300) },
      );
      const ofSmsApi = field([
        'messageId',
        'to',
        'type',
        'text',
        'message-timestamp',
        'concat',
        'concat-ref',
        'concat-total',
        'concat-part',
        'status',
        'err-code',
        'client-ref',
        'x',
      ]);
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...Object.values(webhookPaths('vonage')), OLD_INBOUND_PATH),
          fc.array(ofSmsApi, { minLength: 1, maxLength: 4 }),
          async (path, changes) => {
            sent += 1;
            const parameters: Record<string, string> = {
              msisdn: PERSON.slice(1),
              to: OURS.slice(1),
              messageId: `s-${sent}`,
              type: 'text',
              text: 'Hello',
              'api-key': API_KEY,
              timestamp: String(NOW.getTime() / 1_000),
              concat: 'true',
              'concat-ref': '7',
              'concat-total': '2',
              'concat-part': '1',
            };
            for (const [name, value] of changes) parameters[name] = value.toWellFormed().slice(0, 2_000);
            const sig = smsSignature(parameters, SECRET, 'sha256');
            const { body, status } = await wire.send({
              method: 'POST',
              path,
              headers: { 'content-type': 'application/json' },
              body: Buffer.from(JSON.stringify({ ...parameters, sig })),
            });
            assert.equal(
              status,
              answerToSmsApi(path, parameters),
              `${JSON.stringify(parameters).slice(0, 2_000)} ${body}`,
            );
          },
        ),
        { numRuns: runs(300) },
      );
    });

    it('as AWS, takes it in or refuses it', async () => {
      const texts = [
        'originationNumber',
        'destinationNumber',
        'messageKeyword',
        'messageBody',
        'inboundMessageId',
      ];
      const events = [
        'eventType',
        'isFinal',
        'destinationPhoneNumber',
        'messageId',
        'messageStatus',
        'context',
      ];
      let sent = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.boolean(),
          fc.array(fc.tuple(fc.constantFrom(...texts, ...events, '__proto__'), hostileValue), {
            minLength: 1,
            maxLength: 3,
          }),
          async (isText, changes) => {
            sent += 1;
            const whole = isText
              ? {
                  originationNumber: PERSON,
                  destinationNumber: OURS,
                  messageBody: 'Hello',
                  inboundMessageId: `a-${sent}`,
                }
              : {
                  eventType: 'TEXT_DELIVERED',
                  isFinal: true,
                  destinationPhoneNumber: PERSON,
                  messageId: `a-${sent}`,
                  messageStatus: 'DELIVERED',
                };
            const said = Object.fromEntries([...Object.entries(whole), ...changes]);
            await send(topic.notification(said), answerToAws(asJson(said)));
          },
        ),
        { numRuns: runs(300) },
      );
    });

    afterEach(async () => {
      assert.equal(Reflect.get({}, 'polluted'), undefined, 'a prototype was changed');
      const { rows } = await database.adminPool.query(
        "SELECT count(*)::int AS count FROM quarantined_record WHERE consumer <> 'gateway'",
      );
      assert.deepEqual(rows, [{ count: 0 }]);
    });
  });
});

/** As it arrives. */
const asJson = (said: object): Record<string, unknown> => JSON.parse(JSON.stringify(said));
const isWord = (value: unknown): value is string => typeof value === 'string' && value !== '';
/** Something that may be left out. */
const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';
/** By which something is known again: what PostgreSQL cannot store as it is, is none. */
const isId = (value: unknown): boolean =>
  isWord(value) && value.length <= 200 && !value.includes('\0') && value.isWellFormed();
/** A status, of which something is left when what cannot be stored is gone. */
const isStatus = (value: unknown): boolean => isWord(value) && value.replaceAll('\0', '') !== '';
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const okay = (isRight: boolean): 200 | 400 => (isRight ? 200 : 400);

/** What Vonage is answered to a message or a status of its Messages API that it signed: the fields that their reference has, and no others. */
function answerToVonage(path: string, said: Record<string, unknown>): number {
  // An account may have one address for both.
  const isOfStatus = typeof said.status === 'string' && said.message_type === undefined;
  if (path === webhookPaths('vonage').status || isOfStatus)
    return okay(
      isId(said.message_uuid) &&
        isStatus(said.status) &&
        isText(said.to) &&
        isText(said.client_ref) &&
        (said.error === undefined ||
          (isObject(said.error) &&
            isText(said.error.type) &&
            (isText(said.error.title) || typeof said.error.title === 'number'))),
    );
  return okay(
    isId(said.message_uuid) &&
      [said.channel, said.from, said.to].every(isWord) &&
      [said.timestamp, said.message_type, said.text].every(isText) &&
      (said.image === undefined ||
        (isObject(said.image) && isWord(said.image.url) && isText(said.image.caption))),
  );
}

/** And of its SMS API, where everything is a text. */
function answerToSmsApi(path: string, said: Readonly<Record<string, string>>): number {
  if (path === webhookPaths('vonage').status) return okay(isId(said.messageId) && isStatus(said.status));
  if (!isId(said.messageId) || said.to === '') return 400;
  const { 'concat-part': part, 'concat-total': total } = said;
  const isCount = (text: string | undefined): boolean =>
    Number.isInteger(Number(text)) && Number(text) >= 1 && Number(text) <= 255;
  if (!isCount(part) || !isCount(total)) return 400;
  const isRead = said.type === 'binary' || fromVonage(said.to ?? '') === null;
  return okay(isRead || said.concat !== 'true' || Number(part) <= Number(total));
}

/** What AWS is answered: what is neither a text nor tells of one does not concern us. */
function answerToAws(said: Record<string, unknown>): number {
  if (typeof said.inboundMessageId === 'string')
    return okay(
      isId(said.inboundMessageId) &&
        [said.originationNumber, said.destinationNumber].every(isWord) &&
        [said.messageKeyword, said.messageBody].every(isText),
    );
  if (typeof said.eventType !== 'string' || !said.eventType.startsWith('TEXT_')) return 200;
  const context = said.context ?? {};
  return okay(
    isId(said.messageId) &&
      isStatus(said.messageStatus) &&
      isText(said.destinationPhoneNumber) &&
      (said.isFinal === undefined || typeof said.isFinal === 'boolean') &&
      isObject(context) &&
      // Which zod leaves out of what it reads.
      Object.entries(context).every(([name, value]) => name === '__proto__' || typeof value === 'string'),
  );
}

/** What Twilio is answered to a text or a status that it signed. */
function answerToTwilio(path: string, parameters: ReadonlyMap<string, string>): number {
  if (isTooLong(parameters)) return 413;
  if (!isId(parameters.get('MessageSid'))) return 400;
  if (path === webhookPaths('twilio').status) return okay(isStatus(parameters.get('MessageStatus')));
  return okay(parameters.get('From') !== '' && parameters.get('To') !== '');
}

/** And of a call: when it began, how it ended, who took it, which key was pressed. */
function answerToCalls(path: string, parameters: ReadonlyMap<string, string>): number {
  if (isTooLong(parameters)) return 413;
  const { machine, status } = voicePaths('twilio');
  return okay(
    isId(parameters.get('CallSid')) &&
      (path !== status || isStatus(parameters.get('CallStatus'))) &&
      (path !== machine || parameters.get('AnsweredBy') !== ''),
  );
}

const isTooLong = (parameters: ReadonlyMap<string, string>): boolean =>
  new URLSearchParams([...parameters]).toString().length > MAX_BODY_BYTES;
const said = (parameters: ReadonlyMap<string, string>): string =>
  JSON.stringify(Object.fromEntries(parameters)).slice(0, 2_000);
/** TwiML that has nothing said. */
const NOTHING_SAID = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

/** Whose address it is, without what Express overlooks: capitals, and a slash at the end. */
const carrierAt = new Map<string, string>([
  ...[...Object.values(webhookPaths('twilio')), ...Object.values(voicePaths('twilio'))].map(
    (path): [string, string] => [path, 'twilio'],
  ),
  ...[...Object.values(webhookPaths('vonage')), OLD_INBOUND_PATH].map((path): [string, string] => [
    path,
    'vonage',
  ]),
  [webhookPaths('aws').inbound, 'aws'],
]);

/** What whoever is no carrier is answered, by what they sent; no text: that of Express. */
function answerTo({ body, headers, method, path }: WireRequest): { status: number; text?: string } {
  const [address = ''] = path.split(/[?#]/);
  const carrier = carrierAt.get(address.toLowerCase().replace(/\/$/, ''));
  if (carrier === undefined) return { status: 404 };
  const methods = carrier === 'vonage' ? ['GET', 'HEAD', 'POST'] : ['POST'];
  if (!methods.includes(method)) return { status: 405, text: 'method_not_allowed' };
  const forged = { status: 403, text: 'signature' };
  if (body === null) return forged;
  const malformed = { status: 400, text: 'malformed' };
  // Nothing of what is sent is compressed, whatever is said of it.
  if ('content-encoding' in headers) return malformed;
  if (body.length > MAX_BODY_BYTES) return { status: 413, text: 'too_large' };
  const isForm = /^application\/x-www-form-urlencoded/i.test(String(headers['content-type']));
  if (isForm && !isReadable(body)) return malformed;
  // Asks Vonage to sign what looks like a message of theirs: the same whoever sends it, and nothing is done.
  const isAsked = carrier === 'vonage' && !isForm && !('authorization' in headers) && hasMessageId(body);
  return isAsked ? { status: 503, text: 'unsigned' } : forged;
}

function isReadable(form: Buffer): boolean {
  try {
    decodeURIComponent(form.toString('latin1').replaceAll('+', ' '));
    return true;
  } catch {
    return false;
  }
}

function hasMessageId(body: Buffer): boolean {
  try {
    const message: unknown = JSON.parse(body.toString());
    return typeof message === 'object' && message !== null && 'message_uuid' in message;
  } catch {
    return false;
  }
}
