import assert from 'node:assert/strict';
import { drillSchema } from '#shared/contracts/drill.ts';
import { type Example, exampleSchema, examplesReport } from './examples.ts';
import { handwashing, oneQuestion, programme } from './sample-dialog.ts';

const drill = drillSchema.parse({
  slug: 'gel',
  name: 'Gel',
  version: 1,
  defaultLanguage: 'en',
  prompts: [
    { slug: 'who', messages: [{ text: { en: 'Who are you?', es: '¿Quién eres?' } }], storeAs: 'name' },
    {
      slug: 'enough',
      messages: [{ text: { en: '{{name}}, is gel enough?', es: '{{name}}, ¿basta el gel?' } }],
      correctResponse: { en: 'no' },
      accepts: { en: ['not always'] },
    },
    { slug: 'bye', messages: [{ text: { en: 'Well done, {{name}}!' } }] },
  ],
});

const example = (value: object): Example => exampleSchema.parse({ name: 'one', ...value });
const right = example({
  turns: [
    { says: 'Ana Lee', expect: 'noted', hears: ['Ana, is gel'] },
    { says: 'maybe', expect: 'wrong' },
    { says: 'No!', expect: 'right', hears: ['well done, ana'] },
  ],
});
const wrong = example({
  language: 'es',
  turns: [
    { says: 'Ana', expect: 'noted' },
    { says: 'si', expect: 'wrong' },
    { says: 'si', expect: 'abandoned' },
  ],
});

describe('example conversations of a drill', () => {
  it('are complete where every branch is reached, and every language completed', () => {
    assert.deepEqual(examplesReport(drill, [right, wrong], programme), {
      failures: [],
      unreached: [],
      untestedLanguages: [],
    });
  });

  it('say what no example reaches, and which language none completes', () => {
    const { unreached, untestedLanguages } = examplesReport(drill, [right], programme);
    assert.deepEqual(unreached, [
      { path: ['prompts', 1], message: 'no example answers it wrong for the last time ("enough")' },
    ]);
    assert.deepEqual(untestedLanguages, ['es']);
  });

  it('reach nothing where there are none', () => {
    const { unreached, untestedLanguages } = examplesReport(handwashing, [], programme);
    // Two questions with an answer, one of them with a second try; one that takes anything; a statement.
    assert.equal(unreached.length, 3 + 1 + 2);
    assert.deepEqual(untestedLanguages, ['en', 'es']);
  });

  it('a question at the end has its branches too', () => {
    assert.equal(examplesReport(oneQuestion, [], null).unreached.length, 3);
  });

  it('fail where an answer is taken for something else than expected', () => {
    const { failures } = examplesReport(
      drill,
      [
        example({
          turns: [
            { says: 'Ana', expect: 'noted' },
            { says: 'no', expect: 'wrong' },
          ],
        }),
      ],
      programme,
    );
    assert.deepEqual(failures, [
      { path: ['examples', 0, 'turns', 1, 'expect'], message: '"no" to "enough" is right, not wrong' },
    ]);
  });

  it('fail where what is answered lacks words', () => {
    const { failures } = examplesReport(
      drill,
      [example({ completes: false, turns: [{ says: 'Ana', expect: 'noted', hears: ['Eva'] }] })],
      programme,
    );
    assert.deepEqual(
      failures.map(({ path }) => path),
      [['examples', 0, 'turns', 0, 'hears']],
    );
  });

  it('fail where the drill is completed and should not be, and the other way round', () => {
    const { failures } = examplesReport(
      drill,
      [{ ...right, completes: false }, example({ turns: [{ says: 'Ana', expect: 'noted' }] })],
      programme,
    );
    assert.deepEqual(failures, [
      { path: ['examples', 0, 'completes'], message: 'the drill is completed' },
      { path: ['examples', 1, 'completes'], message: 'the drill is not completed' },
    ]);
  });
});
