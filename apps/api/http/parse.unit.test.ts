import assert from 'node:assert/strict';
import { isTooDeep } from './parse.ts';

describe('Bodies of requests', () => {
  const nested = (depth: number): unknown => {
    let value: unknown = 1;
    for (let n = 0; n < depth; n += 1) value = n % 2 === 0 ? [value] : { a: value };
    return value;
  };

  it('are too deep when nothing here would read them, in lists or objects', () => {
    assert.equal(isTooDeep(nested(63)), false);
    assert.equal(isTooDeep(nested(64)), true);
    assert.equal(isTooDeep(nested(100_000)), true);
    for (const value of [undefined, null, 'x', 1, [], {}, [[], { a: [] }]])
      assert.equal(isTooDeep(value), false);
  });
});
