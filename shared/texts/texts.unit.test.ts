import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { SegmentedMessage } from 'sms-segments-calculator';
import type { Profile } from '#shared/contracts/profile.ts';
import { malformedPlaceholders, placeholdersOf, render } from '#shared/drills/template.ts';
import { builtInTexts, textFor } from './texts.ts';

const languages = Object.entries(builtInTexts);
const english = builtInTexts.en;
assert.ok(english);

const profile: Profile = {
  validated: true,
  optedOut: false,
  isDemo: false,
  name: 'Guadalupe',
  language: 'en',
  timezone: null,
  accountInfo: {},
  answers: {},
};
const programme = {
  name: 'Clean Hands',
  company: 'Elm County Health',
  contact: 'care@example.org',
  defaultLanguage: 'en',
  labels: {},
  texts: {},
};

const segments = (text: string): number => new SegmentedMessage(text).segmentsCount;
const said = (template: string): string =>
  render(template, { profile, programme, correctAnswer: 'b) 20 seconds' });

describe('the built-in texts', () => {
  it('exist in English, Spanish, French and Portuguese, and every file of the folder is in use', () => {
    const files = readdirSync(import.meta.dirname)
      .filter((name) => /^[a-z]{2}\.ts$/.test(name))
      .map((name) => name.slice(0, 2));
    assert.deepEqual(Object.keys(builtInTexts).sort(), files.sort());
    assert.deepEqual(files, ['en', 'es', 'fr', 'pt']);
  });

  for (const [language, texts] of languages) {
    describe(language, () => {
      it('has every text, with the same placeholders as in English', () => {
        assert.deepEqual(Object.keys(texts).sort(), Object.keys(english).sort());
        for (const [name, text] of Object.entries(english)) {
          const own = Object.entries(texts).find(([other]) => other === name)?.[1] ?? '';
          assert.notEqual(own.trim(), '', name);
          assert.deepEqual(placeholdersOf(own).sort(), placeholdersOf(text).sort(), name);
          assert.deepEqual(malformedPlaceholders(own), [], name);
        }
      });

      it('keeps the confirmation of a STOP and the answer to HELP within one segment', () => {
        for (const text of [texts.optOutConfirmation, texts.help, texts.optedBackIn]) {
          assert.equal(segments(said(text)), 1, said(text));
        }
      });

      it('keeps all others within two segments', () => {
        for (const text of Object.values(texts)) assert.ok(segments(said(text)) <= 2, said(text));
      });

      it('confirms a STOP in the names of programme and organisation, says how to come back, and no more', () => {
        const confirmation = said(texts.optOutConfirmation);
        assert.match(confirmation, /Clean Hands/);
        assert.match(confirmation, /Elm County Health/);
        assert.match(confirmation, /\bSTART\b/);
        assert.doesNotMatch(confirmation, /https?:|www\.|MORE|MENU|@/);
      });

      it('answers HELP with who we are, whom to reach and how to stop', () => {
        for (const part of [/Clean Hands/, /Elm County Health/, /care@example\.org/, /\bSTOP\b/]) {
          assert.match(said(texts.help), part);
        }
      });
    });
  }
});

describe('choosing a text', () => {
  it("takes the person's language, else the programme's, else English", () => {
    assert.equal(textFor('right', 'es', programme), builtInTexts.es?.right);
    assert.equal(textFor('right', 'de', { ...programme, defaultLanguage: 'fr' }), builtInTexts.fr?.right);
    assert.equal(textFor('right', 'de', { ...programme, defaultLanguage: 'nl' }), english.right);
    assert.equal(textFor('right', 'pt', null), builtInTexts.pt?.right);
    assert.equal(textFor('right', 'constructor', null), english.right);
  });

  it("prefers the programme's own wording, in any language that it has", () => {
    const own = { ...programme, texts: { menu: { en: 'Our menu', es: 'Nuestro menú' } } };
    assert.equal(textFor('menu', 'es', own), 'Nuestro menú');
    assert.equal(textFor('menu', 'pt', own), 'Our menu');
  });

  it('has no text where only a programme can have one', () => {
    assert.equal(textFor('dashboard', 'en', programme), null);
    assert.equal(textFor('demo', 'en', { ...programme, texts: { demo: { en: 'A demo' } } }), 'A demo');
  });
});
