import assert from 'node:assert/strict';
import { segmentsOf } from '#shared/texts/segments.ts';
import { inPlainLetters, specialCharacters } from './characters.ts';

describe('Special characters of a text', () => {
  it('are named once each, as people see them', () => {
    assert.deepEqual(specialCharacters('“Hi” – see you 👩‍🚀 “soon”, é à €'), ['“', '”', '–', '👩‍🚀']);
    assert.deepEqual(specialCharacters('Plain: [x] {y} ~ €'), []);
  });

  it('are replaced where plain letters look the same, and others are left', () => {
    assert.equal(inPlainLetters('“It’s…” 👋'), '"It\'s..." 👋');
    assert.equal(inPlainLetters("It's"), null);
    assert.equal(segmentsOf(inPlainLetters('It’s — fine…') ?? '').encoding, 'GSM-7');
  });
});
