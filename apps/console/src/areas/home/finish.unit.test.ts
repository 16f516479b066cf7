import assert from 'node:assert/strict';
import { doneOf, finishOf } from './finish.ts';

const state = (name: 'pending' | 'held' | 'delivered', contacts: number) => ({
  state: name,
  contacts,
  reasons: [],
});
const metrics = { total: 100, states: [state('pending', 60), state('held', 15), state('delivered', 25)] };
const now = Date.parse('2026-11-27T10:00:00Z');

describe('When a running campaign ends', () => {
  it('follows from the pace that it had since its start', () => {
    assert.deepEqual(doneOf(metrics), { done: 25, held: 15, total: 100 });
    assert.equal(finishOf({ startedAt: '2026-11-27T09:00:00Z' }, metrics, now), '2026-11-27T13:00:00.000Z');
  });

  it('is not said before anything went, nor when nothing is left', () => {
    assert.equal(finishOf({ startedAt: null }, metrics, now), null);
    assert.equal(
      finishOf({ startedAt: '2026-11-27T09:00:00Z' }, { total: 5, states: [state('pending', 5)] }, now),
      null,
    );
    assert.equal(
      finishOf({ startedAt: '2026-11-27T09:00:00Z' }, { total: 5, states: [state('delivered', 5)] }, now),
      null,
    );
  });
});
