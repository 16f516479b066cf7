import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type DrillDraft, drillDraftSchema, parseContentFile } from '#shared/drills/content-file.ts';
import { programmeFileSchema } from '#shared/drills/programme.ts';
import { drillYaml, programmeYaml } from './yaml.ts';

/** Texts that YAML has opinions about, and any other. */
const text = fc.oneof(
  fc.constantFrom(
    'yes',
    'no',
    'null',
    '~',
    '12',
    '1e3',
    '2027-01-01',
    '- a',
    'a: b',
    '#x',
    '|',
    "it's",
    '"',
    ' x ',
  ),
  fc.constantFrom(
    'two\nlines\n',
    '\ttab',
    'ends in a break\n\n',
    '&anchor',
    '*alias',
    '!tag',
    '{a}',
    '%',
    '@',
  ),
  fc.string({ minLength: 1, unit: 'grapheme' }),
);
const slug = fc.stringMatching(/^[a-z0-9]{1,6}(-[a-z0-9]{1,4})?$/);
const language = fc.constantFrom('en', 'es', 'no', 'fr');
const localized = fc.dictionary(language, text, { minKeys: 1 });
const lists = (minLength: number) =>
  fc.dictionary(language, fc.array(text, { minLength, maxLength: 3 }), { minKeys: 1 });
const optional = { requiredKeys: ['slug', 'messages'] } as const;
const prompt = fc.record(
  {
    slug: text,
    messages: fc.array(
      fc.record(
        { text: localized, mediaUrl: fc.constant('https://example.org/soap.png') },
        { requiredKeys: ['text'] },
      ),
      { minLength: 1, maxLength: 2 },
    ),
    correctResponse: localized,
    options: lists(2),
    accepts: lists(0),
    storeAs: fc.constantFrom('place', 'no'),
    maxFailures: fc.nat(3),
    asks: fc.boolean(),
  },
  { requiredKeys: [...optional.requiredKeys] },
);
const example = fc.record(
  {
    name: text,
    language,
    answers: fc.dictionary(fc.constantFrom('place', 'no'), text),
    turns: fc.array(
      fc.record({
        says: text,
        expect: fc.constantFrom('right', 'wrong'),
        hears: fc.array(text, { maxLength: 2 }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
    completes: fc.boolean(),
  },
  { requiredKeys: ['name', 'turns'] },
);
const anyDraft: fc.Arbitrary<DrillDraft> = fc
  .record({
    slug,
    name: text,
    defaultLanguage: language,
    prompts: fc.array(prompt, { minLength: 1, maxLength: 3 }),
    examples: fc.array(example, { maxLength: 2 }),
  })
  .map((draft) => drillDraftSchema.parse(draft));

describe('Content as files', () => {
  it('is read again as the drill that it was written from', () => {
    fc.assert(
      fc.property(anyDraft, (draft) => {
        const { content, faults } = parseContentFile('a.yaml', drillYaml(draft));
        assert.deepEqual(faults, []);
        assert.ok(content?.kind === 'drill');
        const { version: _, ...drill } = content.drill;
        assert.deepEqual({ ...drill, examples: content.examples }, draft);
      }),
    );
  });

  it('is read again as the programme that it was written from', () => {
    const codes = fc.array(
      fc.record({
        code: fc.stringMatching(/^[A-Z0-9]{1,8}$/),
        accountInfo: fc.dictionary(fc.constantFrom('employerName', 'no'), text),
        maxUses: fc.option(fc.integer({ min: 1, max: 9 })),
      }),
      { maxLength: 3 },
    );
    const any = fc
      .record({
        slug,
        name: text,
        company: text,
        contact: text,
        registration: fc.constantFrom('code', 'contact list', 'open'),
        codes,
        senderNumbers: fc.constantFrom(['default'], ['+14155550198', 'default']),
        defaultLanguage: language,
        timezone: fc.constant('America/New_York'),
        intent: fc.constantFrom('transactional', 'marketing'),
        delivery: fc.option(fc.record({ time: fc.constantFrom('09:30', '23:59') })),
        reminders: fc.option(fc.constant({ afterHours: 1.5, untilHours: 20 })),
        labels: fc.dictionary(fc.constantFrom('clinic', 'no'), localized),
        drills: fc.array(slug, { minLength: 1, maxLength: 3 }),
      })
      .map((programme) => programmeFileSchema.parse(programme));
    fc.assert(
      fc.property(any, (programme) => {
        const { content, faults } = parseContentFile('a.yaml', programmeYaml(programme));
        assert.deepEqual([content, faults], [{ kind: 'programme', programme }, []]);
      }),
    );
  });
});
