import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { senderAddress } from '#shared/phone/sender-address.ts';
import { eventually } from '#test/eventually.ts';
import type { Carrier, InboundListing, SendOutcome } from '../carrier.ts';
import { errorRuleOf } from '../error-rules.ts';
import { createTwilioCarrier } from './carrier.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const ACCOUNT = 'AC00000000000000000000000000000000';
const MESSAGES = `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`;

describe('the Twilio carrier', () => {
  let server: Server;
  let answer: Answer;
  let requests: { method: string; url: URL; body: URLSearchParams; authorization: string }[];

  beforeEach(async () => {
    requests = [];
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => {
        requests.push({
          method: request.method ?? '',
          url: new URL(request.url ?? '/', 'http://twilio'),
          body: new URLSearchParams(body),
          authorization: request.headers.authorization ?? '',
        });
        answer(request, response, body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const portOf = (listening: { address(): unknown }): number => {
    const address = listening.address();
    if (typeof address !== 'object' || address === null || !('port' in address)) throw new Error('no port');
    return Number(address.port);
  };
  const carrierAt = (url: string, sendTimeoutMs = 2_000): Carrier =>
    createTwilioCarrier(
      {
        TWILIO_ACCOUNT_SID: ACCOUNT,
        TWILIO_AUTH_TOKEN: 'token',
        TWILIO_API_URL: url,
        PUBLIC_URL: 'https://texts.example.org',
      },
      { sendTimeoutMs },
    );
  const carrier = (sendTimeoutMs?: number): Carrier =>
    carrierAt(`http://127.0.0.1:${portOf(server)}`, sendTimeoutMs);

  const json = (response: ServerResponse, status: number, body: unknown, headers = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const send = (
    through: Carrier,
    signal: AbortSignal = new AbortController().signal,
    validForSeconds: number | null = 3_600,
  ): Promise<SendOutcome> =>
    through.send({
      attemptId: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11',
      messageId: '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60',
      to: phoneNumber('+14155550101'),
      from: phoneNumber('+14155550199'),
      body: 'Good morning',
      template: null,
      mediaUrls: ['https://media.example/a.png', 'https://media.example/b.png'],
      statusCallbackUrl: 'https://texts.example.org/webhooks/twilio/status?attempt=1',
      validForSeconds,
      signal,
    });

  describe('sends a message', () => {
    it('with everything that was asked, to the configured address', async () => {
      answer = (_, response) => json(response, 201, { sid: 'SM1', status: 'queued', num_segments: '2' });
      assert.deepEqual(await send(carrier()), {
        kind: 'accepted',
        carrierMessageId: 'SM1',
        status: 'queued',
        segments: 2,
      });
      const [request, ...others] = requests;
      assert.equal(others.length, 0);
      assert.equal(request?.method, 'POST');
      assert.equal(request?.url.pathname, MESSAGES);
      assert.equal(request?.authorization, `Basic ${Buffer.from(`${ACCOUNT}:token`).toString('base64')}`);
      assert.deepEqual(
        [...(request?.body ?? [])],
        [
          ['To', '+14155550101'],
          ['StatusCallback', 'https://texts.example.org/webhooks/twilio/status?attempt=1'],
          ['ValidityPeriod', '3600'],
          ['From', '+14155550199'],
          ['Body', 'Good morning'],
          ['MediaUrl', 'https://media.example/a.png'],
          ['MediaUrl', 'https://media.example/b.png'],
        ],
      );
    });

    for (const [label, seconds, expected] of [
      ['as long as the carrier likes, where nothing is said', null, null],
      ['whole seconds, never rounded up', 90.9, '90'],
      ['the least that the carrier takes', 1.9, '1'],
      ['the most that the carrier takes', 90_000, '36000'],
    ] as const) {
      it(`that may wait ${label}`, async () => {
        answer = (_, response) => json(response, 201, { sid: 'SM1', status: 'queued' });
        await send(carrier(), undefined, seconds);
        assert.equal(requests[0]?.body.get('ValidityPeriod') ?? null, expected);
      });
    }

    it('without a number of segments as long as the carrier has not split it', async () => {
      answer = (_, response) => json(response, 201, { sid: 'SM1', status: 'accepted', num_segments: '0' });
      const outcome = await send(carrier());
      assert.equal(outcome.kind === 'accepted' && outcome.segments, null);
    });
  });

  describe('takes for refused', () => {
    const table: { label: string; status: number; body: unknown; errorCode: string; class: string }[] = [
      {
        label: 'an opted-out number',
        status: 400,
        body: { code: 21610, message: 'no' },
        errorCode: '21610',
        class: 'suppress',
      },
      {
        label: 'an invalid number',
        status: 400,
        body: { code: 21211, message: 'no' },
        errorCode: '21211',
        class: 'drop_number',
      },
      {
        label: 'wrong credentials',
        status: 401,
        body: { code: 20003, message: 'no' },
        errorCode: '20003',
        class: 'halt',
      },
      {
        label: 'wrong credentials without a code',
        status: 401,
        body: {},
        errorCode: 'http_401',
        class: 'halt',
      },
      {
        label: 'a code that nobody knows',
        status: 400,
        body: { code: 98765, message: 'no' },
        errorCode: '98765',
        class: 'unknown',
      },
      {
        label: 'a refusal in words only',
        status: 400,
        body: '<h1>Bad Request</h1>',
        errorCode: 'http_400',
        class: 'unknown',
      },
    ];
    for (const row of table) {
      it(row.label, async () => {
        answer = (_, response) => json(response, row.status, row.body);
        const outcome = await send(carrier());
        assert.equal(outcome.kind, 'refused');
        if (outcome.kind !== 'refused') return;
        assert.equal(outcome.errorCode, row.errorCode);
        assert.equal(outcome.class, row.class);
        assert.equal(requests.length, 1);
      });
    }
  });

  describe('takes for throttled', () => {
    it("a 429, with the carrier's advice, and does not repeat it by itself", async () => {
      answer = (_, response) =>
        json(response, 429, { code: 20429, message: 'slow down' }, { 'retry-after': '2' });
      assert.deepEqual(await send(carrier()), { kind: 'throttled', retryAfterMs: 2_000 });
      assert.equal(requests.length, 1);
    });

    it('a 429 without advice', async () => {
      answer = (_, response) => json(response, 429, '');
      assert.deepEqual(await send(carrier()), { kind: 'throttled', retryAfterMs: null });
    });
  });

  describe('takes for ambiguous', () => {
    const table: { label: string; answer: Answer }[] = [
      { label: 'HTTP 500', answer: (_, response) => json(response, 500, { code: 20500, message: 'oops' }) },
      { label: 'HTTP 503', answer: (_, response) => json(response, 503, 'unavailable') },
      { label: 'HTTP 408 of a proxy', answer: (_, response) => json(response, 408, '') },
      { label: 'a redirect', answer: (_, response) => json(response, 302, '', { location: '/elsewhere' }) },
      { label: 'a cut after the request', answer: (request) => request.socket.destroy() },
      {
        label: 'a cut in the middle of the answer',
        answer: (request, response) => {
          response.writeHead(201, { 'content-type': 'application/json', 'content-length': '500' });
          response.write('{"sid":"SM1"', () => request.socket.destroy());
        },
      },
      { label: 'an answer that is no JSON', answer: (_, response) => json(response, 201, '<html>') },
      { label: 'an answer that names no message', answer: (_, response) => json(response, 201, {}) },
      { label: 'an empty answer', answer: (_, response) => json(response, 200, '') },
    ];
    for (const row of table) {
      it(row.label, async () => {
        answer = row.answer;
        const outcome = await send(carrier());
        assert.equal(outcome.kind, 'ambiguous', JSON.stringify(outcome));
        assert.equal(requests.length, 1);
      });
    }

    it('no answer within the time-out, headers without end included', async () => {
      answer = (_, response) => {
        response.writeHead(201, { 'content-type': 'application/json' });
        response.write('{');
      };
      assert.equal((await send(carrier(50))).kind, 'ambiguous');
      answer = () => undefined;
      assert.equal((await send(carrier(50))).kind, 'ambiguous');
    });

    it('an abort while the request is out', async () => {
      const controller = new AbortController();
      answer = () => controller.abort();
      assert.equal((await send(carrier(), controller.signal)).kind, 'ambiguous');
    });
  });

  describe('takes for not sent', () => {
    it('an abort before the request', async () => {
      assert.equal((await send(carrier(), AbortSignal.abort())).kind, 'not_sent');
      assert.equal(requests.length, 0);
    });

    it('a refused connection', async () => {
      const closed = createTcpServer();
      await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
      const port = portOf(closed);
      await new Promise((resolve) => closed.close(resolve));
      // Nobody listens there any more.
      const probe = connect(port, '127.0.0.1');
      await new Promise((resolve) => probe.once('error', resolve));
      assert.equal((await send(carrierAt(`http://127.0.0.1:${port}`))).kind, 'not_sent');
      assert.equal((await send(carrierAt(`http://localhost:${port}`))).kind, 'not_sent');
    });

    it('a name that does not resolve', async () => {
      // A resolver without a network may take its time to say so.
      assert.equal((await send(carrierAt('http://carrier.invalid', 25_000))).kind, 'not_sent');
    });
  });

  it('never asks for what would go as a text or in part: a template from a number for texts, files beyond one by WhatsApp', async () => {
    const base = {
      attemptId: '1',
      messageId: '2',
      to: phoneNumber('+14155550101'),
      body: 'Hello',
      statusCallbackUrl: null,
      validForSeconds: null,
      signal: new AbortController().signal,
    };
    const there = senderAddress('whatsapp:+14155550110');
    const template = { contentSid: `HX${'0'.repeat(32)}`, variables: {} };
    const files = ['https://media.example/a.png', 'https://media.example/b.png'];
    const through = carrier();
    answer = (_, response) => json(response, 201, { sid: 'SM1', status: 'queued', num_segments: '1' });
    const astray = { ...base, from: phoneNumber('+14155550199'), template, mediaUrls: [] };
    const inPart = { ...base, from: there, template: null, mediaUrls: files };
    for (const [request, errorCode] of [
      [astray, 'template_as_text'],
      [inPart, 'too_many_media'],
    ] as const) {
      const outcome = await through.send(request);
      assert.ok(outcome.kind === 'refused');
      assert.deepEqual([outcome.errorCode, outcome.class], [errorCode, 'fail']);
      assert.equal(errorRuleOf('twilio', errorCode).class, 'fail');
    }
    assert.equal(requests.length, 0);
    assert.equal((await through.send({ ...inPart, mediaUrls: files.slice(1) })).kind, 'accepted');
    assert.equal((await through.send({ ...astray, from: there })).kind, 'accepted');
  });

  it('sends on while one request hangs', async () => {
    const through = carrier();
    answer = (_, response, body) => {
      if (!body.includes('Hang')) json(response, 201, { sid: 'SM2', status: 'queued', num_segments: '1' });
    };
    const base = {
      attemptId: '1',
      messageId: '2',
      template: null,
      mediaUrls: [],
      statusCallbackUrl: null,
      validForSeconds: null,
    } as const;
    const numbers = { to: phoneNumber('+14155550101'), from: phoneNumber('+14155550199') };
    const hanging = new AbortController();
    const hung = through.send({ ...base, ...numbers, body: 'Hang', signal: hanging.signal });
    await eventually(async () => assert.equal(requests.length, 1));
    const { signal } = new AbortController();
    assert.equal((await through.send({ ...base, ...numbers, body: 'Go', signal })).kind, 'accepted');
    hanging.abort();
    assert.equal((await hung).kind, 'ambiguous');
  });

  describe('lists', () => {
    const second = (n: number): Date => new Date(Date.UTC(2026, 10, 21, 12, 0, n));
    /** The i-th message, created in second i. */
    const listed = (i: number, change: Record<string, unknown> = {}) => ({
      sid: `SM${i}`,
      from: '+14155550101',
      to: '+14155550199',
      body: `text ${i}`,
      direction: 'inbound',
      status: 'received',
      num_media: '0',
      num_segments: '1',
      error_code: null,
      date_created: second(i).toUTCString(),
      ...change,
    });
    /** Answers with pages of two, newest first, hung on the last message of the page before. */
    function serve(messages: ReturnType<typeof listed>[]): void {
      answer = (request, response) => {
        const url = new URL(request.url ?? '/', 'http://twilio');
        const token = url.searchParams.get('PageToken');
        const newestFirst = messages.toReversed();
        const start = token === null ? 0 : newestFirst.findIndex(({ sid }) => sid === token) + 1;
        const page = newestFirst.slice(start, start + 2);
        const more = start + 2 < newestFirst.length;
        json(response, 200, {
          messages: page,
          next_page_uri: more ? `${MESSAGES}?PageSize=2&PageToken=${page.at(-1)?.sid}` : null,
        });
      };
    }
    async function inbound(since: Date, until: Date): Promise<string[][]> {
      const pages: string[][] = [];
      for await (const page of carrier().listInbound({ since, until })) {
        pages.push(page.map((item: InboundListing) => (item.kind === 'message' ? item.message.body : '?')));
      }
      return pages;
    }

    it('what people sent, oldest first across pages', async () => {
      serve([1, 2, 3, 4, 5].map((i) => listed(i)));
      assert.deepEqual((await inbound(second(0), second(60))).flat(), [
        'text 1',
        'text 2',
        'text 3',
        'text 4',
        'text 5',
      ]);
    });

    it('messages of one second in the order in which they came', async () => {
      serve([
        listed(1, { sid: 'SMa', body: 'STOP', date_created: second(7).toUTCString() }),
        listed(2, { sid: 'SMb', body: 'START', date_created: second(7).toUTCString() }),
      ]);
      assert.deepEqual(await inbound(second(0), second(60)), [['STOP', 'START']]);
    });

    it('nothing that we sent, nothing before and nothing after the span', async () => {
      serve([
        listed(1),
        listed(2, { direction: 'outbound-api' }),
        listed(3),
        listed(4, { direction: 'outbound-reply' }),
        listed(5),
        listed(6),
      ]);
      assert.deepEqual((await inbound(second(3), second(6))).flat(), ['text 3', 'text 5']);
    });

    it('what people sent among much that we sent, and reads pages without any of it once', async () => {
      serve([
        listed(1, { body: 'STOP' }),
        listed(2, { direction: 'outbound-api' }),
        listed(3, { body: 'START' }),
        ...[4, 5, 6, 7, 8, 9, 10].map((i) => listed(i, { direction: 'outbound-api' })),
      ]);
      const before = requests.length;
      assert.deepEqual((await inbound(second(0), second(60))).flat(), ['STOP', 'START']);
      // Five pages, and the one with START once more: the oldest, with STOP, is at hand.
      assert.equal(requests.length - before, 6);
    });

    it('a message of the second in which the span begins', async () => {
      serve([listed(3)]);
      assert.deepEqual((await inbound(new Date(second(3).getTime() + 700), second(60))).flat(), ['text 3']);
    });

    it('all that was there although more arrives while it reads', async () => {
      const messages = [1, 2, 3, 4].map((i) => listed(i));
      serve(messages);
      const seen: string[] = [];
      for await (const page of carrier().listInbound({ since: second(0), until: second(60) })) {
        for (const item of page) if (item.kind === 'message') seen.push(item.message.body);
        messages.push(listed(10 + messages.length));
      }
      for (const i of [1, 2, 3, 4]) assert.ok(seen.includes(`text ${i}`), `text ${i} in ${seen}`);
    });

    it('an inbound message with its numbers canonical, its date and the number of its media', async () => {
      serve([listed(1, { from: '+5215555550101', num_media: '2', body: 'a\0b' })]);
      const pages: (readonly InboundListing[])[] = [];
      for await (const page of carrier().listInbound({ since: second(0), until: second(60) }))
        pages.push(page);
      assert.deepEqual(pages.flat(), [
        {
          kind: 'message',
          mediaCount: 2,
          message: {
            carrierMessageId: 'SM1',
            from: '+525555550101',
            to: '+14155550199',
            body: 'ab',
            media: [],
            receivedAt: second(1),
            optOutType: null,
          },
        },
      ]);
    });

    it('what came by RCS as no text', async () => {
      serve([listed(1, { from: 'rcs:+14155550101', to: 'rcs:brand_agent' })]);
      const items: InboundListing[] = [];
      for await (const page of carrier().listInbound({ since: second(0), until: second(60) })) {
        items.push(...page);
      }
      assert.deepEqual(
        items.map((item) => item.kind === 'other_channel' && [item.channel, item.phoneNumber]),
        [['rcs', '+14155550101']],
      );
    });

    it('what came by WhatsApp as from the person, to the number of ours there', async () => {
      serve([listed(1, { from: 'whatsapp:+14155550101', to: 'whatsapp:+14155550199' })]);
      const items: InboundListing[] = [];
      for await (const page of carrier().listInbound({ since: second(0), until: second(60) })) {
        items.push(...page);
      }
      assert.deepEqual(
        items.map((item) => item.kind === 'message' && [item.message.from, item.message.to]),
        [['+14155550101', 'whatsapp:+14155550199']],
      );
    });

    it('a text from a short code as one without a phone number', async () => {
      serve([listed(1, { from: '12345' })]);
      const items: InboundListing[] = [];
      for await (const page of carrier().listInbound({ since: second(0), until: second(60) })) {
        items.push(...page);
      }
      assert.deepEqual(items, [
        {
          kind: 'no_phone_number',
          phoneNumber: null,
          optOutType: null,
          unreachable: { carrierMessageId: 'SM1', from: '12345', to: '+14155550199', body: 'text 1' },
        },
      ]);
    });

    it('a text to a short code of ours with who wrote it', async () => {
      serve([listed(1, { to: '72345' })]);
      const items: InboundListing[] = [];
      for await (const page of carrier().listInbound({ since: second(0), until: second(60) })) {
        items.push(...page);
      }
      assert.deepEqual(
        items.map((item) => item.kind === 'no_phone_number' && item.phoneNumber),
        ['+14155550101'],
      );
    });

    it('a text without a date as one without a date, with everything around it', async () => {
      for (const date of [null, 'yesterday']) {
        serve([listed(1), listed(2, { date_created: date }), listed(3), listed(4), listed(5)]);
        const items: InboundListing[] = [];
        for await (const page of carrier().listInbound({ since: second(0), until: second(60) })) {
          items.push(...page);
        }
        assert.deepEqual(
          items.map((item) => (item.kind === 'message' ? item.message.carrierMessageId : item)),
          [
            'SM1',
            {
              kind: 'no_date',
              unreachable: {
                carrierMessageId: 'SM2',
                from: '+14155550101',
                to: '+14155550199',
                body: 'text 2',
              },
            },
            'SM3',
            'SM4',
            'SM5',
          ],
        );
      }
    });

    it('what was sent to one number since an instant, newest first', async () => {
      serve([
        listed(1, { direction: 'outbound-api' }),
        listed(2, { direction: 'inbound' }),
        listed(3, { direction: 'outbound-api', status: 'undelivered', error_code: 30003 }),
        listed(4, { direction: 'outbound-api', status: 'sent', num_segments: '3' }),
      ]);
      const found = await carrier().listOutbound({
        to: phoneNumber('+14155550101'),
        from: phoneNumber('+14155550199'),
        since: second(2),
      });
      assert.deepEqual(
        found.map(({ carrierMessageId, status, errorCode, segments, createdAt }) => ({
          carrierMessageId,
          status,
          errorCode,
          segments,
          createdAt,
        })),
        [
          { carrierMessageId: 'SM4', status: 'sent', errorCode: null, segments: 3, createdAt: second(4) },
          {
            carrierMessageId: 'SM3',
            status: 'undelivered',
            errorCode: '30003',
            segments: 1,
            createdAt: second(3),
          },
        ],
      );
      assert.equal(requests[0]?.url.searchParams.get('To'), '+14155550101');
      assert.equal(requests[0]?.url.searchParams.get('From'), '+14155550199');
    });

    it('nothing when there is nothing, and says so without an error', async () => {
      serve([]);
      assert.deepEqual(
        await carrier().listOutbound({ to: phoneNumber('+14155550101'), since: second(0) }),
        [],
      );
      assert.deepEqual((await inbound(second(0), second(60))).flat(), []);
    });

    it('the media of a message', async () => {
      answer = (_, response) =>
        json(response, 200, {
          media_list: [
            {
              sid: 'ME1',
              content_type: 'image/png',
              uri: `/2010-04-01/Accounts/${ACCOUNT}/Messages/MM1/Media/ME1.json`,
              date_created: second(1).toUTCString(),
              date_updated: second(1).toUTCString(),
            },
          ],
          next_page_uri: null,
        });
      assert.deepEqual(await carrier().inboundMedia('MM00000000000000000000000000000001'), [
        {
          url: `http://127.0.0.1:${portOf(server)}/2010-04-01/Accounts/${ACCOUNT}/Messages/MM1/Media/ME1`,
          contentType: 'image/png',
        },
      ]);
    });

    it('no media of a message that the carrier no longer has', async () => {
      answer = (_, response) => json(response, 404, { code: 20404, message: 'gone' });
      assert.deepEqual(await carrier().inboundMedia('MM00000000000000000000000000000001'), []);
    });

    for (const [label, unreadable] of Object.entries<Answer>({
      'HTTP 500': (_, response) => json(response, 500, {}),
      'HTTP 429': (_, response) => json(response, 429, {}),
      'no JSON': (_, response) => json(response, 200, '<html>'),
      'JSON without a list': (_, response) => json(response, 200, {}),
      'a cut': (request) => request.socket.destroy(),
    })) {
      it(`not at all when it is answered with ${label}, rather than an empty list`, async () => {
        answer = unreadable;
        const query = { to: phoneNumber('+14155550101'), since: second(0) };
        await assert.rejects(carrier().listOutbound(query), { code: 'unavailable', retryable: true });
        await assert.rejects(inbound(second(0), second(60)), { code: 'unavailable' });
      });
    }
  });

  describe('is asked what became of', () => {
    const SID = 'SM00000000000000000000000000000001';
    const { signal } = new AbortController();
    const message = (change: Record<string, unknown> = {}) => ({
      sid: SID,
      from: '+14155550199',
      to: '+14155550101',
      body: 'Lesson 1',
      direction: 'outbound-api',
      status: 'undelivered',
      error_code: 30005,
      ...change,
    });
    const span = {
      since: new Date('2026-11-26T10:00:00Z'),
      until: new Date('2026-11-26T11:30:00Z'),
      signal,
    };
    const statuses = async (through = carrier()): Promise<string[][]> => {
      const pages: string[][] = [];
      for await (const page of through.listStatuses(span)) pages.push(page.map(({ status }) => status));
      return pages;
    };

    it('one message, by its id', async () => {
      answer = (_, response) => json(response, 200, message());
      assert.deepEqual(await carrier().fetchStatus(SID, signal), {
        carrierMessageId: SID,
        status: 'undelivered',
        errorCode: '30005',
        phoneNumber: '+14155550101',
      });
      assert.equal(requests[0]?.url.pathname, MESSAGES.replace('.json', `/${SID}.json`));
    });

    it('one message that it does not know', async () => {
      answer = (_, response) => json(response, 404, { code: 20404, message: 'gone' });
      assert.equal(await carrier().fetchStatus(SID, signal), null);
    });

    it('one message of which it says no status, which is nothing that we have a word for', async () => {
      answer = (_, response) => json(response, 200, message({ status: null, error_code: null, to: '12345' }));
      assert.deepEqual(await carrier().fetchStatus(SID, signal), {
        carrierMessageId: SID,
        status: 'unknown',
        errorCode: null,
        phoneNumber: null,
      });
    });

    it('when it received a text; null where it does not know it, or says no time', async () => {
      const inboundDate = () => carrier().inboundDate?.(SID);
      answer = (_, response) =>
        json(
          response,
          200,
          message({ direction: 'inbound', date_created: 'Thu, 26 Nov 2026 10:30:05 +0000' }),
        );
      assert.deepEqual(await inboundDate(), new Date('2026-11-26T10:30:05Z'));
      answer = (_, response) => json(response, 200, message({ direction: 'inbound', date_created: null }));
      assert.equal(await inboundDate(), null);
      answer = (_, response) => json(response, 404, { code: 20404, message: 'gone' });
      assert.equal(await inboundDate(), null);
      answer = (_, response) => json(response, 500, {});
      await assert.rejects(async () => inboundDate(), { code: 'unavailable' });
    });

    it('what we sent in a span of time, a page at a time, and no more pages than are wanted', async () => {
      answer = (request, response) => {
        const more = !(request.url ?? '').includes('PageToken');
        json(response, 200, {
          messages: more
            ? [message(), message({ direction: 'inbound', status: 'received' })]
            : [message({ status: 'sent' })],
          next_page_uri: more ? `${MESSAGES}?PageSize=1000&PageToken=PA1` : null,
        });
      };
      assert.deepEqual(await statuses(), [['undelivered'], ['sent']]);
      const { searchParams } = requests[0]?.url ?? new URL('http://twilio');
      assert.deepEqual(Object.fromEntries(searchParams), {
        'DateSent>': '2026-11-26T10:00:00Z',
        'DateSent<': '2026-11-26T11:30:00Z',
        PageSize: '1000',
      });
      requests = [];
      for await (const page of carrier().listStatuses(span)) if (page.length > 0) break;
      assert.equal(requests.length, 1);
    });

    for (const [label, unreadable] of Object.entries<Answer>({
      'HTTP 500': (_, response) => json(response, 500, {}),
      'no JSON': (_, response) => json(response, 200, '<html>'),
      'a cut': (request) => request.socket.destroy(),
    })) {
      it(`nothing, when it answers with ${label}`, async () => {
        answer = unreadable;
        await assert.rejects(statuses(), { code: 'unavailable', retryable: true, retryAfterMs: null });
        await assert.rejects(carrier().fetchStatus(SID, signal), { code: 'unavailable' });
      });
    }

    it('nothing more for as long as it says, when it is asked too much', async () => {
      answer = (_, response) => json(response, 429, { code: 20429 }, { 'retry-after': '7' });
      const refused = { code: 'unavailable', retryable: true, retryAfterMs: 7_000 };
      await assert.rejects(carrier().fetchStatus(SID, signal), refused);
      await assert.rejects(statuses(), refused);
    });

    it('nothing more once whoever asked does not want to know any more', async () => {
      const left = new AbortController();
      answer = () => left.abort();
      await assert.rejects(carrier().fetchStatus(SID, left.signal), { code: 'unavailable' });
    });
  });
});
