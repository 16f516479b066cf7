import assert from 'node:assert/strict';
import { clockAt, placeOf } from './place.ts';

describe('Where somebody is', () => {
  it('is called as people call it', () => {
    assert.equal(placeOf('America/Chicago'), 'Chicago');
    assert.equal(placeOf('America/New_York'), 'New York');
    assert.equal(placeOf('America/Indiana/Salem'), 'Salem');
  });

  it('has a time of its own, with its day where that is another one', () => {
    const now = Date.parse('2026-11-27T10:00:00Z');
    const in_ = { language: 'en', now, zone: 'America/Chicago' };
    assert.equal(clockAt('2026-11-27T15:00:00Z', in_), '09:00');
    assert.match(clockAt('2026-11-28T15:00:00Z', in_), /^Saturday, Nov 28.*09:00$/);
  });
});
