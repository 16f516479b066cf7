import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Profile } from '#shared/contracts/profile.ts';
import { malformedPlaceholders, placeholdersOf, render, type TemplateContext } from './template.ts';

const profile: Profile = {
  validated: true,
  optedOut: false,
  isDemo: false,
  name: 'Ana Maria Lopez',
  language: 'es',
  timezone: null,
  accountInfo: { employerName: 'Elm Clinic', unitName: 'Ward 3' },
  answers: { favouriteSoap: 'lavender' },
};
const programme = {
  name: 'Clean Hands',
  company: 'Elm County Health',
  contact: 'care@example.org',
  defaultLanguage: 'en',
  labels: { clinic: { en: 'the clinic', es: 'la clínica' }, desk: { en: 'the desk' } },
};
const context: TemplateContext = { profile, programme, correctAnswer: 'b) 20 seconds' };
const nobody: TemplateContext = { ...context, profile: { ...profile, name: null } };

describe('rendering a text', () => {
  for (const [template, expected] of [
    ['Hi {{name}}!', 'Hi Ana!'],
    ['Hi {{ name }}!', 'Hi Ana!'],
    ['{{name}} {{name}}', 'Ana Ana'],
    ['Answer: {{correctAnswer}}', 'Answer: b) 20 seconds'],
    ['From {{company}}', 'From Elm Clinic'],
    ['{{programme}} by {{organisation}}: {{contact}}', 'Clean Hands by Elm County Health: care@example.org'],
    ['{{unitName}}, {{favouriteSoap}}', 'Ward 3, lavender'],
    ['Ven a {{clinic}} o a {{desk}}', 'Ven a la clínica o a the desk'],
    ['{{language}}', 'es'],
    ['no placeholders, {braces} { {x}', 'no placeholders, {braces} { {x}'],
    ['', ''],
  ] as const) {
    it(`${JSON.stringify(template)} gives ${JSON.stringify(expected)}`, () => {
      assert.equal(render(template, context), expected);
    });
  }

  for (const [template, expected] of [
    ['Hi {{name}}, welcome', 'Hi, welcome'],
    ['Hi {{name}}! Welcome', 'Hi! Welcome'],
    ['Hi, {{name}}! Welcome', 'Hi! Welcome'],
    ['¡Hola, {{name}}!', '¡Hola!'],
    ['Thanks, {{name}}, for the answer', 'Thanks, for the answer'],
    ['{{name}}, what now?', 'what now?'],
    ['Well done {{name}}', 'Well done'],
    ['Well done, {{name}}.', 'Well done.'],
    ['Well {{name}} done', 'Well done'],
    ['Well {{name}} {{name}} done', 'Well done'],
    ['Well {{name}}{{unitName}} done', 'Well Ward 3 done'],
    ['one\n{{name}}\ntwo', 'one\n\ntwo'],
    ['{{name}}', ''],
    ['Elm ({{name}}): hello', 'Elm: hello'],
    ['Call: {{name}}. Bye', 'Call. Bye'],
  ] as const) {
    it(`without a name, ${JSON.stringify(template)} gives ${JSON.stringify(expected)}`, () => {
      assert.equal(render(template, nobody), expected);
    });
  }

  it('calls the employer the company, and the programme’s organisation where there is none', () => {
    assert.equal(
      render('{{company}}', { ...context, profile: { ...profile, accountInfo: {} } }),
      'Elm County Health',
    );
  });

  it('never expands what stands in a value', () => {
    const sly = {
      ...context,
      profile: { ...profile, name: '{{unitName}}', answers: { a: '{{name}} {{contact}}' } },
    };
    assert.equal(render('Hi {{name}}: {{a}}', sly), 'Hi {{unitName}}: {{name}} {{contact}}');
  });

  it('does not take what every object has for a field', () => {
    assert.equal(render('x{{constructor}}{{toString}}x', context), 'xx');
  });

  it('cuts a value of a whole page', () => {
    const long = { ...context, profile: { ...profile, answers: { story: '\u{1F600}'.repeat(1600) } } };
    assert.equal([...render('{{story}}', long)].length, 160);
  });

  it('gives an unknown placeholder no value', () => assert.equal(render('a {{unknown}} b', context), 'a b'));

  it('changes nothing in any text without placeholders', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!text.includes('{{'));
        assert.equal(render(text, nobody), text);
      }),
    );
  });

  it('puts any value in as it is, once for each placeholder', () => {
    const value = fc.string({
      unit: fc.constantFrom('a', '{', '}', '$', '&', '\\', 'name', ' '),
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(value, fc.nat(3), (text, times) => {
        fc.pre(text.trim() !== '');
        const answers = { a: text };
        assert.equal(
          render('<{{a}}>'.repeat(times), { ...context, profile: { ...profile, answers } }),
          `<${text.trim()}>`.repeat(times),
        );
      }),
    );
  });
});

describe('the placeholders of a text', () => {
  it('are listed in order', () => assert.deepEqual(placeholdersOf('{{b}} {{ a }} {{b}}'), ['b', 'a', 'b']));

  it('that are mistyped are found', () => {
    assert.deepEqual(malformedPlaceholders('{{first name}} {{name} {{}} {{ok}} {one}'), [
      '{{first name}}',
      '{{name}',
      '{{}}',
    ]);
    assert.deepEqual(malformedPlaceholders('Hi {{name}}: {{x1}}'), []);
    assert.deepEqual(malformedPlaceholders('Hi name}}'), ['}}']);
  });
});
