import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MINUTE_MS } from '#shared/compliance/instant.ts';
import type { Intent } from '#shared/compliance/touch.ts';
import { defaultReviewPolicy } from '#shared/consent/read-text.ts';
import { dialogCommandSchema } from '#shared/contracts/dialog-commands.ts';
import { dialogEventBatchSchema } from '#shared/contracts/dialog-events.ts';
import { drillsFrom } from '#shared/drills/drills.ts';
import { CarillonError } from '#shared/errors.ts';
import type { StreamRecord } from '#shared/kinesis/definition.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction } from '#shared/postgres/pool.ts';
import { runs } from '#test/properties/runs.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { dialogConsumer } from '../apps/dialog/handle-commands.ts';
import { type ReceivingDeps, receiveInbound } from '../apps/gateway/receive-inbound.ts';
import { outboundConsumer } from '../apps/outbound/follow-events.ts';
import { SENDER_NUMBER, SenderBench } from '../apps/sender/test-bench.ts';
import { lostAnswer, lostRequest, throttled } from '../apps/sender/test-carrier.ts';
import { eventually } from './eventually.ts';
import { emptyTables } from './stack/empty-tables.ts';

/**
 * The promise that everything else stands for: once a STOP is answered, no carrier request for that phone starts, except
 * its one confirmation, whatever else happens. The gateway's, the dialog's, outbound's and the sender's own code, on
 * a real database; only the streams between them are lists.
 */

const WORDS = ['STOP', 'please stop texting me', 'Unsubscribe!', 'START', 'YES', 'HELP', 'hello'] as const;
const REVOKES: ReadonlySet<string> = new Set(WORDS.slice(0, 3));
const OPENS: ReadonlySet<string> = new Set(['START', 'YES']);

/**
 * How a text is taken in: answered before anything else happens; beside what comes after it; or not at all yet, as the
 * stream is away when it is to be put: the carrier brings it again.
 */
type Delivery = 'answered' | 'beside' | 'refused';

type Step =
  | { do: 'text'; phone: number; word: (typeof WORDS)[number]; delivery: Delivery }
  /** The carrier delivers an earlier text again. */
  | { do: 'repeat'; which: number }
  | { do: 'plan'; phone: number; intent: Intent }
  | { do: 'dialog' }
  | { do: 'kill' }
  | { do: 'skip'; minutes: number };

const phones = fc.nat(1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('text' as const),
      phone: phones,
      word: fc.constantFrom(...WORDS),
      delivery: fc.constantFrom<Delivery>('answered', 'answered', 'answered', 'beside', 'beside', 'refused'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), which: fc.nat(20) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('plan' as const),
      phone: phones,
      intent: fc.constantFrom<Intent>('reply', 'transactional', 'marketing'),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ do: 'dialog' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'kill' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('skip' as const), minutes: fc.integer({ min: 1, max: 6 }) }),
  },
);
type Answer = 'accepted' | 'throttled' | 'lost answer' | 'lost request' | 'killed';
const answer = fc.constantFrom<Answer>(
  'accepted',
  'accepted',
  'throttled',
  'lost answer',
  'lost request',
  'killed',
);

/** A time in which nothing may start for a phone: from the answer to a revocation to the text that ends it. */
interface Silence {
  phone: string;
  /** Requests that had begun, to anybody, when it did; null: it has not ended. */
  from: number;
  to: number | null;
  /** Whether business time was skipped since the text, so that its confirmation may be late. */
  skipped: boolean;
  /** When it was texted (business time): what asked for help before gets no answer after. */
  at: Date;
  /** Whether a START was not answered yet when the STOP came: the dialog may hear the STOP as a second one. */
  raced: boolean;
}

interface Text {
  id: string;
  phone: PhoneNumber;
  body: string;
  at: Date;
  /** In the order in which they were written. */
  number: number;
  answered: boolean;
  /** Whether the person had written a START before that was not answered yet. */
  raced: boolean;
}

const awayProducer = {
  put: async () => {
    throw new CarillonError('unavailable', 'the stream is away');
  },
  close: async () => undefined,
};

describe('For any time line of texts, STOPs, STARTs, repetitions, messages and crashes', () => {
  let bench: SenderBench;
  before(async () => {
    bench = await SenderBench.create();
  });
  after(() => bench.close());

  const phoneOf = (index: number) => phoneNumber(`+1415555010${index + 1}`);
  const drills = drillsFrom({ drills: [], programmes: [] });

  /** One run: everything that a script did. */
  class Run {
    readonly commands: string[] = [];
    readonly texts: Text[] = [];
    readonly silences: Silence[] = [];
    /** Deliveries that are being taken in. */
    readonly #beside = new Set<Promise<void>>();
    #executed = 0;
    sender = bench.start({ visibilitySeconds: 0.3 });

    readonly deps: ReceivingDeps = {
      pool: bench.database.adminPool,
      producer: {
        put: async (_stream, _key, body) => {
          this.commands.push(body);
        },
        close: async () => undefined,
      },
      relay: { wake: () => undefined },
      cache: { changing: async () => async () => undefined },
      pseudonyms: testPseudonyms,
      reviewPolicy: defaultReviewPolicy,
      clock: bench.clock,
      logger: silentLogger,
      metrics: noMetrics,
    };
    readonly dialog = dialogConsumer({
      pseudonyms: testPseudonyms,
      drills,
      clock: bench.clock,
      logger: silentLogger,
      metrics: noMetrics,
      defaultSender: phoneNumber(SENDER_NUMBER),
      defaultLanguage: 'en',
    });
    readonly outbound = outboundConsumer(
      drills,
      {
        defaultSender: phoneNumber(SENDER_NUMBER),
        organisation: 'Elm County',
        contact: 'help@example.org',
        carrierAnswersKeywords: false,
      },
      bench.clock,
      testPseudonyms,
      bench.gate,
    );

    restart(): void {
      this.sender.kill();
      this.sender = bench.start({ visibilitySeconds: 0.3 });
    }

    async text(phone: ReturnType<typeof phoneOf>, body: string, delivery: Delivery): Promise<void> {
      const id = `SM${String(this.texts.length).padStart(32, '0')}`;
      // Two texts of one person are not one instant apart.
      bench.skip(1);
      const raced = this.texts.some((each) => each.phone === phone && OPENS.has(each.body) && !each.answered);
      const number = this.texts.length;
      const text: Text = { id, phone, body, at: bench.clock.now(), number, answered: false, raced };
      this.texts.push(text);
      // From the moment that the text comes in: when it has its effect, within, is nobody's promise.
      if (OPENS.has(body)) this.#endSilence(phone);
      if (delivery === 'refused') await assert.rejects(this.#deliver(text, true), /the stream is away/);
      else if (delivery === 'answered') await this.#deliver(text);
      else {
        const taken = this.#deliver(text).finally(() => this.#beside.delete(taken));
        this.#beside.add(taken);
      }
    }

    async repeat(which: number): Promise<void> {
      const text = this.texts[which % Math.max(1, this.texts.length)];
      if (text) await this.#deliver(text);
    }

    /** Until everything is answered: the carrier brings again what was not. */
    async answerAll(): Promise<void> {
      await Promise.all(this.#beside);
      for (const text of this.texts) if (!text.answered) await this.#deliver(text);
    }

    /** As from a webhook; resolves when it would be answered. */
    async #deliver(text: Text, streamAway = false): Promise<void> {
      const { id, phone, body } = text;
      const message = { carrierMessageId: id, from: phone, to: phoneNumber(SENDER_NUMBER), body, media: [] };
      const deps = streamAway ? { ...this.deps, producer: awayProducer } : this.deps;
      await receiveInbound('twilio', { ...message, receivedAt: null, optOutType: null }, deps);
      const first = !text.answered;
      text.answered = true;
      if (first && REVOKES.has(body)) this.#beginSilence(text);
    }

    #endSilence(phone: string): void {
      const silence = this.silences.find((each) => each.phone === phone && each.to === null);
      if (silence) silence.to = bench.carrier.requests.length;
    }

    /** Not when it is silent already, or the person has written since that they want to hear from us. */
    #beginSilence({ phone, number, at, raced }: Text): void {
      const since = this.texts.slice(number + 1).filter((text) => text.phone === phone);
      if (since.some(({ body }) => OPENS.has(body))) return;
      if (this.silences.some((each) => each.phone === phone && each.to === null)) return;
      this.silences.push({
        phone,
        from: bench.carrier.requests.length,
        to: null,
        skipped: bench.clock.now().getTime() - at.getTime() >= MINUTE_MS,
        at,
        raced,
      });
    }

    /** Dialog and outbound catch up with what was texted. */
    async converse(): Promise<void> {
      const commands = this.commands.slice(this.#executed);
      this.#executed = this.commands.length;
      const batches: string[] = [];
      for (const [index, body] of commands.entries()) {
        const value = dialogCommandSchema.parse(JSON.parse(body));
        const record = recordOf(value, value.phoneNumber, body, `${this.#executed}.${index}`);
        const { entries } = await inTransaction(bench.database.adminPool, (tx) =>
          this.dialog.apply(tx, [record]),
        );
        batches.push(...(entries ?? []).map((entry) => entry.body));
      }
      for (const [index, body] of batches.entries()) {
        const value = dialogEventBatchSchema.parse(JSON.parse(body));
        const record = recordOf(value, value.phoneNumber, body, `e${this.#executed}.${index}`);
        const { entries } = await inTransaction(bench.database.adminPool, (tx) =>
          this.outbound.apply(tx, [record]),
        );
        for (const entry of entries ?? []) {
          if (entry.kind !== 'queue') continue;
          const lane = entry.target === 'sms-bulk.fifo' ? 'bulk' : 'replies';
          const { orderingKey: groupId, deduplicationId } = entry;
          await bench.queues[lane].send([{ groupId, deduplicationId, body: entry.body }]);
        }
      }
    }

    skip(minutes: number): void {
      bench.skip(minutes * MINUTE_MS);
      for (const silence of this.silences) silence.skipped = true;
    }
  }

  const recordOf = <T>(
    value: T,
    partitionKey: string,
    body: string,
    sequenceNumber: string,
  ): StreamRecord & { value: T } => ({
    value,
    partitionKey,
    body,
    sequenceNumber,
    arrivedAt: new Date(0),
  });

  function answerFrom(answers: Answer[], run: Run): void {
    bench.carrier.behave = () => {
      switch (answers.shift() ?? 'accepted') {
        case 'accepted':
          return undefined;
        case 'throttled':
          return throttled;
        case 'lost answer':
          return lostAnswer;
        case 'lost request':
          return lostRequest;
        case 'killed':
          run.restart();
          return undefined;
      }
    };
  }

  async function play(run: Run, script: readonly Step[]): Promise<void> {
    for (const [index, each] of script.entries()) {
      if (each.do === 'text') await run.text(phoneOf(each.phone), each.word, each.delivery);
      else if (each.do === 'repeat') await run.repeat(each.which);
      else if (each.do === 'dialog') await run.converse();
      else if (each.do === 'kill') run.restart();
      else if (each.do === 'skip') run.skip(each.minutes);
      else {
        const lane = each.intent === 'reply' ? 'replies' : 'bulk';
        await bench.plan(phoneOf(each.phone), [{ body: `planned ${index}`, lane, intent: each.intent }]);
      }
    }
    await run.answerAll();
    await run.converse();
  }

  const allSettled = () =>
    eventually(async () => {
      const { rows } = await bench.database.adminPool.query(
        `SELECT body, state, rule FROM message WHERE state IN ('queued', 'posting', 'ambiguous', 'held')`,
      );
      assert.deepEqual(rows, []);
    });

  async function check(run: Run): Promise<void> {
    const { rows } = await bench.database.adminPool.query<{
      message_id: string;
      intent: Intent;
      state: string;
      caused_at: Date | null;
    }>('SELECT message_id, intent, state, caused_at FROM message');
    const intentOf = new Map(rows.map((row) => [row.message_id, row.intent]));
    const causedAt = new Map(rows.map((row) => [row.message_id, row.caused_at]));
    for (const { phone, from, to, skipped, at, raced } of run.silences) {
      const begun = bench.carrier.requests
        .slice(from, to ?? undefined)
        .filter((request) => request.to === phone);
      for (const { messageId } of begun) {
        const intent = intentOf.get(messageId) ?? 'unknown';
        const asked = (causedAt.get(messageId)?.getTime() ?? 0) >= at.getTime();
        assert.ok(
          intent === 'opt_out_confirmation' || (intent === 'help' && asked),
          `${intent} after a STOP was answered`,
        );
      }
      const confirmed = new Set(
        begun.flatMap(({ messageId }) =>
          intentOf.get(messageId) === 'opt_out_confirmation' ? [messageId] : [],
        ),
      );
      assert.ok(confirmed.size <= 1, `${confirmed.size} confirmations of one STOP`);
      // Who came back before it went has it withdrawn; after five minutes it is no longer presumed to be wanted.
      if (to === null && !skipped && !raced) assert.equal(confirmed.size, 1, 'a STOP without a confirmation');
    }
    const { rows: apart } = await bench.database.adminPool.query(
      `SELECT phone_number, state->'profile'->>'optedOut' AS opted_out FROM dialog_state
        WHERE (state->'profile'->>'optedOut')::boolean
              IS DISTINCT FROM EXISTS (SELECT FROM suppression WHERE phone_number = dialog_state.phone_number)`,
    );
    assert.deepEqual(apart, [], 'the dialog stands elsewhere than the suppression list');
    for (const { message_id, state } of rows) {
      const times = bench.carrier.messages.filter(({ messageId }) => messageId === message_id).length;
      assert.equal(times, state === 'sent' ? 1 : 0, `a ${state} message is at the carrier ${times} times`);
    }
  }

  const says = (word: (typeof WORDS)[number], delivery: Delivery = 'answered'): Step => ({
    do: 'text',
    phone: 0,
    word,
    delivery,
  });
  const dialog: Step = { do: 'dialog' };
  /** Time lines that once broke the promise. */
  const known: [Step[], Answer[]][] = [
    // Both opt-outs are confirmed by the dialog before either confirmation has gone.
    [[says('STOP'), says('START'), says('STOP')], []],
    // The first confirmation is lost on its way, and comes back after the second opt-out.
    [[says('STOP'), dialog, says('START'), says('STOP')], ['lost request']],
    // The answer to HELP waits when the STOP comes.
    [
      [says('HELP'), dialog, says('STOP')],
      ['throttled', 'throttled'],
    ],
    // A second answer to HELP does not pass for the first, which was lost on its way.
    [
      [says('HELP'), dialog, says('HELP'), dialog],
      ['lost request', 'accepted'],
    ],
    // The START overtakes the STOP on the stream, and the dialog hears them in the other order.
    [[says('STOP', 'refused'), says('START'), dialog], []],
    [[says('STOP', 'refused'), says('START', 'beside'), says('STOP', 'beside'), dialog], []],
    // Both at once: whichever is recorded first, the person wrote STOP last.
    [[says('STOP'), dialog, says('START', 'beside'), says('STOP', 'beside')], []],
  ];

  it('nothing starts for a phone after its STOP is answered but one confirmation, and everything else goes once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 18 }),
        fc.array(answer, { maxLength: 8 }),
        async (script, answers) => {
          await bench.reset();
          await emptyTables(
            bench.database.adminPool,
            'dialog_state, dialog_event_batch, processed_command, event_position, consent_word_seen, consent_review',
          );
          const run = new Run();
          answerFrom([...answers], run);
          await play(run, script);
          await allSettled();
          await bench.pump();
          await check(run);
          assert.deepEqual(bench.failures, []);
        },
      ),
      { numRuns: runs(30), examples: [...known] },
    );
  }).timeout(300_000);
});
