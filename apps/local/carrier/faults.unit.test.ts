import assert from 'node:assert/strict';
import fc from 'fast-check';
import { faultsChangeSchema } from '#shared/simulator/faults.ts';
import { type Channel, draw, mergeFaults, noFaults } from './faults.ts';
import type { CarrierSimulator } from './simulator.ts';
import { startTestReceiver, type TestReceiver } from './test-receiver.ts';
import {
  authorization,
  mainNumber,
  messagesUrl,
  phone,
  rawRequest,
  startTestSimulator,
} from './test-simulator.ts';

const none = noFaults({ sentAfterMs: { min: 1, max: 2 }, deliveredAfterMs: { min: 3, max: 4 } });

describe('draw', () => {
  it('always gives the same number for the same seed, kind and ordinal, in [0, 1)', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (seed, ordinal) => {
        const value = draw(seed, 'hang', ordinal);
        assert.equal(draw(seed, 'hang', ordinal), value);
        assert.ok(value >= 0 && value < 1);
      }),
    );
  });

  it('hits a rate about as often as it says, whatever the seed, and independently for each kind', () => {
    const channels: Channel[] = ['refuse429', 'hang', 'lostCallback'];
    for (const seed of [0, 1, 42, 0xffff_ffff]) {
      const hits = (channel: Channel) =>
        Array.from({ length: 10_000 }, (_, i) => draw(seed, channel, i) < 0.1);
      for (const channel of channels) {
        const count = hits(channel).filter(Boolean).length;
        assert.ok(count > 850 && count < 1_150, `${channel} with seed ${seed}: ${count}`);
      }
      const [one = [], two = []] = [hits('refuse429'), hits('hang')];
      const both = one.filter((hit, i) => hit && two[i]).length;
      assert.ok(both > 50 && both < 160, `both with seed ${seed}: ${both}`);
    }
  });
});

describe('mergeFaults', () => {
  it('keeps what is left out and takes numbers out of errorCodes by null', () => {
    const first = mergeFaults(none, {
      hangRate: 0.5,
      errorCodes: { '+14155550101': 30003, '+14155550102': 21211 },
    });
    const second = mergeFaults(first, { rate429: 0.1, errorCodes: { '+14155550101': null } });
    assert.deepEqual(second, { ...none, hangRate: 0.5, rate429: 0.1, errorCodes: { '+14155550102': 21211 } });
  });

  it('refuses rates above 1, ranges upside down, unknown fields and codes that are none', () => {
    for (const change of [
      { rate429: 1.1 },
      { hangRate: -0.1 },
      { latencyMs: { min: 5, max: 1 } },
      { rate430: 0.1 },
      { seed: 1.5 },
    ]) {
      assert.equal(faultsChangeSchema.safeParse(change).success, false, JSON.stringify(change));
    }
    assert.throws(() => mergeFaults(none, { errorCodes: { '+14155550101': 7 } }));
    assert.throws(() => mergeFaults(none, { errorCodes: { nobody: 30003 } }));
  });
});

describe('the faults of the simulator', () => {
  let simulator: CarrierSimulator;
  let receiver: TestReceiver;
  let url: string;

  beforeEach(async () => {
    receiver = await startTestReceiver();
    simulator = await startTestSimulator({ inboundUrl: `${receiver.url}/sms` });
    url = messagesUrl(simulator.url);
  });
  afterEach(async () => {
    await simulator.stop();
    await receiver.close();
  });

  const send = (more: Record<string, string> = {}) =>
    rawRequest(url, {
      To: phone,
      From: mainNumber,
      Body: 'x',
      StatusCallback: `${receiver.url}/status`,
      ...more,
    });
  const statusesAtReceiver = (): string[] =>
    receiver.received.map(({ parameters }) => String(parameters.MessageStatus)).toSorted();

  it('refuse with 429 and 20429 without accepting', async () => {
    simulator.control.setFaults({ rate429: 1 });
    const { status, body } = await send();
    assert.deepEqual([status, body.code], [429, 20429]);
    assert.equal(simulator.control.stats().messages, 0);
  });

  it('refuse with 429 and say how long to wait, where they are told to', async () => {
    const retryAfter = async (): Promise<unknown> => (await send()).headers.get('retry-after');
    simulator.control.setFaults({ rate429: 1 });
    assert.equal(await retryAfter(), null);
    simulator.control.setFaults({ retryAfterSeconds: 14 });
    assert.equal(await retryAfter(), '14');
    simulator.control.setFaults({ rate429: 0 });
    assert.equal(await retryAfter(), null);
  });

  it('fail with 500 before acceptance, or after it', async () => {
    simulator.control.setFaults({ rate5xxBefore: 1 });
    assert.equal((await send()).status, 500);
    assert.equal(simulator.control.stats().messages, 0);

    simulator.control.setFaults({ rate5xxBefore: 0, rate5xxAfter: 1 });
    assert.equal((await send()).status, 500);
    await simulator.control.settled();
    assert.equal(simulator.control.messagesOf(phone)[0]?.status, 'delivered');
    assert.deepEqual(statusesAtReceiver(), ['delivered', 'sent']);
  });

  it('leave an accepted send without an answer', async () => {
    simulator.control.setFaults({ hangRate: 1 });
    const abort = new AbortController();
    const answer = fetch(url, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({
        To: phone,
        From: mainNumber,
        Body: 'x',
        StatusCallback: `${receiver.url}/status`,
      }),
      signal: abort.signal,
    });
    let answered = false;
    answer.then(
      () => {
        answered = true;
      },
      () => undefined,
    );
    await receiver.arrived(2);
    assert.equal(answered, false);
    abort.abort();
    await assert.rejects(answer, { name: 'AbortError' });
    const listed = await rawRequest(`${url}?To=${encodeURIComponent(phone)}`);
    assert.equal(Array.isArray(listed.body.messages) && listed.body.messages.length, 1);
  });

  it('lose callbacks', async () => {
    simulator.control.setFaults({ lostCallbackRate: 1 });
    await send();
    await simulator.control.settled();
    assert.equal(receiver.received.length, 0);
    assert.equal(simulator.control.stats().callbacks.lost, 2);
  });

  it('repeat callbacks under different idempotency tokens', async () => {
    simulator.control.setFaults({ duplicateCallbackRate: 1 });
    await send();
    await simulator.control.settled();
    assert.deepEqual(statusesAtReceiver(), ['delivered', 'delivered', 'sent', 'sent']);
    assert.equal(
      new Set(receiver.received.map(({ headers }) => headers['i-twilio-idempotency-token'])).size,
      4,
    );
  });

  it('let sent arrive after delivered', async () => {
    simulator.control.setFaults({ outOfOrderCallbackRate: 1 });
    await send();
    await simulator.control.settled();
    assert.deepEqual(
      receiver.received.map(({ parameters }) => parameters.MessageStatus),
      ['delivered', 'sent'],
    );
  });

  it('lose and repeat webhooks of inbound texts', async () => {
    simulator.control.setFaults({ lostInboundRate: 1 });
    await simulator.control.sendText(phone, { body: 'lost' });
    simulator.control.setFaults({ lostInboundRate: 0, duplicateInboundRate: 1 });
    const { id } = await simulator.control.sendText(phone, { body: 'twice' });
    await simulator.control.settled();
    assert.deepEqual(
      receiver.received.map(({ parameters }) => parameters.MessageSid),
      [id, id],
    );
  });

  const refusals: [code: number, status: number][] = [
    [21211, 400],
    [21610, 400],
    [20429, 429],
    [20003, 401],
    [29999, 400],
  ];
  for (const [code, httpStatus] of refusals) {
    it(`refuse sends to a number with ${code} and ${httpStatus}`, async () => {
      simulator.control.setFaults({ errorCodes: { [phone]: code } });
      const { status, body } = await send();
      assert.deepEqual([status, body.code], [httpStatus, code]);
      assert.equal((await send({ To: '+14155550102' })).status, 201);
    });
  }

  const failures: [code: number, statuses: string[]][] = [
    [30003, ['sent', 'undelivered']],
    [30007, ['sent', 'undelivered']],
    [30034, ['failed']],
    [14107, ['failed']],
  ];
  for (const [code, statuses] of failures) {
    it(`let deliveries to a number end with ${code} as ${statuses.at(-1)}`, async () => {
      simulator.control.setFaults({ errorCodes: { [phone]: code } });
      assert.equal((await send()).status, 201);
      await simulator.control.settled();
      assert.deepEqual(statusesAtReceiver(), statuses);
      const last = receiver.received.find(({ parameters }) => parameters.MessageStatus === statuses.at(-1));
      assert.equal(last?.parameters.ErrorCode, String(code));
      assert.ok(last?.parameters.ErrorMessage);
      assert.equal(simulator.control.messagesOf(phone)[0]?.errorCode, code);
    });
  }

  it('are the same again after a reset with the same seed', async () => {
    const run = async (): Promise<number[]> => {
      simulator.control.setFaults({ seed: 7, rate429: 0.3, rate5xxBefore: 0.3 });
      const statuses: number[] = [];
      for (let i = 0; i < 30; i += 1) statuses.push((await send()).status);
      await simulator.control.settled();
      simulator.control.reset();
      return statuses;
    };
    const first = await run();
    assert.deepEqual(new Set(first), new Set([201, 429, 500]));
    assert.deepEqual(await run(), first);
  });
});
