import assert from 'node:assert/strict';
import { slugOf } from './slug.ts';

describe('What a name is called in addresses', () => {
  for (const [name, slug] of [
    ['Washing your hands', 'washing-your-hands'],
    ['  ¿Cuánto dura?  ', 'cuanto-dura'],
    ['Flu & you: 2027', 'flu-you-2027'],
    ['手', ''],
    ['a'.repeat(120), 'a'.repeat(100)],
  ] as const) {
    it(`"${name.slice(0, 20)}" is "${slug.slice(0, 20)}"`, () => assert.equal(slugOf(name), slug));
  }
});
