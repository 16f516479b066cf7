import assert from 'node:assert/strict';
import fc from 'fast-check';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { callScriptSchema, menuKeys, transcriptOf } from './call-script.ts';
import { type CallContent, composeCall } from './compose.ts';
import { callLanguageFor, callLanguages } from './languages.ts';
import { isTollFree, saysNumber, spokenNumber } from './spoken-number.ts';

const TOLL_FREE = phoneNumber('+18005550142');
const content: CallContent = {
  language: 'en-US',
  organisation: 'Riverside County Health',
  tollFreeNumber: TOLL_FREE,
  message: { say: 'Flu shots are free this week.' },
  menu: [{ key: '1', prompt: 'For the opening hours, press 1.', say: 'We are open from 9 to 5.' }],
};
const script = composeCall(content);

/** What is wrong with a script, as "path: message". */
function faults(change: object): string[] {
  const parsed = callScriptSchema.safeParse({ ...script, ...change });
  return parsed.success
    ? []
    : parsed.error.issues.map(({ message, path }) => `${path.join('.')}: ${message}`);
}

describe('a call script', () => {
  it('is made of what a campaign says and of the built-in words of every language', () => {
    for (const language of callLanguages) {
      const made = composeCall({ ...content, language });
      assert.deepEqual(callScriptSchema.parse(made), made);
      assert.ok(made.identification.includes('Riverside County Health'));
      assert.ok(transcriptOf(made).startsWith(`${made.identification} ${made.optOut.prompt}`));
    }
  });

  it('says the message on a machine, and the toll-free number there and at the end', () => {
    assert.equal(
      script.machine.say,
      'Flu shots are free this week. To stop all calls and texts from us, call 8 0 0, 5 5 5, 0 1 4 2 at any time, free of charge.',
    );
    assert.ok(saysNumber(script.goodbye, TOLL_FREE));
  });

  it('may play a recording, with other words for a machine', () => {
    const played = composeCall({
      ...content,
      message: { play: 'https://files.example.org/flu.mp3' },
      machineMessage: 'Please call us about your flu shot.',
    });
    assert.ok(played.machine.say.startsWith('Please call us about your flu shot. '));
    assert.ok(transcriptOf(played).includes('[https://files.example.org/flu.mp3]'));
  });

  const unlawful: [what: string, change: object, fault: string][] = [
    ['nobody who calls', { identification: ' ' }, 'identification: '],
    ['no way out', { optOut: { prompt: 'Goodbye is near.' } }, 'optOut.prompt: must say key 9'],
    ['another way out', { optOut: { prompt: 'To stop, press 8.' } }, 'optOut.prompt: must say key 9'],
    [
      'a way out that is part of a number',
      { optOut: { prompt: 'Press 19.' } },
      'optOut.prompt: must say key 9',
    ],
    [
      'a way out that takes long to tell',
      { optOut: { prompt: `Press 9. ${'x'.repeat(160)}` } },
      'optOut.prompt: ',
    ],
    [
      'a way to hear it again without its key',
      { repeat: { prompt: 'Press 7.' } },
      'repeat.prompt: must say key 0',
    ],
    [
      'a machine that hears no number',
      { machine: { say: 'Call us.' } },
      'machine.say: must say the toll-free number',
    ],
    [
      'a machine that hears another number',
      { machine: { say: '800 555 0143' } },
      'machine.say: must say the toll-free',
    ],
    ['an end without the number', { goodbye: 'Goodbye.' }, 'goodbye: must say the toll-free number'],
    ['a number that costs', { tollFreeNumber: '+14155550142' }, 'tollFreeNumber: must be a toll-free number'],
    [
      'the key of the way out in the menu',
      { menu: [{ key: '9', prompt: 'Press 9.', say: 'x' }] },
      'menu.0.key: ',
    ],
    ['a key of the menu twice', { menu: [...script.menu, ...script.menu] }, 'menu.1.key: is given twice'],
    [
      'a key that is not told',
      { menu: [{ key: '2', prompt: 'Press 1.', say: 'x' }] },
      'menu.0.prompt: must say key 2',
    ],
    ['a recording in the clear', { message: { play: 'http://files.example.org/a.mp3' } }, 'message'],
    ['a message with control characters', { message: { say: 'a\u0007b' } }, 'message'],
    ['half a character', { message: { say: 'a\ud83d' } }, 'message'],
    ['a language that nobody has words in', { language: 'xx-XX' }, 'language: '],
    ['something that nobody says', { jingle: 'https://files.example.org/a.mp3' }, ': '],
  ];
  for (const [what, change, fault] of unlawful) {
    it(`is refused with ${what}`, () => {
      assert.ok(
        faults(change).some((found) => found.startsWith(fault)),
        faults(change).join('; '),
      );
    });
  }

  it('is lawful for any words of a campaign that are none too many', () => {
    const words = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .filter((text) => text.trim() !== '' && !/[\p{Cc}\uFFFE\uFFFF]/u.test(text));
    fc.assert(
      fc.property(
        words,
        words,
        fc.constantFrom(...callLanguages),
        fc.uniqueArray(fc.constantFrom(...menuKeys)),
        (organisation, say, language, keys) => {
          const menu = keys.map((key) => ({ key, prompt: `Press ${key}`, say }));
          const made = composeCall({ ...content, language, organisation, message: { say }, menu });
          assert.ok(made.optOut.prompt.includes('9'));
          assert.deepEqual(
            made.menu.map(({ key }) => key),
            keys,
          );
        },
      ),
    );
  });
});

describe('a number in a text that is read out', () => {
  it('is said digit by digit', () => {
    assert.equal(spokenNumber(TOLL_FREE), '8 0 0, 5 5 5, 0 1 4 2');
    assert.equal(spokenNumber(phoneNumber('+448005550142')), '4 4 8 0 0 5 5 5 0 1 4 2');
  });

  const said: [text: string, says: boolean][] = [
    [`Call ${spokenNumber(TOLL_FREE)}.`, true],
    ['Call 800 555 0142 before 5.', true],
    ['Call 1-800-555-0142.', true],
    ['Call (800) 555-0142, thank you.', true],
    ['Call 800 555 0143.', false],
    ['Call 22 800 555 0142.', false],
    ['Call 800. Or 555 0142.', false],
    ['Call us.', false],
  ];
  for (const [text, says] of said) {
    it(`is ${says ? '' : 'not '}said by "${text}"`, () => {
      assert.equal(saysNumber(text, TOLL_FREE), says);
    });
  }

  it('is free of charge by its area code', () => {
    for (const code of ['800', '833', '844', '855', '866', '877', '888']) {
      assert.ok(isTollFree(phoneNumber(`+1${code}5550142`)), code);
    }
    assert.ok(!isTollFree(phoneNumber('+19005550142')));
    assert.ok(!isTollFree(phoneNumber('+448005550142')));
  });
});

describe('the language of a call', () => {
  it('is the one that the person speaks, wherever they speak it; none for a language without words', () => {
    assert.equal(callLanguageFor('es'), 'es-US');
    assert.equal(callLanguageFor('es-MX'), 'es-US');
    assert.equal(callLanguageFor('en_GB'), 'en-US');
    assert.equal(callLanguageFor('fr'), null);
  });
});
