import assert from 'node:assert/strict';
import { mochaArguments, told } from './rounds.ts';

describe('A round of properties', () => {
  const round = { seed: 7, times: 10, isGreen: true, output: '' };
  const held = { file: 'a.unit.test.ts', title: 'A sum is the same', runs: 1_000, failure: null };
  const failed = {
    ...{ file: 'b.int.test.ts', title: 'B keeps (all)', runs: 12 },
    failure: { seed: -5, path: '11:0' },
  };

  it('says how many runs held', () => {
    assert.equal(
      told({ ...round, properties: [held, held] }),
      'seed 7, 10 times: 2 properties, 2,000 runs: held',
    );
  });

  it('says of each failure how it is had again, and what mocha said', () => {
    const output = 'dots\n\n  1 passing (2s)\n  1 failing\n\n  1) B\n';
    assert.equal(
      told({ ...round, isGreen: false, output, properties: [held, failed] }),
      `seed 7, 10 times: 2 properties, 1,012 runs: 1 FAILED

  b.int.test.ts
    B keeps (all)
    { seed: -5, path: '11:0' }, at run 12; again:
    CARILLON_PROPERTY_SEED=7 CARILLON_PROPERTY_RUNS=10 npx mocha --config .mocharc.int.json b.int.test.ts

  1 failing

  1) B

`,
    );
  });

  it('shows all of what mocha said where something else went wrong', () => {
    const output = 'SyntaxError\n';
    assert.equal(
      told({ ...round, isGreen: false, output, properties: [] }),
      'seed 7, 10 times: 0 properties, 0 runs: something else FAILED\n\nSyntaxError\n\n',
    );
  });

  it('is of the tests that have properties, once they are known', () => {
    assert.deepEqual(mochaArguments('int', ['b.int.test.ts'], new Set(['B keeps (all)', 'C'])), [
      ...[
        '--config',
        '.mocharc.int.json',
        '--no-parallel',
        '--grep',
        '^(?:B keeps \\(all\\)|C)$',
        'b.int.test.ts',
      ],
    ]);
  });
});
