import assert from 'node:assert/strict';
import type { ContactField } from './fields.ts';
import { type Filter, filterSchema, filterSql } from './filter.ts';

const fields: ContactField[] = [
  { name: 'clinic', label: 'Clinic', type: 'text', choices: [] },
  { name: 'age', label: 'Age', type: 'number', choices: [] },
  { name: 'born', label: 'Born', type: 'date', choices: [] },
  { name: 'smoker', label: 'Smoker', type: 'boolean', choices: [] },
  { name: 'arm', label: 'Arm', type: 'choice', choices: ['left', 'right'] },
];

const faultsOf = (filter: Filter): string[] => {
  const read = filterSql(filter, fields, 1);
  return read.kind === 'sql' ? [] : read.faults.map(({ message, path }) => `${path}: ${message}`);
};
const nested = (depth: number): Filter => (depth === 0 ? { tag: 'x' } : { not: nested(depth - 1) });

describe('Filters of contacts', () => {
  it('tell everything that is wrong with them at once, and where', () => {
    assert.deepEqual(
      faultsOf({
        all: [
          { field: 'colour', is: 'red' },
          { any: [{ field: 'age', is: 'old' }, { not: { field: 'smoker', is: 1 } }] },
          { field: 'created_at', atLeast: 'yesterday' },
          { field: 'name', atMost: 'M' },
          { field: 'clinic', atLeast: 'M' },
          { field: 'arm', in: ['left', 'middle', 3] },
          { field: 'born', contains: '20' },
          { field: 'updated_at', contains: '20' },
          { field: 'language', is: true },
          { field: 'age', atLeast: 18 },
        ],
      }),
      [
        'all.0.field: there is no field colour',
        'all.1.any.0.is: must be a number',
        'all.1.any.1.not.is: must be a boolean',
        'all.2.atLeast: must be an instant, like 2026-11-26T09:00:00Z',
        'all.3: name has no order: use is, in, contains or known',
        'all.4: clinic has no order: use is, in or known',
        'all.5.in.1: must be one of left, right',
        'all.5.in.2: must be one of left, right',
        'all.6.contains: is for texts only',
        'all.7.contains: is for texts only',
        'all.8.is: must be a text',
      ],
    );
  });

  it('are ten deep at most, and have a thousand values at most', () => {
    assert.deepEqual(faultsOf(nested(10)), []);
    assert.match(faultsOf(nested(11)).join(), /nested more than 10 deep/);
    const values = (count: number): Filter => ({
      any: Array.from({ length: count }, () => ({ field: 'age', in: Array(100).fill(1) })),
    });
    assert.deepEqual(faultsOf(values(10)), []);
    assert.match(faultsOf(values(11)).join(), /more than 1000 values/);
  });

  it('number their parameters from where they are told, and have no value in their SQL', () => {
    const read = filterSql(
      {
        all: [
          { field: 'clinic', is: "'; DROP TABLE contact; --" },
          { tag: '$1' },
          { field: 'age', atMost: 3 },
        ],
      },
      fields,
      7,
    );
    assert.ok(read.kind === 'sql');
    assert.deepEqual(read.filter.values, ["'; DROP TABLE contact; --", '$1', 3]);
    assert.deepEqual(read.filter.sql.match(/\$\d+/g), ['$7', '$8', '$9']);
    assert.ok(!read.filter.sql.includes('DROP'));
  });

  for (const [why, value] of [
    ['two conditions in one', { field: 'age', is: 1, atLeast: 2 }],
    ['a field and a tag', { field: 'age', tag: 'x' }],
    ['all and any', { all: [], any: [] }],
    ['a name with a quote', { field: "age'", is: 1 }],
    ['no condition', {}],
    ['a list that is none', { list: 'x' }],
    ['an empty in', { field: 'age', in: [] }],
    ['an empty contains', { field: 'clinic', contains: '' }],
    ['a NUL', { field: 'clinic', is: 'a\0' }],
    ['half a character', { tag: '\ud800' }],
    ['null', { field: 'clinic', is: null }],
    ['too many parts', { all: Array(51).fill({ tag: 'x' }) }],
    ['no object', 'age = 1'],
  ] as const) {
    it(`are none with ${why}`, () => {
      assert.ok(!filterSchema.safeParse(value).success);
    });
  }
});
