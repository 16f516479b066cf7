import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { runs } from '#test/properties/runs.ts';
import { canonicalPhoneNumber } from './phone-number.ts';
import { validPhoneNumber } from './valid-phone-number.ts';

describe('A phone number of a list', () => {
  for (const [text, expected] of [
    ['(415) 555-0101', '+14155550101'],
    ['4155550101', '+14155550101'],
    ['+1 415.555.0101', '+14155550101'],
    ['+4255551234', null],
    ['+425 555 1234', null],
    ['5555550101', null],
    ['+15555550101', null],
    ['+442079460018', '+442079460018'],
    // The 0 that is dialled within a country only.
    ['+44 (0)20 7946 0018', '+442079460018'],
    ['+4402079460018', '+442079460018'],
    ['415555010', null],
    ['', null],
    ['name', null],
  ] as const) {
    it(`${JSON.stringify(text)} is ${expected ?? 'none'}`, () => {
      assert.equal(validPhoneNumber(text, { country: 'US' }), expected);
    });
  }

  it('is taken exactly if the library finds its canonical form valid, and as the library writes it, whatever was asked before', () => {
    const digits = (length: number) =>
      fc
        .array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
        .map((all) => all.join(''));
    const text = fc.oneof(
      digits(10),
      digits(10).map((each) => `+1${each}`),
      fc
        .tuple(fc.integer({ min: 200, max: 999 }), fc.integer({ min: 200, max: 999 }), digits(4))
        .map((all) => all.join('')),
      digits(11).map((each) => `+${each}`),
      fc.string(),
    );
    fc.assert(
      fc.property(text, fc.constantFrom('US' as const, 'CA' as const, 'MX' as const), (each, country) => {
        const canonical = canonicalPhoneNumber(each, { country });
        const parsed = canonical === null ? undefined : parsePhoneNumberFromString(canonical);
        assert.equal(validPhoneNumber(each, { country }), parsed?.isValid() ? parsed.number : null);
      }),
      { numRuns: runs(500) },
    );
  });
});
