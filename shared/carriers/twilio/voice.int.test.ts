import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { sampleScript } from '#shared/voice/sample-script.ts';
import type { SendOutcome } from '../carrier.ts';
import type { VoiceCarrier, VoiceWebhooks } from '../voice.ts';
import { callCallbacks } from '../webhook-addresses.ts';
import { createTwilioVoice } from './voice.ts';
import { machineTwiml, scriptTwiml } from './voice-twiml.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const ACCOUNT = 'AC00000000000000000000000000000000';
const CALLS = `/2010-04-01/Accounts/${ACCOUNT}/Calls`;
const PERSON = phoneNumber('+14155550101');
const OURS = phoneNumber('+14155550199');
const callbacks = callCallbacks('https://calls.example.org', 'twilio', {
  attemptId: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11',
  messageId: '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60',
});

describe('Twilio as a carrier of calls', () => {
  let server: Server;
  let answer: Answer;
  let requests: { method: string; url: URL; body: URLSearchParams }[];

  beforeEach(async () => {
    requests = [];
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => {
        const url = new URL(request.url ?? '/', 'http://twilio');
        requests.push({ method: request.method ?? '', url, body: new URLSearchParams(body) });
        answer(request, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const carrierAt = (url: string, callTimeoutMs = 2_000): VoiceCarrier & VoiceWebhooks =>
    createTwilioVoice(
      {
        TWILIO_ACCOUNT_SID: ACCOUNT,
        TWILIO_AUTH_TOKEN: 'token',
        TWILIO_API_URL: url,
        PUBLIC_URL: 'https://calls.example.org',
      },
      { callTimeoutMs },
    );
  const carrier = (callTimeoutMs?: number): VoiceCarrier & VoiceWebhooks => {
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    return carrierAt(`http://127.0.0.1:${port}`, callTimeoutMs);
  };
  const json = (response: ServerResponse, status: number, body: unknown, headers = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
  const never = new AbortController().signal;
  const request = (change: Partial<Parameters<VoiceCarrier['call']>[0]> = {}) => ({
    attemptId: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11',
    messageId: '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60',
    to: PERSON,
    from: OURS,
    script: sampleScript,
    callbacks,
    machineDetection: true,
    ringSeconds: 25,
    signal: never,
    ...change,
  });

  describe('calls', () => {
    it('with the whole script, our callbacks and detection beside the call, in one request', async () => {
      answer = (_, response) => json(response, 201, { sid: 'CA1', status: 'queued' });
      assert.deepEqual(await carrier().call(request()), {
        kind: 'accepted',
        carrierMessageId: 'CA1',
        status: 'queued',
        segments: null,
      });
      const [made, ...others] = requests;
      assert.equal(others.length, 0);
      assert.equal(made?.url.pathname, `${CALLS}.json`);
      const { StatusCallbackEvent: _, ...single } = Object.fromEntries(made?.body ?? []);
      assert.deepEqual(single, {
        To: PERSON,
        From: OURS,
        Twiml: scriptTwiml(sampleScript, callbacks.keys),
        Timeout: '25',
        TimeLimit: '600',
        StatusCallback: callbacks.status,
        StatusCallbackMethod: 'POST',
        FallbackUrl: callbacks.keys,
        FallbackMethod: 'POST',
        MachineDetection: 'DetectMessageEnd',
        AsyncAmd: 'true',
        AsyncAmdStatusCallback: callbacks.machine,
        AsyncAmdStatusCallbackMethod: 'POST',
      });
      assert.deepEqual(made?.body.getAll('StatusCallbackEvent'), [
        'initiated',
        'ringing',
        'answered',
        'completed',
      ]);
    });

    it('without listening for a machine where nobody wants that', async () => {
      answer = (_, response) => json(response, 201, { sid: 'CA1', status: 'queued' });
      await carrier().call(request({ machineDetection: false }));
      const names = [...(requests[0]?.body.keys() ?? [])];
      assert.deepEqual(
        names.filter((name) => /Machine|Amd/.test(name)),
        [],
      );
    });

    for (const [label, seconds, expected] of [
      ['at least as long as it must before it is given up', 3, '15'],
      ['whole seconds', 20.9, '20'],
      ['the most that the carrier takes', 9_000, '600'],
    ] as const) {
      it(`and lets it ring ${label}`, async () => {
        answer = (_, response) => json(response, 201, { sid: 'CA1', status: 'queued' });
        await carrier().call(request({ ringSeconds: seconds }));
        assert.equal(requests[0]?.body.get('Timeout'), expected);
      });
    }
  });

  it('is not asked for a script that is too long for it', async () => {
    const script = { ...sampleScript, message: { say: '&'.repeat(900) } };
    const outcome = await carrier().call(request({ script }));
    assert.equal(outcome.kind === 'refused' && outcome.class, 'fail');
    assert.equal(outcome.kind === 'refused' && outcome.message, carrier().scriptFault(script));
    assert.equal(requests.length, 0);
  });

  const refusals: [label: string, status: number, body: unknown, errorCode: string, errorClass: string][] = [
    ['a number that is none', 400, { code: 21211, message: 'no' }, '21211', 'drop_number'],
    ['a number that cannot be reached', 400, { code: 21214, message: 'no' }, '21214', 'drop_number'],
    ['a region that is not switched on', 400, { code: 21215, message: 'no' }, '21215', 'halt'],
    ['a document that it does not like', 400, { code: 21262, message: 'no' }, '21262', 'halt'],
    ['credentials that are wrong', 401, { code: 20003, message: 'no' }, '20003', 'halt'],
    ['a code that nobody knows', 400, { code: 29999, message: 'no' }, '29999', 'unknown'],
    ['no code at all', 404, {}, 'http_404', 'halt'],
  ];
  for (const [label, status, body, errorCode, errorClass] of refusals) {
    it(`takes for refused ${label}`, async () => {
      answer = (_, response) => json(response, status, body);
      const outcome = await carrier().call(request());
      assert.ok(outcome.kind === 'refused', outcome.kind);
      assert.deepEqual([outcome.errorCode, outcome.class], [errorCode, errorClass]);
      assert.equal(requests.length, 1);
    });
  }

  it("takes a 429 for throttled, with the carrier's advice, and does not repeat it by itself", async () => {
    answer = (_, response) => json(response, 429, { code: 20429 }, { 'retry-after': '3' });
    assert.deepEqual(await carrier().call(request()), { kind: 'throttled', retryAfterMs: 3_000 });
    assert.equal(requests.length, 1);
  });

  const doubtful: [label: string, answer: Answer][] = [
    ['a 500', (_, response) => json(response, 500, {})],
    ['an answer that names no call', (_, response) => json(response, 201, { status: 'queued' })],
    ['a connection that breaks', (incoming) => incoming.socket.destroy()],
    ['no answer in time', () => undefined],
  ];
  for (const [label, doing] of doubtful) {
    it(`does not know what became of a request with ${label}`, async () => {
      answer = doing;
      const outcome: SendOutcome = await carrier(200).call(request());
      assert.equal(outcome.kind, 'ambiguous');
      assert.equal(requests.length, 1);
    });
  }

  it('knows that nothing was asked for without a connection, and after an abort before the request', async () => {
    const aborted = AbortSignal.abort();
    assert.equal((await carrierAt('http://127.0.0.1:1').call(request())).kind, 'not_sent');
    assert.equal((await carrier().call(request({ signal: aborted }))).kind, 'not_sent');
    assert.equal(requests.length, 0);
  });

  const row = (sid: string, date: string, more: object = {}): object => ({
    sid,
    status: 'completed',
    direction: 'outbound-api',
    from: OURS,
    to: PERSON,
    date_created: date,
    ...more,
  });

  describe('lists', () => {
    const page = (calls: object[], next: string | null = null): object => ({
      calls,
      page: 0,
      page_size: 50,
      next_page_uri: next,
    });

    it('calls to one number since an instant, newest first, over pages, no more than are wanted', async () => {
      const pages: Record<string, object> = {
        '': page([row('CA3', 'Sat, 21 Nov 2026 12:00:03 +0000')], `${CALLS}.json?PageToken=2`),
        '2': page(
          [
            row('CAin', 'Sat, 21 Nov 2026 12:00:02 +0000', { direction: 'inbound' }),
            row('CA2', 'Sat, 21 Nov 2026 12:00:02 +0000', { status: 'in-progress' }),
            row('CA1', 'Sat, 21 Nov 2026 12:00:01 +0000'),
          ],
          `${CALLS}.json?PageToken=3`,
        ),
        '3': page([row('CA0', 'Sat, 21 Nov 2026 11:00:00 +0000')], `${CALLS}.json?PageToken=4`),
      };
      answer = (incoming, response) => {
        const token = new URL(incoming.url ?? '/', 'http://twilio').searchParams.get('PageToken') ?? '';
        json(response, 200, pages[token]);
      };
      const found = await carrier().listCalls({
        to: PERSON,
        from: OURS,
        since: new Date('2026-11-21T12:00:02.900Z'),
      });
      assert.deepEqual(
        found.map(({ carrierMessageId, status }) => [carrierMessageId, status]),
        [
          ['CA3', 'completed'],
          ['CA2', 'in-progress'],
        ],
      );
      assert.equal(requests[0]?.url.searchParams.get('To'), PERSON);
      assert.equal(requests[0]?.url.searchParams.get('From'), OURS);
      assert.equal(requests.length, 3);
    });

    it('nothing when there is nothing', async () => {
      answer = (_, response) => json(response, 200, page([]));
      assert.deepEqual(await carrier().listCalls({ to: PERSON, since: new Date() }), []);
    });

    for (const [label, status, body] of [
      ['an error', 500, {}],
      ['something else', 200, {}],
      ['a call without a date', 200, page([row('CA1', 'soon')])],
    ] as const) {
      it(`nothing, and says that it cannot be asked, when it answers with ${label}`, async () => {
        answer = (_, response) => json(response, status, body);
        await assert.rejects(carrier().listCalls({ to: PERSON, since: new Date(0) }), {
          code: 'unavailable',
        });
      });
    }
  });

  describe('says of one call', () => {
    const date = 'Sat, 21 Nov 2026 12:00:03 +0000';

    it('how it ended, who took it, for how long and for how much', async () => {
      answer = (_, response) =>
        json(
          response,
          200,
          row('CA1', date, {
            answered_by: 'machine_end_beep',
            duration: '34',
            end_time: date,
            price: '-0.01400',
            price_unit: 'usd',
          }),
        );
      assert.deepEqual(await carrier().fetchCall('CA1', never), {
        carrierMessageId: 'CA1',
        status: 'completed',
        answeredBy: 'machine',
        seconds: 34,
        price: { amount: '0.01400', currency: 'USD' },
        phoneNumber: PERSON,
      });
    });

    it('only its status while it rings', async () => {
      answer = (_, response) =>
        json(
          response,
          200,
          row('CA1', date, { status: 'ringing', duration: null, end_time: null, price: null }),
        );
      assert.deepEqual(await carrier().fetchCall('CA1', never), {
        carrierMessageId: 'CA1',
        status: 'ringing',
        answeredBy: null,
        seconds: null,
        price: null,
        phoneNumber: PERSON,
      });
    });

    it('that it does not know it', async () => {
      answer = (_, response) => json(response, 404, { code: 20404 });
      assert.equal(await carrier().fetchCall('CA1', never), null);
    });

    it('nothing, when it cannot be asked, or speaks of another one', async () => {
      answer = (_, response) => json(response, 503, {}, { 'retry-after': '7' });
      await assert.rejects(carrier().fetchCall('CA1', never), { code: 'unavailable', retryAfterMs: 7_000 });
      answer = (_, response) => json(response, 200, row('CA2', date));
      await assert.rejects(carrier().fetchCall('CA1', never), { code: 'unavailable' });
    });
  });

  describe('has a call say the words for a machine', () => {
    const leave = () =>
      carrier().leaveMessage({ carrierMessageId: 'CA1', script: sampleScript, signal: never });

    it('from now on', async () => {
      answer = (_, response) => json(response, 200, { sid: 'CA1', status: 'in-progress' });
      assert.deepEqual(await leave(), { kind: 'left' });
      assert.equal(requests[0]?.url.pathname, `${CALLS}/CA1.json`);
      assert.deepEqual([...(requests[0]?.body ?? [])], [['Twiml', machineTwiml(sampleScript)]]);
    });

    for (const [label, status, body, kind] of [
      ['is over', 400, { code: 21220 }, 'over'],
      ['is not known', 404, { code: 20404 }, 'over'],
      ['cannot be changed now', 500, {}, 'failed'],
    ] as const) {
      it(`unless the call ${label}`, async () => {
        answer = (_, response) => json(response, status, body);
        assert.equal((await leave()).kind, kind);
      });
    }
  });
});
