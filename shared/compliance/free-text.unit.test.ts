import assert from 'node:assert/strict';
import fc from 'fast-check';
import { anyCodePoint } from '#test/code-points.ts';
import { runs } from '#test/properties/runs.ts';
import { foldWords } from './fold-text.ts';
import { knownMisreadings } from './free-text/known-misreadings.ts';
import { sampleTexts } from './free-text/sample-texts.ts';
import { classifyFreeText, consequenceOf, freeTextData } from './free-text.ts';
import { consentVocabulary } from './vocabulary.ts';

describe('Free text: test items 1 and 2', () => {
  let texts = 0;
  for (const [language, byVerdict] of Object.entries(sampleTexts)) {
    for (const verdict of ['opt_out', 'revocation', 'doubtful', 'none'] as const) {
      for (const text of byVerdict[verdict]) {
        texts += 1;
        it(`${language}: ${JSON.stringify(text)} is ${verdict}`, () => {
          const reading = classifyFreeText(text);
          assert.equal(reading.verdict, verdict, reading.rule ?? 'no rule');
          assert.equal(reading.rule === null, verdict === 'none');
        });
      }
    }
  }

  it('is tried on more than 150 texts', () => assert.ok(texts > 150, String(texts)));

  for (const { text, read } of knownMisreadings) {
    it(`is known to misread ${JSON.stringify(text)} as ${read}`, () => {
      assert.equal(classifyFreeText(text).verdict, read);
    });
  }

  it('takes every word of the vocabulary for an opt-out, alone, and with courtesies for a revocation at least', () => {
    for (const { optOut } of Object.values(consentVocabulary)) {
      for (const word of optOut) {
        assert.equal(classifyFreeText(word).verdict, 'opt_out', word);
        assert.equal(classifyFreeText(`${word}, please!`).verdict, 'revocation', word);
        assert.equal(classifyFreeText(`Please ${word} NOW`).verdict, 'revocation', word);
      }
    }
  });

  it('reads a text the same whatever its case, its accents, its spaces and its emoji', () => {
    const all = Object.values(sampleTexts).flatMap((byVerdict) => Object.values(byVerdict).flat());
    const write = fc.constantFrom<((text: string) => string)[]>(
      (text) => text.toUpperCase(),
      (text) => text.toLowerCase(),
      (text) => text.normalize('NFD'),
      (text) => text.normalize('NFD').replace(/\p{M}/gu, ''),
      (text) => `  ${text}\n`,
      (text) => text.replaceAll(' ', '  '),
      (text) => text.replaceAll(' ', '\u00A0'),
      (text) => text.replaceAll("'", '\u2019'),
      (text) => (text === '' ? text : `${text} \u{1F600}`),
      (text) => text.split('').join('\u200B'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...all.filter((text) => /\p{L}/u.test(text))), write, (text, rewrite) => {
        fc.pre(!/\p{Extended_Pictographic}/u.test(text));
        assert.deepEqual(classifyFreeText(rewrite(text)), classifyFreeText(text));
      }),
      { numRuns: runs(500) },
    );
  });

  it('has a reading for anything, in bounded time', () => {
    const pieces = fc.constantFrom(
      'stop',
      'the',
      'texts',
      'no',
      'more',
      'dont',
      'me',
      'of',
      'your',
      'de',
      'mensajes',
      ' ',
      '',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: anyCodePoint }),
          fc.array(pieces, { maxLength: 300 }).map((all) => all.join(' ')),
        ),
        (text) => {
          const { verdict, rule } = classifyFreeText(text);
          assert.equal(rule === null, verdict === 'none');
        },
      ),
    );
    for (const words of ['stop all', 'parar todo', 'thank you stop all now', 'darme de baja']) {
      classifyFreeText(`${`${words} `.repeat(150)} x`);
    }
    classifyFreeText(`dont want ${'any more '.repeat(150)} x`);
    classifyFreeText(`dont send ${'any more '.repeat(150)} x`);
    classifyFreeText('stop the '.repeat(10_000));
    classifyFreeText('no quiero '.repeat(10_000));
    classifyFreeText('do not want to '.repeat(10_000));
  });

  it('never suppresses less for a word added that is the person\u2019s own wish', () => {
    for (const text of sampleTexts.English?.revocation ?? []) {
      assert.equal(classifyFreeText(`${text}. I mean it.`).verdict !== 'none', true, text);
    }
  });

  for (const [language, { revocations }] of Object.entries(freeTextData)) {
    it(`hears every revocation of ${language} that stands by itself`, () => {
      let tried = 0;
      for (const { id, words } of revocations) {
        // What it is made from understands no looking around.
        if (/\(\?<?[=!]/.test(words)) continue;
        fc.assert(
          fc.property(fc.stringMatching(new RegExp(`^(?:${words})$`)), (text) => {
            // Letters three times in a row are read as one.
            fc.pre(foldWords(text) === text && !/(\p{L})\1\1/u.test(text));
            assert.ok(['revocation', 'opt_out'].includes(classifyFreeText(text).verdict), id);
          }),
          { numRuns: runs(5) },
        );
        tried += 1;
      }
      assert.ok(tried > revocations.length / 2, String(tried));
    });
  }

  it('has ids of their own for all phrases, and phrases that compile', () => {
    const ids = Object.entries(freeTextData).flatMap(([language, { revocations, doubts }]) =>
      [...revocations, ...doubts].map(({ id }) => {
        assert.ok(id.startsWith(`${language}_`), id);
        return id;
      }),
    );
    assert.equal(new Set(ids).size, ids.length);
  });
});

describe('What follows from a reading', () => {
  const staffed = { reviewed: true, doubtSuppresses: false };
  it('suppresses a revocation at once and shows it to a person', () => {
    assert.deepEqual(consequenceOf('revocation', staffed), { suppress: true, review: true });
    assert.deepEqual(consequenceOf('opt_out', staffed), { suppress: true, review: false });
  });

  it('only shows what is doubtful, where somebody looks', () => {
    assert.deepEqual(consequenceOf('doubtful', staffed), { suppress: false, review: true });
    assert.deepEqual(consequenceOf('none', staffed), { suppress: false, review: false });
  });

  it('suppresses what is doubtful where nobody looks, or where configuration says so', () => {
    for (const policy of [
      { reviewed: false, doubtSuppresses: false },
      { reviewed: true, doubtSuppresses: true },
    ]) {
      assert.deepEqual(consequenceOf('doubtful', policy), { suppress: true, review: true });
      assert.deepEqual(consequenceOf('none', policy), { suppress: false, review: false });
    }
  });
});
