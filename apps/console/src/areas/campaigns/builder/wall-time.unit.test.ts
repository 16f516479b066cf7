import assert from 'node:assert/strict';
import { instantOf, wallOf } from './wall-time.ts';

describe('Times of a campaign', () => {
  it('are those of its zone, in winter and in summer', () => {
    assert.equal(instantOf('2026-11-27T09:00', 'America/Chicago'), '2026-11-27T15:00:00.000Z');
    assert.equal(instantOf('2026-07-01T09:00', 'America/Chicago'), '2026-07-01T14:00:00.000Z');
    assert.equal(wallOf('2026-11-27T15:00:00.000Z', 'America/Chicago'), '2026-11-27T09:00');
  });

  it('that clocks skip are behind the gap, and what is no time is none', () => {
    assert.equal(instantOf('2026-03-08T02:30', 'America/Chicago'), '2026-03-08T08:30:00.000Z');
    assert.equal(instantOf('', 'America/Chicago'), null);
    assert.equal(instantOf('tomorrow', 'America/Chicago'), null);
  });
});
