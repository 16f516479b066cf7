import assert from 'node:assert/strict';
import { isNeedless, verdictOf } from './verdict.ts';
import type { Prompt } from './working.ts';

const prompt: Prompt = {
  slug: 'how-long',
  messages: [{ text: { en: 'How long?' } }],
  correctResponse: { en: 'b) 20 seconds', es: '' },
  options: { en: ['a) 5 seconds', 'b) 20 seconds', ''] },
  accepts: { en: ['twenty seconds', '20 secnds', ''] },
  maxFailures: 1,
};
const about = { language: 'en', defaultLanguage: 'en', words: ['menu', 'soporte'] };

describe('What an answer is taken for while somebody writes the drill', () => {
  for (const [text, verdict] of [
    ['b', 'right'],
    ['Twenty seconds!', 'right'],
    ['5 seconds', 'wrong'],
    ['', 'wrong'],
    ['STOP', 'reserved'],
    ['Menu', 'reserved'],
    ['b) soporte', 'reserved'],
  ] as const) {
    it(`"${text}" is ${verdict}`, () => assert.equal(verdictOf(text, prompt, about), verdict));
  }

  it('is noted where nothing is right or wrong yet, and compared in the default language where there is no other', () => {
    assert.equal(verdictOf('at work', { ...prompt, correctResponse: { en: ' ' } }, about), 'noted');
    assert.equal(verdictOf('b', prompt, { ...about, language: 'es' }), 'right');
  });

  it('and a further answer that would be right anyway is said to be needless', () => {
    assert.equal(isNeedless('twenty seconds', 0, prompt, about), false);
    assert.equal(isNeedless('20 secnds', 1, prompt, about), true);
  });
});
