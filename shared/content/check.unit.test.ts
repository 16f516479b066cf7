import assert from 'node:assert/strict';
import { type DrillDraft, drillDraftSchema } from '#shared/drills/content-file.ts';
import { programmeFileSchema } from '#shared/drills/programme.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { checkDraft, faultsOfChange } from './check.ts';

const OUR_NUMBER = phoneNumber('+14155550199');

const draft = (more: object = {}, slug = 'soap'): DrillDraft =>
  drillDraftSchema.parse({
    slug,
    name: 'Soap',
    defaultLanguage: 'en',
    prompts: [
      {
        slug: 'which',
        messages: [{ text: { en: 'Which?', es: '¿Qué?' } }],
        correctResponse: { en: 'soap', es: 'agua' },
        ...more,
      },
      { slug: 'goodbye', messages: [{ text: { en: 'Bye', es: 'Adiós' } }] },
    ],
  });
const drill = (more: object = {}, slug = 'soap') => {
  const { examples: _, ...rest } = draft(more, slug);
  return { ...rest, version: 1 };
};
const programme = (more: object = {}) =>
  programmeFileSchema.parse({
    slug: 'clean',
    name: 'Clean',
    company: 'Elm',
    contact: 'care@example.org',
    registration: 'open',
    senderNumbers: ['default'],
    defaultLanguage: 'en',
    timezone: 'America/New_York',
    intent: 'transactional',
    drills: ['soap'],
    ...more,
  });
const none = { drills: [], programmes: [] };
const said = (more: object): string[] =>
  checkDraft(draft(more), 2, none, OUR_NUMBER).faults.map(
    ({ message, path }) => `${path.join('.')}: ${message}`,
  );

describe('What answers wishes', () => {
  it('is a drill that there is', () => {
    const change = (requests: object) =>
      faultsOfChange(none, { drills: [drill()], programmes: [programme({ requests })] }, OUR_NUMBER);
    assert.deepEqual(change({ schedule: 'soap' }), []);
    assert.deepEqual(
      change({ schedule: 'water', name: 'soap' }).map(({ message, path }) => `${path.join('.')}: ${message}`),
      ['requests.schedule: there is no drill "water"'],
    );
  });
});

describe('An address on WhatsApp among the numbers of a programme', () => {
  const OURS = 'whatsapp:+14155550110';
  const numbers = { senderNumbers: ['default', 'whatsapp:+14155550111', OURS] };
  const faults = (whatsAppSenders?: ReadonlySet<string>) =>
    faultsOfChange(
      whatsAppSenders === undefined ? none : { ...none, whatsAppSenders },
      { drills: [drill()], programmes: [programme(numbers)] },
      OUR_NUMBER,
    ).map(({ message, path }) => `${path.join('.')}: ${message}`);

  it('must be known as a sender, each in its place', () => {
    assert.deepEqual(faults(new Set([OURS, 'whatsapp:+14155550111'])), []);
    assert.deepEqual(faults(new Set([OURS])), [
      'senderNumbers.1: "whatsapp:+14155550111" is not known as a sender of type whatsapp: make it known first',
    ]);
    assert.equal(faults(new Set()).length, 2);
  });

  it('may be any where nobody knows the senders', () => assert.deepEqual(faults(), []));

  it('that is no sender any more stops no change of anything else', () => {
    const standing = {
      drills: [drill()],
      programmes: [programme(numbers)],
      whatsAppSenders: new Set<string>(),
    };
    const change = { drills: [drill({}, 'water')], programmes: [] };
    assert.deepEqual(faultsOfChange(standing, change, OUR_NUMBER), []);
  });
});

describe('The check of a draft', () => {
  it('knows fields of contacts as placeholders', () => {
    const text = { messages: [{ text: { en: 'Still {{washingPlace}}?', es: '¿{{washingPlace}}?' } }] };
    const standing = { ...none, contactFields: ['washingPlace'] };
    assert.deepEqual(checkDraft(draft(text), 2, standing, OUR_NUMBER).faults, []);
    assert.equal(checkDraft(draft(text), 2, none, OUR_NUMBER).faults.length, 2);
  });

  for (const [what, more, fault] of [
    [
      'a placeholder that nobody knows',
      { messages: [{ text: { en: 'Hi {{nobody}}', es: 'x' } }] },
      /{{nobody}}/,
    ],
    [
      'a placeholder with a slip',
      { messages: [{ text: { en: 'Hi {{first name}}', es: 'x' } }] },
      /first name/,
    ],
    ['a reserved word in the default language', { accepts: { en: ['stop'] } }, /accepts.en.*reserved/],
    [
      'a reserved word of another language',
      { correctResponse: { en: 'a', es: 'baja' } },
      /correctResponse.es.*reserved/,
    ],
    ['a word of programmes', { accepts: { es: ['menú'] } }, /accepts.es.*reserved/],
    ['a reserved word behind a letter', { correctResponse: { en: 'b) cancel' } }, /reserved/],
    ['an answer with nothing to compare', { accepts: { en: ['👍'] } }, /no letter or digit/],
    ['a text without the default language', { messages: [{ text: { es: 'x' } }] }, /has no "en"/],
    [
      'a text that no carrier takes',
      { messages: [{ text: { en: 'x'.repeat(1601), es: 'x' } }] },
      /1601 characters/,
    ],
    ['two prompts of a name', { slug: 'goodbye' }, /slug of another prompt/],
    ['a field that no answer may change', { storeAs: 'optedOut' }, /cannot be stored/],
    [
      'an option that is taken for the right one',
      { correctResponse: { en: 'a) soap' }, options: { en: ['a) soap', 'a) gel'] } },
      /taken for right/,
    ],
  ] as const) {
    it(`finds ${what}`, () => {
      const faults = said(more);
      assert.ok(
        faults.some((one) => fault.test(one)),
        faults.join('\n'),
      );
    });
  }

  it('finds nothing in a drill that is as it should be', () => assert.deepEqual(said({}), []));

  it('says how long each text is in each language, and which are long', () => {
    const long = 'á'.repeat(300);
    const { lengths, warnings } = checkDraft(
      draft({ messages: [{ text: { en: 'Hi {{name}}', es: long } }] }),
      1,
      none,
      OUR_NUMBER,
    );
    assert.deepEqual(
      lengths.map(({ language, prompt, segments }) => [prompt, language, segments]),
      [
        ['which', 'en', 1],
        ['which', 'es', 5],
        ['goodbye', 'en', 1],
        ['goodbye', 'es', 1],
      ],
    );
    assert.deepEqual(
      warnings.map(({ message, path }) => [path.join('.'), message]),
      [
        [
          'prompts.0.messages.0.text.es',
          'takes 5 segments, because a letter in it is not in the alphabet of SMS',
        ],
      ],
    );
  });

  it('says which translations are missing', () => {
    const { warnings } = checkDraft(draft({ messages: [{ text: { en: 'Which?' } }] }), 1, none, OUR_NUMBER);
    assert.deepEqual(
      warnings.map(({ message }) => message),
      ['has no "es"; "en" is sent instead'],
    );
  });
});

describe('What a change would break', () => {
  const standing = { drills: [drill()], programmes: [programme()] };

  it('is also found in what stands', () => {
    const change = { drills: [], programmes: [programme({ words: { menu: ['soap'] } })] };
    assert.deepEqual(
      faultsOfChange(standing, change, OUR_NUMBER).map(({ kind, slug }) => [kind, slug]),
      [['drill', 'soap']],
    );
  });

  it('is not what was wrong before', () => {
    const faulty = { drills: [drill({ accepts: { en: ['stop'] } })], programmes: [programme()] };
    assert.deepEqual(faultsOfChange(faulty, { drills: [drill({}, 'gel')], programmes: [] }, OUR_NUMBER), []);
    assert.equal(faultsOfChange(faulty, { drills: faulty.drills, programmes: [] }, OUR_NUMBER).length, 1);
  });

  it('is a number that another programme owns, whatever it is called', () => {
    const other = programme({ slug: 'other', senderNumbers: [OUR_NUMBER] });
    const faults = faultsOfChange(standing, { drills: [], programmes: [other] }, OUR_NUMBER);
    assert.deepEqual(
      faults.map(({ message, slug }) => [slug, message]),
      [['other', `"${OUR_NUMBER}" is taken by clean`]],
    );
    assert.deepEqual(faultsOfChange(standing, { drills: [], programmes: [other] }, null), []);
  });
});
