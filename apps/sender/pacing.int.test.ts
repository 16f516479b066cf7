import assert from 'node:assert/strict';
import fc from 'fast-check';
import { silentLogger } from '#shared/logger.ts';
import { type BucketState, takeTokens } from '#shared/pacing/buckets.ts';
import { type Pacer, SharingPacer } from '#shared/pacing/pacer.ts';
import { eventually } from '#test/eventually.ts';
import { runs } from '#test/properties/runs.ts';
import { NOON, SENDER_NUMBER, SenderBench } from './test-bench.ts';
import { throttled } from './test-carrier.ts';

const PHONE = '+14155550101';
const phoneOf = (n: number): string => `+1415555${String(1_000 + n).slice(-4)}`;
/** Midnight in California after the noon of the bench. */
const MIDNIGHT = new Date('2026-03-05T08:00:00.000Z');

describe('The pace of numbers', () => {
  let bench: SenderBench;
  before(async () => {
    bench = await SenderBench.create();
  });
  beforeEach(() => bench.reset());
  afterEach(() => assert.deepEqual(bench.failures, []));
  after(() => bench.close());

  /** The pace of one task, over buckets that all of a test share. */
  const pacerOver = (states: Map<string, BucketState>): Pacer => {
    const pacer = new SharingPacer({
      shared: async (requests, back) => takeTokens(states, requests, bench.clock.monotonic(), back),
      clock: bench.clock,
      logger: silentLogger,
    });
    // It is told once, for the length of a test.
    pacer.seen({ tasks: 2, someAlone: false }, false, bench.clock.monotonic() + 3_600_000);
    return pacer;
  };
  const sender = (more: { rate?: number; perDay?: number; halted?: boolean } = {}) =>
    bench.database.adminPool.query(
      `INSERT INTO sender (sender_number, carrier, type, registration, segments_per_second, segments_per_day, halted_at,
                           halted_reason, halted_by, created_at, updated_at)
       VALUES ($1, 'twilio', 'long_code', 'registered', $2, $3, CASE WHEN $4 THEN now() END, CASE WHEN $4 THEN 'a test' END,
               CASE WHEN $4 THEN 'ann' END, now(), now())`,
      [SENDER_NUMBER, more.rate ?? 1_000, more.perDay ?? null, more.halted ?? false],
    );
  const planned = (body: string) => ({ body, lane: 'bulk' as const, intent: 'transactional' as const });
  const rulesOf = async (phone: string) => {
    const { rows } = await bench.database.adminPool.query<{
      state: string;
      rule: string | null;
      due_at: Date | null;
    }>('SELECT state, rule, due_at FROM message WHERE phone_number = $1 ORDER BY ordinal', [phone]);
    return rows;
  };

  it('makes messages wait for their turn and sends every one of them, once, whatever else is refused meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 5, max: 40 }),
        fc.constantFrom(20, 40, 80),
        fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
        fc.array(fc.integer({ min: 1, max: 330 }), { minLength: 10, maxLength: 10 }),
        async (count, rate, refuses, lengths) => {
          await bench.reset();
          await sender({ rate });
          let requests = 0;
          bench.carrier.behave = () => (refuses[requests++ % refuses.length] ? throttled : undefined);
          const bodies = Array.from({ length: count }, (_, n) =>
            `${n} `.padEnd(lengths[n % lengths.length] ?? 1, 'x'),
          );
          // What refuses always never ends.
          if (refuses.every(Boolean)) refuses[0] = false;
          for (const [n, body] of bodies.entries()) {
            await bench.plan(phoneOf(n), [n % 4 === 0 ? { body } : planned(body)]);
          }
          const states = new Map<string, BucketState>();
          for (let task = 0; task < 2; task += 1) bench.start({ pacer: pacerOver(states) });
          await eventually(async () => assert.equal(bench.carrier.messages.length, count), 30_000);
          assert.deepEqual([...bench.carrier.bodies].sort(), [...bodies].sort());
          await eventually(async () => {
            const { rows } = await bench.database.adminPool.query(
              `SELECT state, attempts, count(*)::int AS n FROM message GROUP BY 1, 2`,
            );
            assert.deepEqual(rows, [{ state: 'sent', attempts: 1, n: count }]);
          });
        },
      ),
      { numRuns: runs(4) },
    );
  });

  it('keeps the rate of a number', async () => {
    await sender({ rate: 20 });
    const count = 30;
    for (let n = 0; n < count; n += 1) await bench.plan(phoneOf(n), [planned(`${n}`)]);
    const states = new Map<string, BucketState>();
    for (let task = 0; task < 2; task += 1) bench.start({ pacer: pacerOver(states) });
    await eventually(async () => assert.equal(bench.carrier.messages.length, count), 30_000);
    const times = bench.carrier.messages.map(({ at }) => at).sort((a, b) => a - b);
    const took = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000;
    // A bucket of half a second may go at once; all the others at their rate.
    assert.ok(took >= (count - 10) / 20 - 0.1, `${took} s`);
  });

  it('lets an answer go before a planned message of the same phone that waits for its turn', async () => {
    await sender({ rate: 1 });
    const key = `pace:{twilio}:sms:number:${SENDER_NUMBER}`;
    const states = new Map<string, BucketState>([
      [key, { level: 1.5, at: bench.clock.monotonic() + 60_000 }],
    ]);
    await bench.plan(PHONE, [planned('planned')]);
    await bench.plan(PHONE, [{ body: 'an answer' }]);
    bench.start({ pacer: pacerOver(states) });
    await eventually(async () => assert.deepEqual(bench.carrier.bodies, ['an answer']));
    assert.equal((await bench.states(PHONE)).planned, 'queued');
  });

  it('holds what would wait for longer than a timer may, so that slow numbers do not fill our hands', async () => {
    await sender({ rate: 1 });
    const key = `pace:{twilio}:sms:number:${SENDER_NUMBER}`;
    const states = new Map<string, BucketState>([[key, { level: -100, at: bench.clock.monotonic() }]]);
    await bench.plan(PHONE, [planned('one')]);
    bench.start({ pacer: pacerOver(states) });
    await eventually(async () => {
      const [held] = await rulesOf(PHONE);
      assert.deepEqual([held?.state, held?.rule], ['held', 'paced']);
      const inMs = (held?.due_at?.getTime() ?? 0) - bench.clock.now().getTime();
      assert.ok(inMs > 90_000 && inMs <= 103_000, String(inMs));
    });
    states.set(key, { level: 2, at: bench.clock.monotonic() });
    bench.skip(110_000);
    await eventually(async () => assert.deepEqual(bench.carrier.bodies, ['one']));
  });

  it('sends nothing planned from a halted number, and answers people from it', async () => {
    await sender({ halted: true });
    await bench.plan(PHONE, [planned('planned')]);
    await bench.plan(PHONE, [{ body: 'an answer' }]);
    bench.start({ pacer: pacerOver(new Map()) });
    await eventually(async () => assert.deepEqual(bench.carrier.bodies, ['an answer']));
    const [held] = await rulesOf(PHONE);
    assert.deepEqual([held?.state, held?.rule], ['held', 'sender_halted']);
    await bench.database.adminPool.query(
      'UPDATE sender SET halted_at = NULL, halted_reason = NULL, halted_by = NULL',
    );
    bench.skip(301_000);
    await eventually(async () => assert.deepEqual(bench.carrier.bodies, ['an answer', 'planned']));
  });

  it('sends no more planned segments in a day than a number may, until midnight Pacific time', async () => {
    await sender({ perDay: 3 });
    for (const [n, length] of [
      [0, 10],
      [1, 200],
    ] as const) {
      await bench.plan(phoneOf(n), [planned('x'.repeat(length))]);
    }
    bench.carrier.segmentsOf = (body) => Math.ceil(body.length / 153);
    bench.start({ pacer: pacerOver(new Map()) });
    await eventually(async () => assert.equal(bench.carrier.messages.length, 2));
    await eventually(async () => {
      const { rows } = await bench.database.adminPool.query(
        'SELECT sender_number, day::text, segments::int FROM sender_day',
      );
      assert.deepEqual(rows, [{ sender_number: SENDER_NUMBER, day: '2026-03-04', segments: 3 }]);
    });
    await bench.plan(PHONE, [planned('tomorrow')]);
    await eventually(async () => {
      const [held] = await rulesOf(PHONE);
      assert.deepEqual([held?.state, held?.rule, held?.due_at], ['held', 'sender_daily_cap', MIDNIGHT]);
    });
    assert.ok(bench.clock.now().getTime() - NOON < 3_600_000);
    // Its hours are over at midnight: the gate holds it until the morning.
    bench.goTo(Date.parse('2026-03-05T18:00:00.000Z'));
    bench.skip(0);
    await eventually(async () => assert.ok(bench.carrier.bodies.includes('tomorrow')));
  });
});
