import assert from 'node:assert/strict';
import { faultsOfMapping, recogniseColumns } from './columns.ts';

const fields = [{ name: 'visits', label: 'Visitas del año' }];

describe('Columns of a file', () => {
  for (const [title, headers, expected] of [
    [
      'in English',
      ['Phone', 'First Name', 'Surname', 'ZIP', 'Time-Zone', 'Opt-in date', 'Notes'],
      ['phone_number', 'first_name', 'last_name', 'postal_code', 'time_zone', 'consent_timestamp', null],
    ],
    [
      'in Spanish',
      ['TELÉFONO', 'Nombre', 'Apellidos', 'Código Postal', 'Zona horaria', 'Fecha del consentimiento'],
      ['phone_number', 'first_name', 'last_name', 'postal_code', 'time_zone', 'consent_timestamp'],
    ],
    ['with "nombre" alone', ['celular', 'nombre'], ['phone_number', 'name']],
    [
      'of added fields, by name and by label',
      ['phone', 'VISITS', 'visitas del ano'],
      ['phone_number', 'attributes.visits', null],
    ],
    ['twice, the first of them', ['phone', 'mobile'], ['phone_number', null]],
    ['by our own names', ['phone_number', 'consent_wording'], ['phone_number', 'consent_wording']],
  ] as const) {
    it(`are recognised ${title}`, () => {
      assert.deepEqual(recogniseColumns('contacts', headers, fields), expected);
    });
  }

  it('of suppressions have no fields of contacts', () => {
    assert.deepEqual(recogniseColumns('suppressions', ['phone', 'name', 'reason'], fields), [
      'phone_number',
      null,
      'reason',
    ]);
  });

  it('are told everything that is wrong with what they are said to be', () => {
    assert.deepEqual(faultsOfMapping('contacts', ['name', 'name', 'attributes.none'], 2, fields), [
      { column: null, detail: 'must have one entry for each of the 2 columns of the file' },
      { column: 1, detail: 'name is column 1 already' },
      { column: 2, detail: 'attributes.none is nothing that a column can be' },
      { column: null, detail: 'no column is phone_number: say which one has the numbers' },
    ]);
    assert.deepEqual(faultsOfMapping('contacts', ['phone_number', null], 2, fields), []);
  });
});
