import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type FieldType, fieldNameSchema, LONGEST_VALUE, readCell, valueSchema } from './fields.ts';

const of = (type: FieldType, choices: string[] = []) => ({ type, choices });
const arms = of('choice', ['Left', 'right']);

describe('Fields of contacts', () => {
  for (const [field, cell, value] of [
    [of('text'), 'North "clinic"', 'North "clinic"'],
    [of('text'), 'x'.repeat(LONGEST_VALUE), 'x'.repeat(LONGEST_VALUE)],
    [of('text'), 'x'.repeat(LONGEST_VALUE + 1), null],
    [of('number'), '12', 12],
    [of('number'), '-0.5', -0.5],
    [of('number'), '+3', 3],
    [of('number'), '1,000', null],
    [of('number'), '1e3', null],
    [of('number'), '0x10', null],
    [of('number'), 'Infinity', null],
    [of('number'), '9'.repeat(400), null],
    [of('number'), '.5', null],
    [of('date'), '2026-02-28', '2026-02-28'],
    [of('date'), '2026-02-29', null],
    [of('date'), '2028-02-29', '2028-02-29'],
    [of('date'), '02/28/2026', null],
    [of('date'), '2026-2-8', null],
    [of('boolean'), 'YES', true],
    [of('boolean'), 'Sí', true],
    [of('boolean'), '0', false],
    [of('boolean'), 'maybe', null],
    [arms, 'LEFT', 'Left'],
    [arms, 'Right', 'right'],
    [arms, 'middle', null],
  ] as const) {
    it(`read a cell of a ${field.type} "${cell.slice(0, 20)}" as ${JSON.stringify(value)?.slice(0, 20)}`, () => {
      assert.equal(readCell(field, cell), value);
    });
  }

  for (const [field, right, wrong] of [
    [of('text'), ['a', ' a '], ['', '  ', 'x'.repeat(501), 'a\0', '\ud800', 1, true, null, [], {}]],
    [of('number'), [0, -1.5, 1e300], ['1', Number.NaN, Number.POSITIVE_INFINITY, true, null]],
    [of('date'), ['2026-11-26'], ['2026-02-30', '2026-11-26T00:00:00Z', 20261126, '']],
    [of('boolean'), [true, false], ['true', 0, 1, null]],
    [arms, ['Left', 'right'], ['left', 'Right', '', 'Left ']],
  ] as const) {
    it(`take as a ${field.type} ${JSON.stringify(right)} and nothing like it`, () => {
      for (const value of right) assert.ok(valueSchema(field).safeParse(value).success, String(value));
      for (const value of wrong) assert.ok(!valueSchema(field).safeParse(value).success, String(value));
    });
  }

  it('keep what was read of a cell: what it is read as is a value of the field', () => {
    const field = fc.constantFrom(of('text'), of('number'), of('date'), of('boolean'), arms);
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
      fc.constantFrom('yes', 'NO', 'left', 'RIGHT'),
    );
    fc.assert(
      fc.property(field, cell, (each, text) => {
        const value = text.trim() === '' ? null : readCell(each, text.trim());
        assert.ok(value === null || valueSchema(each).safeParse(value).success, String(value));
      }),
    );
  });

  it('have names of their own, not those that every contact has', () => {
    for (const name of ['clinic', 'a1_b', 'constructor', 'x'.repeat(40)]) {
      assert.ok(fieldNameSchema.safeParse(name).success, name);
    }
    for (const name of [
      '',
      '1a',
      'A',
      'a-b',
      'a b',
      'x'.repeat(41),
      'language',
      'first_name',
      'tags',
      'lists',
      "a'",
    ]) {
      assert.ok(!fieldNameSchema.safeParse(name).success, name);
    }
  });
});
