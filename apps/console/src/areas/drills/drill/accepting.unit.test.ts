import assert from 'node:assert/strict';
import { accepting, isChoice, placeOf } from './accepting.ts';

const draft: Parameters<typeof accepting>[0] = {
  slug: 'hands',
  name: 'Hands',
  defaultLanguage: 'en',
  prompts: [
    { slug: 'hello', messages: [{ text: { en: 'Hello' } }], maxFailures: 1 },
    {
      slug: 'how-long',
      messages: [{ text: { en: 'How long?' } }],
      correctResponse: { en: '20 seconds' },
      accepts: { en: ['twenty seconds'] },
      maxFailures: 1,
    },
  ],
  examples: [],
};

describe('An answer that is to be right from now on', () => {
  it('is added to its prompt, in its language, once', () => {
    const once = accepting(draft, { prompt: 'how-long', language: 'en', answer: 'a third of a minute' });
    assert.deepEqual(once.prompts[1]?.accepts, { en: ['twenty seconds', 'a third of a minute'] });
    const again = accepting(once, { prompt: 'how-long', language: 'en', answer: 'a third of a minute' });
    assert.deepEqual(again, once);
    const spanish = accepting(draft, { prompt: 'how-long', language: 'es', answer: 'veinte' });
    assert.deepEqual(spanish.prompts[1]?.accepts, { en: ['twenty seconds'], es: ['veinte'] });
  });

  for (const [answer, is] of [
    ['a', true],
    ['5 Seconds', true],
    ['A) 5 seconds!', true],
    ['c', false],
    ['a minute', false],
  ] as const) {
    it(`"${answer}" is ${is ? '' : 'no '}choice`, () =>
      assert.equal(isChoice(answer, ['a) 5 seconds', 'b) 20 seconds']), is));
  }

  it('changes nothing where the prompt is gone', () => {
    assert.deepEqual(accepting(draft, { prompt: 'gone', language: 'en', answer: 'x' }), draft);
    assert.deepEqual([placeOf(draft, 'how-long'), placeOf(draft, 'gone')], [1, null]);
  });
});
