import assert from 'node:assert/strict';
import {
  countFaults,
  freeOf,
  type LimitInForce,
  limitFaults,
  mostTaken,
  type Planned,
} from './throttle-ledger.ts';

const ALWAYS = { from: 0, to: Number.POSITIVE_INFINITY };
const minute = (most: number, more: Partial<LimitInForce> = {}): LimitInForce => ({
  ...{ most, per: 'minute', evenly: false },
  ...ALWAYS,
  ...more,
});
const at = (...ms: number[]): Planned[] => ms.map((each) => ({ from: each, to: each + 10 }));

describe('The ledger of throttle groups', () => {
  for (const [what, planned, limits, faults] of [
    ['as many as the limit at once', at(5, 5, 5), [minute(3)], 0],
    ['one more within a period', at(5, 5, 5, 59_990), [minute(3)], 1],
    ['one more once the period is over', at(5, 5, 5, 60_020), [minute(3)], 0],
    ['one more within what may have been a period, or not', at(5, 5, 5, 60_000), [minute(3)], 0],
    ['a burst where two minutes of the clock meet', at(59_000, 59_000, 61_000, 61_000), [minute(3)], 1],
    [
      'what a lower limit leaves no room for',
      at(5, 5, 30_000),
      [minute(3, { to: 20_000 }), minute(2, { from: 19_000 })],
      1,
    ],
    [
      'what a higher limit lets through',
      at(5, 5, 5, 30_000),
      [minute(3, { to: 20_000 }), minute(4, { from: 19_000 })],
      0,
    ],
    [
      'what one of two limits allows that may be in force',
      at(5, 5, 5, 19_500),
      [minute(3, { to: 20_000 }), minute(4, { from: 19_000 })],
      0,
    ],
    ['an even pace', at(5, 10_200, 20_400), [minute(6, { evenly: true })], 0],
    ['two at once of an even pace', at(5, 5), [minute(6, { evenly: true })], 1],
    [
      'an even pace that was kept for too long',
      at(5, 40_000, 40_000, 40_000),
      [minute(6, { evenly: true })],
      1,
    ],
  ] as const) {
    it(`finds ${faults === 0 ? 'nothing in' : 'a fault in'} ${what}`, () => {
      assert.equal(limitFaults('Desk', planned, limits).length > 0, faults > 0);
    });
  }

  it('finds what was planned and is not counted, and what is counted and was not planned where nobody has died', () => {
    assert.equal(countFaults('Desk', { used: 2, planned: 3 }, true).length, 1);
    assert.equal(countFaults('Desk', { used: 3, planned: 2 }, false).length, 1);
    assert.deepEqual(countFaults('Desk', { used: 3, planned: 2 }, true), []);
    assert.deepEqual(countFaults('Desk', { used: 3, planned: 3 }, false), []);
  });

  it('knows a group that has had room for longer than anybody waits between two looks', () => {
    const used = [{ until: 1_000, used: 3 }];
    assert.equal(freeOf(minute(3), used, 60_000), 0);
    assert.equal(freeOf(minute(5), used, 60_000), 2);
    assert.equal(freeOf(minute(3), used, 100_000), 3);
    assert.equal(freeOf(minute(6, { evenly: true }), used, 25_000), 0);
    assert.equal(freeOf(minute(6, { evenly: true }), used, 60_000), 1);
  });

  it('does not take for room what was given back a moment ago', () => {
    const look = (used: number, at = 1_000) => [{ id: 'Desk', until: new Date(at), used }];
    const taken = (...looks: ReturnType<typeof look>[]) =>
      mostTaken(looks).map(({ until, used }) => [until.getTime(), used]);
    assert.deepEqual(taken(look(3), look(0)), [[1_000, 3]]);
    assert.deepEqual(taken(look(0), look(2), look(1)), [[1_000, 2]]);
    assert.deepEqual(taken([...look(1), ...look(4, 2_000)], look(2)), [
      [1_000, 2],
      [2_000, 4],
    ]);
    assert.deepEqual(mostTaken([[], [{ id: 'Other', until: new Date(1_000), used: 1 }], look(2)]).length, 2);
  });
});
