import { z } from 'zod';
import { languageSchema, localizedTextSchema } from '#shared/contracts/drill.ts';
import { accountInfoSchema } from '#shared/contracts/profile.ts';
import { type PhoneNumber, phoneNumberSchema } from '#shared/phone/phone-number.ts';
import { asWord } from './words.ts';

/** What people take part in: ordered drills, how one registers, and the sender numbers it owns. */

/** Names of the texts that a programme may word for itself; the others are the built-in ones. */
export const ownTextNames = ['help', 'support', 'menu', 'dashboard', 'demo'] as const;

const wordList = z.array(z.string().refine((word) => asWord(word) !== '', 'must contain a letter or digit'));

/** Whole messages that ask for something at any time, also during a drill. */
export const programmeWordsSchema = z.strictObject({
  menu: wordList.default(['menu', 'menú']),
  support: wordList.default(['support', 'soporte', 'suporte']),
  dashboard: wordList.default([]),
  demo: wordList.default([]),
});
export type ProgrammeWords = z.infer<typeof programmeWordsSchema>;

export const registrationCodeSchema = z.strictObject({
  code: z.string().refine((code) => asWord(code) !== '', 'must contain a letter or digit'),
  /** A person with a demo code may send another code later. */
  isDemo: z.boolean().default(false),
  accountInfo: accountInfoSchema.default({}),
  /** The code is invalid from this instant on; null: never. */
  expiresAt: z.iso.datetime({ offset: true }).nullable().default(null),
});
export type RegistrationCode = z.infer<typeof registrationCodeSchema>;

const timezone = z.string().refine(isTimezone, 'must be an IANA time zone, like America/New_York');

/** A programme as a file says it: `default` among its numbers is the sender number of the environment. */
export const programmeFileSchema = z.strictObject({
  slug: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens'),
  name: z.string().min(1),
  /** The organisation behind it, as people know it: named where consent is confirmed. */
  company: z.string().min(1),
  /** How people reach somebody: a telephone number or an e-mail address. The answer to HELP must say it (CTIA). */
  contact: z.string().min(1),
  /** Slugs, in the order in which people get them. */
  drills: z.array(z.string().min(1)).min(1),
  /** `contact list` and `open`: nobody needs a code. */
  registration: z.enum(['code', 'contact list', 'open']),
  codes: z.array(registrationCodeSchema).default([]),
  senderNumbers: z.array(z.union([z.literal('default'), phoneNumberSchema])).min(1),
  defaultLanguage: languageSchema,
  timezone,
  /** Of what the programme sends by itself (scheduled drills, reminders). */
  intent: z.enum(['transactional', 'marketing']),
  words: programmeWordsSchema.prefault({}),
  texts: z.partialRecord(z.enum(ownTextNames), localizedTextSchema).default({}),
  /** Names that templates use and that are worded per language: `{{clinic}}`. */
  labels: z.record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), localizedTextSchema).default({}),
});

/** A programme with its numbers known. */
export type Programme = Omit<z.infer<typeof programmeFileSchema>, 'senderNumbers'> & {
  senderNumbers: readonly PhoneNumber[];
};

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    // RangeError: the only way in which the runtime says that it does not know a zone.
    return false;
  }
}

export type CodeVerdict =
  | { valid: true; isDemo: boolean; accountInfo: Record<string, string>; programmeSlug: string }
  | { valid: false };

/**
 * Whether a text is a registration code of the programme at that instant. Case, surrounding spaces and surrounding
 * punctuation do not count.
 */
export function validateCode(text: string, programme: Programme, now: Date): CodeVerdict {
  const said = asWord(text);
  const found = programme.codes.find(({ code }) => asWord(code) === said);
  if (said === '' || !found) return { valid: false };
  if (found.expiresAt !== null && Date.parse(found.expiresAt) <= now.getTime()) return { valid: false };
  return {
    valid: true,
    isDemo: found.isDemo,
    accountInfo: found.accountInfo,
    programmeSlug: programme.slug,
  };
}
