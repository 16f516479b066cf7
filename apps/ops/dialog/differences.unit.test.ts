import assert from 'node:assert/strict';
import { differences } from './differences.ts';

describe('what is stored and what events say', () => {
  for (const [name, stored, rebuilt, lines] of [
    ['is the same', { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
    ['differs in one place', { a: { b: 1 } }, { a: { b: 2 } }, ['a.b: stored 1, by its events 2']],
    ['lacks something', { a: 1 }, { a: 1, b: 'x' }, ['b: stored nothing, by its events "x"']],
    ['has more', { list: [1, 2] }, { list: [1] }, ['list.1: stored 2, by its events nothing']],
    ['is of another kind', { a: null }, { a: { b: 1 } }, ['a: stored null, by its events {"b":1}']],
    ['is not there', null, { a: 1 }, ['all of it: stored null, by its events {"a":1}']],
  ] as const) {
    it(name, () => assert.deepEqual(differences(stored, rebuilt), lines));
  }

  it('is cut where it is long', () => {
    const [line = ''] = differences('x'.repeat(1_000), 'y');
    assert.ok(line.length < 300, line);
  });
});
