import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '#test/properties/runs.ts';
import { anyPhoneCell, homeCountries, numberIn } from './test-cells.ts';
import { isInOneForm, toldPhoneNumber, validPhoneNumber } from './valid-phone-number.ts';

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
    ['+44 (0) 0 20 7946 0018', null],
    ['011 44 00 20 7946 0018', null],
    ['415555010', null],
    ['', null],
    ['name', null],
  ] as const) {
    it(`${JSON.stringify(text)} is ${expected ?? 'none'}`, () => {
      assert.equal(validPhoneNumber(text, { country: 'US' }), expected);
    });
  }

  it('is the number that the library finds in whatever a cell holds, where it is valid, whatever was asked before', () => {
    const seen = { valid: 0, none: 0 };
    fc.assert(
      fc.property(anyPhoneCell, fc.constantFrom(...homeCountries), (cell, country) => {
        const expected = numberIn(cell, country);
        assert.equal(validPhoneNumber(cell, { country }), expected);
        seen[expected === null ? 'none' : 'valid'] += 1;
      }),
      { numRuns: runs(2_000) },
    );
    assert.ok(Math.min(seen.valid, seen.none) > 200, JSON.stringify(seen));
  });

  it('is the one that consent and messages are told of, which take any other number besides, as carriers write it', () => {
    const told = (text: string) => toldPhoneNumber(text, { country: 'US' });
    assert.equal(told('+4402079460018'), '+442079460018');
    assert.equal(told('(415) 555-0101'), '+14155550101');
    assert.equal(told('+15555550101'), '+15555550101');
    assert.equal(told('name'), null);
  });

  it('is written to in the form that contacts have, and in no other', () => {
    assert.ok(['+442079460018', '+14155550101', '+15555550101', '+525512345678'].every(isInOneForm));
    // Whoever opts out +442079460018 would not meet what is under these.
    for (const number of ['+4402079460018', '+114155550101', '+5215512345678', '4155550101', 'name'])
      assert.ok(!isInOneForm(number), number);
    fc.assert(
      fc.property(anyPhoneCell, (cell) => {
        const told = toldPhoneNumber(cell, { country: 'US' });
        assert.ok(told === null || isInOneForm(told), `${told} has another form`);
      }),
      { numRuns: runs(2_000) },
    );
  });
});
