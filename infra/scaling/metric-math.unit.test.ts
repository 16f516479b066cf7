import assert from 'node:assert/strict';
import {
  both,
  compute,
  type Formula,
  filled,
  formulaText,
  greater,
  larger,
  less,
  minus,
  number,
  over,
  plus,
  series,
  times,
  when,
} from './metric-math.ts';

const at = (values: Record<string, number>) => (id: string) => values[id];

describe('A formula of metric math', () => {
  const cases: [string, Formula, string, Record<string, number>, number | undefined][] = [
    ['a sum', plus(series('a'), number(2)), '(a + 2)', { a: 3 }, 5],
    ['a difference', minus(series('a'), number(2)), '(a - 2)', { a: 3 }, 1],
    ['a product', times(series('a'), series('b')), '(a * b)', { a: 3, b: 4 }, 12],
    ['a quotient', over(series('a'), series('b')), '(a / b)', { a: 3, b: 4 }, 0.75],
    [
      'a quotient by nothing, which is absent',
      over(series('a'), series('b')),
      '(a / b)',
      { a: 3, b: 0 },
      undefined,
    ],
    ['an absent series', plus(series('a'), number(2)), '(a + 2)', {}, undefined],
    ['an absent series that is filled', filled('a', 7), 'FILL(a, 7)', {}, 7],
    ['a present series that is filled', filled('a', 7), 'FILL(a, 7)', { a: 0 }, 0],
    ['a comparison', greater(series('a'), number(1)), '(a > 1)', { a: 2 }, 1],
    ['a comparison of equals', less(series('a'), number(2)), '(a < 2)', { a: 2 }, 0],
    ['both of two', both(series('a'), series('b')), '(a AND b)', { a: 2, b: 0 }, 0],
    ['a choice', when(series('a'), number(1), number(2)), 'IF(a, 1, 2)', { a: 0 }, 2],
    ['a choice on something absent', when(series('a'), number(1), number(2)), 'IF(a, 1, 2)', {}, undefined],
    ['the larger of two', larger(series('a'), series('b')), 'IF((a > b), a, b)', { a: 2, b: 5 }, 5],
  ];
  for (const [name, formula, text, values, result] of cases)
    it(`writes and computes ${name}`, () => {
      assert.equal(formulaText(formula), text);
      assert.equal(compute(formula, at(values)), result);
    });
});
