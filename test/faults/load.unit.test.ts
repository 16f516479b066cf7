import assert from 'node:assert/strict';
import { MOST_SCENARIOS } from './load.ts';
import { scenarios } from './scenarios.ts';

describe('The load of a trial', () => {
  it('has numbers of their own for all scenarios', () => {
    assert.ok(
      scenarios.length <= MOST_SCENARIOS,
      `${scenarios.length} scenarios, numbers for ${MOST_SCENARIOS}`,
    );
  });
});
