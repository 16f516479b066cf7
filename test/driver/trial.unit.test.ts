import assert from 'node:assert/strict';
import { numbersGiven } from './trial.ts';

describe('Numbers that are given to a trial', () => {
  const usual = { contacts: 5_000, seed: 7 };

  it('stand for the usual ones', () => {
    assert.deepEqual(numbersGiven(usual, []), usual);
    assert.deepEqual(numbersGiven(usual, ['--seed', '12']), { contacts: 5_000, seed: 12 });
  });

  it('are refused where they are no numbers, or nobody asks for them', () => {
    assert.throws(() => numbersGiven(usual, ['--seed', 'x']), /--seed x is no number/);
    assert.throws(() => numbersGiven(usual, ['--seed', '']), /is no number/);
    for (const text of [' ', '1.5', '-3', '1e3', '10k'])
      assert.throws(() => numbersGiven(usual, [`--seed=${text}`]), /is no number/, text);
    assert.throws(() => numbersGiven(usual, ['--contacts', '0']), /at least 1/);
    assert.throws(() => numbersGiven(usual, ['--phones', '3']), /phones/);
    assert.throws(() => numbersGiven({}, ['--seed', '3']), /seed/);
    assert.throws(() => numbersGiven({}, ['3']), /argument/);
  });
});
