import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
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
      assert.equal(segmentsOf(body), segments);
    });
  }

  it("agrees with Twilio's calculator on every text of plain characters", () => {
    const plain = fc.string({
      unit: fc.constantFrom(...'abcXYZ019 \n@$!"#%&\'()*+,-./:;<=>?_'),
      minLength: 1,
      maxLength: 500,
    });
    fc.assert(
      fc.property(plain, (body) => {
        assert.equal(segmentsOf(body), new SegmentedMessage(body).segmentsCount);
      }),
      { numRuns: 50 },
    );
  });
});
