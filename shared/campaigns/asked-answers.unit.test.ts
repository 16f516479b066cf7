import assert from 'node:assert/strict';
import { askedAnswers, askedWarnings } from './asked-answers.ts';

describe('What a text asks to be answered with', () => {
  for (const [body, asked] of [
    ['Are you coming? Reply YES or NO.', ['YES', 'NO']],
    ['reply Yes', []],
    ['REPLY YES, NO or MAYBE. Reply STOP to opt out', ['YES', 'NO', 'MAYBE', 'STOP']],
    ['Text A, B, or C', ['A', 'B', 'C']],
    ['Answer with 1/2/3', ['1', '2', '3']],
    ['Reply: C to confirm, X to cancel', ['C']],
    ['Responda SÍ o NO', ['SÍ', 'NO']],
    ['Envía "tal vez" y NO', ['tal vez', 'NO']],
    ['Respond with “Yes” or “No”', ['Yes', 'No']],
    ['Reply TALK LATER', ['TALK LATER']],
    ['Reply Today', []],
    ['We text EVERYBODY', ['EVERYBODY']],
    ['Your answer: see https://example.org/YES', []],
    ['Reply 12ab', []],
    ['{{name}}, reply soon', []],
    ['', []],
  ] as const) {
    it(`is ${asked.join(', ') || 'nothing'}: ${body}`, () => assert.deepEqual(askedAnswers(body), asked));
  }

  it('is odd where nothing counts it, and where it is a word about consent that means something else to people', () => {
    const variants = [
      {
        name: 'A',
        weight: 1,
        bodies: { en: 'Reply YES, NO or CANCEL. Reply STOP to opt out.', es: 'Responda SI o FIN.' },
        mediaUrls: [],
        calls: {},
        templates: {},
      },
    ];
    const about = { acceptedKeywords: ['Yes', 'si'], ladder: null, variants };
    const consent =
      'as an answer, which is a word about consent: what whoever texts it wants is taken for that';
    assert.deepEqual(
      askedWarnings(about, 'sms').map(({ message, pointer }) => `${pointer}: ${message}`),
      [
        '/variants/0/bodies/en: asks for NO as an answer, which is none of its accepted keywords: nothing counts it',
        `/variants/0/bodies/en: asks for CANCEL ${consent}`,
        `/variants/0/bodies/es: asks for FIN ${consent}`,
      ],
    );
    assert.deepEqual(askedWarnings(about, 'drill'), []);
  });
});
