import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { OnLadder } from './climbing.ts';
import { deliveryOutcomes } from './deliveries.ts';
import type { StepRule } from './ladder.ts';
import { NEVER_AGAIN, type RetryRule } from './retry.ts';
import {
  afterReport,
  onward,
  type Report,
  type Standing,
  textGone,
  withdrawn,
  withdraws,
} from './standing.ts';

const NOW = new Date('2026-11-26T12:00:00Z');
const inMinutes = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);
const step = (
  channel: StepRule['channel'],
  after: StepRule['after'],
  more: Partial<StepRule> = {},
): StepRule => ({
  channel,
  after,
  follows: null,
  answerWithinMinutes: after.includes('no_reply') ? 90 : null,
  tries: 1,
  ...more,
});
const rule: RetryRule = {
  maxAttempts: 4,
  retryDelayMinutes: 60,
  endAt: null,
  isUnderWay: true,
  ladder: [
    step('sms', [], { tries: 2 }),
    step('voice', ['undelivered', 'unreachable', 'no_reply']),
    step('sms', ['answered']),
  ],
};
const foot: OnLadder = { step: 0, base: 0, via: null, isOverturned: false };
const queued: Standing = {
  state: 'queued',
  rule: null,
  dueAt: null,
  messageId: 'm1',
  attempts: 1,
  hasReplied: false,
  isReached: false,
  missed: null,
  ladder: foot,
};
const awaiting = textGone({ ...queued, state: 'sent' }, rule, NOW);
const report = (more: Partial<Report>): Report => ({
  messageId: 'm1',
  outcome: 'delivered',
  errorCode: null,
  carrier: 'twilio',
  call: null,
  step: 0,
  ...more,
});
const landline = report({ outcome: 'undelivered', errorCode: '30006' });
const isOff = report({ outcome: 'undelivered', errorCode: '30003' });
const following = (standing: Standing, ...reports: Report[]): Standing =>
  reports.reduce((known, each) => afterReport(known, each, rule, NOW), standing);
const short = ({ ladder, rule: by, state }: Standing) => [state, by, ladder?.step, ladder?.via ?? null];

/** Somebody who is to be called, as a text of theirs did not arrive. */
const toBeCalled = following(awaiting, landline);
const called: Standing = { ...toBeCalled, state: 'queued', dueAt: null, messageId: 'm2' };

describe('Somebody on a ladder whose text has gone', () => {
  it('may answer it, until the step begins that comes when nobody does', () => {
    assert.deepEqual(
      [awaiting.state, awaiting.rule, awaiting.dueAt],
      ['held', 'awaiting_reply', inMinutes(90)],
    );
  });

  it('waits for an answer as well once it is known to be there', () => {
    const known = following(awaiting, report({}));
    assert.deepEqual(
      [known.state, known.rule, known.dueAt, known.isReached],
      ['held', 'awaiting_reply', inMinutes(90), true],
    );
  });

  it('is settled where nothing comes of waiting', () => {
    const ended = { ...rule, endAt: inMinutes(90) };
    assert.equal(textGone({ ...queued, state: 'sent' }, ended, NOW).state, 'sent');
    assert.equal(textGone({ ...queued, state: 'sent', attempts: 4 }, rule, NOW).state, 'sent');
    assert.equal(textGone({ ...queued, state: 'sent' }, { ...rule, isUnderWay: false }, NOW).state, 'sent');
  });

  it('is to be called at once where the number takes no texts', () => {
    assert.deepEqual(short(toBeCalled), ['pending', null, 1, 'unreachable']);
    assert.deepEqual([toBeCalled.dueAt, toBeCalled.ladder?.base], [NOW, 1]);
  });

  it('is texted again first where the step says so and the code allows it, and then called', () => {
    const again = following(awaiting, isOff);
    assert.deepEqual(short(again), ['held', 'retry_30003', 0, null]);
    const gone = textGone({ ...again, state: 'sent', messageId: 'm2', attempts: 2 }, rule, NOW);
    assert.deepEqual(short(following(gone, { ...isOff, messageId: 'm2' })), [
      'pending',
      null,
      1,
      'undelivered',
    ]);
  });

  it('goes no further where the carrier or the person refused us', () => {
    const blocked = following(awaiting, report({ outcome: 'undelivered', errorCode: '30004' }));
    assert.deepEqual(short(blocked), ['undelivered', '30004', 0, null]);
  });

  it('goes no further once they have answered', () => {
    assert.deepEqual(short(following({ ...awaiting, hasReplied: true }, landline)), [
      'undelivered',
      '30006',
      0,
      null,
    ]);
  });
});

describe('A text that arrives after all', () => {
  it('brings back whoever waits to be called for it, to wait for an answer', () => {
    assert.deepEqual(short(following(toBeCalled, report({}))), ['held', 'awaiting_reply', 0, null]);
  });

  it('has the call that is queued for it taken back', () => {
    const known = following(called, report({}));
    assert.ok(withdraws(known));
    assert.deepEqual(short(withdrawn(known, rule, NOW)), ['held', 'awaiting_reply', 0, null]);
  });

  it('changes nothing but what is known, once the call was at the carrier', () => {
    const busy: Standing = { ...called, state: 'held', rule: 'retry_busy', attempts: 2 };
    assert.deepEqual(following(busy, report({})), { ...busy, isReached: true });
    assert.ok(!withdraws(following({ ...called, attempts: 2 }, report({}))));
  });

  it('takes back no call that comes because nobody answered', () => {
    const unanswered = onward(awaiting, 'no_reply', rule, inMinutes(90)) ?? assert.fail('no call');
    assert.deepEqual(following(unanswered, report({})), { ...unanswered, isReached: true });
    assert.ok(!withdraws(following({ ...unanswered, state: 'queued', messageId: 'm2' }, report({}))));
  });
});

/** Somebody whose call is at the carrier. */
const ringing: Standing = { ...called, state: 'sent', attempts: 2 };
const outcome = (call: NonNullable<Report['call']>, more: Partial<Report> = {}): Report =>
  report({ messageId: 'm2', step: 1, call, ...more });

describe('Somebody on a ladder who was called', () => {
  it('is sent what comes after a call that was answered, and is one who answered whatever becomes of that', () => {
    const heard = following(ringing, outcome('answered'));
    assert.deepEqual(short(heard), ['pending', null, 2, 'answered']);
    const texted: Standing = { ...heard, state: 'queued', messageId: 'm3', attempts: 3, dueAt: null };
    const sent = textGone({ ...texted, state: 'sent' }, rule, NOW);
    assert.deepEqual(short(sent), ['answered', null, 2, 'answered']);
    const lost = report({ messageId: 'm3', step: 2, outcome: 'undelivered', errorCode: '30007' });
    assert.deepEqual(short(following({ ...sent, state: 'sent' }, lost)), ['answered', null, 2, 'answered']);
    assert.deepEqual(following(heard, outcome('answered')), heard);
  });

  it('is one who answered also where their campaign has ended while what comes after it was at the carrier', () => {
    const heard = following(ringing, outcome('answered'));
    const texted: Standing = { ...heard, state: 'sent', messageId: 'm3', attempts: 3, dueAt: null };
    assert.deepEqual(short(textGone(texted, NEVER_AGAIN, NOW)), ['answered', null, 2, 'answered']);
  });

  it('goes on as one who took the call, whom the carrier took for a machine until a key of theirs was told', () => {
    const late = following(ringing, outcome('machine'), outcome('answered'));
    assert.deepEqual(short(late), ['pending', null, 2, 'answered']);
  });

  it('is a machine where the carrier says so after the end, unless a person took an earlier call', () => {
    const toMachines: RetryRule = {
      ...rule,
      ladder: [
        step('sms', []),
        step('voice', ['undelivered', 'unreachable', 'no_reply']),
        step('sms', ['machine']),
        step('voice', ['undelivered'], { follows: 2 }),
      ],
    };
    const follow = (from: Standing, ...reports: Report[]): Standing =>
      reports.reduce((known, each) => afterReport(known, each, toMachines, NOW), from);
    const late = follow(ringing, outcome('answered'), outcome('machine'));
    assert.deepEqual([...short(late), late.missed], ['pending', null, 2, 'machine', null]);
    const again: Standing = {
      ...ringing,
      messageId: 'm4',
      attempts: 4,
      isReached: true,
      missed: { state: 'answered', rule: null },
      ladder: { step: 3, base: 3, via: 'undelivered', isOverturned: false },
    };
    const last = follow(again, outcome('machine', { messageId: 'm4', step: 3 }));
    assert.deepEqual(short(last), ['answered', null, 3, 'undelivered']);
    const second = follow({ ...ringing, attempts: 3, missed: again.missed }, outcome('machine'));
    assert.deepEqual(second.missed, again.missed);
  });

  it('goes no further after a machine where no step takes that, nor after key 9', () => {
    assert.deepEqual(short(following(ringing, outcome('machine'))), [
      'delivered',
      'machine',
      1,
      'unreachable',
    ]);
    assert.deepEqual(short(following(ringing, outcome('opted_out'))), [
      'answered',
      'opted_out',
      1,
      'unreachable',
    ]);
  });

  it('ends as what the call came to where nobody took it, unless an earlier text arrived', () => {
    const busy = outcome('busy', { outcome: 'undelivered' });
    assert.deepEqual(short(following(ringing, busy)), ['undelivered', 'busy', 1, 'unreachable']);
    assert.deepEqual(short(following({ ...ringing, isReached: true }, busy)), [
      'delivered',
      null,
      1,
      'unreachable',
    ]);
  });

  it('is called again where the step says so, and then texted where a step takes the last ending', () => {
    const twice: RetryRule = {
      ...rule,
      ladder: [step('voice', [], { tries: 2 }), step('sms', ['busy', 'no_answer', 'failed'])],
    };
    const first: Standing = { ...ringing, attempts: 1, ladder: foot };
    const busy = outcome('busy', { step: 0, outcome: 'undelivered' });
    const again = afterReport(first, busy, twice, NOW);
    assert.deepEqual([...short(again), again.dueAt], ['held', 'retry_busy', 0, null, inMinutes(60)]);
    const last = { ...first, attempts: 2, messageId: 'm3' };
    const unanswered = outcome('no_answer', { step: 0, messageId: 'm3', outcome: 'undelivered' });
    assert.deepEqual(short(afterReport(last, unanswered, twice, NOW)), ['pending', null, 1, 'no_answer']);
    const nobody = outcome('failed', { step: 0, outcome: 'failed', errorCode: 'sip_404' });
    assert.deepEqual(short(afterReport(first, nobody, twice, NOW)), ['pending', null, 1, 'failed']);
    const unwanted = { ...nobody, errorCode: 'sip_607' };
    assert.deepEqual(short(afterReport(first, unwanted, twice, NOW)), ['failed', 'sip_607', 0, null]);
  });
});

describe('Reports of a ladder', () => {
  const anyReport: fc.Arbitrary<Report> = fc
    .record({
      message: fc.constantFrom(['m1', 0] as const, ['m2', 1] as const),
      outcome: fc.constantFrom(...deliveryOutcomes),
      errorCode: fc.constantFrom(null, '30003', '30006', '30004', '99999'),
    })
    .map(({ errorCode, message: [messageId, of], outcome }) =>
      report({ messageId, step: of, outcome, errorCode }),
    );
  const anyStanding = fc.constantFrom(awaiting, { ...queued, state: 'sent' as const }, toBeCalled, called, {
    ...called,
    state: 'sent' as const,
    attempts: 2,
  });

  it('are the same however often each is repeated', () => {
    fc.assert(
      fc.property(anyStanding, fc.array(anyReport, { maxLength: 6 }), (from, reports) => {
        const twice = reports.flatMap((each) => [each, each]);
        assert.deepEqual(following(from, ...twice), following(from, ...reports));
      }),
    );
  });

  it('never lead beyond the budget, nor back from a call that was at the carrier, nor to whoever has answered', () => {
    fc.assert(
      fc.property(
        anyStanding,
        fc.boolean(),
        fc.array(anyReport, { maxLength: 6 }),
        (from, hasReplied, reports) => {
          const to = following({ ...from, hasReplied }, ...reports);
          if (from.ladder !== null && from.attempts > from.ladder.base)
            assert.ok((to.ladder?.step ?? 0) >= from.ladder.step, 'led back');
          if (hasReplied) assert.ok((to.ladder?.step ?? 0) <= (from.ladder?.step ?? 0), 'led on');
          if (to.ladder?.step !== from.ladder?.step) assert.ok(to.attempts < rule.maxAttempts);
        },
      ),
    );
  });
});
