import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readDoNotCallRow, readReassignedRow } from './read-row.ts';

describe('A row of the do-not-call registry', () => {
  for (const [cells, number] of [
    [['4155550101'], '+14155550101'],
    [['415', '5550101'], '+14155550101'],
    [['4155550101', ''], '+14155550101'],
    [['(415) 555-0101'], '+14155550101'],
    [['1-415-555-0101'], '+14155550101'],
    [['+14155550101'], '+14155550101'],
  ] as const) {
    it(`is ${number} when it reads ${JSON.stringify(cells)}`, () => {
      assert.deepEqual(readDoNotCallRow(cells), { kind: 'read', value: number });
    });
  }

  for (const [cells, why] of [
    [['415555010'], /no number of the North American plan/],
    [['1155550101'], /no number/],
    [['4150550101'], /no number/],
    [['+447700900123'], /no number/],
    [[''], /no number/],
    [['41', '55550101'], /area code of three digits/],
    [['4155550101', '2026-11-01'], /area code of three digits/],
    [['415', '555', '0101'], /3 columns/],
  ] as const) {
    it(`is none when it reads ${JSON.stringify(cells)}`, () => {
      const row = readDoNotCallRow(cells);
      assert.match(row.kind === 'rejected' ? row.reason : '', why);
    });
  }

  it('is the same number in one column and in two, whatever the number', () => {
    const digits = (from: number, to: number) => fc.integer({ min: from, max: to });
    fc.assert(
      fc.property(digits(200, 999), digits(2_000_000, 9_999_999), (area, rest) => {
        const one = readDoNotCallRow([`${area}${rest}`]);
        assert.deepEqual(one, { kind: 'read', value: `+1${area}${rest}` });
        assert.deepEqual(readDoNotCallRow([`${area}`, `${rest}`]), one);
      }),
    );
  });
});

describe('A row of answers on reassigned numbers', () => {
  const ASKED_ON = '2026-11-20';
  for (const [words, answer] of [
    ['yes', 'yes'],
    ['NO', 'no'],
    ['no data', 'no_data'],
    ['No_Data', 'no_data'],
  ] as const) {
    it(`says ${answer} when it reads ${words}`, () => {
      assert.deepEqual(readReassignedRow(['4155550101', '2026-01-01', words], ASKED_ON), {
        kind: 'read',
        value: { phoneNumber: '+14155550101', askedAbout: '2026-01-01', answer },
      });
    });
  }

  for (const [cells, why] of [
    [['4155550101', '2026-01-01'], /2 columns/],
    [['nobody', '2026-01-01', 'no'], /no number/],
    [['4155550101', '2026-02-30', 'no'], /no day/],
    [['4155550101', '01/01/2026', 'no'], /no day/],
    [['4155550101', '2026-11-21', 'no'], /after the day of the question/],
    [['4155550101', '2026-01-01', 'maybe'], /none of yes, no, no data/],
    [['4155550101', '2026-01-01', ''], /none of yes, no, no data/],
  ] as const) {
    it(`is none when it reads ${JSON.stringify(cells)}`, () => {
      const row = readReassignedRow(cells, ASKED_ON);
      assert.match(row.kind === 'rejected' ? row.reason : '', why);
    });
  }
});
