import assert from 'node:assert/strict';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { CarrierSimulator } from './simulator.ts';
import { startTestReceiver } from './test-receiver.ts';
import { mainNumber, phone, startTestSimulator, twilioClient } from './test-simulator.ts';

describe('the control API', () => {
  let simulator: CarrierSimulator;
  beforeEach(async () => {
    simulator = await startTestSimulator();
  });
  afterEach(() => simulator.stop());

  async function call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; json: unknown }> {
    const response = await fetch(`${simulator.url}/simulator/${path}`, {
      method,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, json: await response.json() };
  }

  it('lets a phone write and shows its conversation, oldest first', async () => {
    const { status, json } = await call('POST', `phones/${phone}/texts`, { body: 'Hello' });
    assert.equal(status, 202);
    await twilioClient(simulator.url).messages.create({ to: phone, from: mainNumber, body: 'Welcome' });
    await simulator.control.settled();
    const conversation = await call('GET', `phones/${encodeURIComponent(phone)}/messages`);
    const messages = simulator.control.messagesOf(phone);
    assert.deepEqual(conversation.json, { messages });
    assert.deepEqual(json, messages[0]);
    assert.deepEqual(
      messages.map(({ direction, from, to, body, status: word }) => [direction, from, to, body, word]),
      [
        ['from_phone', phone, mainNumber, 'Hello', 'received'],
        ['to_phone', mainNumber, phone, 'Welcome', 'delivered'],
      ],
    );
  });

  it('jumps to a time ahead at the instant that it is told, never back, and tells how far it is', async () => {
    const at = Date.now() + 60_000;
    const ahead = { previousMs: 0, offsetMs: 3_600_000, jumpsAt: at };
    assert.deepEqual((await call('POST', 'clock', ahead)).json, ahead);
    const before = await simulator.control.sendText(phone, { body: 'Before' });
    assert.ok(Date.parse(before.at) < at);
    const now = { previousMs: 0, offsetMs: 7_200_000, jumpsAt: 0 };
    assert.deepEqual((await call('POST', 'clock', { offsetMs: 7_200_000 })).json, now);
    assert.deepEqual((await call('POST', 'clock', { offsetMs: 5 })).json, now);
    assert.deepEqual((await call('GET', 'clock')).json, now);
    const after = await simulator.control.sendText(phone, { body: 'After' });
    assert.ok(Date.parse(after.at) >= at + 7_000_000);
    for (const wrong of [{}, { offsetMs: -1 }, { offsetMs: 1, previousMs: 2 }]) {
      assert.equal((await call('POST', 'clock', wrong)).status, 400);
    }
  });

  it('pages through all messages by the id of the last one seen', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1)
      ids.push((await simulator.control.sendText(phone, { body: `Text ${i}` })).id);
    const seen: unknown[] = [];
    let after: unknown = null;
    do {
      const { json }: { json: unknown } = await call(
        'GET',
        `messages?limit=2${after ? `&after=${after}` : ''}`,
      );
      assert.ok(typeof json === 'object' && json !== null && 'messages' in json && 'next' in json);
      assert.ok(Array.isArray(json.messages));
      seen.push(...json.messages.map(({ id }: { id: string }) => id));
      after = json.next;
    } while (after !== null);
    assert.deepEqual(seen, ids);
  });

  it('merges faults, tells them, and forgets them on reset together with everything else', async () => {
    await call('POST', 'faults', { rate429: 0.5, errorCodes: { '+14155550101': 30003 } });
    const { json } = await call('POST', 'faults', { hangRate: 0.1 });
    assert.deepEqual(json, { ...simulator.control.faults(), rate429: 0.5, hangRate: 0.1 });
    assert.deepEqual((await call('GET', 'faults')).json, json);

    await simulator.control.sendText(phone, { body: 'x' });
    assert.equal((await call('POST', 'reset')).status, 200);
    assert.equal(simulator.control.faults().rate429, 0);
    assert.deepEqual(simulator.control.faults().errorCodes, {});
    assert.deepEqual((await call('GET', 'messages')).json, { messages: [], next: null });
    assert.equal(simulator.control.stats().inbound.received, 0);
  });

  it('changes where inbound texts go', async () => {
    await using receiver = await startTestReceiver();
    await call('POST', 'webhooks', { inboundUrl: `${receiver.url}/new` });
    await simulator.control.sendText(phone, { body: 'x' });
    assert.equal((await receiver.arrived(1))[0]?.path, '/new');
    await simulator.control.settled();
    await call('POST', 'webhooks', { inboundUrl: null });
    assert.deepEqual((await call('GET', 'webhooks')).json, {
      inboundUrl: null,
      byNumber: {},
      voiceUrl: null,
    });
    await simulator.control.sendText(phone, { body: 'y' });
    await simulator.control.settled();
    assert.equal(receiver.received.length, 1);
  });

  it('counts accepted messages, callbacks and what is under way', async () => {
    await using receiver = await startTestReceiver();
    await twilioClient(simulator.url).messages.create({
      to: phone,
      from: mainNumber,
      body: 'x',
      statusCallback: receiver.url,
    });
    await simulator.control.settled();
    const { json } = await call('GET', 'stats');
    assert.deepEqual(json, {
      requests: 1,
      accepted: 1,
      calls: 0,
      refused: {},
      broken: { before: 0, after: 0, unanswered: 0 },
      callbacks: { tried: 2, delivered: 2, failed: 0, lost: 0, repeated: 0, overtaken: 0 },
      inbound: { received: 0, delivered: 0, retried: 0, givenUp: 0, lost: 0, repeated: 0 },
      inFlight: { requests: 0, webhooks: 0, scheduled: 0, calls: 0 },
      messagesPerSecond: 0.1,
      messages: 1,
    });
  });

  it('has a phone take a call by hand, press a key and hang up, and tells what was heard', async () => {
    await using receiver = await startTestReceiver((response) => {
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end('<Response><Gather><Say>Thank you.</Say><Pause length="600"/></Gather></Response>');
    });
    const line = { answers: 'by_hand' };
    assert.equal((await call('POST', `phones/${phone}/line`, line)).status, 200);
    const events = await fetch(`${simulator.url}/simulator/phones/${phone}/events`);
    assert.ok(events.body);
    const reader = events.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const readUntil = async (part: string): Promise<void> => {
      while (!text.includes(part)) text += (await reader.read()).value ?? '';
    };
    await twilioClient(simulator.url).calls.create({
      to: phone,
      from: mainNumber,
      twiml: `<Response><Gather numDigits="1" action="${receiver.url}/keys"><Pause length="600"/></Gather></Response>`,
    });
    await readUntil('"status":"ringing"');
    assert.equal((await call('POST', `phones/${phone}/answer`)).status, 200);
    await readUntil('"kind":"pause"');
    assert.equal((await call('POST', `phones/${phone}/keys`, { key: '3' })).status, 200);
    await readUntil('Thank you.');
    assert.equal((await call('POST', `phones/${phone}/hang-up`)).status, 200);
    await readUntil('"status":"completed"');
    await reader.cancel();
    const { json } = await call('GET', `phones/${phone}/calls`);
    assert.deepEqual(json, { calls: simulator.control.callsOf(phone) });
    assert.equal(receiver.received[0]?.parameters.Digits, '3');
    assert.equal((await call('POST', 'reset')).status, 200);
    assert.deepEqual((await call('GET', `phones/${phone}/calls`)).json, { calls: [] });
    assert.equal(simulator.control.lineOf(phone).answers, 'human');
  });

  it('reports new messages and changes of a phone as server-sent events', async () => {
    const response = await fetch(`${simulator.url}/simulator/phones/${phone}/events`);
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    assert.ok(response.body);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const readUntil = async (part: string): Promise<void> => {
      while (!text.includes(part)) {
        const { value, done } = await reader.read();
        assert.ok(!done, `the stream ended before ${part}`);
        text += value;
      }
    };
    await readUntil('event: ready');
    await twilioClient(simulator.url).messages.create({ to: phone, from: mainNumber, body: 'Hello' });
    await twilioClient(simulator.url).messages.create({
      to: '+14155550102',
      from: mainNumber,
      body: 'Other',
    });
    await readUntil('"status":"queued"');
    await readUntil('"status":"delivered"');
    assert.ok(!text.includes('Other'));
    await reader.cancel();
  });

  it('tells of several phones in one stream, and which phones there were lately, newest first', async () => {
    const other = '+14155550102';
    const response = await fetch(
      `${simulator.url}/simulator/events?phones=${encodeURIComponent(`${phone},${other}`)}`,
    );
    assert.ok(response.body);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const readUntil = async (part: string): Promise<void> => {
      while (!text.includes(part)) text += (await reader.read()).value ?? '';
    };
    await readUntil('event: ready');
    for (const number of [phone, other, '+14155550103'])
      await call('POST', `phones/${number}/texts`, { body: `from ${number}` });
    await readUntil(`from ${other}`);
    await reader.cancel();
    assert.ok(text.includes(`from ${phone}`) && !text.includes('from +14155550103'));
    await simulator.control.settled();
    assert.deepEqual((await call('GET', 'phones?limit=2')).json, {
      mainNumber,
      phones: ['+14155550103', other].map((number) => ({
        number,
        messages: 1,
        last: simulator.control.messagesOf(phoneNumber(number))[0],
      })),
    });
  });

  it('has a phone decline a call that rings, which is busy to whoever calls', async () => {
    await call('POST', `phones/${phone}/line`, { answers: 'by_hand' });
    const events = await fetch(`${simulator.url}/simulator/phones/${phone}/events`);
    assert.ok(events.body);
    const reader = events.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const twiml = '<Response><Say>Hello.</Say></Response>';
    await twilioClient(simulator.url).calls.create({ to: phone, from: mainNumber, twiml });
    while (!text.includes('"status":"ringing"')) text += (await reader.read()).value ?? '';
    await reader.cancel();
    assert.equal((await call('POST', `phones/${phone}/hang-up`)).status, 200);
    await simulator.control.settled();
    const [declined] = simulator.control.callsOf(phone);
    assert.deepEqual([declined?.status, declined?.heard], ['busy', []]);
  });

  const refused: [
    label: string,
    method: string,
    path: string,
    body: unknown,
    status: number,
    says: RegExp,
  ][] = [
    ['a number that is none', 'POST', 'phones/12345/texts', { body: 'x' }, 400, /phone number/],
    ['a text without content', 'POST', `phones/${phone}/texts`, {}, 400, /body or mediaUrls/],
    ['a text that is too long', 'POST', `phones/${phone}/texts`, { body: 'x'.repeat(1_601) }, 400, /body/],
    ['an unknown field', 'POST', `phones/${phone}/texts`, { body: 'x', from: phone }, 400, /from/],
    ['a body that is not JSON', 'POST', `phones/${phone}/texts`, 'hello', 400, /not JSON/],
    ['a rate above 1', 'POST', 'faults', { hangRate: 2 }, 400, /hangRate/],
    ['an error code that is none', 'POST', 'faults', { errorCodes: { [phone]: 5 } }, 400, /errorCodes/],
    ['an address that is none', 'POST', 'webhooks', { inboundUrl: 'here' }, 400, /inboundUrl/],
    ['a page after an unknown message', 'GET', 'messages?after=SM1', undefined, 400, /SM1/],
    ['a limit of 0', 'GET', 'messages?limit=0', undefined, 400, /limit/],
    ['a line that is none', 'POST', `phones/${phone}/line`, { answers: 'never' }, 400, /answers/],
    ['two keys at once', 'POST', `phones/${phone}/keys`, { key: '12' }, 400, /one key/],
    ['a key without a call', 'POST', `phones/${phone}/keys`, { key: '9' }, 409, /no call is under way/],
    [
      'a hanging up without a call',
      'POST',
      `phones/${phone}/hang-up`,
      undefined,
      409,
      /no call is under way/,
    ],
    ['an answer without a call', 'POST', `phones/${phone}/answer`, undefined, 409, /no call waits/],
    ['a call to us that nobody answers', 'POST', `phones/${phone}/calls`, {}, 409, /voiceUrl/],
    ['events of no phone', 'GET', 'events?phones=12', undefined, 400, /phone number/],
    ['an unknown resource', 'GET', 'weather', undefined, 404, /weather/],
    ['a wrong method', 'DELETE', 'faults', undefined, 404, /DELETE/],
  ];
  for (const [label, method, path, body, status, says] of refused) {
    it(`refuses ${label} with ${status} and says what is wrong`, async () => {
      const answer = await call(method, path, body);
      assert.equal(answer.status, status);
      assert.match(JSON.stringify(answer.json), says);
    });
  }

  it('says what it is to whoever opens its address', async () => {
    const response = await fetch(simulator.url);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /simulated carrier[\s\S]*npm run phone/);
  });

  it('is healthy', async () => {
    assert.deepEqual(await (await fetch(`${simulator.url}/health`)).json(), { status: 'ok' });
  });
});
