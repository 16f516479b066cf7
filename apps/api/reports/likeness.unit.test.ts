import assert from 'node:assert/strict';
import fc from 'fast-check';
import { alike, groupsOf } from './likeness.ts';

describe('Wrong answers', () => {
  const pairs: [string, string, boolean][] = [
    ['5 seconds', '5 secnds', true],
    ['5 seconds', '6 seconds', false],
    ['a', 'b', false],
    ['yes', 'yep', false],
    ['hand gel', 'handgel', true],
    ['water', 'soap', false],
    ['', 'a', false],
  ];
  for (const [a, b, verdict] of pairs) {
    it(`"${a}" and "${b}" are ${verdict ? '' : 'not '}alike`, () => {
      assert.equal(alike(a, b), verdict);
      assert.equal(alike(b, a), verdict);
    });
  }

  const counted = (answer: string, count: number, isShared = true) => ({
    ...{ answer, count, isShared },
    example: answer.toUpperCase(),
  });

  it('are grouped around the most frequent of them, the most frequent group first', () => {
    const groups = groupsOf(
      [
        counted('water only', 3),
        counted('hand gel', 4),
        counted('hand gell', 1),
        counted('hand gl', 1, false),
      ],
      9,
    );
    assert.deepEqual(groups, [
      { example: 'HAND GEL', count: 6, answers: 3 },
      { example: 'WATER ONLY', count: 3, answers: 1 },
    ]);
  });

  it('that one person alone wrote are counted in a group, and never shown', () => {
    const own = counted('my name is rosa', 9, false);
    assert.deepEqual(groupsOf([own], 9), []);
    assert.deepEqual(groupsOf([own, counted('my name is rose', 2)], 9), [
      { example: 'MY NAME IS ROSE', count: 11, answers: 2 },
    ]);
  });

  it('are in one group at most each, whatever they are', () => {
    const answers = fc.uniqueArray(
      fc.record({
        answer: fc.string({ unit: fc.constantFrom('a', 'b', ' ', '1'), maxLength: 8 }),
        count: fc.integer({ min: 1, max: 9 }),
      }),
      { selector: ({ answer }) => answer },
    );
    fc.assert(
      fc.property(answers, (given) => {
        const groups = groupsOf(
          given.map(({ answer, count }) => counted(answer, count)),
          given.length,
        );
        const sum = (of: readonly { count: number }[]) => of.reduce((all, { count }) => all + count, 0);
        assert.equal(sum(groups), sum(given));
        assert.equal(
          groups.reduce((all, each) => all + each.answers, 0),
          given.length,
        );
      }),
    );
  });
});
