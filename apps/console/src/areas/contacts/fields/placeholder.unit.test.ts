import assert from 'node:assert/strict';
import { nameOf, placeholderOf } from './placeholder.ts';

describe('The name of a field', () => {
  it('is made of its label', () => {
    assert.equal(nameOf('Clinic of choice'), 'clinic_of_choice');
    assert.equal(nameOf('  Año de nacimiento '), 'ano_de_nacimiento');
    assert.equal(nameOf('2nd visit (date)'), 'nd_visit_date');
    assert.equal(nameOf('¿?'), '');
    assert.equal(nameOf('x'.repeat(60)).length, 40);
  });

  it('stands in texts between braces', () => {
    assert.equal(placeholderOf('clinic'), '{{clinic}}');
  });
});
