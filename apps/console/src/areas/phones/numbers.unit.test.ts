import assert from 'node:assert/strict';
import { freeNumber, numberOf, numbersOf } from './numbers.ts';

describe('Numbers of virtual phones', () => {
  it('are taken as people write them', () => {
    for (const text of ['+14155550101', '(415) 555-0101', '1 415 555 0101', '415.555.0101'])
      assert.equal(numberOf(text), '+14155550101', text);
    for (const text of ['', '12', 'Ana', '+0123456789']) assert.equal(numberOf(text), null, text);
  });

  it('stand in an address each once, in their order, without what is none', () => {
    assert.deepEqual(numbersOf('+14155550102,x,+14155550101,+14155550102'), ['+14155550102', '+14155550101']);
    assert.deepEqual(numbersOf(''), []);
  });

  it('are proposed from those that belong to nobody', () => {
    assert.equal(freeNumber([]), '+14155550101');
    assert.equal(freeNumber(['+14155550101', '+14155550102']), '+14155550103');
  });
});
