import assert from 'node:assert/strict';
import type { CarrierSimulator } from '../simulator.ts';
import { startTestReceiver, type TestReceiver } from '../test-receiver.ts';
import { mainNumber, phone, startTestSimulator, twilioClient } from '../test-simulator.ts';

describe('calls of the simulator that meet faults', () => {
  let simulator: CarrierSimulator;
  let receiver: TestReceiver;

  beforeEach(async () => {
    simulator = await startTestSimulator({ callSpeed: 1_000, callsPerSecond: 1_000 });
    receiver = await startTestReceiver();
  });
  afterEach(async () => {
    await simulator.stop();
    await receiver.close();
  });

  const call = (more: { timeout?: number } = {}) =>
    twilioClient(simulator.url).calls.create({
      to: phone,
      from: mainNumber,
      // Longer than it takes to tell a person from a machine.
      twiml: '<Response><Say>Good morning to everybody who listens.</Say></Response>',
      statusCallback: `${receiver.url}/status`,
      statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
      asyncAmd: 'true',
      machineDetection: 'Enable',
      asyncAmdStatusCallback: `${receiver.url}/machine`,
      ...more,
    });
  const words = (): unknown[] =>
    receiver.received.map(({ parameters }) => parameters.CallStatus ?? parameters.AnsweredBy);

  it('are not made when the request is refused with 429 or 500', async () => {
    simulator.control.setFaults({ rate429: 1 });
    await assert.rejects(call(), { code: 20429, status: 429 });
    simulator.control.setFaults({ rate429: 0, rate5xxBefore: 1 });
    await assert.rejects(call(), { status: 500 });
    assert.deepEqual(simulator.control.callsOf(phone), []);
  });

  it('are made although the answer is 500', async () => {
    simulator.control.setFaults({ rate5xxAfter: 1 });
    await assert.rejects(call(), { status: 500 });
    await simulator.control.settled();
    assert.deepEqual(
      simulator.control.callsOf(phone).map(({ status }) => status),
      ['completed'],
    );
    simulator.control.setFaults({ rate5xxAfter: 0 });
    assert.equal((await twilioClient(simulator.url).calls.list({ to: phone })).length, 1);
  });

  it('lose every callback', async () => {
    simulator.control.setFaults({ lostCallbackRate: 1 });
    await call();
    await simulator.control.settled();
    assert.deepEqual(words(), []);
    assert.equal(simulator.control.stats().callbacks.lost, 5);
  });

  it('double every callback, under another idempotency token', async () => {
    simulator.control.setFaults({ duplicateCallbackRate: 1 });
    await call();
    await simulator.control.settled();
    assert.equal(words().length, 10);
    const tokens = receiver.received.map(({ headers }) => headers['i-twilio-idempotency-token']);
    assert.equal(new Set(tokens).size, 10);
  });

  it('have each callback but the last overtaken by the next one', async () => {
    simulator.control.setFaults({ outOfOrderCallbackRate: 1 });
    await call();
    await simulator.control.settled();
    const statuses = words().filter((word) => word !== 'human');
    assert.deepEqual(statuses.toSorted(), ['completed', 'in-progress', 'initiated', 'ringing']);
    assert.ok(statuses.indexOf('completed') < statuses.indexOf('in-progress'));
  });

  it('fail at a number with a code', async () => {
    simulator.control.setFaults({ errorCodes: { [phone]: 21215 } });
    await assert.rejects(call(), { code: 21215, status: 400 });
  });

  it('are made to a number that takes no texts', async () => {
    for (const code of [21614, 30006]) {
      simulator.control.setFaults({ errorCodes: { [phone]: code } });
      await call();
      await simulator.control.settled();
      assert.equal(simulator.control.callsOf(phone).at(-1)?.status, 'completed', `with code ${code}`);
    }
  });

  it('are dialled no faster than the account may, in the order in which they were asked for', async () => {
    const slow = await startTestSimulator({ callSpeed: 1_000, callsPerSecond: 20 });
    const client = twilioClient(slow.url);
    const twiml = '<Response><Say>Hello.</Say></Response>';
    for (let n = 0; n < 5; n += 1) await client.calls.create({ to: phone, from: mainNumber, twiml });
    await slow.control.settled();
    const dialled = slow.control.callsOf(phone).map(({ initiatedAt }) => Date.parse(String(initiatedAt)));
    await slow.stop();
    assert.deepEqual(dialled.toSorted(), dialled);
    // Timers may be a few milliseconds early.
    assert.ok((dialled.at(-1) ?? 0) - (dialled[0] ?? 0) >= 4 * 50 - 20, dialled.join(' '));
  });
});
