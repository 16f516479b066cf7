import assert from 'node:assert/strict';
import fc from 'fast-check';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { anyPart, anyPerson, expectedFor, isPlain, plain, written } from '#test/any-text.ts';
import { runs } from '#test/properties/runs.ts';
import type { Member } from './audience-member.ts';
import { composer } from './compose.ts';
import { definitionSchema } from './definition.ts';
import { withOwnFields } from './own-fields.ts';
import { testCalling } from './test-calling.ts';

const member = (attributes: Member['attributes']): Member => ({
  contactId: '018f0000-0000-7000-8000-000000000001',
  phoneNumber: phoneNumber('+12125550101'),
  ...{ variant: 0, plans: 0, attempts: 0, state: 'pending', rule: null, step: null },
  ...{ externalId: null, name: null, language: null, timeZone: null, usState: null, postalCode: null },
  lineType: null,
  attributes,
});

/** A campaign that says this, to one person. */
function composed(body: string, person: Member['attributes'], fields: Record<string, string>) {
  const definition = definitionSchema.parse({
    audience: { include: [] },
    windows: [{ days: [1], from: '08:00', to: '18:00' }],
    timeZone: 'America/New_York',
    variants: [{ name: 'A', bodies: { en: body } }],
    fields,
  });
  const campaign = withOwnFields({ name: 'Flu shots', definition });
  return composer(campaign.definition, { shortening: null, calls: testCalling })(member(person), 'sms');
}

describe('What a campaign texts to one person', () => {
  it('is the author’s words with every value as it is, character by character, or nothing, whatever either are', () => {
    const seen = { texts: 0, missing: 0 };
    fc.assert(
      fc.property(
        fc.array(anyPart, { minLength: 1, maxLength: 8 }).filter(isPlain),
        anyPerson,
        (parts, person) => {
          const made = composed(written(parts), person, {});
          const wanted = expectedFor(parts, person, (url) => plain(parts, person, url));
          if ('missing' in wanted) {
            assert.ok(made.kind === 'skipped');
            assert.equal(made.rule, `missing_${wanted.missing}`);
            seen.missing += 1;
          } else {
            assert.ok(made.kind === 'text');
            assert.equal(made.body, wanted.text);
            seen.texts += 1;
          }
        },
      ),
      { numRuns: runs(500) },
    );
    assert.ok(Math.min(seen.texts, seen.missing) > 30, JSON.stringify(seen));
  });

  it('has the campaign’s own values as they are too, beside those of the person', () => {
    const own = fc
      .string({ unit: fc.constantFrom(...'ab $&1|\\ñ\n', '😀'), minLength: 1, maxLength: 12 })
      .map((text) => text.trim())
      .filter((text) => text !== '');
    fc.assert(
      fc.property(own, anyPerson, (place, person) => {
        const made = composed('<{{place}}, {{ place |x}}: {{a|none}} of {{campaign_name}}>', person, {
          place,
        });
        const a = person.a === null || person.a.trim() === '' ? 'none' : person.a;
        assert.ok(made.kind === 'text');
        assert.equal(made.body, `<${place}, ${place}: ${a} of Flu shots>`);
      }),
      { numRuns: runs(300) },
    );
  });
});
