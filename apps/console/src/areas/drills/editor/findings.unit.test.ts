import assert from 'node:assert/strict';
import type { DrillCheck } from '#shared/api-client/api-types.ts';
import { about, findingsOf, needsReason, unreachedOf } from './findings.ts';

const check: DrillCheck = {
  faults: [
    { path: 'prompts.1.options.es', message: '"parar" is a reserved word' },
    { path: 'prompts.0.slug', message: '"a" is the slug of another prompt' },
    { path: '', message: 'programme other drills.0: there is no drill "x"' },
  ],
  warnings: [{ path: 'prompts.0.messages.1.text.en', message: 'takes 4 segments' }],
  lengths: [],
  examples: {
    failures: [{ path: 'examples.2.turns.0.expect', message: '"b" is wrong, not right' }],
    unreached: [{ path: 'prompts.1', message: 'no example answers it right' }],
    untestedLanguages: ['es'],
  },
};

describe('What the check of a draft found', () => {
  it('stands where it belongs, also when a prompt before it was not checked', () => {
    const places = [0, 2];
    const found = findingsOf(check, places);
    assert.deepEqual(
      found.map(({ example, field, language, prompt, tone }) => [tone, prompt, example, field, language]),
      [
        ['bad', 2, null, 'options', 'es'],
        ['bad', 0, null, 'slug', null],
        ['bad', null, null, '', null],
        ['held', 0, null, 'messages.1.text', 'en'],
        ['held', null, 2, 'turns.0.expect', null],
      ],
    );
    assert.deepEqual(
      about(found, 2, 'options', 'es').map(({ message }) => message),
      ['"parar" is a reserved word'],
    );
    assert.deepEqual(about(found, 2, 'options', 'en'), []);
    assert.equal(found[3]?.message, 'Takes 4 segments');
    assert.deepEqual(
      unreachedOf(check, places).map(({ prompt }) => prompt),
      [2],
    );
  });

  it('takes a reason to be published with where its examples leave something open', () => {
    assert.equal(needsReason(check), true);
    const none = { failures: [], unreached: [], untestedLanguages: [] };
    assert.equal(needsReason({ ...check, examples: none }), false);
    assert.equal(needsReason({ ...check, examples: { ...none, untestedLanguages: ['es'] } }), true);
  });
});
