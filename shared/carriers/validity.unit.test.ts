import assert from 'node:assert/strict';
import fc from 'fast-check';
import { validityOf } from './validity.ts';

const range = { least: 20, most: 604_800 };

describe('How long a carrier may keep a message', () => {
  it('is as long as it likes where nothing is said', () => {
    assert.equal(validityOf(null, range), undefined);
  });

  it('is whole seconds, never more than are left, and none below what the carrier takes', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1_000_000, noNaN: true }), (left) => {
        const validity = validityOf(left, range);
        if (typeof validity === 'number') {
          assert.ok(Number.isInteger(validity) && validity <= left);
          assert.ok(validity >= range.least && validity <= range.most);
        } else {
          assert.equal(validity?.kind, 'not_sent');
          assert.ok(left < range.least);
        }
      }),
    );
  });
});
