import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type BucketState, bucketOf, type PacedRequest, takeTokens } from './buckets.ts';

const planned = (cost: number, ...rates: readonly [key: string, rate: number][]): PacedRequest => ({
  cost,
  lane: 'bulk',
  limits: rates.map(([key, rate]) => bucketOf(key, rate)),
});
const answer = (cost: number, ...rates: readonly [key: string, rate: number][]): PacedRequest => ({
  ...planned(cost, ...rates),
  lane: 'replies',
});

describe('Buckets of tokens', () => {
  it('let a rate through, and say when the next may go', () => {
    const states = new Map<string, BucketState>([['n', { level: 2, at: 0 }]]);
    const one = planned(1, ['n', 1]);
    // One is for answers; of those that wait each comes a second after the one before.
    assert.deepEqual(takeTokens(states, [one, one, one], 0), [0, 1_000, 2_000]);
    assert.deepEqual(takeTokens(states, [one], 999), [1]);
    assert.deepEqual(takeTokens(states, [one], 1_001), [0]);
  });

  it('keep something for answers, which take all that there is', () => {
    const states = new Map<string, BucketState>([['n', { level: 2, at: 0 }]]);
    const waits = takeTokens(states, [planned(1, ['n', 1]), planned(1, ['n', 1]), answer(1, ['n', 1])], 0);
    assert.deepEqual([waits[0], waits[2]], [0, 0]);
    assert.ok((waits[1] ?? 0) > 0);
  });

  it('let a message through that is larger than the bucket, and make up for it', () => {
    const states = new Map<string, BucketState>([['n', { level: 2, at: 0 }]]);
    assert.deepEqual(takeTokens(states, [planned(11, ['n', 1])], 0), [0]);
    assert.deepEqual(takeTokens(states, [planned(1, ['n', 1])], 0), [11_000]);
    assert.deepEqual(takeTokens(states, [planned(1, ['n', 1])], 11_000), [0]);
  });

  it('take from all buckets of a message, or from none', () => {
    const states = new Map<string, BucketState>([
      ['a', { level: 100, at: 0 }],
      ['b', { level: 0, at: 0 }],
    ]);
    const both = planned(1, ['a', 200], ['b', 1]);
    assert.ok((takeTokens(states, [both], 0)[0] ?? 0) > 0);
    assert.equal(states.get('a')?.level, 100);
  });

  it('begin with what answers may take where nothing is known: a state that was lost is no leave for a burst', () => {
    assert.deepEqual(takeTokens(new Map(), [planned(1, ['n', 100])], 0), [10]);
    assert.deepEqual(takeTokens(new Map(), [answer(1, ['n', 100])], 0), [0]);
  });

  it('take back what was not used, up to what they hold', () => {
    const states = new Map<string, BucketState>([['n', { level: 2, at: 0 }]]);
    const one = planned(1, ['n', 1]);
    assert.deepEqual(takeTokens(states, [one], 0), [0]);
    assert.deepEqual(takeTokens(states, [one, one], 0, [one]), [0, 1_000]);
    assert.deepEqual(
      takeTokens(
        states,
        [],
        0,
        Array.from({ length: 50 }, () => one),
      ),
      [],
    );
    assert.equal(states.get('n')?.level, bucketOf('n', 1).capacity);
  });

  const someRequest = fc.record({
    afterMs: fc.integer({ min: 0, max: 900 }),
    cost: fc.integer({ min: 1, max: 11 }),
    isAnswer: fc.boolean(),
    isUnused: fc.boolean(),
  });

  it('never let more through in any time than the rate brings in it, one bucket and the rest of one message', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 3, 3.75, 12, 100),
        fc.array(someRequest, { minLength: 1, maxLength: 120 }),
        (rate, tries) => {
          const states = new Map<string, BucketState>();
          const passed: { at: number; cost: number }[] = [];
          let now = 0;
          for (const { afterMs, cost, isAnswer, isUnused } of tries) {
            now += afterMs;
            const request = (isAnswer ? answer : planned)(cost, ['n', rate]);
            const [wait] = takeTokens(states, [request], now);
            if (wait !== 0) continue;
            if (isUnused) takeTokens(states, [], now, [request]);
            else passed.push({ at: now, cost });
          }
          const { capacity } = bucketOf('n', rate);
          for (const [first, from] of passed.entries()) {
            let sum = 0;
            for (const { at, cost } of passed.slice(first)) {
              sum += cost;
              const most = ((at - from.at) / 1_000) * rate + capacity + 10;
              assert.ok(sum <= most + 1e-6, `${sum} in ${at - from.at} ms at ${rate}/s`);
            }
          }
        },
      ),
    );
  });

  it('never lose a message: whoever comes back when it was told to goes, if nobody else came', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 3.75, 12, 100),
        fc.array(fc.integer({ min: 1, max: 11 }), { minLength: 1, maxLength: 60 }),
        (rate, costs) => {
          const states = new Map<string, BucketState>();
          const queue = costs.map((cost) => ({ request: planned(cost, ['n', rate]), at: 0 }));
          let went = 0;
          // Each try either lets one go or moves it on; twice as many tries as messages are plenty.
          for (let tries = 0; queue.length > 0; tries += 1) {
            assert.ok(tries <= costs.length * 2 + 2, 'messages wait for ever');
            queue.sort((a, b) => a.at - b.at);
            const now = queue[0]?.at ?? 0;
            const due = queue.filter(({ at }) => at <= now);
            const waits = takeTokens(
              states,
              due.map(({ request }) => request),
              now,
            );
            for (const [index, each] of due.entries()) {
              const wait = waits[index] ?? 0;
              if (wait === 0) {
                went += 1;
                queue.splice(queue.indexOf(each), 1);
              } else each.at = now + wait;
            }
          }
          assert.equal(went, costs.length);
        },
      ),
    );
  });
});
