import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import { anyCodePoint } from '#test/code-points.ts';
import { runs } from '#test/properties/runs.ts';
import { segmentsOf } from './segments.ts';

describe('segmentsOf', () => {
  const cases: [label: string, body: string, segments: number][] = [
    ['160 letters', 'a'.repeat(160), 1],
    ['161 letters', 'a'.repeat(161), 2],
    ['306 letters', 'a'.repeat(306), 2],
    ['307 letters', 'a'.repeat(307), 3],
    ['1,600 letters', 'a'.repeat(1_600), 11],
    ['a euro sign that takes two septets', `${'a'.repeat(159)}€`, 2],
    ['a euro sign that must not be split', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 3],
    ['70 Cyrillic letters', 'д'.repeat(70), 1],
    ['71 Cyrillic letters', 'д'.repeat(71), 2],
    ['35 emoji', '🙂'.repeat(35), 1],
    ['36 emoji', '🙂'.repeat(36), 2],
    ['no text', '', 1],
  ];
  for (const [label, body, segments] of cases) {
    it(`counts ${segments} for ${label}`, () => {
      assert.equal(segmentsOf(body).segments, segments);
    });
  }

  it('says by which alphabet a text travels, and how much of it that takes', () => {
    assert.deepEqual(segmentsOf('It is [free] today'), { encoding: 'GSM-7', segments: 1, units: 20 });
    assert.deepEqual(segmentsOf('Está abierto'), { encoding: 'UCS-2', segments: 1, units: 12 });
    assert.deepEqual(segmentsOf('Mañana'), { encoding: 'GSM-7', segments: 1, units: 6 });
    assert.deepEqual(segmentsOf('It’s {open}'), { encoding: 'UCS-2', segments: 1, units: 11 });
    assert.deepEqual(segmentsOf('🙂'), { encoding: 'UCS-2', segments: 1, units: 2 });
  });

  const agrees = (body: string): void => {
    const { encodedChars, encodingName, segmentsCount } = new SegmentedMessage(body);
    const units = encodedChars.reduce((sum, { codeUnits }) => sum + (codeUnits?.length ?? 0), 0);
    assert.deepEqual(segmentsOf(body), {
      encoding: encodingName,
      segments: Math.max(1, segmentsCount),
      units,
    });
  };
  /** Texts of some characters, of lengths around those at which another segment begins. */
  const textOf = (unit: fc.Arbitrary<string>) =>
    fc
      .constantFrom(1, 67, 70, 134, 153, 160, 306, 459)
      .chain((length) =>
        fc.array(unit, { minLength: Math.max(0, length - 4), maxLength: length + 4, size: 'max' }),
      )
      .map((parts) => parts.join(''));
  const kinds: Readonly<Record<string, fc.Arbitrary<string>>> = {
    plain: fc.constantFrom(...'abcXYZ019 \n@$!"#%&\'()*+,-./:;<=>?_'),
    'of GSM-7 with its extension': fc.constantFrom(...'aé€{}[]^~|\\\n'),
    'with accents and quotation marks': fc.constantFrom(...'aáéíóúñçÇ¿¡“”‘’–—…'),
    'Greek and Cyrillic': fc.constantFrom(...'ΔΦΓαβжщЯё '),
    'of clusters': fc.constantFrom(
      'a',
      'e\u0301',
      '👩‍👩‍👧',
      '🇪🇸',
      '\r\n',
      '\u00ad',
      '한',
      'ᄒ',
      '\f',
      '\u200d',
    ),
    'of anything': fc.string({ unit: anyCodePoint, minLength: 1, maxLength: 3 }),
  };
  for (const [kind, unit] of Object.entries(kinds)) {
    it(`agrees with the calculator on every text ${kind}`, () => {
      fc.assert(fc.property(textOf(unit), agrees), { numRuns: runs(60) });
    });
  }
});
