import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readConfig } from '#shared/config.ts';
import { endingSettings, expectedSteps, sharesFrom } from './expected-steps.ts';
import type { StepRule } from './ladder.ts';

const shares = sharesFrom(readConfig(endingSettings, {}));
const step = (
  channel: StepRule['channel'],
  after: StepRule['after'],
  more: Partial<StepRule> = {},
): StepRule => ({
  ...{ channel, after, follows: null, tries: 1 },
  answerWithinMinutes: after.includes('no_reply') ? 60 : null,
  ...more,
});
const ladder = [
  step('sms', []),
  step('voice', ['undelivered', 'unreachable', 'no_reply'], { tries: 2 }),
  step('sms', ['answered']),
];

describe('How many come to each step', () => {
  it('is said by the shares that were assumed, and at the most', () => {
    assert.deepEqual(
      expectedSteps(ladder, 1_000, { maxAttempts: 4, shares }).map(({ attempts, expected, most }) => [
        expected,
        most,
        attempts.most,
      ]),
      [
        [1_000, 1_000, 1_000],
        [880, 1_000, 1_760],
        [264, 1_000, 264],
      ],
    );
  });

  it('is nobody beyond the budget of attempts', () => {
    const [, call, recap] = expectedSteps(ladder, 1_000, { maxAttempts: 2, shares });
    assert.deepEqual([call?.attempts.most, recap?.expected, recap?.most], [880, 0, 0]);
  });

  it('is never more than everybody, whatever was assumed', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const any = fc.record(Object.fromEntries(Object.keys(shares).map((ending) => [ending, share])));
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 10 }), (assumed, maxAttempts) => {
        const all = expectedSteps(ladder, 500, { maxAttempts, shares: assumed as typeof shares });
        for (const { attempts, expected, most } of all) {
          assert.ok(expected <= most && most <= 500 && attempts.least <= attempts.most);
        }
      }),
    );
  });

  it('has shares of every ending, or says so', () => {
    const read = (text: string) => () => readConfig(endingSettings, { STEP_ENDING_SHARES: text });
    assert.throws(read('undelivered=0.1'), /share from 0 to 1/);
    assert.throws(
      read('undelivered=2,unreachable=0,no_reply=0,answered=0,machine=0,busy=0,no_answer=0,failed=0'),
    );
  });
});
