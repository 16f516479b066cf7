import assert from 'node:assert/strict';
import { promptSchema } from '#shared/contracts/drill.ts';
import { answerKey, asksSomething, gradeAnswer, localizedText, promptAfter, promptOf } from './prompt.ts';

const prompt = (fields: object = {}) =>
  promptSchema.parse({ slug: 'p', messages: [{ text: { en: 'Hi' } }], ...fields });

describe('whether a prompt asks something', () => {
  for (const [fields, asks] of [
    [{}, false],
    [{ correctResponse: { en: 'yes' } }, true],
    [{ options: { en: ['a) yes', 'b) no'] } }, true],
    [{ storeAs: 'spot' }, true],
    [{ accepts: { en: ['yes'] } }, false],
    [{ asks: true }, true],
    [{ asks: false, storeAs: 'spot' }, false],
  ] as const) {
    it(`with ${JSON.stringify(fields)}: ${asks}`, () => assert.equal(asksSomething(prompt(fields)), asks));
  }
});

describe('reading content', () => {
  it('takes the first language that a text has, else any', () => {
    const text = { es: 'hola', pt: 'oi' };
    assert.equal(localizedText(text, 'pt', 'es'), 'oi');
    assert.equal(localizedText(text, 'fr', 'es'), 'hola');
    assert.equal(localizedText(text, 'fr', 'en'), 'hola');
    assert.equal(localizedText(text, 'constructor', 'pt'), 'oi');
    assert.equal(localizedText({}, 'en'), '');
  });

  it('finds prompts by slug and by order', () => {
    const [one, two] = [prompt({ slug: 'one' }), prompt({ slug: 'two' })];
    const drill = { slug: 'd', name: 'D', version: 1, defaultLanguage: 'en', prompts: [one, two] };
    assert.equal(promptOf(drill, 'two'), two);
    assert.equal(promptOf(drill, 'three'), null);
    assert.equal(promptAfter(drill, 'one'), two);
    assert.equal(promptAfter(drill, 'two'), null);
    assert.equal(promptAfter(drill, 'three'), null);
  });

  it('compares with the answers of the language, each with a fallback of its own', () => {
    const graded = prompt({
      correctResponse: { en: 'a) soap', es: 'a) jabón' },
      options: { en: ['a) soap', 'b) gel'] },
      accepts: { es: ['pastilla'] },
    });
    assert.deepEqual(answerKey(graded, 'es', 'en'), {
      correct: 'a) jabón',
      accepts: ['pastilla'],
      options: ['a) soap', 'b) gel'],
    });
    assert.equal(answerKey(prompt(), 'en', 'en'), null);
    assert.deepEqual(gradeAnswer('jabon', graded, 'es', 'en'), { graded: true, right: true });
    assert.deepEqual(gradeAnswer('gel', graded, 'en', 'en'), { graded: true, right: false });
    assert.deepEqual(gradeAnswer('', prompt(), 'en', 'en'), { graded: false, right: true });
  });
});
