import assert from 'node:assert/strict';
import fc from 'fast-check';
import { anyCodePoint } from '#test/code-points.ts';
import { type AnswerKey, matchAnswer } from './matching.ts';
import { tokensOf } from './tokens.ts';

type Row = readonly [answer: string, key: string | AnswerKey, verdict: 'right' | 'wrong'];

function table(rule: string, rows: readonly Row[]): void {
  describe(rule, () => {
    for (const [answer, key, verdict] of rows) {
      const full = typeof key === 'string' ? { correct: key } : key;
      const shown = typeof key === 'string' ? JSON.stringify(key) : JSON.stringify(key).slice(0, 90);
      it(`${JSON.stringify(answer)} for ${shown} is ${verdict}`, () => {
        assert.equal(matchAnswer(answer, full), verdict === 'right');
      });
    }
  });
}

const mandolin = 'd) uses / mandolin';
const soap: AnswerKey = {
  correct: 'b) soap and water',
  options: ['a) soap', 'b) soap and water', 'c) only water', 'd) hand gel'],
};
const trend: AnswerKey = {
  correct: 'a) increases',
  options: ['a) increases', 'b) decreases', 'c) no change'],
};

describe('matching an answer', () => {
  table('pairs that authors rely on', [
    ['a) si', 'b) no', 'wrong'],
    ['La a', 'a) test', 'right'],
    ['La b', 'a) test', 'wrong'],
    ['a', 'a) test', 'right'],
    ['b', 'a) test', 'wrong'],
    ['b', 'a) sí', 'wrong'],
    ['test', 'a) test', 'right'],
    ['else', 'a) test', 'wrong'],
    ['I need a lid', 'a) I need a lid', 'right'],
    ['Safety pin', 'a) I need a lid', 'wrong'],
    ['uses mandolin', mandolin, 'right'],
    ['She uses a mandolin', mandolin, 'right'],
    ['She uses a knife', mandolin, 'wrong'],
    ['2-3 pumps', 'b) 2-3 pumps', 'right'],
    ['1 pump', 'b) 2-3 pumps', 'wrong'],
    ['a water proof bandage', 'a. first aid kit', 'wrong'],
    ['', 'a) test', 'wrong'],
    ['   ', 'a) test', 'wrong'],
    ['', '', 'wrong'],
  ]);

  table('rule 1: nothing left of the answer is wrong', [
    ['?!', 'a) test', 'wrong'],
    ['\u{1F44D}', 'yes', 'wrong'],
    ['\u200B', 'test', 'wrong'],
    ['...', '...', 'wrong'],
    ['\u{1F44D}', '\u{1F44D}', 'wrong'],
    ['the', 'the', 'right'],
    ['The', 'a) test', 'wrong'],
  ]);

  table('words that say nothing do not count', [
    ['she does', 'does', 'right'],
    ['he washes he', 'washes', 'right'],
    ['she wash', 'wash', 'right'],
    ['he gel', 'gel', 'right'],
    ['wash the hands', 'wash hands', 'right'],
    ['wash hands', 'she should wash the hands', 'wrong'],
    ['mask', 'he the she mask', 'right'],
    ['mask', 'an mask', 'right'],
    ['mask', 'i mask', 'right'],
    ['la mask', 'la la mask', 'right'],
    ['mask', 'la la mask', 'wrong'],
  ]);

  table('rule 2: a single letter is compared with the option letter', [
    ['B', 'b) for 20 seconds', 'right'],
    ['b)', 'b) for 20 seconds', 'right'],
    ['(B).', 'b) for 20 seconds', 'right'],
    [' b ', 'b. for 20 seconds', 'right'],
    ['c', 'b) for 20 seconds', 'wrong'],
    ['the b', 'b) for 20 seconds', 'right'],
    ['el b', 'b) por 20 segundos', 'right'],
    ['le b', 'b) pendant 20 secondes', 'right'],
    ['la c', 'b) por 20 segundos', 'wrong'],
    ['\uFF42', 'b) for 20 seconds', 'right'],
    ['b', 'b', 'right'],
    ['c', 'b', 'wrong'],
    ['a b', 'b', 'wrong'],
    ['b b', 'c', 'wrong'],
    ['b', 'soap', 'wrong'],
    ['b', { correct: 'gel', options: ['a) soap', 'b) gel'] }, 'right'],
    ['a', { correct: 'gel', options: ['a) soap', 'b) gel'] }, 'wrong'],
    ['ñ', 'ñ) todas', 'right'],
  ]);

  table('rule 3: yes, si and sí are one word; no is no', [
    ['si', 'a) sí', 'right'],
    ['Sí', 'a) si', 'right'],
    ['yes', 'sí', 'right'],
    ['SI!', 'yes', 'right'],
    ['si\u0301', 'sí', 'right'],
    ['yes please', 'yes', 'right'],
    ['a) si', 'a) sí', 'right'],
    ['no', 'yes', 'wrong'],
    ['no', 'no', 'right'],
    ['NO.', 'b) no', 'right'],
    ['yes', 'no', 'wrong'],
    ['know', 'no', 'wrong'],
    ['not', 'no', 'wrong'],
    ['yess', 'yes', 'wrong'],
  ]);

  table('rule 4: small mistakes are forgiven, a quarter of the length', [
    ['tst', 'test', 'right'],
    ['ts', 'test', 'wrong'],
    ['soup', 'soap', 'right'],
    ['vacunas', 'vacuna', 'right'],
    ['vaccinaton', 'vaccination', 'right'],
    ['vacination', 'vaccination', 'right'],
    ['vacinatoin', 'vaccination', 'wrong'],
    ['waterproof bandage', 'water proof bandage', 'right'],
    ['wash your hans', 'a) wash your hands', 'right'],
    ['mascarila', 'mascarilla', 'right'],
    ['lavese las manos', 'lávese las manos', 'right'],
    ['increases the risk', 'a) increase the risk', 'right'],
    ['hands', 'wash hands', 'wrong'],
  ]);

  table('rule 4: numbers are equal digit for digit', [
    ['10 seconds', 'b) 20 seconds', 'wrong'],
    ['200 seconds', 'b) 20 seconds', 'wrong'],
    ['20 secnds', 'b) 20 seconds', 'right'],
    ['20seconds', 'b) 20 seconds', 'right'],
    ['20 seconds please', 'b) 20 seconds', 'right'],
    ['23 pumps', 'b) 2-3 pumps', 'wrong'],
    ['3-2 pumps', 'b) 3-2 pumps', 'right'],
    ['seconds', 'b) 20 seconds', 'wrong'],
    ['20', 'b) 20 seconds', 'wrong'],
    ['2', '2', 'right'],
    ['3', '2', 'wrong'],
    ['22', '2', 'wrong'],
    ['\uFF12\uFF10 seconds', 'b) 20 seconds', 'right'],
    ['2020', '2021', 'wrong'],
    ['1/2', '\u00BD', 'right'],
  ]);

  table('rule 4: correct words of at most three characters in all are equal', [
    ['cat', 'bat', 'wrong'],
    ['flu', 'flu', 'right'],
    ['flew', 'flu', 'wrong'],
    ['gel', 'a) gel', 'right'],
    ['get', 'a) gel', 'wrong'],
    ['fin', 'fine', 'right'],
  ]);

  table('rule 5: the correct words as whole words inside the answer', [
    ['I would use soap and water', 'soap and water', 'right'],
    ['water and soap', 'soap and water', 'right'],
    ['soapy hand wash', 'soap and water', 'wrong'],
    ['my unwashed hands', 'washed', 'wrong'],
    ['the flu shot', 'flu', 'right'],
    ['influenza', 'flu', 'wrong'],
    ['for at least 20 seconds each time', 'b) 20 seconds', 'right'],
    ['for at least 120 seconds each time', 'b) 20 seconds', 'wrong'],
    ['anything at all', 'b', 'wrong'],
    ['b and c', 'b', 'wrong'],
  ]);

  table('rule 6: the letter of one option with the words of another', [
    ['a) soap and water', soap, 'wrong'],
    ['b) soap and water', soap, 'right'],
    ['b soap and watr', soap, 'right'],
    ['soap and water, a', soap, 'wrong'],
    ['soap and water b', soap, 'right'],
    ['b) hand gel', soap, 'wrong'],
    ['a) i use soap and water', soap, 'wrong'],
    ['d', soap, 'wrong'],
    ['b', soap, 'right'],
    ['soap', soap, 'wrong'],
    ['only water', soap, 'wrong'],
    ['a) water', { correct: 'b) water', options: ['a) soap', 'b) water'] }, 'wrong'],
    ['a) wter', { correct: 'b) water', options: ['a) soap', 'b) water'] }, 'wrong'],
    [
      'She uses a mandolin',
      { correct: 'd) uses a mandolin', options: ['a) a knife', 'd) uses a mandolin'] },
      'right',
    ],
  ]);

  const mask: AnswerKey = { correct: 'b) a mask', options: ['a) nothing', 'b) a mask'] };
  table('rule 6: an article is no option letter where the words of an option begin with it', [
    ['a mask', mask, 'right'],
    ['a masks', mask, 'right'],
    ['a) a mask', mask, 'wrong'],
    ['b) a mask', mask, 'right'],
    ['a nothing', mask, 'wrong'],
    ['a', mask, 'wrong'],
  ]);

  table('rule 6: word for word another option', [
    ['decreases', trend, 'wrong'],
    ['increases', trend, 'right'],
    ['incraeses', trend, 'right'],
    ['soap', { correct: 'b) soap and water', options: ['a) soap', 'b) soap and water'] }, 'wrong'],
    ['soap and water', { correct: 'a) soap', options: ['a) soap', 'b) soap and water'] }, 'wrong'],
    ['gel', { correct: 'a) soap', accepts: ['b) gel'], options: ['a) soap', 'b) gel', 'c) sand'] }, 'right'],
    [
      'mandolin',
      { correct: 'mandolin', options: ['a) She uses a knife', 'b) She uses a mandolin'] },
      'right',
    ],
    [
      'uses mandolin',
      { correct: 'mandolin', options: ['a) She uses a knife', 'b) She uses a mandolin'] },
      'right',
    ],
  ]);

  table('further accepted answers', [
    ['twenty seconds', { correct: 'b) 20 seconds', accepts: ['twenty seconds'] }, 'right'],
    ['y', { correct: 'yes', accepts: ['y'] }, 'right'],
    ['n', { correct: 'yes', accepts: ['y'] }, 'wrong'],
    ['happy birthday twice', { correct: '20 seconds', accepts: ['birthday twice'] }, 'right'],
    ['a minute', { correct: 'b) 20 seconds', accepts: ['twenty seconds'] }, 'wrong'],
    ['', { correct: 'b) 20 seconds', accepts: [''] }, 'wrong'],
    ['b', { correct: 'a) soap', accepts: ['b) gel'], options: ['a) soap', 'b) gel', 'c) sand'] }, 'right'],
    ['b', { correct: 'a) soap', accepts: ['b'], options: ['a) soap', 'b) gel', 'c) sand'] }, 'right'],
    ['a', { correct: 'c) both', accepts: ['a and b'], options: ['a) soap', 'b) gel', 'c) both'] }, 'wrong'],
    [
      'a and b',
      { correct: 'c) both', accepts: ['a and b'], options: ['a) soap', 'b) gel', 'c) both'] },
      'right',
    ],
    [
      'soap',
      { correct: 'c) both', accepts: ['a and b'], options: ['a) soap', 'b) gel', 'c) both'] },
      'wrong',
    ],
    [
      'a todos',
      { correct: 'b) a todos', accepts: ['a todos'], options: ['a) a nadie', 'b) a todos'] },
      'right',
    ],
    ['a', { correct: 'b) a todos', accepts: ['a todos'], options: ['a) a nadie', 'b) a todos'] }, 'wrong'],
  ]);

  describe('for all texts', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    const word = fc.stringMatching(/^[a-zñáéíóúçàèê]{1,9}$/);
    const sentence = fc.array(fc.oneof(word, fc.nat(300).map(String)), { minLength: 1, maxLength: 8 });
    const key = fc.record({
      correct: text,
      accepts: fc.array(text, { maxLength: 3 }),
      options: fc.array(text, { maxLength: 4 }),
    });

    it('the correct response itself is right, whatever the options are', () => {
      fc.assert(
        fc.property(key, (any) => {
          fc.pre(tokensOf(any.correct).length > 0);
          assert.equal(matchAnswer(any.correct, any), true);
        }),
      );
    });

    it('every accepted answer is right', () => {
      fc.assert(
        fc.property(key, (any) => {
          for (const accepted of any.accepts) {
            if (tokensOf(accepted).length > 0) assert.equal(matchAnswer(accepted, any), true);
          }
        }),
      );
    });

    it('case and punctuation change nothing', () => {
      const mark = fc.constantFrom(' ', ', ', '. ', '! ', ' - ', '\u2026 ', '\n', ' \u{1F600} ');
      fc.assert(
        fc.property(sentence, sentence, mark, mark, (answer, correct, between, around) => {
          const plain = { correct: correct.join(' ') };
          const loud = { correct: `${around}${correct.join(between).toUpperCase()}${around}` };
          const said = `${around}${answer.join(between).toUpperCase()}${around}`;
          const expected = matchAnswer(answer.join(' '), plain);
          assert.equal(matchAnswer(said, plain), expected);
          assert.equal(matchAnswer(answer.join(' '), loud), expected);
        }),
      );
    });

    it('a text without a letter or digit is never right', () => {
      const blank = fc.string({
        unit: fc.constantFrom(' ', '\n', '.', '?', '\u200B', '\u{1F44D}', '\u00A0', '-', '\u0301'),
      });
      fc.assert(fc.property(blank, key, (answer, any) => assert.equal(matchAnswer(answer, any), false)));
    });

    it('a number that differs is never a spelling mistake', () => {
      fc.assert(
        fc.property(fc.nat(9999), fc.nat(9999), word, (said, right, unit) => {
          fc.pre(said !== right);
          assert.equal(matchAnswer(`${said} ${unit}`, { correct: `${right} ${unit}` }), false);
        }),
      );
    });

    it('any string gives a verdict, also halves of surrogate pairs', () => {
      const anything = fc.string({ unit: anyCodePoint, maxLength: 300 });
      fc.assert(
        fc.property(anything, anything, fc.array(anything, { maxLength: 4 }), (answer, correct, options) => {
          assert.equal(typeof matchAnswer(answer, { correct, options }), 'boolean');
        }),
      );
      assert.equal(matchAnswer('\uD83D', { correct: '\uDE00' }), false);
    });

    it('the longest text that a carrier delivers is compared without a quadratic step', () => {
      const long = 'ab '.repeat(533).trim();
      const options = Array.from({ length: 8 }, (_, index) => `${'abcdefgh'[index]}) ${long}${index}`);
      for (let i = 0; i < 20; i += 1) {
        assert.equal(
          matchAnswer(`${long}${i}`, { correct: `a) ${long}x`, options, accepts: options }),
          i < 8,
        );
      }
    });
  });
});
