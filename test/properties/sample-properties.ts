import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from './runs.ts';

/** What setup.unit.test.ts has mocha run: it is no test of its own. */
describe('A sample', () => {
  it('holds', () => {
    fc.assert(
      fc.property(fc.nat(), (n) => n >= 0),
      { numRuns: runs(7) },
    );
  });

  it('shows what it draws', () => {
    const drawn = [1, 2].flatMap(() => {
      const values: number[] = [];
      fc.assert(
        fc.property(fc.integer(), (value) => {
          values.push(value);
        }),
        { numRuns: 1 },
      );
      return values;
    });
    assert.fail(`drawn: ${[...drawn, ...fc.sample(fc.integer(), 1)].join()}`);
  });

  it('fails', () => {
    fc.assert(fc.property(fc.nat({ max: 1_000 }), (n) => n % 50 !== 17));
  });
});
