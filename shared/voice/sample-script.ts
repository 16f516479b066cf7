import fc from 'fast-check';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { type CallScript, menuKeys } from './call-script.ts';
import { composeCall } from './compose.ts';
import { callLanguages, callVoices } from './languages.ts';

/** Scripts for tests. */

export const sampleScript: CallScript = composeCall({
  language: 'en-US',
  organisation: 'Riverside County Health',
  tollFreeNumber: phoneNumber('+18005550142'),
  message: { say: 'Flu shots are free this week.' },
  menu: [
    { key: '1', prompt: 'For the opening hours, press 1.', say: 'We are open from nine to five.' },
    { key: '2', prompt: 'For the address, press 2.', say: 'We are at 12 Main Street.' },
  ],
});

/** What people are called and say, with everything that looks like markup. */
const words = (most: number): fc.Arbitrary<string> =>
  fc
    .oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: most }),
      fc.constantFrom(
        '<Hangup/>',
        '</Say></Gather><Dial>+1</Dial>',
        '&lt;',
        ']]>',
        '<!--',
        '"\'',
        'Ana & Söhne',
      ),
    )
    .filter((text) => text.trim() !== '' && !/[\p{Cc}\uFFFE\uFFFF]/u.test(text));

/** Every kind of script: languages, voices, recordings and speech, menus of any size. */
export const anyScript: fc.Arbitrary<CallScript> = fc
  .record({
    language: fc.constantFrom(...callLanguages),
    voice: fc.constantFrom(...callVoices),
    organisation: words(60),
    message: fc.oneof(
      words(300).map((say) => ({ say })),
      fc.webUrl({ validSchemes: ['https'] }).map((play) => ({ play })),
    ),
    machineMessage: words(200),
    keys: fc.uniqueArray(fc.constantFrom(...menuKeys)),
    choice: words(20),
  })
  .map(({ choice, keys, ...content }) =>
    composeCall({
      ...content,
      tollFreeNumber: phoneNumber('+18885550142'),
      menu: keys.map((key) => ({ key, prompt: `${choice}: ${key}`, say: choice })),
    }),
  );
