import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '#test/properties/runs.ts';
import { definitionSchema } from './definition.ts';
import { withOwnFields } from './own-fields.ts';
import { parseTemplate, renderTemplate } from './template.ts';

const campaignOf = (body: string, fields: Record<string, string>, name = 'Flu 2026') => ({
  name,
  definition: definitionSchema.parse({
    audience: {},
    timeZone: 'UTC',
    fields,
    variants: [{ name: 'A', bodies: { en: body }, calls: { en: { message: { say: body }, machine: body } } }],
    ladder: [
      { channel: 'sms', bodies: { es: body } },
      { channel: 'voice', after: ['no_reply'], calls: { es: { message: { say: body } } } },
    ],
  }),
});
const textOf = (body: string, fields: Record<string, string>, name?: string): string | undefined =>
  withOwnFields(campaignOf(body, fields, name)).definition.variants[0]?.bodies.en;

describe('Fields of a campaign', () => {
  it('are put into its words, whatever says them, and leave what is of contacts', () => {
    const { definition } = withOwnFields(
      campaignOf('{{campaign_name|x}} at {{clinic}} for {{first_name|you}} and {{ name }}', {
        clinic: 'North',
      }),
    );
    const text = 'Flu 2026 at North for {{first_name|you}} and {{name}}';
    const [variant] = definition.variants;
    const [sms, voice] = definition.ladder ?? [];
    assert.deepEqual(
      [
        variant?.bodies.en,
        variant?.calls.en?.message,
        variant?.calls.en?.machine,
        sms?.bodies.es,
        voice?.calls.es?.message,
      ],
      [text, { say: text }, text, text, { say: text }],
    );
  });

  it('are never looked through for fields themselves', () => {
    assert.equal(textOf('At {{clinic}}', { clinic: '{{first_name}}' }), 'At {{clinic}}');
    assert.equal(textOf('{{campaign_name}}', {}, '{{phone_number}}'), '{{campaign_name}}');
    assert.equal(textOf('{{{{clinic}}}}', { clinic: 'name' }), '{{{{clinic}}}}');
  });

  it('make no placeholder that the author did not write, for any text and values', () => {
    const piece = fc.oneof(
      fc.constantFrom('{{clinic}}', '{{day|Monday}}', '{{name}}', '{', '}', '{{', '}}', '|', 'name', ' '),
      fc.string({ maxLength: 5 }),
    );
    const value = fc.oneof(
      fc.constantFrom('name', '{{name}}', '{', '}', '{{', 'North'),
      fc.string({ minLength: 1, maxLength: 6 }).filter((text) => text.trim() !== ''),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), value, value, (pieces, clinic, day) => {
        const body = pieces.join('');
        const values = new Map([
          ['clinic', clinic.trim()],
          ['day', day.trim()],
        ]);
        const text = textOf(body, { clinic, day }) ?? '';
        const written = parseTemplate(body);
        const asked = (source: string): string[] =>
          parseTemplate(source).parts.flatMap((part) => (part.kind === 'field' ? [part.name] : []));
        assert.ok(asked(text).every((field) => asked(body).includes(field)));
        // With what is sound, it is what putting in all values at once would be.
        const isSound = written.malformed.length === 0 && [clinic, day].every((each) => !/[{}]/.test(each));
        if (!isSound) return;
        const all = (field: string): string | null => values.get(field) ?? 'Ana';
        assert.deepEqual(renderTemplate(parseTemplate(text), all), renderTemplate(written, all));
      }),
      { numRuns: runs(500) },
    );
  });
});
