import assert from 'node:assert/strict';
import { differences } from './differences.ts';

type Written = Parameters<typeof differences>[0];
type Prompt = Written['prompts'][number];

const prompt = (slug: string, more: Partial<Prompt> = {}): Prompt => ({
  slug,
  messages: [{ text: { en: `Text of ${slug}` } }],
  maxFailures: 1,
  ...more,
});
const drill = (prompts: Prompt[], more: Partial<Written> = {}): Written => ({
  ...{ name: 'Hands', defaultLanguage: 'en', prompts, examples: [] },
  ...more,
});

describe('What differs between two versions of a drill', () => {
  it('is nothing where they are the same', () => {
    assert.deepEqual(differences(drill([prompt('a')]), drill([prompt('a')])), []);
  });

  it('is said prompt by prompt, with what it was and what it is', () => {
    const before = drill([
      prompt('a', { correctResponse: { en: 'yes' }, accepts: { en: ['yeah'] } }),
      prompt('gone'),
    ]);
    const after = drill([
      prompt('a', {
        messages: [{ text: { en: 'Text of a', es: 'Texto' }, mediaUrl: 'https://example.org/a.png' }],
        correctResponse: { en: 'yes' },
        accepts: { en: ['yeah', 'yep'] },
        maxFailures: 2,
      }),
      prompt('new'),
    ]);
    const detail = { message: null, language: null };
    assert.deepEqual(differences(before, after), [
      {
        kind: 'prompt',
        name: 'a',
        change: 'changed',
        details: [
          { part: 'accepts', message: null, language: 'en', before: 'yeah', after: 'yeah\nyep' },
          { ...detail, part: 'tries', before: '2', after: '3' },
          { part: 'text', message: 0, language: 'es', before: null, after: 'Texto' },
          { ...detail, part: 'media', message: 0, before: null, after: 'https://example.org/a.png' },
        ],
      },
      {
        kind: 'prompt',
        name: 'new',
        change: 'added',
        details: [{ part: 'text', message: 0, language: 'en', before: null, after: 'Text of new' }],
      },
      {
        kind: 'prompt',
        name: 'gone',
        change: 'removed',
        details: [{ part: 'text', message: 0, language: 'en', before: 'Text of gone', after: null }],
      },
    ]);
  });

  it('is the name, the language and the order of the drill itself', () => {
    const found = differences(
      drill([prompt('a'), prompt('b')]),
      drill([prompt('b'), prompt('new'), prompt('a')], { name: 'Clean hands', defaultLanguage: 'es' }),
    );
    assert.deepEqual(
      found[0]?.details.map(({ after, before, part }) => [part, before, after]),
      [
        ['name', 'Hands', 'Clean hands'],
        ['defaultLanguage', 'en', 'es'],
        ['order', 'a\nb', 'b\na'],
      ],
    );
  });

  it('is also how conversations are expected to go', () => {
    const example = (expect: 'right' | 'wrong') => ({
      ...{ name: 'knows it', answers: {}, completes: true },
      turns: [{ says: 'b', expect, hears: ['Right!'] }],
    });
    const [found] = differences(
      drill([prompt('a')], { examples: [example('wrong')] }),
      drill([prompt('a')], { examples: [example('right')] }),
    );
    assert.deepEqual(
      [found?.kind, found?.name, found?.details[0]?.before, found?.details[0]?.after],
      ['example', 'knows it', 'b → wrong · Right!', 'b → right · Right!'],
    );
  });
});
