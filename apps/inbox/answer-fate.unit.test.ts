import assert from 'node:assert/strict';
import { didNotArrive, isTerminal, messageStatuses } from '#shared/carriers/status.ts';
import { fateOf, lookAgainMs } from './answer-fate.ts';

describe('An answer by hand', () => {
  const cases: [string, Parameters<typeof fateOf>[0], ReturnType<typeof fateOf>][] = [
    ['that waits', { state: 'queued', status: null }, 'underway'],
    ['that is held', { state: 'held', status: null }, 'underway'],
    ['that is at the carrier', { state: 'posting', status: null }, 'underway'],
    ['whose request is in doubt', { state: 'ambiguous', status: null }, 'underway'],
    ['that the carrier took', { state: 'sent', status: null }, 'underway'],
    ['that the carrier sent on', { state: 'sent', status: 'sent' }, 'underway'],
    ['that arrived', { state: 'sent', status: 'delivered' }, 'gone'],
    ['of which nobody will hear', { state: 'sent', status: 'sent_unconfirmed' }, 'gone'],
    ['that did not arrive', { state: 'sent', status: 'undelivered' }, 'lost'],
    ['that made way, or met a STOP', { state: 'blocked', status: null }, 'lost'],
    ['that the carrier refused', { state: 'failed', status: null }, 'lost'],
    ['that was taken back', { state: 'cancelled', status: null }, 'lost'],
    ['that cannot be accounted for', { state: 'unknown', status: null }, 'lost'],
    ['that is nowhere', { state: null, status: null }, 'gone'],
  ];
  for (const [what, message, fate] of cases) {
    it(`${what} is ${fate}`, () => {
      assert.equal(fateOf(message), fate);
    });
  }

  it('that was sent has an end with every word after which nothing more is expected, and with no other', () => {
    for (const status of messageStatuses) {
      const fate = fateOf({ state: 'sent', status });
      assert.equal(fate !== 'underway', isTerminal(status), status);
      assert.equal(fate === 'lost', didNotArrive(status), status);
    }
  });

  it('is looked for often while it is young, ever more rarely after, and not for ever once it is sent', () => {
    assert.deepEqual(
      [0, 40_000, 3_600_000, 20 * 86_400_000].map((age) => lookAgainMs(age, 'held')),
      [5_000, 10_000, 600_000, 600_000],
    );
    assert.equal(lookAgainMs(13 * 86_400_000, 'sent'), 600_000);
    assert.equal(lookAgainMs(15 * 86_400_000, 'sent'), null);
  });
});
