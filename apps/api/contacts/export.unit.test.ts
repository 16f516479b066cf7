import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type ContactField, fieldTypes } from '#shared/contacts/fields.ts';
import { csvRows } from '#shared/csv/rows.ts';
import { ATTRIBUTE, type Mapping } from '#shared/imports/columns.ts';
import { importOptionsSchema } from '#shared/imports/options.ts';
import { rowReader } from '#shared/imports/read-row.ts';
import { contactLine } from './export.ts';

const fields: readonly ContactField[] = fieldTypes.map((type) => ({
  name: `a_${type}`,
  label: type,
  type,
  choices: ['=1+1', 'plain'],
}));
const mapping: Mapping = [
  ...([
    'phone_number',
    'external_id',
    'name',
    'language',
    'time_zone',
    'state',
    'postal_code',
    'tags',
  ] as const),
  ...fields.map(({ name }) => `${ATTRIBUTE}${name}` as const),
];

const FORMULAS = [
  '=HYPERLINK("http://x.example","click")',
  '@SUM(1)',
  '-cmd',
  '+1+1',
  '\t=1',
  '\uff1d1',
  "'=1",
  '-',
  '=',
];
const text = fc.oneof(
  fc.constantFrom(...FORMULAS),
  fc.string({ maxLength: 45 }),
  fc
    .tuple(fc.constantFrom('=', '+', '-', '@', "'", '\uff0d'), fc.string({ maxLength: 10 }))
    .map((parts) => parts.join('')),
);
const VALID = {
  text: ['=1+1'],
  number: ['-5', '1e300', '-1e-300'],
  date: ['2026-01-02'],
  boolean: ['yes', 'no'],
  choice: ['=1+1', 'plain'],
} as const;
const oneOf = (...cells: readonly string[]) => fc.oneof(fc.constantFrom(...cells), text);
const cells: fc.Arbitrary<Cells> = fc.tuple(
  fc.constantFrom('+14155550101', '(415) 555-0101'),
  text,
  text,
  oneOf('en', 'es_MX'),
  oneOf('America/Toronto', 'UTC', 'Etc/GMT-5'),
  oneOf('QC', 'Edo. Méx.', 'CA'),
  oneOf('K1A 0B1', '2139'),
  text,
  ...fields.map(({ type }) => oneOf(...VALID[type])),
);

/** Whether a spreadsheet would calculate it; a number is one already. */
const isCalculated = (cell: string): boolean =>
  /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(cell) && !Number.isFinite(Number(cell));

async function* pieces(file: string): AsyncGenerator<string> {
  yield file;
}

describe('Contacts as CSV', () => {
  it('have no cell that a spreadsheet would calculate, whatever an import has stored', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(
        cells,
        fc.constantFrom('US', 'CA', 'MX'),
        fc.subarray([...mapping.keys()].slice(1), { minLength: 1, maxLength: 3 }),
        async (all, country, present) => {
          const options = importOptionsSchema.parse({ country });
          const read = rowReader({ kind: 'contacts', mapping, options, fields, now: new Date(0) });
          // A row with one cell that is none is left out as a whole: so rows have few cells as well.
          const result = read(
            2,
            all.map((cell, place) => (place === 0 || present.includes(place) ? cell : '')),
          );
          if (result.kind !== 'row') return;
          taken += 1;
          const at = new Date(0);
          const { attributes, externalId, language, name, phoneNumber, postalCode, state, tags, timeZone } =
            result.row;
          const line = contactLine(
            {
              ...{ attributes, externalId, language, name, phoneNumber, postalCode, state, tags, timeZone },
              ...{ contactId: '', lineType: null, lastReply: null, lastReplyAt: null, version: 1 },
              ...{ createdAt: at, updatedAt: at },
            },
            fields,
          );
          const calculated: string[] = [];
          for await (const rows of csvRows(pieces(line), { longestRowBytes: 100_000, sameWidth: false }))
            calculated.push(...rows.flatMap((row) => row.cells.filter(isCalculated)));
          assert.deepEqual(calculated, []);
        },
      ),
      {
        examples: FORMULAS.map((cell): [Cells, 'CA', number[]] => [stateOnly(cell), 'CA', [STATE]]),
      },
    );
    assert.ok(taken > 10, `${taken} rows were valid`);
  });

  for (const [country, cell, state] of [
    ['CA', 'QC', 'QC'],
    ['CA', "L'Île-du-Prince-Édouard", "L'Île-du-Prince-Édouard"],
    ['MX', 'Edo. Méx.', 'Edo. Méx.'],
    ['MX', 'M'.repeat(41), null],
    ['CA', '=HYPERLINK("http://x.example","click")', null],
    ['CA', '-QC', null],
    ['CA', 'QC1', null],
  ] as const) {
    it(`of ${country} have ${state === null ? 'no state' : 'the state'} "${cell}"`, () => {
      const options = importOptionsSchema.parse({ country });
      const read = rowReader({ kind: 'contacts', mapping, options, fields, now: new Date(0) })(
        2,
        stateOnly(cell),
      );
      assert.equal(read.kind === 'row' ? read.row.state : null, state);
    });
  }
});

const STATE = mapping.indexOf('state');

type Cells = [string, string, string, string, string, string, string, string, ...string[]];

function stateOnly(state: string): Cells {
  return ['+14155550101', '', '', '', '', state, '', '', ...fields.map(() => '')];
}
