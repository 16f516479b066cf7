import assert from 'node:assert/strict';
import fc, { type Arbitrary } from 'fast-check';
import type { Pool } from '#shared/postgres/pool.ts';
import { anyCodePoint } from '#test/code-points.ts';
import { runs } from '#test/properties/runs.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import type { ContactField } from './fields.ts';
import { type Filter, filterSchema, filterSql } from './filter.ts';

const fields: ContactField[] = [
  { name: 'clinic', label: 'Clinic', type: 'text', choices: [] },
  { name: 'age', label: 'Age', type: 'number', choices: [] },
  { name: 'born', label: 'Born', type: 'date', choices: [] },
  { name: 'smoker', label: 'Smoker', type: 'boolean', choices: [] },
  { name: 'arm', label: 'Arm', type: 'choice', choices: ['left', "ri'ght"] },
];

const LISTS = ['018f0000-0000-7000-8000-00000000000a', '018f0000-0000-7000-8000-00000000000b'];

/** A contact as filters see it. */
interface Row {
  name: string | null;
  external_id: string | null;
  language: string | null;
  state: string | null;
  created_at: string;
  last_reply_at: string | null;
  attributes: Record<string, string | number | boolean>;
  tags: string[];
  lists: string[];
}

/** Few of each, so that many are equal; all that SQL, or LIKE, or a parameter might take for its own among them. */
const texts = [
  'Ana',
  'ana',
  'Ana Maria',
  "O'Brien",
  '"x"',
  '\\',
  '\\x',
  '$1',
  '$$',
  '%',
  '_',
  "'; DROP TABLE contact; --",
  '{}',
  'null',
  '5',
  '-5',
  'true',
  '2026-11-26',
  '😀',
  '日本',
  'e\u0301',
  ' spaces ',
  'line\nbreak',
  'tab\tbed',
];
const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...texts) },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 5, unit: 'grapheme-ascii' }) },
);
const number = fc.constantFrom(-5, 0, 5, 5.5, 1e21, 1e-7, 123456789.125, Number.MAX_SAFE_INTEGER);
const date = fc.constantFrom('0000-01-01', '1999-12-31', '2026-11-26', '2026-11-27', '9999-12-31');
const instant = fc.constantFrom(
  '0001-01-01T00:00:00.000Z',
  '2026-11-26T09:00:00.000Z',
  '2026-11-26T09:00:00.001Z',
  '2026-12-01T00:00:00.000Z',
);
/** The same as somebody may write them, and others that no row has. */
const writtenInstant = fc.oneof(
  instant,
  fc.constantFrom(
    '2026-11-26T10:00:00+01:00',
    '2026-11-26T09:00:00Z',
    '2026-11-27T08:59:00+23:59',
    '0000-01-01T00:00:00Z',
    '0000-01-01T00:00:00+23:59',
    '9999-12-31T23:59:59.999Z',
  ),
);
const choice = fc.constantFrom('left', "ri'ght");
const valuesOf: Record<string, Arbitrary<string | number | boolean>> = {
  clinic: text.filter((each) => each.trim() !== ''),
  age: number,
  born: date,
  smoker: fc.boolean(),
  arm: choice,
};
const option = <T>(value: Arbitrary<T>): Arbitrary<T | null> => fc.option(value, { nil: null });

const row: Arbitrary<Row> = fc.record({
  name: option(text),
  external_id: fc.constant(null),
  language: option(fc.constantFrom('en', 'es')),
  state: option(fc.constantFrom('NY', 'CA')),
  created_at: instant,
  last_reply_at: option(instant),
  attributes: fc.record(
    {
      ...valuesOf,
      // From when a field had another type: it is as if there were no value.
      age: fc.oneof({ weight: 8, arbitrary: number }, { weight: 1, arbitrary: fc.constantFrom('5', true) }),
      smoker: fc.oneof(
        { weight: 8, arbitrary: fc.boolean() },
        { weight: 1, arbitrary: fc.constantFrom('true', 1) },
      ),
    },
    { requiredKeys: [] },
  ) as Arbitrary<Row['attributes']>,
  tags: fc.subarray(texts, { maxLength: 3 }),
  lists: fc.subarray(LISTS),
});

const textFields = ['name', 'language', 'state', 'first_name', 'phone_number', 'external_id'];
const anyField = fc.constantFrom(...textFields, 'created_at', 'last_reply_at', ...Object.keys(valuesOf));

const condition: Arbitrary<Filter> = fc.oneof(
  ...[
    fc.constantFrom(...textFields).chain((field) =>
      fc.oneof(
        text.map((is): Filter => ({ field, is })),
        fc.array(text, { minLength: 1, maxLength: 4 }).map((several): Filter => ({ field, in: several })),
        text.map((contains): Filter => ({ field, contains })),
      ),
    ),
    fc.constantFrom('clinic').chain((field) => text.map((contains): Filter => ({ field, contains }))),
    ...Object.entries(valuesOf).map(([field, value]) =>
      fc.oneof(
        value.map((is): Filter => ({ field, is })),
        fc.array(value, { minLength: 1, maxLength: 4 }).map((several): Filter => ({ field, in: several })),
      ),
    ),
    ...(['age', 'born'] as const).map((field) =>
      fc.oneof(
        (valuesOf[field] ?? number).map((atLeast): Filter => ({ field, atLeast })),
        (valuesOf[field] ?? number).map((atMost): Filter => ({ field, atMost })),
      ),
    ),
    fc.constantFrom('created_at', 'last_reply_at').chain((field) =>
      fc.oneof(
        writtenInstant.map((is): Filter => ({ field, is })),
        writtenInstant.map((atLeast): Filter => ({ field, atLeast })),
        writtenInstant.map((atMost): Filter => ({ field, atMost })),
        fc
          .array(writtenInstant, { minLength: 1, maxLength: 3 })
          .map((several): Filter => ({ field, in: several })),
      ),
    ),
  ],
  fc.tuple(anyField, fc.boolean()).map(([field, known]): Filter => ({ field, known })),
  fc.constantFrom(...texts).map((tag): Filter => ({ tag })),
  fc.constantFrom(...LISTS).map((list): Filter => ({ list })),
  fc.boolean().map((replied): Filter => ({ replied })),
);

const filter: Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    condition,
    fc.array(tie('filter'), { maxLength: 3 }).map((all): Filter => ({ all })),
    fc.array(tie('filter'), { maxLength: 3 }).map((any): Filter => ({ any })),
    tie('filter').map((not): Filter => ({ not })),
  ),
})).filter;

/** Whether a contact is meant: what filters say, without a database. A condition on what is not known does not hold. */
function isMeant(each: Row & { phone_number: string }, asked: Filter): boolean {
  if ('all' in asked) return asked.all.every((part) => isMeant(each, part));
  if ('any' in asked) return asked.any.some((part) => isMeant(each, part));
  if ('not' in asked) return !isMeant(each, asked.not);
  if ('tag' in asked) return each.tags.includes(asked.tag);
  if ('list' in asked) return each.lists.includes(asked.list);
  if ('replied' in asked) return (each.last_reply_at !== null) === asked.replied;
  const [type, value] = valueIn(each, asked.field);
  if ('known' in asked) {
    const isThere = type === 'attribute' ? Object.hasOwn(each.attributes, asked.field) : value !== null;
    return isThere === asked.known;
  }
  if (value === null) return false;
  if ('contains' in asked) return String(value).toLowerCase().includes(asked.contains.toLowerCase());
  const comparable = (given: unknown): unknown =>
    type === 'instant' ? new Date(String(given)).getTime() : given;
  const own = comparable(value);
  if ('is' in asked) return own === comparable(asked.is);
  if ('in' in asked) return asked.in.some((one) => own === comparable(one));
  if ('atLeast' in asked) return (own as number) >= (comparable(asked.atLeast) as number);
  return (own as number) <= (comparable(asked.atMost) as number);
}

function valueIn(
  each: Row & { phone_number: string },
  field: string,
): ['own' | 'instant' | 'attribute', unknown] {
  if (field === 'created_at' || field === 'last_reply_at') return ['instant', each[field]];
  if (field === 'first_name') return ['own', each.name?.match(/\S+/)?.[0] ?? null];
  if (textFields.includes(field)) return ['own', Reflect.get(each, field)];
  const value = Object.hasOwn(each.attributes, field) ? each.attributes[field] : null;
  const type = { age: 'number', smoker: 'boolean' }[field] ?? 'string';
  return ['attribute', typeof value === type ? value : null];
}

describe('A filter as SQL', function () {
  this.timeout(300_000);
  let database: TestDatabase;
  let pool: Pool;
  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
    for (const list of LISTS) {
      await pool.query(
        `INSERT INTO contact_list (list_id, name, created_at, updated_at) VALUES ($1, $2, now(), now())`,
        [list, `list ${list}`],
      );
    }
  });
  after(() => database.drop());

  async function insert(rows: readonly Row[]): Promise<(Row & { phone_number: string })[]> {
    await emptyTables(pool, 'contact');
    const all = rows.map((each, n) => ({
      ...each,
      phone_number: `+1415555${String(100 + n).padStart(4, '0')}`,
    }));
    await pool.query(
      `WITH given AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS
                        (phone_number text, name text, language text, state text, created_at timestamptz,
                         last_reply_at timestamptz, attributes jsonb, tags text[], lists uuid[])),
       made AS (
         INSERT INTO contact (contact_id, phone_number, name, language, state, created_at, updated_at, last_reply_at,
                              attributes, tags)
         SELECT gen_random_uuid(), phone_number, name, language, state, created_at, created_at, last_reply_at, attributes, tags
           FROM given RETURNING contact_id, phone_number)
       INSERT INTO list_member (list_id, contact_id, added_at)
       SELECT list_id, contact_id, now() FROM made JOIN given USING (phone_number), unnest(lists) AS list_id`,
      [JSON.stringify(all)],
    );
    return all;
  }

  async function selected(asked: Filter): Promise<string[]> {
    const read = filterSql(filterSchema.parse(asked), fields, 1);
    assert.ok(read.kind === 'sql', JSON.stringify(read));
    const { rows } = await pool.query<{ phone_number: string }>(
      `SELECT phone_number FROM contact WHERE ${read.filter.sql} ORDER BY phone_number`,
      [...read.filter.values],
    );
    return rows.map((each) => each.phone_number);
  }

  it('selects exactly those who are meant, for any contacts and any filter', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 15 }),
        fc.array(filter, { minLength: 1, maxLength: 8 }),
        async (rows, filters) => {
          const contacts = await insert(rows);
          for (const asked of filters) {
            assert.deepEqual(
              await selected(asked),
              contacts.filter((each) => isMeant(each, asked)).map((each) => each.phone_number),
              JSON.stringify(asked),
            );
          }
        },
      ),
      { numRuns: runs(150) },
    );
  });

  it('takes whatever text it is given for a value, and for nothing else', async () => {
    const [other] = await insert([
      {
        name: 'somebody else',
        external_id: null,
        language: null,
        state: null,
        created_at: '2026-11-26T09:00:00.000Z',
        last_reply_at: null,
        attributes: {},
        tags: [],
        lists: [],
      },
    ]);
    assert.ok(other);
    const any = fc
      .oneof(fc.string({ unit: anyCodePoint, minLength: 1, maxLength: 30 }), fc.constantFrom(...texts))
      .map((each) => each.toWellFormed().replaceAll('\0', ''))
      // Nothing but blanks is no value of a field.
      .filter((each) => each.trim() !== '' && each !== 'somebody else');
    await fc.assert(
      fc.asyncProperty(any, async (given) => {
        await pool.query(
          `INSERT INTO contact (contact_id, phone_number, name, attributes, tags, created_at, updated_at)
           VALUES (gen_random_uuid(), '+14155550199', $1, jsonb_build_object('clinic', $1::text), ARRAY[$1], now(), now())
           ON CONFLICT (phone_number) DO UPDATE
              SET name = excluded.name, attributes = excluded.attributes, tags = excluded.tags`,
          [given],
        );
        for (const asked of [
          { field: 'name', is: given },
          { field: 'name', in: [given] },
          { field: 'clinic', is: given },
          { field: 'clinic', in: ['x', given] },
          { field: 'clinic', contains: given },
          { tag: given },
        ] satisfies Filter[]) {
          assert.deepEqual(await selected(asked), ['+14155550199'], JSON.stringify(asked));
        }
      }),
      { numRuns: runs(150) },
    );
  });
});
