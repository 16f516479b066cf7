import assert from 'node:assert/strict';
import { asWord, dialogRequest, isOneOf } from './words.ts';

describe('a word', () => {
  for (const [text, word] of [
    ['  More! ', 'more'],
    ['¡MENÚ!', 'menú'],
    ['menu\u0301', 'menú'],
    ['"try   it"', 'try it'],
    ['opt-out', 'opt-out'],
    ['...', ''],
    ['', ''],
  ] as const) {
    it(`in ${JSON.stringify(text)} is ${JSON.stringify(word)}`, () => assert.equal(asWord(text), word));
  }

  it('is found among others whatever its case and punctuation, and never in a text without one', () => {
    assert.equal(isOneOf('Menu.', ['support', 'MENU']), true);
    assert.equal(isOneOf('the menu', ['menu']), false);
    assert.equal(isOneOf('?', ['!']), false);
    assert.equal(isOneOf('', ['']), false);
  });
});

describe('a request', () => {
  for (const [text, request] of [
    ['MÁS', 'more'],
    ['suite', 'more'],
    ['Próximo', 'more'],
    ['prénom', 'name'],
    ['língua?', 'language'],
    ['Horaire', 'schedule'],
    ['merci', 'thanks'],
    ['obrigada!', 'thanks'],
    ['ok, thank you very much', 'thanks'],
    ['THANK-YOU', 'thanks'],
    ['thankyou', null],
    ['my next name', null],
    ['more more', null],
    ['', null],
  ] as const) {
    it(`in ${JSON.stringify(text)} is ${request ?? 'none'}`, () =>
      assert.equal(dialogRequest(text), request));
  }
});
