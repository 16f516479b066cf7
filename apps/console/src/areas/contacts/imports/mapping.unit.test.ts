import assert from 'node:assert/strict';
import { fieldOf, isWhole, targetOfField, targetsOf } from './mapping.ts';
import { workOf } from './progress.ts';

describe('The columns of a file', () => {
  it('can be read when one has the numbers, and none is what another is', () => {
    assert.equal(isWhole(['phone_number', null, null]), true);
    assert.equal(isWhole(['name', null]), false);
    assert.equal(isWhole(['phone_number', 'name', 'name']), false);
  });

  it('may be fields of the organisation', () => {
    assert.equal(fieldOf(targetOfField('clinic')), 'clinic');
    assert.equal(fieldOf('name'), null);
    assert.ok(targetsOf('contacts').includes('tags'));
    assert.ok(!targetsOf('suppressions').includes('tags'));
  });
});

describe('How far an import is', () => {
  const counts = {
    rows: 10,
    checked: { valid: 5, duplicate: 1, faulty: 2, matched: 3 },
    committed: { created: 1, updated: 1, unchanged: 1, refused: 0, erased: 1, consents: 9 },
  };

  it('is said in rows, while the service works', () => {
    assert.deepEqual(workOf({ ...counts, status: 'checking' }), { done: 8, whole: 10 });
    assert.deepEqual(workOf({ ...counts, status: 'committing' }), { done: 4, whole: 5 });
    assert.equal(workOf({ ...counts, status: 'checked' }), null);
  });
});
