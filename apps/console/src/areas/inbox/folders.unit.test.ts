import assert from 'node:assert/strict';
import { queryOf } from './folders.ts';

describe('Folders of the inbox', () => {
  it('are what the API is asked for, whoever waits for an answer first', () => {
    assert.deepEqual(queryOf({}, 'Ana'), { needsReply: 'true' });
    assert.deepEqual(queryOf({ folder: 'mine' }, 'Ana'), { assignee: 'Ana', closed: 'false' });
    assert.deepEqual(queryOf({ folder: 'of', of: 'Bo' }, 'Ana'), { assignee: 'Bo', closed: 'false' });
    assert.deepEqual(queryOf({ folder: 'all' }, 'Ana'), {});
  });

  for (const [q, expected] of [
    ['+1 (212) 555-0101', { phone: '+1 (212) 555-0101' }],
    ['2125550101', { phone: '2125550101' }],
    ['212555', { q: '212555' }],
    ['Ana Ruiz', { q: 'Ana Ruiz' }],
    ['Zo 2125550101', { q: 'Zo 2125550101' }],
  ] as const) {
    it(`looked for "${q}", find by ${Object.keys(expected)[0] === 'phone' ? 'number' : 'name'}`, () =>
      assert.deepEqual(queryOf({ folder: 'all', q }, 'Ana'), expected));
  }
});
