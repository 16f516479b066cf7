import assert from 'node:assert/strict';
import { choice, search, words } from './search.ts';

describe('Filters in an address', () => {
  const read = search({ status: choice(['active', 'paused']), q: words });

  it('are what was chosen and typed', () => {
    assert.deepEqual(read({ status: 'paused', q: 'Ana' }), { status: 'paused', q: 'Ana' });
    assert.deepEqual(read({ q: 14155550101 }), { q: '14155550101' });
  });

  it('are left out when they are not understood', () => {
    assert.deepEqual(read({ status: 'of yesterday', q: '', more: 'x' }), {});
    assert.deepEqual(read({ status: ['active'], q: { a: 1 } }), {});
    assert.equal(read({ q: 'x'.repeat(999) }).q?.length, 200);
  });
});
