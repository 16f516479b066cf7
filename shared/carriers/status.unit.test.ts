import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  contradicting,
  didNotArrive,
  isMessageStatus,
  isTerminal,
  LEAST_TERMINAL_RANK,
  mergeStatus,
  messageStatuses,
  type ReportedStatus,
  statusRank,
} from './status.ts';

const report = fc.record<ReportedStatus>(
  {
    status: fc.constantFrom(...messageStatuses),
    at: fc.integer({ min: 0, max: 5 }).map((second) => new Date(second * 1_000)),
    errorCode: fc.constantFrom(null, '30003', '30005', '9'),
  },
  { noNullPrototype: true },
);
const merge = (reports: readonly ReportedStatus[]): ReportedStatus => reports.reduce(mergeStatus);

describe('the status of a message', () => {
  it('is the same whatever the order of arrival and however often reports repeat', () => {
    fc.assert(
      fc.property(
        fc.array(report, { minLength: 1, maxLength: 12 }).chain((reports) =>
          fc.record({
            reports: fc.constant(reports),
            shuffled: fc.shuffledSubarray(reports, { minLength: reports.length }),
            repeated: fc.subarray(reports),
          }),
        ),
        ({ reports, shuffled, repeated }) => {
          assert.deepEqual(merge([...shuffled, ...repeated]), merge(reports));
        },
      ),
    );
  });

  it('is the same however the reports are gathered before they are merged', () => {
    fc.assert(
      fc.property(
        fc.array(report, { minLength: 1 }),
        fc.array(report, { minLength: 1 }),
        fc.array(report, { minLength: 1 }),
        (a, b, c) => {
          assert.deepEqual(merge([merge(a), merge([merge(b), merge(c)])]), merge([...a, ...b, ...c]));
        },
      ),
    );
  });

  it('never falls in rank', () => {
    fc.assert(
      fc.property(report, report, (a, b) => {
        const merged = statusRank(mergeStatus(a, b).status);
        assert.ok(merged >= statusRank(a.status) && merged >= statusRank(b.status));
      }),
    );
  });

  it('follows the order of the carrier life cycle', () => {
    const lifeCycle = [
      'scheduled',
      'accepted',
      'queued',
      'sending',
      'sent',
      'sent_unconfirmed',
      'partially_delivered',
      'canceled',
      'failed',
      'undelivered',
      'delivered',
      'read',
    ] as const;
    for (const [index, later] of lifeCycle.entries()) {
      for (const earlier of lifeCycle.slice(0, index)) {
        assert.ok(statusRank(earlier) < statusRank(later), `${earlier} < ${later}`);
      }
    }
    assert.ok(statusRank('receiving') < statusRank('received'));
  });

  it('follows a call from the queue to its end, whatever end that is', () => {
    const lifeCycle = ['queued', 'initiated', 'ringing', 'in-progress'] as const;
    const ends = ['canceled', 'failed', 'no-answer', 'busy', 'completed'] as const;
    for (const [index, later] of [...lifeCycle, ...ends].entries()) {
      for (const earlier of lifeCycle.slice(0, index)) {
        assert.ok(statusRank(earlier) < statusRank(later), `${earlier} < ${later}`);
      }
    }
    assert.ok(ends.every(isTerminal));
    assert.ok(!lifeCycle.some(isTerminal));
    // That somebody took it is the stronger word: nobody takes a call that was busy.
    assert.ok(ends.every((end) => statusRank(end) <= statusRank('completed')));
  });

  it('that was given up as unconfirmed yields to whatever the carrier says of its end, in any order', () => {
    const ends = messageStatuses.filter((word) => isTerminal(word) && word !== 'sent_unconfirmed');
    fc.assert(
      fc.property(
        fc.array(report, { maxLength: 6 }),
        report.map((given): ReportedStatus => ({ ...given, status: 'sent_unconfirmed', errorCode: null })),
        fc.tuple(report, fc.constantFrom(...ends)).map(([given, status]) => ({ ...given, status })),
        (others, givenUp, end) => {
          const all = [...others, givenUp, end];
          const merged = merge(all);
          assert.notEqual(merged.status, 'sent_unconfirmed');
          assert.deepEqual(merge(all.toReversed()), merged);
        },
      ),
    );
  });

  it('that was given up as unconfirmed outranks everything that is not an end, so that it stays given up', () => {
    for (const word of messageStatuses.filter((each) => statusRank(each) < statusRank('receiving'))) {
      assert.equal(isTerminal(word), statusRank(word) >= LEAST_TERMINAL_RANK, word);
    }
  });

  it('has a rank of its own for every word', () => {
    assert.equal(new Set(messageStatuses.map(statusRank)).size, messageStatuses.length);
  });

  it('keeps the code of the failure when the same failure is reported without one', () => {
    const at = new Date(0);
    const bare: ReportedStatus = { status: 'undelivered', at, errorCode: null };
    const coded: ReportedStatus = { status: 'undelivered', at, errorCode: '30003' };
    assert.equal(mergeStatus(bare, coded).errorCode, '30003');
    assert.equal(mergeStatus(coded, bare).errorCode, '30003');
  });

  it('drops the code of a failure that a higher status overtakes', () => {
    const at = new Date(0);
    const failed: ReportedStatus = { status: 'failed', at, errorCode: '30008' };
    const delivered: ReportedStatus = { status: 'delivered', at, errorCode: null };
    assert.equal(mergeStatus(failed, delivered).errorCode, null);
  });
});

describe('terminal statuses', () => {
  it('are those after which nothing more is expected; sent is not one', () => {
    assert.deepEqual(messageStatuses.filter(isTerminal), [
      'sent_unconfirmed',
      'partially_delivered',
      'canceled',
      'failed',
      'no-answer',
      'busy',
      'undelivered',
      'completed',
      'delivered',
      'read',
    ]);
  });

  it('contradict each other only when one says arrived and the other did not arrive', () => {
    assert.deepEqual(contradicting('delivered'), ['canceled', 'failed', 'no-answer', 'busy', 'undelivered']);
    assert.deepEqual(contradicting('undelivered'), ['partially_delivered', 'completed', 'delivered', 'read']);
    assert.deepEqual(contradicting('sent'), []);
    assert.deepEqual(contradicting('sent_unconfirmed'), []);
  });

  it('that say that the person was not reached are those of texts that did not arrive and of calls that nobody took', () => {
    const missed = ['canceled', 'failed', 'no-answer', 'busy', 'undelivered'];
    assert.deepEqual(messageStatuses.filter(didNotArrive), missed);
  });
});

describe('words of a carrier', () => {
  it('are told apart from names that every object has', () => {
    assert.equal(isMessageStatus('delivered'), true);
    assert.equal(isMessageStatus('constructor'), false);
    assert.equal(isMessageStatus('teleported'), false);
  });
});
