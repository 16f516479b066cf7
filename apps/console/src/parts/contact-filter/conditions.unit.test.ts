import assert from 'node:assert/strict';
import fc from 'fast-check';
import { comparisonsOf, type FieldTypes, filterOf, type Row, rowsOf } from './conditions.ts';

const types: FieldTypes = new Map([
  ['clinic', 'choice'],
  ['age', 'number'],
  ['staff', 'boolean'],
]);

const VALUES: Readonly<Record<string, string>> = { age: '3', staff: 'true', created_at: '2026-11-26' };

describe('Conditions on contacts, as rows', () => {
  it('become the filter that the API takes, with values of their type', () => {
    assert.deepEqual(
      filterOf(
        {
          mode: 'all',
          rows: [
            { field: 'age', compare: 'atLeast', value: '65' },
            { field: 'staff', compare: 'isNot', value: 'true' },
            { field: 'replied', compare: 'is', value: '' },
            { field: 'clinic', compare: 'is', value: ' ' },
          ],
        },
        types,
      ),
      { all: [{ field: 'age', atLeast: 65 }, { not: { field: 'staff', is: true } }, { replied: true }] },
    );
    assert.equal(filterOf({ mode: 'any', rows: [] }, types), null);
  });

  it('ask for whole days where contacts have moments', () => {
    const since = filterOf(
      { mode: 'all', rows: [{ field: 'created_at', compare: 'atMost', value: '2026-11-26' }] },
      types,
    );
    assert.deepEqual(since, {
      field: 'created_at',
      atMost: new Date(2026, 10, 26, 23, 59, 59, 999).toISOString(),
    });
  });

  it('are read back from it, whatever they say', () => {
    const row = fc
      .constantFrom('clinic', 'age', 'staff', 'name', 'tag', 'list', 'replied', 'created_at')
      .chain((field) =>
        fc.record({
          field: fc.constant(field),
          compare: fc.constantFrom(...comparisonsOf(field, types)),
          value: fc.constant(VALUES[field] ?? 'x'),
        }),
      );
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 2, maxLength: 5 }),
        fc.constantFrom('all', 'any'),
        (rows, mode) => {
          const bare = rows.map(
            (each): Row =>
              each.compare === 'known' || each.compare === 'unknown' || each.field === 'replied'
                ? { ...each, value: '' }
                : { ...each },
          );
          const asked = { mode: mode as 'all' | 'any', rows: bare };
          assert.deepEqual(rowsOf(filterOf(asked, types)), asked);
        },
      ),
    );
  });

  it('are not made of what is deeper than rows', () => {
    assert.equal(rowsOf({ all: [{ any: [{ tag: 'a' }] }] }), null);
    assert.equal(rowsOf({ field: 'clinic', in: ['North'] }), null);
    assert.equal(rowsOf({ not: { not: { tag: 'a' } } }), null);
    assert.equal(rowsOf({ field: 'created_at', atLeast: '2026-11-26T09:30:00.000Z' }), null);
    assert.equal(rowsOf({ field: 'created_at', is: '2026-11-26T00:00:00.000Z' }), null);
    assert.deepEqual(rowsOf(null), { mode: 'all', rows: [] });
  });
});
