import assert from 'node:assert/strict';
import {
  asKind,
  freeSlug,
  keepable,
  kindOf,
  languagesIn,
  missingIn,
  moved,
  opening,
  type Prompt,
  type Working,
} from './working.ts';

const question: Prompt = {
  slug: 'how-long',
  messages: [{ text: { en: 'How long?', es: '¿Cuánto?' } }],
  correctResponse: { en: '20 seconds' },
  options: { en: ['5 seconds', '20 seconds'] },
  maxFailures: 1,
};
const drill = (...prompts: Prompt[]): Working => ({
  slug: 'hands',
  name: 'Hands',
  defaultLanguage: 'en',
  prompts,
  examples: [],
});

describe('A drill that is being written', () => {
  it('is kept as it is once there is nothing empty in it', () => {
    const written = drill(question, { slug: 'bye', messages: [{ text: { en: 'Bye!' } }], maxFailures: 1 });
    assert.deepEqual(keepable(written), { draft: written, places: [0, 1], leftOut: [] });
  });

  it('is kept without what says nothing yet, which is named', () => {
    const { draft, leftOut, places } = keepable(
      drill(
        { slug: 'new', messages: [{ text: { en: ' ' } }], maxFailures: 1 },
        {
          ...question,
          messages: [{ text: { en: 'How long?', es: '' }, mediaUrl: 'soap' }, { text: { en: '' } }],
          correctResponse: { en: '' },
          options: { en: ['20 seconds', ''] },
          accepts: { en: ['', ' '] },
          storeAs: 'The place',
        },
      ),
    );
    assert.deepEqual(draft?.prompts, [
      { slug: 'how-long', messages: [{ text: { en: 'How long?' } }], maxFailures: 1 },
    ]);
    assert.deepEqual(places, [1]);
    assert.deepEqual(leftOut, [
      { prompt: 0, what: 'words' },
      { prompt: 1, what: 'media' },
      { prompt: 1, what: 'storeAs' },
      { prompt: 1, what: 'options' },
      { prompt: 1, what: 'answer' },
    ]);
  });

  it('is not kept at all while it has no name, or no prompt with words', () => {
    assert.equal(keepable({ ...drill(question), name: ' ' }).draft, null);
    assert.equal(keepable(drill({ ...question, messages: [] })).draft, null);
  });

  it('has prompts of three kinds, which can become each other', () => {
    const closing: Prompt = { slug: 'bye', messages: [{ text: { en: 'Bye!' } }], maxFailures: 1 };
    assert.deepEqual(
      [kindOf(question, false), kindOf(closing, false), kindOf(closing, true)],
      ['graded', 'open', 'closing'],
    );
    assert.equal(kindOf(asKind(question, 'open', true), true), 'open');
    assert.equal(kindOf(asKind(question, 'closing', true), true), 'closing');
    assert.equal(kindOf(asKind(closing, 'graded', true), true), 'graded');
    assert.deepEqual(asKind(question, 'graded', false), question);
    assert.equal(asKind(question, 'closing', true).options, undefined);
  });

  it('says which languages it is in, and what is missing in each', () => {
    assert.deepEqual(languagesIn(drill(question), ['fr', 'es']), ['en', 'es', 'fr']);
    assert.equal(missingIn(question, 'es', 'en'), 2, 'the right answer and the options');
    assert.equal(missingIn(question, 'fr', 'en'), 3);
    assert.equal(missingIn(question, 'en', 'en'), 0);
  });

  it('names its prompts by their first words, and new ones as no other is named', () => {
    assert.deepEqual([opening(question, 'es'), opening(question, 'fr')], ['¿Cuánto?', 'How long?']);
    assert.equal(opening({ ...question, messages: [] }, 'en'), '');
    assert.equal(freeSlug([question]), 'question-1');
    assert.equal(freeSlug([{ ...question, slug: 'question-1' }]), 'question-2');
  });

  it('has its prompts moved, and nowhere beyond the ends', () => {
    assert.deepEqual(moved(['a', 'b', 'c'], 0, 2), ['b', 'c', 'a']);
    assert.deepEqual(moved(['a', 'b'], 0, 2), ['a', 'b']);
  });
});
