import assert from 'node:assert/strict';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { type Programme, programmeFileSchema, validateCode } from './programme.ts';

const now = new Date('2026-11-21T15:00:00.000Z');
const file = {
  slug: 'clean-hands',
  name: 'Clean Hands',
  company: 'Elm County Health',
  contact: 'care@example.org',
  drills: ['one'],
  registration: 'code',
  codes: [
    { code: 'CLEAN2026', accountInfo: { employerName: 'Elm Clinic' } },
    { code: 'try it', isDemo: true },
    { code: '#77-A', expiresAt: '2026-11-21T15:00:00Z' },
    { code: 'later', expiresAt: '2026-11-21T10:00:01-05:00' },
  ],
  senderNumbers: ['default'],
  defaultLanguage: 'en',
  timezone: 'America/New_York',
  intent: 'transactional',
};
const programme: Programme = {
  ...programmeFileSchema.parse(file),
  senderNumbers: [phoneNumber('+14155550199')],
};

describe('a registration code', () => {
  for (const text of ['CLEAN2026', 'clean2026', '  Clean2026\n', '"CLEAN2026".', 'clean2026!']) {
    it(`is found in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(validateCode(text, programme, now), {
        valid: true,
        isDemo: false,
        accountInfo: { employerName: 'Elm Clinic' },
        programmeSlug: 'clean-hands',
      });
    });
  }

  for (const text of ['', '  ', '!!', 'clean 2026', 'CLEAN2026 please', 'CLEAN20267', 'hello']) {
    it(`is not found in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(validateCode(text, programme, now), { valid: false });
    });
  }

  it('may be for a demonstration', () => {
    const verdict = validateCode('Try  IT', programme, now);
    assert.ok(verdict.valid && verdict.isDemo);
  });

  it('is invalid from the instant at which it expires', () => {
    const before = new Date(now.getTime() - 1);
    assert.equal(validateCode('#77-a', programme, before).valid, true);
    assert.equal(validateCode('#77-a', programme, now).valid, false);
    assert.equal(validateCode('later', programme, now).valid, true);
  });
});

describe('a programme file', () => {
  it('says what it leaves out by default', () => {
    assert.deepEqual(programme.words, {
      menu: ['menu', 'menú'],
      support: ['support', 'soporte', 'suporte'],
      dashboard: [],
      demo: [],
    });
    assert.deepEqual(programme.texts, {});
  });

  for (const [fault, change] of [
    ['an unknown field', { colour: 'blue' }],
    ['an unknown time zone', { timezone: 'Mars/Olympus' }],
    ['a sender number that is none', { senderNumbers: ['4155550199'] }],
    ['a code without a letter or digit', { codes: [{ code: '--' }] }],
    ['an unknown word list', { words: { menus: ['menu'] } }],
    ['another kind of registration', { registration: 'invitation' }],
    ['no drills', { drills: [] }],
    ['a language that is not two letters', { defaultLanguage: 'eng' }],
    ['an unknown text', { texts: { greeting: { en: 'Hi' } } }],
  ] as const) {
    it(`is refused with ${fault}`, () => {
      assert.equal(programmeFileSchema.safeParse({ ...file, ...change }).success, false);
    });
  }
});
