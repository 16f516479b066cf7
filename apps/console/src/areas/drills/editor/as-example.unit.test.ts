import assert from 'node:assert/strict';
import type { DrillPlay } from '#shared/api-client/api-types.ts';
import { exampleOf, freeName } from './as-example.ts';

const turn = (more: Partial<DrillPlay['turns'][number]>): DrillPlay['turns'][number] => ({
  ...{ said: null, waitedHours: null, prompt: 'how-long', outcome: 'started', completed: false },
  ...{ events: [], messages: [] },
  ...more,
});

describe('A conversation on the phone of the editor', () => {
  it('becomes an example of what it was taken for, without waits', () => {
    const turns = [
      turn({}),
      turn({ said: 'a', outcome: 'wrong' }),
      turn({ waitedHours: 5, outcome: 'reminded' }),
      turn({ said: 'b', outcome: 'right', completed: true }),
      turn({ said: '', outcome: 'nothing' }),
    ];
    assert.deepEqual(exampleOf({ turns }, { name: 'Second try', language: 'es', person: ' Ana ' }), {
      name: 'Second try',
      language: 'es',
      callMe: 'Ana',
      answers: {},
      turns: [
        { says: 'a', expect: 'wrong', hears: [] },
        { says: 'b', expect: 'right', hears: [] },
        { says: '', expect: 'nothing', hears: [] },
      ],
      completes: true,
    });
  });

  it('has a name of its own', () => {
    assert.equal(freeName([], 'Example'), 'Example');
    assert.equal(freeName([{ name: 'Example' }, { name: 'Example 2' }], 'Example'), 'Example 3');
  });
});
