import assert from 'node:assert/strict';
import fc from 'fast-check';
import { boundedShrinking } from './shrinking.ts';

describe('A property that failed', () => {
  /** Every look takes a second. Returns after how many it was over, and by which value it failed. */
  const look = (mostMs: number, holds: (n: number) => boolean) => {
    let nowMs = 0;
    const plugins = [boundedShrinking<[number]>(mostMs, () => nowMs)];
    const { counterexample, failed, interrupted } = fc.check<[number]>(
      fc.property(fc.integer({ min: 0, max: 2 ** 30 }), (n) => {
        nowMs += 1_000;
        return holds(n);
      }),
      { plugins, examples: [[2 ** 30]], numRuns: 100 },
    );
    return { looks: nowMs / 1_000, counterexample: counterexample?.[0], failed, interrupted };
  };

  it('has smaller values looked for so long, and no longer, and is red by the smallest that was found', () => {
    const fails = (n: number): boolean => n < 12_345;
    const all = look(1_000_000, fails);
    assert.deepEqual([all.failed, all.counterexample, all.interrupted], [true, 12_345, false]);
    assert.ok(all.looks > 20);
    const bounded = look(9_000, fails);
    assert.deepEqual([bounded.failed, bounded.looks, bounded.interrupted], [true, 10, true]);
    assert.ok(Number(bounded.counterexample) >= 12_345 && Number(bounded.counterexample) < 2 ** 30);
  });

  it('is not cut short where it holds, however long it takes', () => {
    assert.deepEqual(
      look(1, () => true),
      {
        ...{ looks: 100, counterexample: undefined, failed: false, interrupted: false },
      },
    );
  });

  it('is waited for where it is asynchronous', async () => {
    let nowMs = 0;
    const { counterexample, failed } = await fc.check<[number]>(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 30 }), async (n) => {
        nowMs += 1_000;
        await Promise.resolve();
        assert.ok(n < 12_345);
      }),
      { plugins: [boundedShrinking<[number]>(3_000, () => nowMs)], examples: [[2 ** 30]] },
    );
    assert.deepEqual([failed, nowMs], [true, 4_000]);
    assert.ok(Number(counterexample?.[0]) >= 12_345);
  });
});
