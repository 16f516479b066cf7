import assert from 'node:assert/strict';
import { simulationArguments, WrongArguments } from './arguments.ts';
import { ALL_BUGS } from './planted-bugs.ts';

describe('What the simulation is told', () => {
  it('is two hundred seeds where nothing is said', () => {
    assert.deepEqual(simulationArguments([]), {
      seeds: null,
      count: 200,
      first: null,
      bugs: [],
      asksAgain: false,
      trace: false,
    });
  });

  it('is how many seeds from which, or single ones, with bugs', () => {
    const some = simulationArguments(['--seeds', '10', '--first', '7', '--trace', '--ask-again']);
    assert.deepEqual([some.count, some.first, some.trace, some.asksAgain], [10, 7, true, true]);
    assert.deepEqual(simulationArguments(['--seed', '3', '--seed=12']).seeds, [3, 12]);
    assert.deepEqual(simulationArguments(['--plant', 'all']).bugs, ALL_BUGS);
  });

  for (const name of ['seeds', 'seed', 'first']) {
    for (const text of [
      '10k',
      '',
      ' ',
      '0',
      '-3',
      '1.5',
      '1e3',
      '0x10',
      'NaN',
      'Infinity',
      '9007199254740993',
    ]) {
      it(`is refused as --${name} ${JSON.stringify(text)}, and what is right is said in a line`, () => {
        assert.throws(
          () => simulationArguments([`--${name}=${text}`]),
          (error) =>
            error instanceof WrongArguments &&
            /^--\w+ takes an integer of at least 1[^\n]*$/.test(error.message),
        );
      });
    }
  }

  for (const args of [['--sedes', '3'], ['12'], ['--seeds'], ['--plant', 'no-such-bug']]) {
    it(`is refused as ${args.join(' ')}`, () => {
      assert.throws(
        () => simulationArguments(args),
        (error) => error instanceof WrongArguments && !error.message.includes('\n'),
      );
    });
  }
});
