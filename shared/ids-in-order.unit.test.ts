import assert from 'node:assert/strict';
import { validate, version } from 'uuid';
import { idAt, idsInOrder } from './ids-in-order.ts';

describe('Ids in order', () => {
  it('are of version 7, each above the one before, and none of others that are made at the same time', () => {
    const all = Array.from({ length: 50 }, () => {
      const ids = idsInOrder();
      return Array.from({ length: 200 }, (_, n) => idAt(ids, n));
    });
    for (const ids of all) {
      assert.ok(ids.every((id) => validate(id) && version(id) === 7));
      assert.deepEqual(ids.toSorted(), ids);
    }
    assert.equal(new Set(all.flat()).size, 50 * 200);
  });
});
