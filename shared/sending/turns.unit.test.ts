import assert from 'node:assert/strict';
import type { SendOutcome } from '#shared/carriers/carrier.ts';
import { errorTable } from '#shared/carriers/errors.ts';
import { twilioErrorRules } from '#shared/carriers/twilio/error-table.ts';
import type { Lane } from '#shared/contracts/turn.ts';
import { silentLogger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { CarrierWatch } from './carrier-watch.ts';
import { CarrierWatches } from './carrier-watches.ts';
import type { ClaimResult } from './claim.ts';
import type { Sendable } from './next-sendable.ts';
import { settle } from './outcome.ts';
import type { Finished } from './record-outcomes.ts';
import { sampleMessage } from './sample-message.ts';
import { Turns, type TurnsOptions } from './turns.ts';

const HALT_MS = 300_000;
const phonesOf = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `+1415555${String(i + 1000)}`);

/** Turns over a carrier and a database in memory, in which every phone has one message, and a clock that is moved. */
class Bench {
  readonly clock = new ManualClock();
  /** The phones of each claim, in order. */
  readonly claims: string[][] = [];
  readonly requests: string[] = [];
  readonly finished: Finished[] = [];
  readonly errors: string[] = [];
  /** Entries that went back to their queue. */
  readonly givenBack = new Map<string, unknown>();
  readonly counted = new Map<string, number>();
  /** What the next requests get; a missing one is accepted. */
  answer: (phone: string) => SendOutcome | Promise<SendOutcome> = () => accepted;
  /** Phones whose message the carrier took, in the order in which that was told. */
  readonly taken: string[] = [];
  /** How long a claim takes, in ms. */
  claimMs = 0;
  /** For how long after its claim the gate lets a message go, in ms. */
  validForMs = 3_600_000;
  /** Asked with the number of the claim; what it returns is what the claim fails with. */
  claimFault: (claims: number) => Error | null = () => null;
  /** The lane of the phone's next message after one was recorded; null: it has no other. */
  nextLane: (phone: string) => Lane | null = () => null;
  readonly turns: Turns;

  constructor(limits: Partial<Pick<TurnsOptions, 'maxRequests' | 'maxPhones'>> = {}) {
    const { clock } = this;
    const metrics: Metrics = {
      observe: (name, value, dimensions) => {
        const key = [name, ...Object.values(dimensions)].join(' ');
        this.counted.set(key, (this.counted.get(key) ?? 0) + value);
      },
      flush: () => undefined,
    };
    const logger = { ...silentLogger, error: (_: object, message: string) => this.errors.push(message) };
    this.turns = new Turns({
      claim: (phones) => this.#claim(phones),
      send: async ({ message }) => {
        this.requests.push(message.phoneNumber);
        return this.answer(message.phoneNumber);
      },
      settle: ({ message }, outcome) => settle(outcome, message, classify, outcomeSettings, 0),
      taken: ({ phoneNumber }) => this.taken.push(phoneNumber),
      record: async (finished) => {
        this.finished.push(...finished);
        const next = new Map(
          finished.map(({ message }): [string, Sendable] => {
            const lane = this.nextLane(message.phoneNumber);
            return [
              message.phoneNumber,
              lane ? { kind: 'send', message: { ...message, lane } } : { kind: 'nothing' },
            ];
          }),
        );
        return { next, applied: finished, blocked: 0 };
      },
      watch: new CarrierWatches(
        new Map([
          [
            'twilio',
            new CarrierWatch(
              { haltMs: HALT_MS, lostInRow: 20, backoffMs: { first: 1_000, most: 60_000 } },
              { clock, logger, metrics },
            ),
          ],
        ]),
      ),
      clock,
      logger,
      metrics,
      maxRequests: limits.maxRequests ?? 200,
      maxPhones: limits.maxPhones ?? 100,
      collectMs: 3,
      postingDeadlineMs: 2_000,
    });
  }

  async #claim(phones: readonly string[]): Promise<ClaimResult> {
    this.claims.push([...phones]);
    const fault = this.claimFault(this.claims.length);
    if (fault) throw fault;
    if (this.claimMs > 0) await this.clock.sleep(this.claimMs);
    return {
      kind: 'claimed',
      claimed: phones.map((phoneNumber) => ({
        attemptId: this.clock.newId(),
        carrier: 'twilio',
        message: sampleMessage({
          messageId: this.clock.newId(),
          phoneNumber,
          lane: 'bulk',
          intent: 'transactional',
        }),
        validUntil: new Date(this.clock.now().getTime() + this.validForMs),
      })),
      others: new Map(),
      blocked: 0,
      held: 0,
    };
  }

  take(phones: readonly string[], lane: Lane = 'bulk'): void {
    for (const phone of phones)
      this.turns.take(phone, lane).catch((error) => this.givenBack.set(phone, error));
  }
}

const classify = errorTable(twilioErrorRules);
const outcomeSettings = {
  pauseMs: 0,
  mediaPauseMs: 0,
  backoffMs: { first: 1_000, most: 60_000 },
  haltHoldMs: HALT_MS,
};
const accepted: SendOutcome = { kind: 'accepted', carrierMessageId: 'SM1', status: 'queued', segments: 1 };
const lost: SendOutcome = { kind: 'ambiguous', reason: 'time-out' };
const refused = (errorCode: string): SendOutcome => ({
  kind: 'refused',
  errorCode,
  class: classify(errorCode).class,
  message: '',
});

describe('Turns', () => {
  for (const [claimMs, requests] of [
    [2_000, 1],
    [2_001, 0],
  ] as const) {
    it(`a claim of ${claimMs} ms: ${requests === 1 ? 'the request starts' : 'no request starts, and it counts as not sent'}`, async () => {
      const bench = new Bench();
      bench.claimMs = claimMs;
      bench.take(phonesOf(1));
      await bench.clock.advance(5_000);
      assert.equal(bench.requests.length, requests);
      assert.deepEqual(
        bench.finished.map(({ settlement }) => settlement.attempt.state),
        [requests === 1 ? 'accepted' : 'not_sent'],
      );
    });
  }

  describe('of replies', () => {
    const REPLY = '+14155550199';

    /** 500 phones of bulk, a carrier that answers when told to, and room for five requests. */
    const busyBench = async () => {
      const bench = new Bench({ maxRequests: 5 });
      const waiting: (() => void)[] = [];
      bench.answer = () => new Promise((resolve) => waiting.push(() => resolve(accepted)));
      bench.take(phonesOf(500));
      await bench.clock.advance(10);
      assert.equal(bench.requests.length, 5);
      return { bench, answerOne: () => waiting.shift()?.() };
    };

    it('are in the next claim, whatever number of phones of bulk is ready', async () => {
      const { bench, answerOne } = await busyBench();
      bench.take([REPLY], 'replies');
      await bench.clock.advance(10);
      answerOne();
      await bench.clock.advance(10);
      assert.deepEqual(bench.claims[1], [REPLY]);
    });

    it('bring a phone forward whose turn of bulk is already ready', async () => {
      const { bench, answerOne } = await busyBench();
      const last = phonesOf(500).at(-1) ?? '';
      bench.take([last], 'replies');
      await bench.clock.advance(10);
      answerOne();
      await bench.clock.advance(10);
      assert.deepEqual(bench.claims[1], [last]);
    });

    it('bring a phone forward whose next message is one of them', async () => {
      const { bench, answerOne } = await busyBench();
      const [first = ''] = phonesOf(1);
      bench.nextLane = (phone) => (phone === first && bench.claims.length === 1 ? 'replies' : null);
      answerOne();
      await bench.clock.advance(10);
      assert.deepEqual(bench.claims[1], [first]);
    });
  });

  it('claim nothing while the account is refused, then one phone, and all others once that one is accepted', async () => {
    const bench = new Bench({ maxRequests: 1 });
    bench.answer = () => refused('20003');
    bench.take(phonesOf(30));
    await bench.clock.advance(HALT_MS);
    assert.equal(bench.requests.length, 1);
    assert.match(bench.turns.pauseCause ?? '', /20003/);
    await bench.clock.advance(1_000);
    assert.equal(bench.requests.length, 2, 'one probe');
    await bench.clock.advance(HALT_MS - 2_000);
    assert.equal(bench.requests.length, 2);
    bench.answer = () => accepted;
    await bench.clock.advance(5_000);
    assert.equal(bench.requests.length, 30);
    assert.equal(bench.turns.pauseCause, null);
  });

  it('log a refusal of the account once per code and minute, and count each', async () => {
    const bench = new Bench();
    bench.answer = () => refused('20003');
    bench.take(phonesOf(30));
    await bench.clock.advance(10);
    assert.equal(bench.counted.get('SendingHalted'), 30);
    assert.equal(bench.errors.length, 1);
    assert.match(bench.errors[0] ?? '', /account/);
  });

  it('go on while a sender number is refused', async () => {
    const bench = new Bench({ maxRequests: 1 });
    bench.answer = () => refused('21606');
    bench.take(phonesOf(30));
    await bench.clock.advance(1_000);
    assert.equal(bench.requests.length, 30);
    assert.equal(bench.errors.length, 1);
  });

  it('pause after 20 requests in a row without an answer, and probe with one phone', async () => {
    const bench = new Bench({ maxRequests: 5 });
    bench.answer = () => lost;
    bench.take(phonesOf(60));
    await bench.clock.advance(900);
    assert.equal(bench.requests.length, 20);
    assert.match(bench.turns.pauseCause ?? '', /does not answer/);
    await bench.clock.advance(1_000);
    assert.equal(bench.requests.length, 21);
    await bench.clock.advance(1_500);
    assert.equal(bench.requests.length, 22);
    bench.answer = () => accepted;
    await bench.clock.advance(5_000);
    assert.equal(bench.requests.length, 60);
  });

  it('tell of each message that the carrier took, once that is recorded', async () => {
    const bench = new Bench();
    bench.answer = (phone) => (phone.endsWith('1001') ? refused('21211') : accepted);
    bench.take(phonesOf(3));
    await bench.clock.advance(3);
    assert.deepEqual(bench.taken, [phonesOf(3)[0], phonesOf(3)[2]]);
  });

  it('count refusals by their class', async () => {
    const bench = new Bench();
    bench.answer = (phone) => refused(phone.endsWith('1001') ? '21610' : '21211');
    bench.take(phonesOf(3));
    await bench.clock.advance(3);
    const counted = [...bench.counted].filter(([name]) => name.startsWith('MessagesRefused'));
    assert.deepEqual(Object.fromEntries(counted), {
      'MessagesRefused suppress': 1,
      'MessagesRefused drop_number': 2,
    });
  });

  it('take another phone for the probe when of the first nothing was asked, for a reason of ours', async () => {
    const bench = new Bench({ maxRequests: 5 });
    bench.answer = () => lost;
    bench.take(phonesOf(60));
    await bench.clock.advance(900);
    assert.equal(bench.requests.length, 20);
    const unasked: SendOutcome = { kind: 'not_sent', reason: '3 s are left', isOurs: true };
    bench.answer = () => (bench.requests.length === 21 ? unasked : accepted);
    await bench.clock.advance(1_100);
    assert.ok(bench.requests.length > 21);
    assert.equal(bench.turns.pauseCause, null);
  });

  it('take another phone for the probe when the claim of the first failed', async () => {
    const bench = new Bench({ maxRequests: 1 });
    bench.answer = () => refused('20003');
    bench.take(phonesOf(3));
    await bench.clock.advance(HALT_MS - 1_000);
    bench.answer = () => accepted;
    bench.claimFault = (claims) => (claims === 2 ? new Error('a fault of its data') : null);
    await bench.clock.advance(2_000);
    assert.deepEqual(bench.claims.flat(), phonesOf(3));
    assert.equal(bench.requests.length, 2);
    assert.equal(bench.turns.pauseCause, null);
  });
});
