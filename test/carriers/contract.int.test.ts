import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { Messages, SMS } from '@vonage/messages';
import fc from 'fast-check';
import type { ReceivedWebhook, SendOutcome, SendRequest } from '#shared/carriers/carrier.ts';
import { isMessageStatus, mergeStatus } from '#shared/carriers/status.ts';
import { statusCallbackUrl } from '#shared/carriers/webhook-addresses.ts';
import { whatsAppCarriers } from '#shared/carriers/whatsapp.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { whatsAppOf } from '#shared/phone/sender-address.ts';
import { eventually } from '../eventually.ts';
import { APPLICATION, type Bench, OURS, privateKey, startBench } from './subjects.ts';

const PHONE = phoneNumber('+14155550101');
const ids = {
  attemptId: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11',
  messageId: '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60',
};
const names = ['twilio', 'vonage', 'aws'] as const;

/** A port of this machine that nothing listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : assert.fail();
}

/** What every carrier has to keep to, whatever its words are. */
describe('The contract of carriers', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(async () => {
    await bench.stop();
  });
  beforeEach(async () => {
    bench.simulator.control.reset();
    bench.webhooks.length = 0;
  });

  const request = (name: CarrierName, more: Partial<SendRequest> = {}): SendRequest => ({
    ...ids,
    to: PHONE,
    from: OURS[name],
    body: 'Good morning, José & Zoë: 2 + 2 = 4?',
    template: null,
    mediaUrls: [],
    statusCallbackUrl: statusCallbackUrl(bench.publicUrl, name, ids),
    validForSeconds: 3_600,
    signal: new AbortController().signal,
    ...more,
  });
  const send = (name: CarrierName, more: Partial<SendRequest> = {}): Promise<SendOutcome> =>
    bench.carrier(name).send(request(name, more));
  const received = () => bench.simulator.control.messagesOf(PHONE);
  /** What was posted about texts and statuses, as this carrier reads it. */
  const heard = async (name: CarrierName, subject: 'text' | 'status') => {
    await bench.simulator.control.settled();
    const carrier = bench.carrier(name);
    const found: ReceivedWebhook[] = [];
    for (const webhook of bench.webhooks) {
      if ((await carrier.verifyWebhook(webhook)) !== 'genuine') continue;
      if (carrier.subjectOf(webhook) === subject) found.push(webhook);
    }
    return found;
  };

  for (const name of names) {
    describe(name, () => {
      it('is asked for nothing when it would keep a message for longer than it may be sent', async () => {
        assert.equal((await send(name, { validForSeconds: 0.9 })).kind, 'not_sent');
        await bench.simulator.control.settled();
        assert.deepEqual(received(), []);
      });

      it('takes a message, and the phone has it as it was written', async () => {
        const outcome = await send(name);
        assert.equal(outcome.kind, 'accepted');
        assert.ok(outcome.kind === 'accepted' && isMessageStatus(outcome.status));
        await bench.simulator.control.settled();
        assert.deepEqual(
          received().map(({ body, from, status }) => ({ body, from, status })),
          [{ body: 'Good morning, José & Zoë: 2 + 2 = 4?', from: OURS[name], status: 'delivered' }],
        );
      });

      it('tells what became of it by statuses with our own ids, which end the same in any order', async () => {
        const outcome = await send(name);
        const carrier = bench.carrier(name);
        const reports = (await heard(name, 'status')).map((webhook) => {
          const parsed = carrier.parseStatus(webhook);
          assert.equal(parsed.kind, 'status');
          return parsed.kind === 'status' ? parsed.report : assert.fail();
        });
        assert.ok(reports.length >= 2);
        for (const report of reports) {
          assert.equal(report.carrierMessageId, outcome.kind === 'accepted' && outcome.carrierMessageId);
          assert.deepEqual(
            { attemptId: report.attemptId, messageId: report.messageId, phoneNumber: report.phoneNumber },
            { ...ids, phoneNumber: PHONE },
          );
        }
        const statuses = reports.map(({ errorCode, status }, second) => ({
          status: isMessageStatus(status) ? status : assert.fail(status),
          at: new Date(second),
          errorCode,
        }));
        fc.assert(
          fc.property(fc.shuffledSubarray(statuses, { minLength: statuses.length }), (shuffled) => {
            assert.equal(shuffled.reduce(mergeStatus).status, 'delivered');
          }),
        );
      });

      for (const [code, classes, what] of [
        [21211, ['drop_number', 'halt'], 'a number that is none'],
        [21610, ['suppress'], 'a person who opted out there'],
        [21606, ['halt'], 'a sender number that may not send'],
        [20003, ['halt'], 'our account'],
      ] as const) {
        it(`refuses ${what} with a code that its table knows`, async () => {
          bench.simulator.control.setFaults({ errorCodes: { [PHONE]: code } });
          const outcome = await send(name);
          assert.equal(outcome.kind, 'refused');
          if (outcome.kind !== 'refused') return;
          const rule = bench.carrier(name).classifyError(outcome.errorCode);
          assert.ok(
            classes.some((each) => each === rule.class),
            `${outcome.errorCode} is ${rule.class}`,
          );
          assert.equal(outcome.class, rule.class);
          assert.match(rule.source, /^https:/);
          assert.deepEqual(received(), []);
        });
      }

      it('says that it is asked too fast, and for how long to wait', async () => {
        bench.simulator.control.setFaults({ rate429: 1, retryAfterSeconds: 7 });
        assert.deepEqual(await send(name), { kind: 'throttled', retryAfterMs: 7_000 });
        assert.deepEqual(received(), []);
      });

      for (const fault of ['rate5xxBefore', 'rate5xxAfter'] as const) {
        it(`leaves it open what became of a request with a server error (${fault})`, async () => {
          bench.simulator.control.setFaults({ [fault]: 1 });
          assert.equal((await send(name)).kind, 'ambiguous');
          assert.equal(received().length, fault === 'rate5xxAfter' ? 1 : 0);
          assert.equal(bench.simulator.control.stats().requests, 1, 'one request, never repeated');
        });
      }

      it('leaves it open what became of a request without an answer, once its time is over', async () => {
        bench.simulator.control.setFaults({ hangRate: 1 });
        const impatient = bench.carrier(name, { sendTimeoutMs: 300 });
        assert.equal((await impatient.send(request(name))).kind, 'ambiguous');
        assert.equal(received().length, 1);
      });

      it('tells later, by our own ids, what became of a request without an answer', async () => {
        bench.simulator.control.setFaults({ rate5xxAfter: 1 });
        await send(name);
        const [webhook] = await heard(name, 'status');
        const parsed = webhook && bench.carrier(name).parseStatus(webhook);
        assert.equal(parsed?.kind === 'status' && parsed.report.attemptId, ids.attemptId);
      });

      it('has certainly not sent what it could not connect for, and what was called off before', async () => {
        const nowhere = bench.carrier(name, { url: `http://127.0.0.1:${await closedPort()}` });
        assert.equal((await nowhere.send(request(name))).kind, 'not_sent');
        const outcome = await send(name, { signal: AbortSignal.abort() });
        assert.equal(outcome.kind, 'not_sent');
        assert.deepEqual(received(), []);
      });

      for (const [code, classes] of [
        [30003, ['retry']],
        [30005, ['drop_number']],
        [30007, ['halt']],
        [30036, ['retry']],
      ] as const) {
        it(`tells of a message that did not arrive (${code}) with a code that its table knows`, async () => {
          bench.simulator.control.setFaults({ errorCodes: { [PHONE]: code } });
          assert.equal((await send(name)).kind, 'accepted');
          const carrier = bench.carrier(name);
          const reports = (await heard(name, 'status')).map((webhook) => carrier.parseStatus(webhook));
          const last = reports.find((parsed) => parsed.kind === 'status' && parsed.report.errorCode !== null);
          assert.ok(last?.kind === 'status');
          assert.ok(['failed', 'undelivered'].includes(last.report.status), last.report.status);
          const { class: errorClass } = carrier.classifyError(last.report.errorCode ?? '');
          assert.ok(
            classes.some((each) => each === errorClass),
            `${last.report.errorCode} is ${errorClass}`,
          );
        });
      }

      it('has a rule for codes that nobody knows: never again', () => {
        const { class: errorClass, retries } = bench.carrier(name).classifyError('nobody-knows');
        assert.deepEqual([errorClass, retries], ['unknown', 0]);
      });

      it('brings what a phone texts, signed, with both numbers', async () => {
        await bench.simulator.control.sendText(PHONE, { to: OURS[name], body: '¿Qué? 100 % & "STOP" 👍🏽' });
        const [webhook, ...others] = await heard(name, 'text');
        assert.ok(webhook);
        assert.equal(others.length, 0);
        const parsed = bench.carrier(name).parseInbound(webhook);
        assert.equal(parsed.kind, 'message');
        if (parsed.kind !== 'message') return;
        const { body, carrierMessageId, from, optOutType, to } = parsed.message;
        assert.deepEqual(
          [body, from, to, optOutType],
          ['¿Qué? 100 % & "STOP" 👍🏽', PHONE, OURS[name], null],
        );
        assert.notEqual(carrierMessageId, '');
      });

      it('does not take a webhook that was changed, or one of another carrier', async () => {
        for (const each of names)
          await bench.simulator.control.sendText(PHONE, { to: OURS[each], body: 'Hello' });
        const carrier = bench.carrier(name);
        const [own] = await heard(name, 'text');
        assert.ok(own);
        const changed = Buffer.from(own.body.toString().replace('Hello', 'Hallo'));
        const tampered: ReceivedWebhook = {
          ...own,
          body: changed,
          parameters: new Map(
            [...own.parameters].map(([key, [value]]) => [key, [value === 'Hello' ? 'Hallo' : (value ?? '')]]),
          ),
        };
        assert.equal(await carrier.verifyWebhook(tampered), 'forged');
        const genuine: Record<string, number> = {};
        for (const webhook of bench.webhooks) {
          const path = webhook.target.split('/')[2] ?? '';
          if ((await carrier.verifyWebhook(webhook)) === 'genuine') genuine[path] = (genuine[path] ?? 0) + 1;
        }
        assert.deepEqual(Object.keys(genuine), [name]);
      });

      it('takes what goes by WhatsApp as that, or refuses it before anything is asked', async () => {
        const contentSid = `HX${'0'.repeat(32)}`;
        bench.simulator.control.putTemplate({ contentSid, body: 'Hello {{1}}' });
        const from = whatsAppOf(OURS[name]);
        const template = { contentSid, variables: { 1: 'Ada' } };
        const outcome = await send(name, { from, template, body: 'Hello Ada' });
        if (!whatsAppCarriers.includes(name)) {
          assert.deepEqual(outcome.kind === 'refused' && [outcome.errorCode, outcome.class], [
            'no_whatsapp',
            'fail',
          ]);
          assert.equal((await send(name, { from })).kind, 'refused');
          assert.deepEqual(received(), []);
          return;
        }
        assert.equal(outcome.kind, 'accepted');
        assert.equal((await send(name, { from })).kind, 'accepted');
        await bench.simulator.control.settled();
        assert.deepEqual(
          received().map((each) => [each.from, each.to, each.body, each.status, each.errorCode]),
          [
            [from, whatsAppOf(PHONE), 'Hello Ada', 'read', null],
            // Nobody wrote there.
            [from, whatsAppOf(PHONE), request(name).body, 'undelivered', 63016],
          ],
        );
        await bench.simulator.control.sendText(PHONE, { to: from, body: 'Hello' });
        const [webhook] = await heard(name, 'text');
        const parsed = webhook && bench.carrier(name).parseInbound(webhook);
        assert.ok(parsed?.kind === 'message');
        assert.deepEqual([parsed.message.from, parsed.message.to], [PHONE, from]);
        const since = new Date(Date.now() - 60_000);
        const listed = await bench.carrier(name).listOutbound({ to: PHONE, from, since });
        assert.deepEqual(
          listed.map((each) => [each.to, each.from, each.body]),
          [
            [PHONE, from, request(name).body],
            [PHONE, from, 'Hello Ada'],
          ],
        );
      });

      it('finds a lost message in its list, or says that it has none', async () => {
        const carrier = bench.carrier(name);
        const asked = { to: PHONE, from: OURS[name], since: new Date(Date.now() - 60_000) };
        await send(name);
        if (carrier.capabilities.lists) {
          const [listed] = await carrier.listOutbound(asked);
          assert.equal(listed?.body, 'Good morning, José & Zoë: 2 + 2 = 4?');
        } else await assert.rejects(carrier.listOutbound(asked), { code: 'unavailable' });
      });
    });
  }

  it('is kept by the simulator towards the client of Vonage, unmodified', async () => {
    const client = new Messages(
      {
        applicationId: APPLICATION,
        privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      },
      { apiHost: bench.simulator.url },
    );
    const { messageUUID } = await client.send(
      new SMS({
        to: PHONE.slice(1),
        from: OURS.vonage.slice(1),
        text: 'By their own client',
        channel: 'sms',
        messageType: 'text',
        clientRef: 'x',
      }),
    );
    assert.match(messageUUID, /^[0-9a-f-]{36}$/);
    await eventually(async () => assert.equal(received()[0]?.status, 'delivered'));
    assert.equal(received()[0]?.body, 'By their own client');
  });
});
