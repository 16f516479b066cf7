import assert from 'node:assert/strict';
import fc from 'fast-check';
import { errorRuleOf } from '#shared/carriers/error-rules.ts';
import { twilioErrorRules } from '#shared/carriers/twilio/error-table.ts';
import { codeOfRetry, type Miss, type RetryRule, retryAt, retryRule } from './retry.ts';

const NOW = new Date('2026-11-26T12:00:00Z');
const inMinutes = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);
const rule: RetryRule = {
  maxAttempts: 3,
  retryDelayMinutes: 60,
  endAt: null,
  isUnderWay: true,
  ladder: null,
};
const miss: Miss = {
  errorCode: '30003',
  call: null,
  carrier: 'twilio',
  attempts: 1,
  wasReached: false,
  hasReplied: false,
};

describe('A message that did not arrive', () => {
  for (const [what, changed, changedRule, expected] of [
    ['is tried again after the delay where its code allows it', {}, {}, inMinutes(60)],
    ['is tried again later where the code asks for more', { errorCode: '30023' }, {}, inMinutes(24 * 60)],
    ['is tried at most so often', { attempts: 3 }, {}, null],
    ['is tried no more often than the code allows', { errorCode: '30008', attempts: 2 }, {}, null],
    ['is tried once where the code allows it once', { errorCode: '30008' }, {}, inMinutes(60)],
    [
      'is tried again as often as the campaign says after too much traffic',
      { errorCode: '30022', attempts: 4 },
      { maxAttempts: 5 },
      inMinutes(60),
    ],
    ['of a number that cannot be texted is not', { errorCode: '30005' }, {}, null],
    ['of somebody who opted out at the carrier is not', { errorCode: '21610' }, {}, null],
    ['that was filtered as spam is not', { errorCode: '30007' }, {}, null],
    ['with a code that nobody knows is not', { errorCode: '99999' }, {}, null],
    ['without a code is not', { errorCode: null }, {}, null],
    ['that was at no carrier is not', { errorCode: 'invalid_number', carrier: null }, {}, null],
    ['is not when an earlier one arrived', { wasReached: true }, {}, null],
    ['is not when its person has answered', { hasReplied: true }, {}, null],
    ['is not when its campaign has ended', {}, { isUnderWay: false }, null],
    ['is not when it would go after the end', {}, { endAt: inMinutes(60) }, null],
    ['is when it goes before the end', {}, { endAt: inMinutes(61) }, inMinutes(60)],
    ['is not when the campaign tries once', {}, { maxAttempts: 1 }, null],
    ['that was a call to somebody who talks is', { call: 'busy', errorCode: null }, {}, inMinutes(60)],
    ['that was a call that nobody took is', { call: 'no_answer', errorCode: null }, {}, inMinutes(60)],
    [
      'that was a call is tried at most so often too',
      { call: 'busy', errorCode: null, attempts: 3 },
      {},
      null,
    ],
    ['that was a call within a campaign that ends is not', { call: 'busy' }, { endAt: inMinutes(60) }, null],
    [
      'that was a call which failed is by its code',
      { call: 'failed', errorCode: 'sip_480' },
      {},
      inMinutes(60),
    ],
    [
      'that was a call which failed is no more often than its code allows',
      { call: 'failed', errorCode: 'sip_503', attempts: 2 },
      {},
      null,
    ],
    [
      'that was a call to a number that nobody has is not',
      { call: 'failed', errorCode: 'sip_404' },
      {},
      null,
    ],
    ['that was a call which failed without a code is not', { call: 'failed', errorCode: null }, {}, null],
    ['that was a call which somebody cancelled is not', { call: 'canceled', errorCode: 'sip_480' }, {}, null],
  ] as [string, Partial<Miss>, Partial<RetryRule>, Date | null][]) {
    it(what, () => {
      assert.deepEqual(retryAt({ ...miss, ...changed }, { ...rule, ...changedRule }, NOW), expected);
    });
  }

  it('is tried again only for classes that allow it, within every limit, whatever the code', () => {
    fc.assert(
      fc.property(
        fc.record({
          errorCode: fc.constantFrom(...twilioErrorRules.map(({ code }) => code), 'unheard of'),
          carrier: fc.constantFrom('twilio' as const, 'aws' as const),
          call: fc.constantFrom(null, 'failed' as const, 'canceled' as const),
          attempts: fc.integer({ min: 1, max: 12 }),
          wasReached: fc.boolean(),
          hasReplied: fc.boolean(),
        }),
        fc.record({
          maxAttempts: fc.integer({ min: 1, max: 10 }),
          retryDelayMinutes: fc.integer({ min: 1, max: 10_080 }),
          endAt: fc.option(fc.integer({ min: 1, max: 20_000 }).map(inMinutes), { nil: null }),
          isUnderWay: fc.boolean(),
          ladder: fc.constant(null),
        }),
        (any, limits) => {
          const at = retryAt(any, limits, NOW);
          if (at === null) return;
          const { class: errorClass } = errorRuleOf(any.carrier, any.errorCode);
          assert.ok(errorClass === 'retry' || errorClass === 'throttle', errorClass);
          assert.notEqual(any.call, 'canceled');
          assert.ok(limits.isUnderWay && !any.wasReached && !any.hasReplied);
          assert.ok(any.attempts < limits.maxAttempts);
          assert.ok(at >= inMinutes(limits.retryDelayMinutes));
          assert.ok(limits.endAt === null || at < limits.endAt);
        },
      ),
    );
  });

  it('is named by its code while it waits', () => {
    assert.equal(codeOfRetry(retryRule('30003')), '30003');
    assert.equal(codeOfRetry('quiet_hours'), null);
  });
});
