import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_JUMP } from '#shared/business-clock/jump.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { lineSchema } from '#shared/simulator/line.ts';
import type { CarrierSimulator } from './simulator.ts';
import { type Answer, startTestReceiver, type TestReceiver } from './test-receiver.ts';
import { mainNumber, phone, startTestSimulator, twilioClient } from './test-simulator.ts';

const other = phoneNumber('+14155550102');

describe('a simulator that is started again on its journal', () => {
  let dataDir: string;
  let cleanUp: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'carrier-'));
    cleanUp = [() => rm(dataDir, { recursive: true })];
  });
  afterEach(async () => {
    for (const end of cleanUp.toReversed()) await end();
  });

  async function start(options: Parameters<typeof startTestSimulator>[0] = {}): Promise<CarrierSimulator> {
    const simulator = await startTestSimulator({ dataDir, ...options });
    cleanUp.push(simulator.stop);
    return simulator;
  }
  async function receive(answer?: Answer): Promise<TestReceiver> {
    const receiver = await startTestReceiver(answer);
    cleanUp.push(receiver.close);
    return receiver;
  }

  it('goes on with statuses that were still to come', async () => {
    const receiver = await receive();
    const first = await start({ deliveredAfterMs: { min: 3_600_000, max: 3_600_000 } });
    const { sid } = await twilioClient(first.url).messages.create({
      to: phone,
      from: mainNumber,
      body: 'Hi',
      statusCallback: `${receiver.url}/status`,
    });
    await receiver.arrived(1);
    await first.stop();

    const second = await start();
    assert.equal((await twilioClient(second.url).messages(sid).fetch()).status, 'sent');
    second.control.skipTo({ ...NO_JUMP, offsetMs: 3_600_000 });
    // The callback of `sent` may come again: the first simulator may have ended before it read the answer.
    const statuses = (): unknown[] => receiver.received.map(({ parameters }) => parameters.MessageStatus);
    while (!statuses().includes('delivered')) await receiver.arrived(receiver.received.length + 1);
  });

  it('rings again where a call had not been taken, and ends those that had been', async () => {
    const receiver = await receive();
    const first = await start({ callSpeed: 1, callsPerSecond: 1_000 });
    const call = (to: string) =>
      twilioClient(first.url).calls.create({
        to,
        from: mainNumber,
        twiml: '<Response><Pause length="600"/></Response>',
        statusCallback: `${receiver.url}/status`,
        statusCallbackEvent: ['ringing', 'answered', 'completed'],
      });
    first.control.setLine(phone, lineSchema.parse({ answers: 'by_hand' }));
    first.control.setLine(other, lineSchema.parse({ afterMs: 0 }));
    await call(phone);
    await call(other);
    const told = (status: string, to: string): boolean =>
      receiver.received.some(({ parameters }) => parameters.CallStatus === status && parameters.To === to);
    const untilTold = async (status: string, to: string): Promise<void> => {
      while (!told(status, to)) await receiver.arrived(receiver.received.length + 1);
    };
    await untilTold('ringing', phone);
    await untilTold('in-progress', other);
    await first.stop();

    const second = await start({ callSpeed: 1_000 });
    await untilTold('completed', other);
    // The default line: somebody takes it.
    await untilTold('completed', phone);
    await second.control.settled();
    assert.equal(second.control.callsOf(phone)[0]?.status, 'completed');
  });

  it('goes on with the time that it was told of last, and never goes back', async () => {
    const first = await start();
    first.control.skipTo({ ...NO_JUMP, offsetMs: 7_200_000 });
    first.control.skipTo({ ...NO_JUMP, offsetMs: 3_600_000 });
    first.control.reset();
    await first.stop();

    const second = await start();
    assert.equal(second.control.clock().offsetMs, 7_200_000);
    const { at } = await second.control.sendText(phone, { body: 'Hi' });
    assert.ok(Date.parse(at) >= Date.now() + 7_190_000, at);
  });

  it('delivers webhooks that had not been answered, under their old idempotency token', async () => {
    const silent = await receive(() => undefined);
    const first = await start({ inboundUrl: `${silent.url}/sms` });
    const { id } = await first.control.sendText(phone, { body: 'Hi' });
    const [unanswered] = await silent.arrived(1);
    await first.stop();

    const receiver = await receive();
    const second = await start({ inboundUrl: `${receiver.url}/sms` });
    const [answered] = await receiver.arrived(1);
    assert.equal(answered?.parameters.MessageSid, id);
    assert.equal(
      answered?.headers['i-twilio-idempotency-token'],
      unanswered?.headers['i-twilio-idempotency-token'],
    );
    await second.control.settled();
    assert.equal(second.control.messagesOf(phone)[0]?.status, 'received');
  });

  it('sends nothing again that was done with', async () => {
    const receiver = await receive();
    const first = await start({ inboundUrl: `${receiver.url}/sms` });
    await first.control.sendText(phone, { body: 'Hi' });
    await twilioClient(first.url).messages.create({
      to: phone,
      from: mainNumber,
      body: 'Hello',
      statusCallback: `${receiver.url}/status`,
    });
    await first.control.settled();
    await first.stop();
    const second = await start({ inboundUrl: `${receiver.url}/sms` });
    await second.control.settled();
    assert.deepEqual(
      second.control.messagesOf(phone).map(({ body, status }) => [body, status]),
      [
        ['Hi', 'received'],
        ['Hello', 'delivered'],
      ],
    );
    assert.equal(receiver.received.length, 3);
  });
});
