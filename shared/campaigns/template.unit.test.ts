import assert from 'node:assert/strict';
import fc from 'fast-check';
import { anyCodePoint } from '#test/code-points.ts';
import { fieldsOf, parseTemplate, renderTemplate, requiredFieldsOf } from './template.ts';

const render = (source: string, values: Record<string, string | null>) =>
  renderTemplate(parseTemplate(source), (name) => values[name] ?? null);

describe('Texts of campaigns', () => {
  for (const [source, values, text] of [
    ['Hi {{first_name}}!', { first_name: 'Ana' }, 'Hi Ana!'],
    ['Hi {{ first_name | there }}!', {}, 'Hi there!'],
    ['Hi {{first_name|}}!', {}, 'Hi !'],
    ['Hi {{first_name|there}}!', { first_name: '  ' }, 'Hi there!'],
    ['{{a}}{{b}}', { a: '{{b}}', b: '{{a}}' }, '{{b}}{{a}}'],
    ['{{a}}', { a: '$& $1 \\' }, '$& $1 \\'],
    ['No braces { here }', {}, 'No braces { here }'],
  ] as const) {
    it(`${JSON.stringify(source)} with ${JSON.stringify(values)}`, () => {
      assert.deepEqual(render(source, values), { kind: 'text', text });
    });
  }

  it('say which values are missing, each once', () => {
    assert.deepEqual(render('{{a}} {{b|x}} {{c}} {{a}}', { b: null }), {
      kind: 'missing',
      fields: ['a', 'c'],
    });
  });

  it('name their fields, and those that everybody must have', () => {
    const template = parseTemplate('{{b|x}} {{a}} {{b}}');
    assert.deepEqual(
      [fieldsOf(template), requiredFieldsOf(template)],
      [
        ['b', 'a'],
        ['a', 'b'],
      ],
    );
  });

  for (const [source, malformed] of [
    ['Hi {{First Name}}', ['{{First Name}}']],
    ['Hi {{name', ['{{name']],
    ['Hi name}}', ['}}']],
    ['{{name|a{b}}}', ['{{name|a', '}}']],
    ['{{}}', ['{{}}']],
  ] as const) {
    it(`are found out when they are mistyped: ${source}`, () => {
      assert.deepEqual(parseTemplate(source).malformed, malformed);
    });
  }

  it('have every value verbatim and no placeholder left, for any values and any texts between them', () => {
    const literal = fc.string().filter((text) => !/[{}]/.test(text));
    const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
    const value = fc.string({ minLength: 1, unit: anyCodePoint }).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(fc.array(fc.tuple(literal, name, value)), literal, (parts, last) => {
        const values = new Map(parts.map(([, each, given]) => [each, given]));
        const source = parts.map(([text, each]) => `${text}{{${each}}}`).join('') + last;
        const expected = parts.map(([text, each]) => text + (values.get(each) ?? '')).join('') + last;
        const template = parseTemplate(source);
        assert.deepEqual(template.malformed, []);
        assert.deepEqual(
          renderTemplate(template, (each) => values.get(each) ?? null),
          { kind: 'text', text: expected },
        );
      }),
    );
  });
});
