import assert from 'node:assert/strict';
import twilio from 'twilio';
import { NO_JUMP } from '#shared/business-clock/jump.ts';
import type { CarrierSimulator } from './simulator.ts';
import { startTestReceiver, type TestReceiver } from './test-receiver.ts';
import { accountSid, mainNumber, phone, startTestSimulator, twilioClient } from './test-simulator.ts';

describe("the simulator through Twilio's own client", () => {
  let simulator: CarrierSimulator;
  let receiver: TestReceiver;

  beforeEach(async () => {
    simulator = await startTestSimulator();
    receiver = await startTestReceiver();
  });
  afterEach(async () => {
    await simulator.stop();
    await receiver.close();
  });

  it('sends a message and reads it back through its life', async () => {
    const client = twilioClient(simulator.url);
    const created = await client.messages.create({ to: phone, from: mainNumber, body: 'Good morning' });
    assert.equal(created.status, 'queued');
    assert.equal(created.accountSid, accountSid);
    assert.equal(created.dateSent, null);
    await simulator.control.settled();

    const fetched = await client.messages(created.sid).fetch();
    assert.equal(fetched.status, 'delivered');
    assert.equal(fetched.body, 'Good morning');
    assert.ok(fetched.dateSent instanceof Date);
  });

  it('pages through a list, newest first, each message once', async () => {
    const client = twilioClient(simulator.url);
    const sent: string[] = [];
    for (let i = 0; i < 7; i += 1) {
      sent.push((await client.messages.create({ to: phone, from: mainNumber, body: `Text ${i}` })).sid);
    }
    const listed = await client.messages.list({ to: phone, pageSize: 3 });
    assert.deepEqual(
      listed.map(({ sid }) => sid),
      sent.toReversed(),
    );
    const second = await (await client.messages.page({ to: phone, pageSize: 3 })).nextPage();
    const first = await second?.previousPage();
    assert.deepEqual(
      first?.instances.map(({ sid }) => sid),
      sent.slice(-3).toReversed(),
    );
  });

  it('finds inbound texts by the number they went to and the time since when', async () => {
    const client = twilioClient(simulator.url);
    const before = new Date(Date.now() - 60_000);
    await client.messages.create({ to: phone, from: mainNumber, body: 'Outbound' });
    const { id } = await simulator.control.sendText(phone, { body: 'Inbound' });

    const inbound = await client.messages.list({ to: mainNumber, dateSentAfter: before });
    assert.deepEqual(
      inbound.map(({ sid, direction, status }) => ({ sid, direction, status })),
      [{ sid: id, direction: 'inbound', status: 'received' }],
    );
    assert.deepEqual(await client.messages.list({ to: mainNumber, dateSentBefore: before }), []);
  });

  it('reports sent and delivered to the status callback, each signed, and nothing for queued', async () => {
    const client = twilioClient(simulator.url);
    const statusCallback = `${receiver.url}/status?attempt=7#rc=3&rp=ct,rt,5xx`;
    const { sid } = await client.messages.create({ to: phone, from: mainNumber, body: 'Hi', statusCallback });
    await simulator.control.settled();

    // Two requests under way at once may overtake each other, as Twilio's may.
    const byStatus = new Map(
      receiver.received.map(({ parameters }) => [parameters.MessageStatus, parameters]),
    );
    assert.deepEqual([...byStatus.keys()].sort(), ['delivered', 'sent']);
    assert.equal(receiver.received.length, 2);
    assert.ok(receiver.received.every(({ parameters }) => parameters.MessageSid === sid));
    for (const { headers, parameters, path } of receiver.received) {
      const signature = String(headers['x-twilio-signature']);
      assert.equal(path, '/status?attempt=7');
      assert.ok(
        twilio.validateRequest('auth-token-of-the-tests', signature, `${receiver.url}${path}`, parameters),
      );
      assert.ok(
        !twilio.validateRequest('another-token', signature, `${receiver.url}${path}`, parameters),
        'any token verifies',
      );
    }
    assert.equal(byStatus.get('sent')?.RawDlrDoneDate, undefined);
    assert.match(String(byStatus.get('delivered')?.RawDlrDoneDate), /^\d{10}$/);
    assert.equal(byStatus.get('delivered')?.ErrorCode, undefined);
  });

  it('raises the exception of the client with code and status when it refuses', async () => {
    const client = twilioClient(simulator.url);
    await assert.rejects(client.messages.create({ to: '+1415', from: mainNumber, body: 'x' }), {
      code: 21211,
      status: 400,
      moreInfo: 'https://www.twilio.com/docs/errors/21211',
    });
    await assert.rejects(client.messages(`SM${'0'.repeat(32)}`).fetch(), { code: 20404, status: 404 });
    await assert.rejects(twilioClient(simulator.url, 'wrong').messages.list(), { code: 20003, status: 401 });
  });

  it('cancels a scheduled message, and only such', async () => {
    const client = twilioClient(simulator.url);
    const scheduled = await client.messages.create({
      to: phone,
      messagingServiceSid: `MG${'a'.repeat(32)}`,
      body: 'Later',
      scheduleType: 'fixed',
      sendAt: new Date(Date.now() + 3_600_000),
    });
    assert.equal(scheduled.status, 'scheduled');
    const canceled = await client.messages(scheduled.sid).update({ status: 'canceled' });
    assert.equal(canceled.status, 'canceled');
    simulator.control.skipTo({ ...NO_JUMP, offsetMs: 7_200_000 });
    await simulator.control.settled();
    assert.equal((await client.messages(scheduled.sid).fetch()).status, 'canceled');

    const sent = await client.messages.create({ to: phone, from: mainNumber, body: 'Now' });
    await assert.rejects(client.messages(sent.sid).update({ status: 'canceled' }), { code: 30409 });
  });

  it('sends a scheduled message once business time has been skipped to it', async () => {
    const client = twilioClient(simulator.url);
    const { sid } = await client.messages.create({
      to: phone,
      messagingServiceSid: `MG${'a'.repeat(32)}`,
      body: 'Later',
      scheduleType: 'fixed',
      sendAt: new Date(Date.now() + 3_600_000),
    });
    simulator.control.skipTo({ ...NO_JUMP, offsetMs: 3_700_000 });
    await simulator.control.settled();
    const { status, from } = await client.messages(sid).fetch();
    assert.deepEqual({ status, from }, { status: 'delivered', from: mainNumber });
  });
});
