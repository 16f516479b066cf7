import assert from 'node:assert/strict';
import { whatsAppOf } from '#shared/phone/sender-address.ts';
import type { CarrierSimulator } from './simulator.ts';
import { ajv, assertValid, closed, description } from './test-description.ts';
import { startTestReceiver, type TestReceiver } from './test-receiver.ts';
import {
  mainNumber,
  messagesUrl,
  phone,
  rawRequest,
  startTestSimulator,
  twilioClient,
} from './test-simulator.ts';

const ours = whatsAppOf(mainNumber);
const person = whatsAppOf(phone);
const contentSid = `HX${'0123456789abcdef'.repeat(2)}`;
const HOUR = 3_600_000;

const validMessage = ajv.compile(closed(description.components.schemas['api.v2010.account.message']));

describe('the simulator on WhatsApp', () => {
  let simulator: CarrierSimulator;
  let receiver: TestReceiver;

  beforeEach(async () => {
    receiver = await startTestReceiver();
    simulator = await startTestSimulator({ inboundUrl: `${receiver.url}/inbound` });
  });
  afterEach(async () => {
    await simulator.stop();
    await receiver.close();
  });

  const create = (more: object) =>
    twilioClient(simulator.url).messages.create({
      to: person,
      from: ours,
      statusCallback: `${receiver.url}/status`,
      ...more,
    });
  const write = (body = 'Hello') => simulator.control.sendText(phone, { body, to: whatsAppOf(mainNumber) });
  const endOf = async (sid: string) => {
    await simulator.control.settled();
    const { errorCode, status } = await twilioClient(simulator.url).messages(sid).fetch();
    return [status, errorCode];
  };

  it('brings what a person wrote there as Twilio does, and reads what is answered', async () => {
    await write();
    await simulator.control.settled();
    const [inbound] = receiver.received;
    assert.deepEqual(
      ['From', 'To', 'Body', 'WaId', 'NumSegments'].map((name) => inbound?.parameters[name]),
      [person, ours, 'Hello', phone.slice(1), '1'],
    );
    const { sid } = await create({ body: 'Good morning' });
    assert.deepEqual(await endOf(sid), ['read', null]);
    const told = receiver.received.filter(({ parameters }) => parameters.MessageSid === sid);
    assert.deepEqual(
      told.map(({ parameters }) => [parameters.MessageStatus, parameters.To]),
      ['sent', 'delivered', 'read'].map((status) => [status, person]),
    );
  });

  it('takes no free text of a conversation that is older than 24 hours, or was never begun there', async () => {
    const unasked = await create({ body: 'Good morning' });
    assert.deepEqual(await endOf(unasked.sid), ['undelivered', 63016]);
    // A text opens no window there.
    await simulator.control.sendText(phone, { body: 'Hello' });
    assert.deepEqual(await endOf((await create({ body: 'Good morning' })).sid), ['undelivered', 63016]);
    await write();
    assert.deepEqual(await endOf((await create({ body: 'Good morning' })).sid), ['read', null]);
    simulator.control.skipTo({ previousMs: 0, offsetMs: 25 * HOUR, jumpsAt: 0 });
    assert.deepEqual(await endOf((await create({ body: 'Good morning' })).sid), ['undelivered', 63016]);
    const told = receiver.received.filter(({ parameters }) => parameters.MessageSid === unasked.sid);
    assert.deepEqual(
      told.map(({ parameters }) => [parameters.MessageStatus, parameters.ErrorCode]),
      [['undelivered', '63016']],
    );
  });

  it('takes approved templates at any time, filled in, and none that it does not know', async () => {
    await assert.rejects(create({ contentSid }), { code: 21655, status: 400 });
    simulator.control.putTemplate({ contentSid, body: 'Hello {{1}}, see you on {{2}}.' });
    const { sid } = await create({ contentSid, contentVariables: '{"1":"Ada","2":"{{1}}"}' });
    assert.deepEqual(await endOf(sid), ['read', null]);
    assert.equal(
      (await twilioClient(simulator.url).messages(sid).fetch()).body,
      'Hello Ada, see you on {{1}}.',
    );
    assert.deepEqual(await endOf((await create({ contentSid, contentVariables: '{"1":"Ada"}' })).sid), [
      'undelivered',
      63028,
    ]);
    await assert.rejects(create({ contentSid, contentVariables: '{"1":' }), { code: 21656, status: 400 });
  });

  it('lists by the addresses of both ends, apart from texts of the same two numbers', async () => {
    simulator.control.putTemplate({ contentSid, body: 'Hello' });
    const { sid } = await create({ contentSid });
    const text = await create({ to: phone, from: mainNumber, body: 'Hello' });
    const listed = async (query: object) =>
      (await twilioClient(simulator.url).messages.list(query)).map(({ sid: each }) => each);
    assert.deepEqual(await listed({ to: person, from: ours }), [sid]);
    assert.deepEqual(await listed({ to: person }), [sid]);
    assert.deepEqual(await listed({ to: phone }), [text.sid]);
    assert.deepEqual(await listed({ from: ours }), [sid]);
  });

  it('takes one file with a message, and drops the others without a word', async () => {
    await write();
    const files = ['https://media.example/a.png', 'https://media.example/b.png'];
    const { numMedia } = await create({ body: 'x', mediaUrl: files });
    assert.equal(numMedia, '1');
  });

  it('refuses one end on WhatsApp and the other not, and a number that is not there', async () => {
    await assert.rejects(create({ from: mainNumber, body: 'x' }), { code: 21910 });
    await assert.rejects(create({ to: phone, body: 'x' }), { code: 21910 });
    simulator.control.setFaults({ errorCodes: { [person]: 63003 } });
    await write();
    assert.deepEqual(await endOf((await create({ body: 'x' })).sid), ['undelivered', 63003]);
    const text = await create({ to: phone, from: mainNumber, body: 'x' });
    assert.deepEqual(await endOf(text.sid), ['delivered', null]);
  });

  it("answers with messages as Twilio's description has them", async () => {
    simulator.control.putTemplate({ contentSid, body: 'Hello {{1}}' });
    const { body, status } = await rawRequest(messagesUrl(simulator.url), {
      To: person,
      From: ours,
      ContentSid: contentSid,
      ContentVariables: '{"1":"Ada"}',
    });
    assert.equal(status, 201);
    assertValid(validMessage, body);
    await simulator.control.settled();
    const again = await rawRequest(`${simulator.url}${String(body.uri)}`);
    assert.equal(again.body.status, 'read');
    assertValid(validMessage, again.body);
  });

  it('has its templates and its phones in the control API', async () => {
    const post = (path: string, body: object) =>
      fetch(`${simulator.url}/simulator/${path}`, { method: 'POST', body: JSON.stringify(body) });
    assert.equal((await post('templates', { contentSid: 'HX1', body: 'Hello' })).status, 400);
    assert.equal((await post('templates', { contentSid, body: 'Hello' })).status, 200);
    const kept = await (await fetch(`${simulator.url}/simulator/templates`)).json();
    assert.deepEqual(kept, { templates: [{ contentSid, body: 'Hello' }] });
    const texted = await post(`phones/${encodeURIComponent(phone)}/texts`, { body: 'Hi', to: ours });
    assert.equal(texted.status, 202);
    assert.deepEqual(
      simulator.control.messagesOf(phone).map(({ from, to }) => [from, to]),
      [[person, ours]],
    );
  });
});
