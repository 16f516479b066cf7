import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { systemClock } from '#shared/clock.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { eventually } from '#test/eventually.ts';
import { type CarrierSimulator, startCarrierSimulator } from '../carrier/simulator.ts';
import { startTestReceiver, type TestReceiver } from '../carrier/test-receiver.ts';
import { createCallTeller } from './call-lines.ts';
import { createScreen } from './interactive.ts';
import { type Phone, type PhoneOptions, switchOn } from './phone.ts';
import { playScript } from './scripted.ts';

const number = phoneNumber('+14155550101');

describe('a phone at a simulator', () => {
  let simulator: CarrierSimulator;
  let application: TestReceiver;
  const phones: Phone[] = [];

  beforeEach(async () => {
    application = await startTestReceiver((response, { parameters }) => {
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(`<Response><Message>You wrote ${parameters.Body}</Message></Response>`);
    });
    simulator = await start(0);
  });
  const start = (port: number): Promise<CarrierSimulator> =>
    startCarrierSimulator({
      port,
      dataDir: null,
      accountSid: `AC${'0'.repeat(32)}`,
      authToken: 'token',
      mainNumber: phoneNumber('+14155550100'),
      inboundUrl: application.url,
      sentAfterMs: { min: 1, max: 2 },
      deliveredAfterMs: { min: 1, max: 2 },
    });
  afterEach(async () => {
    for (const phone of phones.splice(0)) await phone.putAway();
    await simulator.stop();
    await application.close();
  });

  async function on(options: Partial<PhoneOptions> = {}): Promise<Phone> {
    const phone = await switchOn({ base: simulator.url, number, to: null, clock: systemClock(), ...options });
    phones.push(phone);
    return phone;
  }

  it('plays a script and has the whole conversation in the end', async () => {
    const sent: string[] = [];
    const skips: unknown[] = [];
    const conversation = await playScript(
      await on(),
      [
        { type: 'text', line: 1, body: 'one' },
        { type: 'text', line: 2, body: 'two' },
        { type: 'skip', line: 3, request: { by: 'PT10M' } },
        { type: 'wait', line: 4, seconds: 0.01 },
      ],
      50,
      ({ body }) => sent.push(body),
      async (request) => skips.push(request),
    );
    assert.deepEqual(skips, [{ by: 'PT10M' }]);
    assert.deepEqual(sent, ['one', 'two']);
    assert.deepEqual(
      conversation.map(({ direction, body }) => `${direction} ${body}`),
      ['from_phone one', 'to_phone You wrote one', 'from_phone two', 'to_phone You wrote two'],
    );
  });

  it('writes to the number it is told', async () => {
    const phone = await on({ to: phoneNumber('+14155550199') });
    await phone.send('hello');
    await phone.handset.nextArrival(5_000);
    assert.equal(application.received[0]?.parameters.To, '+14155550199');
  });

  it('tells what arrives from now on, not what was there before', async () => {
    const news: string[] = [];
    await simulator.control.sendText(number, { body: 'before' });
    await simulator.control.settled();
    const phone = await on({ onMessage: ({ body }) => news.push(body) });
    assert.deepEqual(
      phone.earlier.map(({ body }) => body),
      ['before', 'You wrote before'],
    );
    await phone.send('after');
    assert.equal(await phone.handset.nextArrival(5_000), true);
    assert.deepEqual(news, ['You wrote after']);
  });

  it('misses nothing that arrives while it has lost the simulator', async () => {
    const lost = Promise.withResolvers<void>();
    const found = Promise.withResolvers<void>();
    const arrived: string[] = [];
    const clock = systemClock();
    await on({
      clock: { ...clock, sleep: (ms, signal) => clock.sleep(ms / 20, signal) },
      onMessage: ({ body }) => arrived.push(body),
      onConnection: (connected) => (connected ? found : lost).resolve(),
    });
    await simulator.stop();
    await lost.promise;
    simulator = await start(Number(new URL(simulator.url).port));
    await simulator.control.sendText(number, { body: 'meanwhile' });
    await simulator.control.settled();
    await found.promise;
    assert.deepEqual(arrived, ['You wrote meanwhile']);
  });

  it('says clearly that there is no simulator', async () => {
    await simulator.stop();
    await assert.rejects(on(), { code: 'unavailable', message: /cannot be reached at http.*npm start/ });
  });

  it('shows in a terminal what is typed and what arrives, until the input ends', async () => {
    const terminal = { input: new PassThrough(), output: new PassThrough() };
    const screen = createScreen(terminal, '> ');
    const phone = await on({ onMessage: (message) => screen.show(`arrived: ${message.body}`) });
    const skips: unknown[] = [];
    const running = screen.run(
      phone,
      ({ body }) => `typed: ${body}`,
      async (request) => `skipped, ${skips.push(request)}`,
    );
    terminal.input.write('/skip 10m\n/skip\nhello\n\n');
    assert.equal(await phone.handset.nextArrival(5_000), true);
    terminal.input.end();
    await running;
    const shown = String(terminal.output.read());
    assert.match(shown, /skipped, 1\n.*a skip is one of.*typed: hello/s);
    assert.deepEqual(skips, [{ by: 'PT10M' }]);
    assert.match(shown, /arrived: You wrote hello/);
    assert.equal(application.received.length, 1);
  });

  it('takes a call by hand in a terminal, shows what is said, presses keys and hangs up', async () => {
    const terminal = { input: new PassThrough(), output: new PassThrough() };
    const screen = createScreen(terminal, '> ');
    const teller = createCallTeller();
    let shown = '';
    terminal.output.on('data', (chunk) => {
      shown += String(chunk);
    });
    const told = (words: RegExp): Promise<void> => eventually(async () => assert.match(shown, words));
    const phone = await on({
      onCall: (call) => {
        for (const line of teller.take(call)) screen.show(line);
      },
    });
    assert.equal(simulator.control.lineOf(number).answers, 'by_hand');
    const running = screen.run(
      phone,
      () => '',
      async () => '',
    );
    terminal.input.write('/answer\n/press 99\n');
    await told(/409.*no call waits/);
    await told(/of calls there are/);
    const twiml = `<Response><Gather numDigits="1" action="${application.url}"><Say>Press 9.</Say><Pause length="60"/></Gather></Response>`;
    const account = `AC${'0'.repeat(32)}`;
    const asked = await fetch(`${simulator.url}/2010-04-01/Accounts/${account}/Calls.json`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${account}:token`).toString('base64')}` },
      body: new URLSearchParams({ To: number, From: '+14155550100', Twiml: twiml }),
    });
    assert.equal(asked.status, 201);
    await told(/\+14155550100 rings/);
    terminal.input.write('/answer\n');
    await told(/"Press 9\."/);
    terminal.input.write('/press 9\n');
    await eventually(async () => assert.equal(application.received[0]?.parameters.Digits, '9'));
    // The application answers with a text, which no call can play.
    await told(/An application error/);
    terminal.input.write('/hangup\n');
    await told(/over after \d+ s/);
    terminal.input.end();
    await running;
    await phone.putAway();
    assert.equal(simulator.control.lineOf(number).answers, 'human');
  });
});
