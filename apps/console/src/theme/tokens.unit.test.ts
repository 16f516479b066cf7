import assert from 'node:assert/strict';
import { contrast } from './contrast.ts';
import { pairs, schemes, tokensOf } from './tokens.ts';

describe('Colours of the console', () => {
  it('are measured as WCAG measures them', () => {
    assert.equal(contrast('#000000', '#ffffff'), 21);
    assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48');
  });

  it('have the same names light and dark', () => {
    assert.deepEqual(Object.keys(tokensOf('light')), Object.keys(tokensOf('dark')));
  });

  for (const scheme of schemes) {
    it(`can be told apart in ${scheme}: WCAG 2.2 AA, each pair that is used`, () => {
      const tokens = tokensOf(scheme);
      const faults = pairs.flatMap(({ back, front, least }) => {
        const [one, other] = [tokens[front], tokens[back]];
        assert.ok(one !== undefined && other !== undefined, `${front} on ${back}`);
        const has = contrast(one, other);
        return has >= least ? [] : [`${front} on ${back}: ${has.toFixed(2)} of ${least}`];
      });
      assert.deepEqual(faults, []);
    });
  }
});
