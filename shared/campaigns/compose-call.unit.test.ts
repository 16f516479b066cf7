import assert from 'node:assert/strict';
import fc from 'fast-check';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { callScriptSchema } from '#shared/voice/call-script.ts';
import { runs } from '#test/properties/runs.ts';
import type { Member } from './audience-member.ts';
import { callSettingsSchema, callWordsSchema } from './call-words.ts';
import { callComposer } from './compose-call.ts';
import { testCalling } from './test-calling.ts';

const member = (more: Partial<Member> = {}): Member => ({
  contactId: '018f0000-0000-7000-8000-000000000001',
  phoneNumber: phoneNumber('+12125550101'),
  variant: 0,
  plans: 0,
  attempts: 0,
  state: 'pending',
  rule: null,
  step: null,
  externalId: null,
  name: 'Ana Lima',
  language: null,
  timeZone: null,
  usState: null,
  postalCode: null,
  lineType: null,
  attributes: { clinic: 'North' },
  ...more,
});
const call = callSettingsSchema.parse({ tollFreeNumber: '+18005550142' });
const words = (given: object) => callWordsSchema.parse(given);
const say = (text: string) => ({ calls: { en: words({ message: { say: text } }) } });
const composed = (variants: { calls: object }[], who: Member, more: { call?: object; parts?: object } = {}) =>
  callComposer(
    {
      defaultLanguage: 'en',
      call: { ...call, ...more.call },
      variants: variants as Parameters<typeof callComposer>[0]['variants'],
    },
    { ...testCalling, ...more.parts },
  )(who);
const scriptOf = (...given: Parameters<typeof composed>) => {
  const made = composed(...given);
  assert.ok(made.kind === 'call', JSON.stringify(made));
  return made.script;
};

describe('What a campaign says to one person in a call', () => {
  it('is its words with their values, within who calls, the way out and the number', () => {
    const script = scriptOf([say('Hi {{first_name}}, {{clinic}} is open.')], member());
    assert.deepEqual(script, {
      language: 'en-US',
      voice: 'female',
      identification: 'This is an automated call from Riverside County Health.',
      optOut: { prompt: 'To stop all calls and texts from us, press 9 now.' },
      message: { say: 'Hi Ana, North is open.' },
      menu: [],
      repeat: { prompt: 'To hear this again, press 0.' },
      tollFreeNumber: '+18005550142',
      machine: {
        say: 'Hi Ana, North is open. To stop all calls and texts from us, call 8 0 0, 5 5 5, 0 1 4 2 at any time, free of charge.',
      },
      goodbye: 'You can reach us at 8 0 0, 5 5 5, 0 1 4 2. Goodbye.',
      optedOutConfirmation: 'You will get no more calls or texts from us.',
    });
  });

  it('is in their language where it has words in it, in the voice and for as long as the campaign says', () => {
    const calls = { en: words({ message: { say: 'Hi' } }), es: words({ message: { say: 'Hola' } }) };
    const heard = (language: string | null) => scriptOf([{ calls }], member({ language }));
    assert.deepEqual(
      [heard('es-MX').language, heard('fr').language, heard(null).language],
      ['es-US', 'en-US', 'en-US'],
    );
    const chosen = { voice: 'male', ringSeconds: 40, organisation: 'North Clinic' };
    const script = scriptOf([{ calls }], member(), { call: chosen });
    assert.deepEqual(
      [script.voice, script.ringSeconds, script.identification],
      ['male', 40, 'This is an automated call from North Clinic.'],
    );
  });

  it('is a recording with words of its own for machines, and a menu with values', () => {
    const calls = {
      en: words({
        message: { play: 'https://example.org/a.mp3' },
        machine: 'Please call us, {{first_name}}.',
        menu: [{ key: '3', prompt: 'For {{clinic}}, press 3.', say: '{{clinic}} is on Main Street.' }],
      }),
    };
    const script = scriptOf([{ calls }], member());
    assert.deepEqual(script.message, { play: 'https://example.org/a.mp3' });
    assert.match(script.machine.say, /^Please call us, Ana\. To stop/);
    assert.deepEqual(script.menu, [
      { key: '3', prompt: 'For North, press 3.', say: 'North is on Main Street.' },
    ]);
  });

  for (const [why, variants, who, more, expected] of [
    ['no such variant', [], {}, {}, { rule: 'no_variant', missing: [] }],
    ['no words in the default language', [{ calls: {} }], {}, {}, { rule: 'no_text', missing: [] }],
    [
      'values that are missing, all that are, wherever they are said',
      [
        {
          calls: {
            en: words({
              message: { say: '{{first_name}}' },
              machine: '{{clinic}}',
              menu: [{ key: '1', prompt: 'Press 1', say: '{{external_id}}' }],
            }),
          },
        },
      ],
      { name: null, attributes: {} },
      {},
      { rule: 'missing_first_name', missing: ['first_name', 'external_id', 'clinic'] },
    ],
    [
      'a value that makes it too long to say',
      [say('{{clinic}}')],
      { attributes: { clinic: 'x'.repeat(1_801) } },
      {},
      { rule: 'too_long', missing: [] },
    ],
    [
      'a value that makes it too long for the carrier',
      [{ calls: { en: words({ message: { say: '{{clinic}}' }, machine: 'Call us.' }) } }],
      { attributes: { clinic: '&'.repeat(900) } },
      {},
      { rule: 'too_long', missing: [] },
    ],
    [
      'a value that takes the key out of its prompt',
      [
        {
          calls: {
            en: words({
              message: { say: 'Hi' },
              menu: [{ key: '1', prompt: 'Press {{clinic|1}}', say: 'ok' }],
            }),
          },
        },
      ],
      {},
      {},
      { rule: 'unspeakable', missing: [] },
    ],
    [
      'nobody who calls',
      [say('Hi')],
      {},
      { parts: { organisation: null } },
      { rule: 'unspeakable', missing: [] },
    ],
    ['no number', [say('Hi')], {}, { call: { tollFreeNumber: null } }, { rule: 'unspeakable', missing: [] }],
  ] as [string, { calls: object }[], Partial<Member>, Parameters<typeof composed>[2], object][]) {
    it(`is nothing with ${why}`, () => {
      assert.deepEqual(composed(variants, member(who), more), { kind: 'skipped', ...expected });
    });
  }

  it('is lawful or nothing, whatever the words and the values are', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.constantFrom('{{clinic}}', '<Hangup/>', '\n', 'press 1 {{name|}}', '9', '{{'),
    );
    fc.assert(
      fc.property(
        fc.record({ message: text, prompt: text, told: text, machine: fc.option(text) }),
        fc.record({ name: fc.option(text), clinic: fc.option(text) }),
        ({ machine, message, prompt, told }, { clinic, name }) => {
          const given = callWordsSchema.safeParse({
            message: { say: message },
            menu: [{ key: '1', prompt, say: told }],
            machine,
          });
          if (!given.success) return;
          const made = composed([{ calls: { en: given.data } }], member({ name, attributes: { clinic } }));
          if (made.kind === 'skipped') return;
          assert.ok(callScriptSchema.safeParse(made.script).success);
          assert.equal(testCalling.scriptFault(made.script), null);
          assert.ok(made.script.identification.includes('Riverside County Health'));
        },
      ),
      { numRuns: runs(300) },
    );
  });
});
