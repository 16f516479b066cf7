import assert from 'node:assert/strict';
import fc from 'fast-check';
import { callOutcomes } from '#shared/voice/call-outcomes.ts';
import { deliveryOutcomes, hasArrived } from './deliveries.ts';
import type { RetryRule } from './retry.ts';
import { afterReport, notAgain, type Report, type Standing, withdrawn, withdraws } from './standing.ts';

const NOW = new Date('2026-11-26T12:00:00Z');
const rule: RetryRule = {
  maxAttempts: 3,
  retryDelayMinutes: 60,
  endAt: null,
  isUnderWay: true,
  ladder: null,
};
const sent: Standing = {
  state: 'sent',
  rule: null,
  dueAt: null,
  messageId: 'm1',
  attempts: 1,
  hasReplied: false,
  isReached: false,
  missed: null,
  ladder: null,
};
const report = (more: Partial<Report>): Report => ({
  messageId: 'm1',
  outcome: 'delivered',
  errorCode: null,
  carrier: 'twilio',
  call: null,
  step: null,
  ...more,
});
const following = (standing: Standing, ...reports: Report[]): Standing =>
  reports.reduce((known, each) => afterReport(known, each, rule, NOW), standing);

const unreachable = report({ outcome: 'undelivered', errorCode: '30003' });
const landline = report({ outcome: 'undelivered', errorCode: '30006' });

const anyReport: fc.Arbitrary<Report> = fc.record({
  messageId: fc.constantFrom('m0', 'm1', 'm2'),
  outcome: fc.constantFrom(...deliveryOutcomes),
  errorCode: fc.constantFrom(null, '30003', '30006', '30007', '30022', '99999'),
  carrier: fc.constant('twilio' as const),
  call: fc.constantFrom(null, ...callOutcomes),
  step: fc.constant(null),
});
const anyStanding: fc.Arbitrary<Standing> = fc.record({
  state: fc.constantFrom('queued', 'sent', 'failed', 'undelivered', 'held', 'blocked', 'cancelled'),
  rule: fc.constant(null),
  dueAt: fc.constant(null),
  messageId: fc.constantFrom('m1', 'm2'),
  attempts: fc.integer({ min: 1, max: 5 }),
  hasReplied: fc.boolean(),
  isReached: fc.constant(false),
  missed: fc.constant(null),
  ladder: fc.constant(null),
});

describe('Where a contact stands after a report of the carrier', () => {
  it('is reached by any of their messages', () => {
    assert.equal(following(sent, report({})).state, 'delivered');
    assert.equal(following(sent, report({ outcome: 'read' })).state, 'delivered');
    assert.equal(following({ ...sent, messageId: 'm2' }, report({})).state, 'delivered');
  });

  it('is missed by the newest message alone, and held until it is tried again', () => {
    const held = following(sent, unreachable);
    assert.deepEqual(
      [held.state, held.rule, held.dueAt?.toISOString()],
      ['held', 'retry_30003', '2026-11-26T13:00:00.000Z'],
    );
    assert.deepEqual(held.missed, { state: 'undelivered', rule: '30003' });
    assert.deepEqual(following({ ...sent, messageId: 'm2' }, unreachable).state, 'sent');
  });

  it('ends as undelivered, with the code, where nothing comes of trying again', () => {
    const ended = following(sent, landline);
    assert.deepEqual([ended.state, ended.rule, ended.dueAt], ['undelivered', '30006', null]);
    assert.equal(following({ ...sent, hasReplied: true }, unreachable).state, 'undelivered');
  });

  it('is as reached when the report of it comes late as when it comes first', () => {
    const late = following(sent, unreachable, report({}));
    assert.deepEqual([late.state, late.rule, late.dueAt], ['delivered', null, null]);
    assert.deepEqual(following(sent, report({}), unreachable).state, 'delivered');
  });

  it('keeps a queued message until it is taken back, and does not forget that another arrived', () => {
    const queued: Standing = { ...sent, state: 'queued', messageId: 'm2' };
    const known = following(queued, report({}));
    assert.deepEqual([known.state, withdraws(known), withdraws(queued)], ['queued', true, false]);
  });

  for (const [call, why] of [
    ['answered', null],
    ['opted_out', 'opted_out'],
  ] as const) {
    it(`has taken the call (${call}) although its repetition is queued already, whether that is taken back or goes`, () => {
      const known = following({ ...sent, state: 'queued', messageId: 'm2' }, report({ call }));
      assert.ok(withdraws(known));
      for (const { rule: by, state } of [withdrawn(known, rule, NOW), notAgain(known)]) {
        assert.deepEqual([state, by], ['answered', why]);
      }
    });
  }

  it('is unconfirmed where the carrier says nothing more, until it does', () => {
    const quiet = following(sent, report({ outcome: 'unconfirmed' }));
    assert.deepEqual([quiet.state, quiet.rule], ['sent', 'unconfirmed']);
    assert.equal(following(quiet, report({})).state, 'delivered');
    assert.equal(following(quiet, unreachable).state, 'held');
  });

  for (const [call, outcome, expected] of [
    ['answered', 'delivered', ['answered', null, true]],
    ['opted_out', 'delivered', ['answered', 'opted_out', true]],
    ['machine', 'delivered', ['delivered', 'machine', true]],
    ['busy', 'undelivered', ['held', 'retry_busy', false]],
    ['no_answer', 'undelivered', ['held', 'retry_no_answer', false]],
    ['failed', 'failed', ['failed', null, false]],
    ['canceled', 'failed', ['failed', 'canceled', false]],
  ] as const) {
    it(`is ${expected[0]} after a call that ended as ${call}`, () => {
      const { isReached, rule: why, state } = following(sent, report({ outcome, call }));
      assert.deepEqual([state, why, isReached], expected);
    });
  }

  it('is undelivered, by the last call, once it was called as often as may be', () => {
    const last = following({ ...sent, attempts: 3 }, report({ outcome: 'undelivered', call: 'busy' }));
    assert.deepEqual([last.state, last.rule, last.dueAt], ['undelivered', 'busy', null]);
  });

  it('is a machine where the carrier says so after the end, and opted out where the key is told last', () => {
    const answered = report({ call: 'answered' });
    const end = (...reports: Report[]) => {
      const { rule: why, state } = following(sent, ...reports);
      return [state, why];
    };
    assert.deepEqual(end(answered, report({ call: 'machine' })), ['delivered', 'machine']);
    assert.deepEqual(end(answered, report({ call: 'opted_out' })), ['answered', 'opted_out']);
  });

  it('has taken the call, whom the carrier took for a machine until a key of theirs was told', () => {
    const end = following(sent, report({ call: 'machine' }), report({ call: 'answered' }));
    assert.deepEqual([end.state, end.rule], ['answered', null]);
  });

  it('has taken the call whatever becomes of texts, and whoever takes another call', () => {
    const answered = following(sent, report({ call: 'answered' }));
    assert.equal(following(answered, report({ messageId: 'm0' })).state, 'answered');
    assert.equal(following(answered, report({ messageId: 'm0', call: 'machine' })).state, 'answered');
    assert.equal(following(answered, unreachable).state, 'answered');
  });

  it('is what it was when it is not tried again after all', () => {
    assert.deepEqual(notAgain(following(sent, unreachable)), { state: 'undelivered', rule: '30003' });
    assert.deepEqual(notAgain({ ...sent, isReached: true }), { state: 'delivered', rule: null });
  });

  it('is the same however often a report is repeated', () => {
    fc.assert(
      fc.property(anyStanding, anyReport, (standing, each) => {
        const once = following(standing, each);
        assert.deepEqual(following(once, each), once);
      }),
    );
  });

  it('is reached exactly when a report says so, in any order, and is never tried again then', () => {
    fc.assert(
      fc.property(anyStanding, fc.array(anyReport, { maxLength: 6 }), (standing, reports) => {
        const end = following(standing, ...reports);
        const arrived = reports.some(({ outcome }) => hasArrived(outcome));
        assert.equal(end.isReached, arrived);
        const isWith = end.state === 'delivered' || end.state === 'answered';
        if (arrived) assert.ok(isWith || (end.state === 'queued' && withdraws(end)));
        else assert.ok(!isWith);
        if (end.state === 'held' && standing.state !== 'held') {
          assert.ok(!standing.hasReplied && standing.attempts < rule.maxAttempts && end.dueAt !== null);
        }
      }),
    );
  });
});
