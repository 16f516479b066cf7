import assert from 'node:assert/strict';
import fc from 'fast-check';
import { foldConsentText } from './fold-text.ts';
import { classifyConsentText, consentVocabulary } from './vocabulary.ts';

const subscribed = { optedOut: false };
const suppressed = { optedOut: true };

/** Ways in which people and phones write one word. */
const VARIANTS: readonly [string, (word: string) => string][] = [
  ['as it is', (word) => word],
  ['lower case', (word) => word.toLowerCase()],
  ['upper case', (word) => word.toUpperCase()],
  ['capitalised with a full stop', (word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}.`],
  ['with spaces around', (word) => ` ${word} `],
  ['with a line break', (word) => `${word}\r\n`],
  ['with exclamation marks', (word) => `${word.toUpperCase()}!!!`],
  ['in straight quotes', (word) => `"${word}"`],
  ['in smart quotes', (word) => `\u201C${word}\u201D`],
  ['in single smart quotes', (word) => `\u2018${word}\u2019`],
  ['in guillemets', (word) => `\u00AB ${word} \u00BB`],
  ['with a zero-width space inside', (word) => `${word.slice(0, 2)}\u200B${word.slice(2)}`],
  ['with a byte order mark', (word) => `\uFEFF${word}`],
  ['with zero-width joiners', (word) => [...word].join('\u200D')],
  ['with a soft hyphen', (word) => `${word.slice(0, 1)}\u00AD${word.slice(1)}`],
  ['with a Hangul filler', (word) => `${word}\u3164`],
  ['with a direction mark', (word) => `\u202A${word}\u202C`],
  ['letter by letter', (word) => [...word].join(' ')],
  ['dotted', (word) => [...word].join('.')],
  ['with a no-break space', (word) => `${word}\u00A0`],
  ['with an accent', (word) => word.replace(/[aeiou]/, (vowel) => `${vowel}\u0301`)],
  ['composed (NFC)', (word) => word.normalize('NFC')],
  ['decomposed (NFD)', (word) => word.normalize('NFD')],
  [
    'in full-width letters',
    (word) => word.replace(/[a-z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
  ],
  ['with an emoji', (word) => `${word} \u{1F6D1}`],
  ['with an emoji in front', (word) => `\u{1F621}${word}`],
  ['with an emoji of several parts', (word) => `${word} \u{1F469}\u{1F3FD}\u200D\u{1F52C}`],
  ['with a keycap', (word) => `${word} 1\uFE0F\u20E3`],
  ['with a trade mark sign', (word) => `${word}\u2122`],
];

/** 47 CFR 64.1200(a)(10) and the carriers' defaults. */
const PER_SE = [
  'stop',
  'stopall',
  'quit',
  'end',
  'revoke',
  'opt out',
  'optout',
  'opt-out',
  'cancel',
  'unsubscribe',
];

describe('The consent vocabulary: test item 1', () => {
  for (const word of [...PER_SE, 'remove', 'arret']) {
    for (const [label, write] of VARIANTS) {
      it(`takes "${word}" ${label} for an opt-out`, () => {
        assert.equal(classifyConsentText(write(word), subscribed), 'opt_out');
        assert.equal(classifyConsentText(write(word), suppressed), 'opt_out');
      });
    }
  }

  for (const text of [
    'Stop.',
    ' stop ',
    'STOP!!!',
    'opt-out',
    'OPT OUT',
    'Optout',
    'OPT  OUT',
    'Opt\u2011out',
    'arrêt',
    'ARRÊT',
    'Sto\u0301p',
  ]) {
    it(`takes ${JSON.stringify(text)} for an opt-out`, () => {
      assert.equal(classifyConsentText(text, subscribed), 'opt_out');
    });
  }

  const elsewhere = [
    'alto',
    'baja',
    'BAJA',
    'darme de baja',
    'Cancelar suscripción',
    'désabonner',
    'ARRÊTER',
    'sair',
    'descadastrar',
  ];
  for (const text of elsewhere) {
    it(`takes "${text}" for an opt-out whatever the language of the person`, () => {
      assert.equal(classifyConsentText(text, subscribed), 'opt_out');
    });
  }

  const NOT_CONSENT = [
    "don't stop",
    'dont stop',
    'please stop texting me',
    'stop by at 5',
    'stopwatch',
    'nonstop',
    'bus stop',
    'STOP PLEASE',
    "I'll be there at the end",
    'the end',
    'weekend',
    'end of the month',
    'cancel my 3pm and book 4pm',
    'cancelled',
    'quite',
    'quitting smoking',
    'how do I unsubscribe',
    'start over',
    'restart',
    'helpful',
    'help me with question 2',
    'information desk',
    'removed',
    'stop 1',
    'b) stop',
    'hello',
    '',
    '   ',
    '\u{1F6D1}',
    '\u200B',
    '...',
    'para',
    'no',
  ];
  for (const text of NOT_CONSENT) {
    it(`finds nothing about consent in ${JSON.stringify(text)}`, () => {
      assert.equal(classifyConsentText(text, subscribed), null);
      assert.equal(classifyConsentText(text, suppressed), null);
    });
  }

  for (const word of [
    'start',
    'UNSTOP',
    'Subscribe!',
    'iniciar',
    'démarrer',
    'começar',
    "m'abonner",
    'm\u2019abonner',
  ]) {
    it(`takes "${word}" for an opt-in at any time`, () => {
      assert.equal(classifyConsentText(word, suppressed), 'opt_in');
      assert.equal(classifyConsentText(word, subscribed), 'opt_in');
    });
  }

  for (const word of ['yes', 'YES!', 'Sí', 'si', 'oui', 'Sim']) {
    it(`takes "${word}" for an opt-in only while the person is opted out`, () => {
      assert.equal(classifyConsentText(word, suppressed), 'opt_in');
      assert.equal(classifyConsentText(word, subscribed), null);
    });
  }

  for (const word of ['help', 'HELP?', 'info', 'Ayuda', '¡AYUDA!', 'aide', 'ajuda']) {
    it(`takes "${word}" for a request for help, also of a person who is opted out`, () => {
      assert.equal(classifyConsentText(word, subscribed), 'help');
      assert.equal(classifyConsentText(word, suppressed), 'help');
    });
  }

  for (const [carrierVerdict, verdict] of [
    ['STOP', 'opt_out'],
    ['START', 'opt_in'],
    ['HELP', 'help'],
  ] as const) {
    it(`follows the carrier's ${carrierVerdict}, whatever the text`, () => {
      for (const body of ['stop', 'start', 'help', 'good morning', '']) {
        assert.equal(classifyConsentText(body, { optedOut: false, carrierVerdict }), verdict);
        assert.equal(classifyConsentText(body, { optedOut: true, carrierVerdict }), verdict);
      }
    });
  }

  it('gives no word two meanings, in any language', () => {
    const meanings = new Map<string, string>();
    for (const language of Object.values(consentVocabulary)) {
      for (const [meaning, words] of Object.entries(language)) {
        for (const word of words) {
          const folded = foldConsentText(word);
          assert.notEqual(folded, '', word);
          assert.equal(meanings.get(folded) ?? meaning, meaning, word);
          meanings.set(folded, meaning);
        }
      }
    }
  });

  it('gives the same verdict whatever punctuation and spaces surround the text', () => {
    const padding = fc.string({
      unit: fc.constantFrom(' ', '.', '!', '"', '\u201C', '-', '\u200B', '\n', '\u{1F600}'),
    });
    const anyText = fc.oneof(
      fc.constantFrom(...PER_SE, 'start', 'help', 'yes'),
      fc.string({ unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(padding, anyText, padding, fc.boolean(), (before, text, after, optedOut) => {
        // A combining mark or joiner at the edge would merge with the padding into another character.
        fc.pre(!/^[\p{M}\p{Cf}\p{Extended_Pictographic}]|\p{Cf}$/u.test(text));
        assert.equal(
          classifyConsentText(`${before}${text}${after}`, { optedOut }),
          classifyConsentText(text, { optedOut }),
        );
      }),
    );
  });

  it('never mistakes a longer message for a word of the vocabulary', () => {
    const others = fc.constantFrom('please', 'by', 'my', 'appointment', 'tomorrow', 'cuando', 'demain');
    fc.assert(
      fc.property(fc.constantFrom(...PER_SE), others, fc.boolean(), (word, other, first) => {
        const text = first ? `${other} ${word}` : `${word} ${other}`;
        assert.equal(classifyConsentText(text, subscribed), null);
      }),
    );
  });
});
