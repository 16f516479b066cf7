import assert from 'node:assert/strict';
import type { Campaign } from '#shared/api-client/api-types.ts';
import { firstLine } from './first-line.ts';

const of = (definition: object): string | null =>
  firstLine({
    definition: {
      defaultLanguage: 'en',
      drill: null,
      variants: [],
      ...definition,
    } as unknown as Campaign['definition'],
  });
const variant = (more: object) => ({ variants: [{ name: 'A', bodies: {}, calls: {}, ...more }] });

describe('The first line of a campaign', () => {
  it('is that of its first text, in the language of everybody else', () => {
    assert.equal(of(variant({ bodies: { es: 'Hola', en: '\n  Hi there \nmore' } })), 'Hi there');
    assert.equal(of(variant({ bodies: { es: 'Hola' } })), 'Hola');
  });

  it('is what a call says, or which lesson begins', () => {
    assert.equal(of(variant({ calls: { en: { message: { say: 'Good morning.' } } } })), 'Good morning.');
    assert.equal(of({ drill: { programme: 'clean-hands', drill: 'soap' } }), 'clean-hands · soap');
  });

  it('is none where nothing is said yet, or a recording is played', () => {
    assert.equal(of({}), null);
    assert.equal(of(variant({ bodies: { en: ' ' } })), null);
    assert.equal(of(variant({ calls: { en: { message: { play: 'https://example.org/a.mp3' } } } })), null);
  });
});
