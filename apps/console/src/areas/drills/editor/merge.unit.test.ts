import assert from 'node:assert/strict';
import { isSame, merged } from './merge.ts';
import type { Prompt, Working } from './working.ts';

const prompt = (slug: string, text: string): Prompt => ({
  slug,
  messages: [{ text: { en: text } }],
  maxFailures: 1,
});
const drill = (prompts: Prompt[], more: Partial<Working> = {}): Working => ({
  slug: 'hands',
  name: 'Hands',
  defaultLanguage: 'en',
  prompts,
  examples: [],
  ...more,
});
const base = drill([prompt('a', 'A'), prompt('b', 'B')]);

describe('What two people changed of one draft', () => {
  it('goes together where each changed something else', () => {
    const mine = drill([prompt('a', 'A of mine'), prompt('b', 'B')]);
    const theirs = drill([prompt('a', 'A'), prompt('b', 'B of theirs')], { name: 'Clean hands' });
    assert.deepEqual(
      merged(base, mine, theirs),
      drill([prompt('a', 'A of mine'), prompt('b', 'B of theirs')], { name: 'Clean hands' }),
    );
  });

  it('goes together where one adds or takes away what the other let be', () => {
    const mine = drill([prompt('a', 'A'), prompt('b', 'B'), prompt('c', 'C')]);
    const theirs = drill([prompt('a', 'A of theirs'), prompt('b', 'B')]);
    assert.deepEqual(merged(base, mine, theirs)?.prompts, [
      prompt('a', 'A of theirs'),
      prompt('b', 'B'),
      prompt('c', 'C'),
    ]);
    assert.deepEqual(merged(base, base, drill([prompt('b', 'B')]))?.prompts, [prompt('b', 'B')]);
  });

  it('does not where both changed the same prompt, the order, or the name', () => {
    const mine = drill([prompt('a', 'mine'), prompt('b', 'B')]);
    assert.equal(merged(base, mine, drill([prompt('a', 'theirs'), prompt('b', 'B')])), null);
    assert.equal(merged(base, { ...base, name: 'One' }, { ...base, name: 'Another' }), null);
    assert.equal(
      merged(
        base,
        drill([prompt('b', 'B'), prompt('a', 'A')]),
        drill([prompt('a', 'A'), prompt('b', 'B'), prompt('c', 'C')]),
      ),
      null,
    );
    // Taken away by one, and changed by the other.
    assert.equal(
      merged(base, drill([prompt('b', 'B')]), drill([prompt('a', 'new'), prompt('b', 'B')])),
      null,
    );
  });

  it('is the same whatever the order of names in it, and without what is undefined', () => {
    assert.equal(isSame({ a: 1, b: [{ c: 2, d: undefined }] }, { b: [{ c: 2 }], a: 1 }), true);
    assert.equal(isSame(['a', 'b'], ['b', 'a']), false);
  });
});
