import assert from 'node:assert/strict';
import twilio from 'twilio';
import { type Line, lineSchema } from '#shared/simulator/line.ts';
import type { CarrierSimulator } from '../simulator.ts';
import { startTestReceiver, type TestReceiver } from '../test-receiver.ts';
import {
  accountSid,
  authToken,
  mainNumber,
  phone,
  startTestSimulator,
  twilioClient,
} from '../test-simulator.ts';

/** Calls through Twilio's own client, unmodified. */

const { VoiceResponse } = twilio.twiml;

const line = (change: Partial<Line>): Line => lineSchema.parse(change);

describe("calls of the simulator through Twilio's own client", () => {
  let simulator: CarrierSimulator;
  let receiver: TestReceiver;
  let client: ReturnType<typeof twilioClient>;
  /** What a request for a document is answered with, by path. */
  let documents: Record<string, string>;

  beforeEach(async () => {
    documents = {};
    simulator = await startTestSimulator({ callSpeed: 1_000, callsPerSecond: 1_000 });
    receiver = await startTestReceiver((response, { path }) => {
      const document = documents[path.split('?')[0] ?? ''];
      response.writeHead(document === 'broken' ? 500 : 200, { 'content-type': 'text/xml' });
      response.end(document ?? '<Response></Response>');
    });
    client = twilioClient(simulator.url);
  });
  afterEach(async () => {
    await simulator.stop();
    await receiver.close();
  });

  const greeting = (): InstanceType<typeof VoiceResponse> => {
    const response = new VoiceResponse();
    const gather = response.gather({
      input: ['dtmf'],
      numDigits: 1,
      finishOnKey: '',
      timeout: 1,
      action: `${receiver.url}/keys?x=1`,
    });
    gather.say({ language: 'en-US', voice: 'Polly.Joanna' }, 'This is the clinic.');
    gather.say({ language: 'en-US', voice: 'Polly.Joanna' }, 'To opt out, press 9.');
    gather.pause({ length: 2 });
    gather.say({ language: 'en-US', voice: 'Polly.Joanna' }, 'Flu shots are free.');
    response.hangup();
    return response;
  };
  const everything = ['initiated', 'ringing', 'answered', 'completed'];
  const call = (more: Partial<Parameters<typeof client.calls.create>[0]> = {}) =>
    client.calls.create({
      to: phone,
      from: mainNumber,
      twiml: greeting(),
      statusCallback: `${receiver.url}/status?attempt=7#rc=3`,
      statusCallbackEvent: everything,
      ...more,
    });
  const ofPath = (path: string) => receiver.received.filter((request) => request.path.startsWith(path));
  const heardTexts = (): string[] =>
    simulator.control
      .callsOf(phone)
      .flatMap(({ heard }) => heard.filter(({ kind }) => kind !== 'pause').map(({ text }) => text));

  it('rings, is taken, says everything and ends; the resource and the callbacks say so', async () => {
    const created = await call();
    assert.equal(created.status, 'queued');
    assert.equal(created.accountSid, accountSid);
    await simulator.control.settled();

    const fetched = await client.calls(created.sid).fetch();
    assert.equal(fetched.status, 'completed');
    // 4, 5 and 4 words of 400 ms, a pause of 2 s, and a second in which a key is waited for.
    assert.equal(fetched.duration, '9');
    assert.equal(fetched.price, '-0.01400');
    assert.deepEqual(heardTexts(), ['This is the clinic.', 'To opt out, press 9.', 'Flu shots are free.']);

    const callbacks = ofPath('/status').map(({ parameters }) => parameters);
    const bySequence = callbacks.toSorted((a, b) => Number(a.SequenceNumber) - Number(b.SequenceNumber));
    assert.deepEqual(
      bySequence.map(({ CallStatus }) => CallStatus),
      ['initiated', 'ringing', 'in-progress', 'completed'],
    );
    assert.deepEqual(
      bySequence.map(({ CallDuration }) => CallDuration),
      [undefined, undefined, undefined, '9'],
    );
    for (const { headers, parameters, path } of ofPath('/status')) {
      assert.equal(path, '/status?attempt=7');
      assert.equal(parameters.CallSid, created.sid);
      assert.equal(parameters.Direction, 'outbound-api');
      const signature = String(headers['x-twilio-signature']);
      assert.ok(twilio.validateRequest(authToken, signature, `${receiver.url}${path}`, parameters));
    }
  });

  it('says without a pause what stands without one, to the millisecond of whoever listens', async () => {
    await call();
    await simulator.control.settled();
    const [one] = simulator.control.callsOf(phone);
    const [first, second] = one?.heard ?? [];
    assert.equal(first?.fromMs, 0);
    assert.equal(first?.toMs, second?.fromMs);
    assert.ok(second?.keysCount);
  });

  it('tells only the events that were asked for: the end, where nothing was', async () => {
    await client.calls.create({
      to: phone,
      from: mainNumber,
      twiml: greeting(),
      statusCallback: `${receiver.url}/status`,
    });
    await simulator.control.settled();
    assert.deepEqual(
      ofPath('/status').map(({ parameters }) => parameters.CallStatus),
      ['completed'],
    );
  });

  it('posts a key to the action of what is playing, cuts that short, and plays the answer', async () => {
    const thanks = new VoiceResponse();
    thanks.say('You will get no more calls.');
    thanks.hangup();
    documents['/keys'] = thanks.toString();
    simulator.control.setLine(phone, line({ presses: [{ afterMs: 2_000, key: '9' }] }));
    const { sid } = await call();
    await simulator.control.settled();

    const [keys] = ofPath('/keys');
    assert.equal(keys?.parameters.Digits, '9');
    assert.equal(keys?.parameters.CallSid, sid);
    assert.equal(keys?.path, '/keys?x=1');
    assert.deepEqual(heardTexts(), [
      'This is the clinic.',
      'To opt out, press 9.',
      'You will get no more calls.',
    ]);
    const [one] = simulator.control.callsOf(phone);
    assert.deepEqual(one?.pressed, [{ key: '9', atMs: 2_000, counted: true }]);
    assert.equal(one?.heard[1]?.toMs, 2_000);
    assert.equal((await client.calls(sid).fetch()).status, 'completed');
  });

  it('counts no key where none is asked for', async () => {
    const plain = new VoiceResponse();
    plain.say('One two three four.');
    simulator.control.setLine(phone, line({ presses: [{ afterMs: 500, key: '9' }] }));
    await call({ twiml: plain });
    await simulator.control.settled();
    assert.deepEqual(simulator.control.callsOf(phone)[0]?.pressed, [{ key: '9', atMs: 500, counted: false }]);
    assert.equal(ofPath('/keys').length, 0);
  });

  const ends: [what: string, change: Partial<Line>, status: string, sip: string | undefined][] = [
    ['is busy', { answers: 'busy' }, 'busy', '486'],
    ['nobody takes', { answers: 'no_answer' }, 'no-answer', '487'],
    ['is taken too late', { answers: 'human', afterMs: 61_000 }, 'no-answer', '487'],
    ['is declined', { answers: 'rejects' }, 'busy', '603'],
    ['goes to a number that nobody has', { answers: 'unreachable' }, 'failed', '404'],
  ];
  for (const [what, change, status, sip] of ends) {
    it(`that ${what} ends as ${status}, and nothing was heard`, async () => {
      simulator.control.setLine(phone, line(change));
      const { sid } = await call();
      await simulator.control.settled();
      const fetched = await client.calls(sid).fetch();
      assert.equal(fetched.status, status);
      assert.equal(fetched.duration, '0');
      assert.equal(fetched.price, null);
      assert.deepEqual(heardTexts(), []);
      const last = ofPath('/status').find(({ parameters }) => parameters.CallStatus === status);
      assert.equal(last?.parameters.SipResponseCode, sip);
    });
  }

  it('fails with the code of the fault of its number', async () => {
    simulator.control.setFaults({ errorCodes: { [phone]: 13224 } });
    await call();
    await simulator.control.settled();
    const last = ofPath('/status').at(-1)?.parameters;
    assert.deepEqual([last?.CallStatus, last?.ErrorCode], ['failed', '13224']);
  });

  it('ends when the person hangs up, and when its time is over', async () => {
    simulator.control.setLine(phone, line({ hangsUpAfterMs: 1_000 }));
    await call();
    await simulator.control.settled();
    simulator.control.setLine(phone, line({}));
    await call({ timeLimit: 2 });
    await simulator.control.settled();
    assert.deepEqual(
      simulator.control.callsOf(phone).map(({ lengthMs, status }) => [status, lengthMs]),
      [
        ['completed', 1_000],
        ['completed', 2_000],
      ],
    );
  });

  it('detects a machine when its greeting is over, beside the call, which then says something else', async () => {
    simulator.control.setLine(phone, line({ answers: 'machine', greetingMs: 3_000 }));
    const message = new VoiceResponse();
    message.say('Call us at 8 0 0.');
    const { sid } = await call({
      machineDetection: 'DetectMessageEnd',
      asyncAmd: 'true',
      asyncAmdStatusCallback: `${receiver.url}/machine?attempt=7`,
      // So long that the greeting of the machine is over first, at any speed.
      twiml: '<Response><Pause length="600"/></Response>',
    });
    while (ofPath('/machine').length === 0) await receiver.arrived(receiver.received.length + 1);
    const [detected] = ofPath('/machine');
    assert.deepEqual(detected?.parameters, {
      CallSid: sid,
      AccountSid: accountSid,
      AnsweredBy: 'machine_end_beep',
      MachineDetectionDuration: '3000',
    });
    const updated = await client.calls(sid).update({ twiml: message });
    assert.equal(updated.status, 'in-progress');
    await simulator.control.settled();
    const [one] = simulator.control.callsOf(phone);
    assert.equal(one?.beepMs, 3_000);
    assert.deepEqual(heardTexts(), ['Call us at 8 0 0.']);
    assert.equal((await client.calls(sid).fetch()).answeredBy, 'machine_end_beep');
  });

  it('keeps a person waiting while it listens for a machine, unless that is done beside the call', async () => {
    await call({ machineDetection: 'Enable' });
    await call({
      machineDetection: 'Enable',
      asyncAmd: 'true',
      asyncAmdStatusCallback: `${receiver.url}/machine`,
    });
    await simulator.control.settled();
    assert.deepEqual(
      simulator.control.callsOf(phone).map(({ heard }) => heard[0]?.fromMs),
      [1_500, 0],
    );
    assert.deepEqual(
      ofPath('/machine').map(({ parameters }) => parameters.AnsweredBy),
      ['human'],
    );
  });

  it('fetches a document from its address, follows redirections, and plays a recording', async () => {
    documents['/first'] = '<Response><Redirect>second</Redirect></Response>';
    documents['/second'] = '<Response><Play loop="2">https://files.example.org/a.mp3</Play></Response>';
    await client.calls.create({ to: phone, from: mainNumber, url: `${receiver.url}/first` });
    await simulator.control.settled();
    assert.deepEqual(
      receiver.received.map(({ path, parameters }) => [path, parameters.CallStatus]),
      [
        ['/first', 'in-progress'],
        ['/second', 'in-progress'],
      ],
    );
    assert.deepEqual(heardTexts(), ['https://files.example.org/a.mp3']);
  });

  it('asks at the fallback address when an answer is an error, and apologises where there is none', async () => {
    documents['/keys'] = 'broken';
    documents['/again'] = '<Response><Say>Once more.</Say></Response>';
    simulator.control.setLine(phone, line({ presses: [{ afterMs: 100, key: '1' }] }));
    await call({ fallbackUrl: `${receiver.url}/again` });
    await call();
    await simulator.control.settled();
    const texts = heardTexts();
    assert.ok(texts.includes('Once more.'));
    assert.equal(texts.filter((text) => text.startsWith('An application error')).length, 1);
    const [fallback] = ofPath('/again');
    assert.equal(fallback?.parameters.ErrorCode, '11200');
  });

  it('can be cancelled while it rings, and ended once it is taken', async () => {
    simulator.control.setLine(phone, line({ answers: 'by_hand' }));
    const rung = await call({ timeout: 600 });
    while (!ofPath('/status').some(({ parameters }) => parameters.CallStatus === 'ringing')) {
      await receiver.arrived(receiver.received.length + 1);
    }
    await client.calls(rung.sid).update({ status: 'canceled' });
    await simulator.control.settled();
    assert.equal((await client.calls(rung.sid).fetch()).status, 'canceled');

    simulator.control.setLine(phone, line({ afterMs: 0 }));
    const taken = await call({ twiml: '<Response><Pause length="3600"/></Response>' });
    while (!ofPath('/status').some(({ parameters }) => parameters.CallStatus === 'in-progress')) {
      await receiver.arrived(receiver.received.length + 1);
    }
    await client.calls(taken.sid).update({ status: 'completed' });
    await simulator.control.settled();
    assert.equal((await client.calls(taken.sid).fetch()).status, 'completed');
    await assert.rejects(client.calls(taken.sid).update({ twiml: greeting() }), { code: 21220, status: 400 });
  });

  it('is found in lists by its numbers, its status and its time, newest first', async () => {
    const before = new Date(Date.now() - 60_000);
    const first = await call();
    await simulator.control.settled();
    simulator.control.setLine(phone, line({ answers: 'busy' }));
    const second = await call();
    await call({ to: '+14155550102' });
    await simulator.control.settled();
    const sids = async (filter: Parameters<typeof client.calls.list>[0]) =>
      (await client.calls.list(filter)).map(({ sid }) => sid);
    assert.deepEqual(await sids({ to: phone, from: mainNumber }), [second.sid, first.sid]);
    assert.deepEqual(await sids({ to: phone, pageSize: 1 }), [second.sid, first.sid]);
    assert.deepEqual(await sids({ to: phone, status: 'busy' }), [second.sid]);
    assert.deepEqual(await sids({ to: phone, startTimeAfter: before }), [first.sid]);
    assert.deepEqual(await sids({ to: phone, endTimeBefore: before }), []);
  });

  it('raises the exception of the client with code and status when it refuses', async () => {
    await assert.rejects(call({ to: '+1415' }), { code: 21211, status: 400 });
    await assert.rejects(call({ from: 'Clinic' }), { code: 21212, status: 400 });
    await assert.rejects(call({ twiml: '<Response><Sing/></Response>' }), { code: 21262, status: 400 });
    await assert.rejects(call({ twiml: `<Response><Say>${'x'.repeat(4_000)}</Say></Response>` }), {
      code: 21262,
    });
    await assert.rejects(client.calls(`CA${'0'.repeat(32)}`).fetch(), { code: 20404, status: 404 });
    assert.equal(simulator.control.stats().calls, 0);
  });

  it('of a phone to us is answered by what the application says, and the keys of the phone reach it', async () => {
    const welcome = new VoiceResponse();
    welcome.gather({ numDigits: 1, finishOnKey: '', action: '/keys' }).say('Press 9.');
    documents['/inbound'] = welcome.toString();
    documents['/keys'] = '<Response><Hangup/></Response>';
    assert.equal(simulator.control.callIn(phone, {}), null, 'nobody answers');
    simulator.control.setWebhooks({ voiceUrl: `${receiver.url}/inbound` });
    simulator.control.callIn(phone, { line: line({ presses: [{ afterMs: 700, key: '9' }] }) });
    await simulator.control.settled();
    const [inbound, keys] = receiver.received;
    assert.deepEqual(
      [inbound?.parameters.From, inbound?.parameters.To, inbound?.parameters.Direction],
      [phone, mainNumber, 'inbound'],
    );
    assert.deepEqual([keys?.path, keys?.parameters.Digits], ['/keys', '9']);
    assert.equal(simulator.control.callsOf(phone)[0]?.direction, 'from_phone');
  });
});
