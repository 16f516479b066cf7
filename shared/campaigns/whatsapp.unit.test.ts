import assert from 'node:assert/strict';
import fc from 'fast-check';
import { definitionSchema, storedDefinition } from './definition.ts';
import { placesOf } from './places.ts';
import { channelFaults, filler, isOnWhatsApp, whatsAppFaults } from './whatsapp.ts';

const SID = `HX${'0123456789abcdef'.repeat(2)}`;
const FIELDS = new Set(['clinic']);
const GOOD = {
  name: 'A',
  bodies: { en: 'Hello {{1}}, {{2}} is open.', es: 'Hola {{1}}' },
  templates: {
    en: { contentSid: SID, variables: { 1: '{{first_name|there}}', 2: '{{clinic}}' } },
    es: { contentSid: SID, variables: { 1: '{{first_name|amigo}}' } },
  },
};

const definitionOf = (change: object = {}) =>
  definitionSchema.parse({
    audience: { include: ['018f2b3c-0000-7000-8000-000000000001'] },
    variants: [GOOD],
    timeZone: 'America/New_York',
    ...change,
  });
const faultsOf = (change: object = {}): string[] =>
  whatsAppFaults(definitionOf(change), FIELDS).map(({ message, pointer }) => `${pointer}: ${message}`);
const ofVariant = (change: object) => faultsOf({ variants: [{ ...GOOD, ...change }] });

describe('A campaign that goes by WhatsApp', () => {
  it('may start when each of its texts is the words of a template whose places are filled from fields', () => {
    assert.deepEqual(faultsOf(), []);
    assert.ok(isOnWhatsApp(definitionOf()));
  });

  it('is told everything that is wrong with its templates at once', () => {
    const faults = ofVariant({
      bodies: { en: 'Hello {{1}}, {{first_name}} {{oops', fr: 'Bonjour' },
      templates: {
        en: { contentSid: 'HX12', variables: { 2: '{{unknown}}', 3: ' ' } },
        es: { contentSid: SID, variables: {} },
      },
    });
    assert.deepEqual(faults.sort(), [
      '/variants/0/bodies/en: {{first_name}} is none of the numbered places of an approved template: say what stands there in variables',
      '/variants/0/bodies/en: {{oops is not a placeholder',
      '/variants/0/bodies/es: must say the words of the template as they were approved: they are what is shown and kept',
      '/variants/0/templates/en/contentSid: must be HX and 32 hexadecimal digits, as Twilio shows it',
      '/variants/0/templates/en/variables/1: must say what stands in {{1}}',
      '/variants/0/templates/en/variables/2: has no place in the words: {{2}} is not there',
      '/variants/0/templates/en/variables/2: {{unknown}} is no field of contacts',
      '/variants/0/templates/en/variables/3: has no place in the words: {{3}} is not there',
      '/variants/0/templates/en/variables/3: must not be blank',
      '/variants/0/templates/fr: must be an approved template: outside of a conversation nothing else goes by WhatsApp',
    ]);
  });

  it('is told of words of which WhatsApp takes no template, however short the values are', () => {
    const saying = (length: number) => ({
      bodies: { en: `{{1}}${'x'.repeat(length)}` },
      templates: { en: { contentSid: SID, variables: { 1: 'y' } } },
    });
    assert.deepEqual(ofVariant(saying(1_024)), []);
    assert.match(
      ofVariant(saying(1_025)).join(),
      /^\/variants\/0\/bodies\/en: is longer than 1024 characters/,
    );
  });

  it('needs a template in its default language', () => {
    assert.deepEqual(ofVariant({ bodies: {}, templates: {} }), [
      '/variants/0/templates: must have a template in en, for everybody else',
    ]);
  });

  it('has neither calls nor files nor what counts links', () => {
    const pointers = faultsOf({
      fallback: 'voice',
      experiment: { metric: 'click', sample: 100 },
      variants: [
        { ...GOOD, mediaUrls: ['https://example.org/a.png'], calls: { en: { message: { say: 'Hello' } } } },
      ],
    }).map((fault) => fault.split(':')[0]);
    assert.deepEqual(pointers, [
      '/fallback',
      '/experiment/metric',
      '/variants/0/calls',
      '/variants/0/mediaUrls',
    ]);
  });

  const texts = { texts: true, whatsApp: false };
  const whatsApp = { texts: false, whatsApp: true };
  for (const [label, change, by, type, pointer] of [
    ['nor goes from numbers of both channels', {}, { texts: true, whatsApp: true }, 'sms', '/senderPool'],
    ['nor from numbers for texts', {}, texts, 'sms', '/senderPool'],
    ['nor starts lessons', { variants: [] }, whatsApp, 'drill', '/senderPool'],
    ['nor climbs a ladder', {}, { texts: false, whatsApp: false }, 'hybrid', '/variants'],
    ['and goes from numbers on WhatsApp', {}, whatsApp, 'sms', undefined],
    [
      'which a campaign by text does not',
      { variants: [{ name: 'A', bodies: { en: 'Hi' } }] },
      texts,
      'sms',
      undefined,
    ],
  ] as const) {
    it(label, () => {
      const faults = channelFaults(definitionOf({ senderPool: 'chats', ...change }), { by, type });
      assert.deepEqual(
        faults.map((fault) => fault.pointer),
        pointer === undefined ? [] : [pointer],
      );
    });
  }

  it('is stored so that one by text is read by the version before, and one by WhatsApp is not', () => {
    const byText = storedDefinition(definitionOf({ variants: [{ name: 'A', bodies: { en: 'Hi' } }] }));
    assert.ok(!JSON.stringify(byText).includes('templates'));
    assert.deepEqual(definitionSchema.parse(storedDefinition(definitionOf())), definitionOf());
  });
});

describe('An approved template', () => {
  const template = { contentSid: SID, variables: { 1: '{{first_name|there}}', 2: 'at {{clinic}}' } };
  const fill = filler('Hello {{1}}, see you {{ 2 }}. {{1}}!', template);
  const from = (values: Record<string, string>) => (field: string) => values[field] ?? null;

  it('says the values that go out with it, and nothing of a value is looked through for places', () => {
    assert.deepEqual(fill(from({ first_name: '{{2}} $&', clinic: 'North' })), {
      kind: 'filled',
      body: 'Hello {{2}} $&, see you at North. {{2}} $&!',
      variables: { 1: '{{2}} $&', 2: 'at North' },
    });
  });

  it('goes to nobody who lacks what it needs, or of whom nothing would stand in a place', () => {
    assert.deepEqual(fill(from({})), { kind: 'missing', fields: ['clinic'] });
    const blank = filler('Hello {{1}}', { contentSid: SID, variables: { 1: '{{first_name| }}' } });
    assert.deepEqual(blank(from({})), { kind: 'blank', place: '1' });
  });

  it('has no line breaks in its values, whoever gave them', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (first_name, clinic) => {
        const filled = fill(from({ first_name, clinic }));
        if (filled.kind !== 'filled') return;
        for (const value of Object.values(filled.variables)) assert.ok(!/[\r\n\t]| {2}/.test(value), value);
        const { 1: one, 2: two } = filled.variables;
        assert.equal(filled.body, `Hello ${one}, see you ${two}. ${one}!`);
      }),
    );
  });

  it('has each of its places once', () => {
    assert.deepEqual(placesOf('{{1}} {{ 12 }} {{1}} {{x}} {{}}'), ['1', '12']);
  });
});
