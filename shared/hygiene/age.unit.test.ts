import assert from 'node:assert/strict';
import { answerEnds, checkAskedOn, checkListDate, listEnds } from './age.ts';

describe('The age of what was looked up', () => {
  const now = new Date('2026-11-26T12:00:00Z');

  it('is at most 31 days for a do-not-call list, its own day included', () => {
    checkListDate('2026-11-26', now);
    checkListDate('2026-10-27', now);
    assert.throws(
      () => checkListDate('2026-10-26', now),
      /too long ago: .* 31 days\. Download the registry again/,
    );
    assert.deepEqual(listEnds('2026-10-27'), new Date('2026-11-27T00:00:00Z'));
    assert.throws(() => checkListDate('2026-10-27', listEnds('2026-10-27')), /too long ago/);
  });

  it('is at most 30 days for answers on reassigned numbers', () => {
    checkAskedOn('2026-10-28', now);
    assert.throws(() => checkAskedOn('2026-10-27', now), /too long ago: .* 30 days\. Ask it again/);
    assert.deepEqual(answerEnds('2026-10-28'), new Date('2026-11-27T00:00:00Z'));
  });

  it('cannot be that of tomorrow, nor of what is no day', () => {
    assert.throws(() => checkListDate('2026-11-27', now), /lies in the future: today is 2026-11-26/);
    assert.throws(() => checkAskedOn('2026-11-27', now), /lies in the future/);
    assert.throws(() => checkListDate('11/26/2026', now), /is no day/);
    assert.throws(() => checkListDate('2026-02-30', now), /is no day/);
  });
});
