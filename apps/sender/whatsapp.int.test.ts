import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HOUR_MS, MINUTE_MS } from '#shared/compliance/instant.ts';
import { WINDOW_MARGIN_MS, WINDOW_MS } from '#shared/compliance/whatsapp-window.ts';
import { type KeptDecision, readDecisions } from '#shared/decisions/read.ts';
import { eventually } from '#test/eventually.ts';
import { runs } from '#test/properties/runs.ts';
import { SenderBench } from './test-bench.ts';
import { lostAnswer, throttled } from './test-carrier.ts';

const PHONE = '+14155550101';
const OURS = 'whatsapp:+14155550110';
const TEMPLATE = { contentSid: `HX${'0'.repeat(32)}`, variables: { 1: 'Ada' } };

describe('A message on WhatsApp', () => {
  let bench: SenderBench;
  before(async () => {
    bench = await SenderBench.create();
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());
  afterEach(async () => {
    await bench.stopAll();
    assert.deepEqual(bench.failures, []);
  });

  const isInState = (states: Record<string, string>, phone = PHONE) =>
    eventually(async () => assert.deepEqual(await bench.states(phone), states));
  const decisions = async (phone = PHONE): Promise<KeptDecision[]> =>
    readDecisions(bench.database.adminPool, { phoneNumber: phone }, { after: null, limit: 100 });
  const wrote = (agoMs: number, sender = OURS, phone = PHONE) =>
    bench.wrote(phone, sender, { real: agoMs, business: agoMs });
  const windows = async () => {
    const { rows } = await bench.database.adminPool.query<{ open: boolean }>(
      "SELECT (inputs ->> 'windowIsOpen')::boolean AS open FROM decision_inputs",
    );
    return rows.map(({ open }) => open);
  };
  const rules = async () => (await decisions()).map(({ rule, verdict }) => [verdict, rule]);

  it('goes as free text while the window of its person is open, from the number there, and not as a text', async () => {
    await wrote(HOUR_MS);
    await bench.plan(PHONE, [{ body: 'answer', senderNumber: OURS }]);
    bench.start();
    await isInState({ answer: 'sent' });
    const [request] = bench.carrier.requests;
    assert.deepEqual([request?.from, request?.to, request?.template], [OURS, PHONE, null]);
    await bench.pump();
    assert.deepEqual(
      bench.records.map(({ body, target }) => [target, body.senderNumber, body.phoneNumber]),
      [['message-log', OURS, PHONE]],
    );
    assert.deepEqual(await windows(), [true]);
  });

  it('is withheld as free text from somebody who never wrote there, with its reason in the decision', async () => {
    await bench.plan(PHONE, [{ body: 'answer', senderNumber: OURS }]);
    bench.start();
    await isInState({ answer: 'blocked' });
    assert.deepEqual(await rules(), [['block', 'whatsapp_window']]);
    assert.deepEqual(await windows(), [false]);
    const { rows } = await bench.database.adminPool.query('SELECT rule FROM message');
    assert.deepEqual([rows, bench.carrier.requests], [[{ rule: 'whatsapp_window' }], []]);
  });

  for (const [when, ago] of [
    ['23 hours and a half ago', { real: WINDOW_MS - 30 * MINUTE_MS, business: WINDOW_MS - 30 * MINUTE_MS }],
    ['within the margin of 24 hours ago', { real: WINDOW_MS - MINUTE_MS, business: WINDOW_MS - MINUTE_MS }],
    ["two days ago by the database's clock alone", { real: 48 * HOUR_MS, business: 0 }],
    ['two days ago in business time alone', { real: 0, business: 48 * HOUR_MS }],
  ] as const) {
    const isOpen = ago.real < WINDOW_MS - WINDOW_MARGIN_MS && ago.business < WINDOW_MS - WINDOW_MARGIN_MS;
    it(`is ${isOpen ? 'sent' : 'withheld'} as free text to somebody who wrote ${when}`, async () => {
      await bench.wrote(PHONE, OURS, ago);
      await bench.plan(PHONE, [{ body: 'answer', senderNumber: OURS }]);
      bench.start();
      await isInState({ answer: isOpen ? 'sent' : 'blocked' });
      const request = bench.carrier.requests[0];
      assert.equal(request !== undefined, isOpen);
      // The carrier keeps it no longer than the window is open.
      if (request) assert.ok((request.validForSeconds ?? 0) <= (30 * MINUTE_MS - WINDOW_MARGIN_MS) / 1_000);
    });
  }

  it('is withheld as free text when the carrier made it wait until the window had closed', async () => {
    await wrote(HOUR_MS);
    bench.carrier.behave = async () => {
      await wrote(WINDOW_MS);
      return throttled;
    };
    await bench.plan(PHONE, [{ body: 'answer', senderNumber: OURS }]);
    bench.start();
    await isInState({ answer: 'blocked' });
    assert.equal((await rules()).at(-1)?.[1], 'whatsapp_window');
    assert.equal(bench.carrier.requests.length, 1);
  });

  it('needs the window of its own number: neither a text nor another number there opens it', async () => {
    await wrote(0, 'whatsapp:+14155550111');
    await bench.plan(PHONE, [{ body: 'answer', senderNumber: OURS }, { body: 'text' }]);
    bench.start();
    await isInState({ answer: 'blocked', text: 'sent' });
    assert.deepEqual(
      bench.carrier.requests.map(({ from }) => from),
      ['+14155550100'],
    );
  });

  it('goes as an approved template whenever a text might, with its variables, and its words in the log', async () => {
    const planned = {
      lane: 'bulk',
      intent: 'transactional',
      senderNumber: OURS,
      template: TEMPLATE,
    } as const;
    await bench.plan(PHONE, [{ ...planned, body: 'Hello Ada' }]);
    bench.start();
    await isInState({ 'Hello Ada': 'sent' });
    assert.deepEqual(bench.carrier.requests[0]?.template, TEMPLATE);
    await bench.pump();
    assert.deepEqual(
      bench.records.map(({ body }) => body.body),
      ['Hello Ada'],
    );
  });

  it('goes as a template to nobody who opted out', async () => {
    await bench.plan(PHONE, [
      { body: 'Hello', lane: 'bulk', intent: 'transactional', senderNumber: OURS, template: TEMPLATE },
    ]);
    await bench.suppress(PHONE);
    bench.start();
    await isInState({ Hello: 'blocked' });
    assert.deepEqual(bench.carrier.requests, []);
  });

  it('confirms a STOP that was written there, and only there', async () => {
    await wrote(0);
    await bench.suppress(PHONE);
    await bench.plan(PHONE, [{ body: 'stopped', intent: 'opt_out_confirmation', senderNumber: OURS }]);
    bench.start();
    await isInState({ stopped: 'sent' });
    assert.deepEqual(
      bench.carrier.requests.map(({ from }) => from),
      [OURS],
    );
  });

  it('whose answer was lost is found by its sender, whatever the words of its template, and a text is not it', async () => {
    const template = {
      lane: 'bulk',
      intent: 'transactional',
      senderNumber: OURS,
      template: TEMPLATE,
    } as const;
    const { messages, requests } = bench.carrier;
    // A text of the same words, that nobody of ours knows: it is older than what was lost.
    const text = {
      ...{
        from: '+14155550100',
        to: PHONE,
        body: 'Hello Ada',
        status: 'delivered',
        errorCode: null,
        segments: 1,
      },
      ...{ carrierMessageId: 'SMtext', messageId: '', attemptId: '', at: 0 },
    };
    bench.carrier.behave = () => {
      if (requests.length > 1) return undefined;
      messages.push({ ...text, createdAt: new Date() });
      return lostAnswer;
    };
    await bench.plan(PHONE, [{ ...template, body: 'Hello Ada' }]);
    bench.start();
    await eventually(async () => assert.equal(messages.length, 2));
    const found = messages.at(-1);
    assert.equal(found?.from, OURS);
    found.body = 'Hello Ada, as approved.';
    await isInState({ 'Hello Ada': 'sent' });
    const { rows } = await bench.database.adminPool.query('SELECT carrier_message_id FROM attempt');
    assert.deepEqual([rows, requests.length], [[{ carrier_message_id: found.carrierMessageId }], 1]);
  });

  it('keeps the order of its phone together with texts', async () => {
    await wrote(0);
    await bench.plan(PHONE, [
      { body: 'one' },
      { body: 'two', senderNumber: OURS },
      { body: 'three' },
      { body: 'four', senderNumber: OURS },
    ]);
    bench.start();
    await isInState({ one: 'sent', two: 'sent', three: 'sent', four: 'sent' });
    assert.deepEqual(bench.carrier.bodies, ['one', 'two', 'three', 'four']);
  });

  it('leaves as free text only inside the window, whoever wrote when by whichever clock', async () => {
    const ago = fc.oneof(
      fc.integer({ min: 0, max: 2 * WINDOW_MS }),
      fc.integer({ min: WINDOW_MS - 2 * WINDOW_MARGIN_MS, max: WINDOW_MS + WINDOW_MARGIN_MS }),
    );
    const anyWriter = fc.record({ real: ago, business: ago, here: fc.boolean(), free: fc.boolean() });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyWriter, { minLength: 20, maxLength: 40 }), async (writers) => {
        await bench.reset();
        const base = 100 + (run++ % 10) * 1_000;
        const phones = writers.map((_, index) => `+1415555${String(base + index).padStart(4, '0')}`);
        for (const [index, { free, here, ...at }] of writers.entries()) {
          const phone = phones[index] ?? '';
          await bench.wrote(phone, here ? OURS : 'whatsapp:+14155550111', at);
          await bench.plan(phone, [
            { body: 'hello', senderNumber: OURS, ...(free ? {} : { template: TEMPLATE }) },
          ]);
        }
        bench.start();
        for (const phone of phones) {
          await eventually(async () =>
            assert.ok(['sent', 'blocked'].includes((await bench.states(phone)).hello ?? '')),
          );
        }
        const asked = new Map(bench.carrier.requests.map((request) => [String(request.to), request]));
        for (const [index, { business, free, here, real }] of writers.entries()) {
          const request = asked.get(phones[index] ?? '');
          const isInside = here && Math.max(real, business) < WINDOW_MS - WINDOW_MARGIN_MS;
          if (free && Math.max(real, business) >= WINDOW_MS - WINDOW_MARGIN_MS)
            assert.equal(request, undefined);
          // What is within seconds of the edge may go or not.
          const isAtEdge = Math.abs(Math.max(real, business) - WINDOW_MS + WINDOW_MARGIN_MS) < MINUTE_MS;
          if (!isAtEdge)
            assert.equal(request !== undefined, !free || isInside, JSON.stringify(writers[index]));
        }
      }),
      { numRuns: runs(4) },
    );
  });
});
