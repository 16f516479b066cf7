import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isExempt } from '#shared/compliance/touch.ts';
import type { Lane } from '#shared/contracts/turn.ts';
import type { Intent } from '#shared/sending/message-state.ts';
import { eventually } from '#test/eventually.ts';
import { runs } from '#test/properties/runs.ts';
import { SenderBench } from './test-bench.ts';
import { lostAnswer, lostRequest, notSent, refusedWith, throttled } from './test-carrier.ts';

/** What the carrier does with the next request; the last two kill the sender in the middle of it. */
type Answer =
  | 'accepted'
  | 'throttled'
  | 'not sent'
  | 'refused'
  | 'lost answer'
  | 'lost request'
  | 'killed before'
  | 'killed after';

type Step =
  | { do: 'plan'; phone: number; messages: { lane: Lane; intent: Intent }[] }
  | { do: 'stop'; phone: number }
  | { do: 'kill' }
  | { do: 'turn the loop' };

const message = fc.record({
  lane: fc.constantFrom<Lane>('replies', 'bulk'),
  intent: fc.constantFrom<Intent>('reply', 'reply', 'transactional', 'help', 'opt_out_confirmation'),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('plan' as const),
      phone: fc.nat(2),
      messages: fc.array(message, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), phone: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'kill' as const }) },
  { weight: 4, arbitrary: fc.constant({ do: 'turn the loop' as const }) },
);
const answer = fc.constantFrom<Answer>(
  'accepted',
  'accepted',
  'throttled',
  'not sent',
  'refused',
  'lost answer',
  'lost request',
  'killed before',
  'killed after',
);

/** What became of a batch is kept together: a refusal in it is forgotten when the sender dies before. It is asked again. */
const REFUSED_AND_FORGOTTEN: [Step[], Answer[]] = [
  [0, 1, 2].map((phone) => ({ do: 'plan', phone, messages: [{ lane: 'bulk', intent: 'reply' }] })),
  ['refused', 'killed before'],
];

describe('For any script of messages, answers, kills and STOPs', () => {
  let bench: SenderBench;
  before(async () => {
    bench = await SenderBench.create();
  });
  after(() => bench.close());

  const phoneOf = (index: number): string => `+1415555010${index}`;
  const start = () => bench.start({ visibilitySeconds: 0.3 });
  let sender: ReturnType<typeof start>;
  /** Messages of which the carrier said last that it refuses them for good, and those that it did not take for now. */
  let refused: Set<string>;
  /** Of those that were refused, those of which that may not have been kept: the sender was killed since. */
  let forgotten: Set<string>;
  let putOff: Set<string>;
  /** How often somebody was put off, over all scripts. */
  let waits = 0;
  /** Per phone: how many requests had begun when its STOP could be answered. */
  let stoppedAfter: Map<string, number>;

  function restart(): void {
    for (const messageId of refused) forgotten.add(messageId);
    sender.kill();
    sender = start();
  }

  function answerFrom(answers: Answer[]): void {
    bench.carrier.behave = ({ messageId }) => {
      const next = answers.shift() ?? 'accepted';
      if (next === 'refused') refused.add(messageId);
      else refused.delete(messageId);
      if (next === 'throttled' || next === 'not sent') putOff.add(messageId);
      switch (next) {
        case 'accepted':
          return undefined;
        case 'throttled':
          return throttled;
        case 'not sent':
          return notSent;
        case 'refused':
          return refusedWith('30007');
        case 'lost answer':
          return lostAnswer;
        case 'lost request':
          return lostRequest;
        case 'killed before':
          restart();
          return lostRequest;
        case 'killed after':
          restart();
          return undefined;
      }
    };
  }

  /** As the gateway: the suppression commits, requests on their way are waited for, then the STOP is answered. */
  async function stop(phone: string): Promise<void> {
    await bench.suppress(phone);
    await eventually(async () => {
      const { rowCount } = await bench.database.adminPool.query(
        `SELECT FROM attempt WHERE phone_number = $1 AND state = 'posting'`,
        [phone],
      );
      assert.equal(rowCount, 0);
    });
    if (!stoppedAfter.has(phone)) stoppedAfter.set(phone, bench.carrier.requests.length);
  }

  async function play(script: readonly Step[]): Promise<void> {
    for (const [position, each] of script.entries()) {
      if (each.do === 'plan') {
        const planned = each.messages.map((one, i) => ({ ...one, body: `${position}.${i}` }));
        await bench.plan(phoneOf(each.phone), planned);
      } else if (each.do === 'stop') await stop(phoneOf(each.phone));
      else if (each.do === 'kill') restart();
      else await new Promise((resolve) => setImmediate(resolve));
    }
  }

  const allSettled = () =>
    eventually(async () => {
      const { rows } = await bench.database.adminPool.query(
        `SELECT body, state FROM message WHERE state NOT IN ('sent', 'failed', 'blocked')`,
      );
      assert.deepEqual(rows, []);
      assert.deepEqual([...bench.queues.replies.bodies, ...bench.queues.bulk.bodies], []);
    });

  interface MessageRow {
    message_id: string;
    phone_number: string;
    ordinal: number;
    intent: Intent;
    state: string;
  }

  async function check(): Promise<void> {
    const { rows } = await bench.database.adminPool.query<MessageRow>('SELECT * FROM message');
    const byId = new Map(rows.map((row) => [row.message_id, row]));
    for (const row of rows) {
      const times = bench.carrier.messages.filter(({ messageId }) => messageId === row.message_id).length;
      assert.equal(
        times,
        row.state === 'sent' ? 1 : 0,
        `a ${row.state} message is at the carrier ${times} times`,
      );
    }
    for (const row of rows) {
      const mayBeBlocked = stoppedAfter.has(row.phone_number) || isExempt(row.intent);
      // What the carrier did not take for now is nobody's fault: it is never given up for that, however often.
      if (row.state === 'failed') assert.ok(refused.has(row.message_id), 'a message is failed');
      else if (refused.has(row.message_id)) {
        // It was to be asked again, and by then somebody had stopped.
        assert.ok(forgotten.has(row.message_id) && mayBeBlocked, `a message is ${row.state}`);
        assert.equal(row.state, 'blocked');
      }
      if (!mayBeBlocked && !refused.has(row.message_id)) assert.equal(row.state, 'sent');
      if (putOff.has(row.message_id) && row.state === 'sent') waits += 1;
    }
    for (const phone of new Set(rows.map((row) => row.phone_number))) {
      const ordinals = bench.carrier.messages
        .filter(({ to }) => to === phone)
        .flatMap(({ messageId }) => byId.get(messageId) ?? [])
        .filter(({ intent }) => !isExempt(intent))
        .map(({ ordinal }) => ordinal);
      assert.deepEqual(
        ordinals,
        ordinals.toSorted((a, b) => a - b),
        'in order per phone',
      );
    }
    for (const [phone, begun] of stoppedAfter) {
      for (const request of bench.carrier.requests.slice(begun).filter(({ to }) => to === phone)) {
        const intent = byId.get(request.messageId)?.intent;
        assert.ok(intent && isExempt(intent), `${intent} after a STOP was answered`);
      }
    }
    const accepted = bench.records.filter(({ body }) => body.carrierMessageId !== null);
    const logged = new Set(accepted.map(({ body }) => body.carrierMessageId));
    assert.deepEqual(logged, new Set(bench.carrier.messages.map((sent) => sent.carrierMessageId)));
  }

  it('each message is accepted once, unless it was refused or stopped, in order per phone, and none after a STOP but what is exempt', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 15 }),
        fc.array(answer, { maxLength: 8 }),
        async (script, answers) => {
          await bench.reset();
          stoppedAfter = new Map();
          refused = new Set();
          forgotten = new Set();
          putOff = new Set();
          answerFrom([...answers]);
          sender = start();
          await play(script);
          await allSettled();
          await bench.pump();
          await check();
          assert.deepEqual(bench.failures, []);
        },
      ),
      { numRuns: runs(25), examples: [REFUSED_AND_FORGOTTEN] },
    );
    assert.ok(waits > 0, 'nothing was put off');
  }).timeout(300_000);
});
