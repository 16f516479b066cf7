import { z } from 'zod';
import { languageSchema, localizedTextSchema } from '#shared/contracts/drill.ts';
import { accountInfoSchema } from '#shared/contracts/profile.ts';
import { type SenderAddress, senderAddressSchema } from '#shared/phone/sender-address.ts';
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
  /** So many people may register with it; null: any number. */
  maxUses: z.int().positive().nullable().default(null),
});
export type RegistrationCode = z.infer<typeof registrationCodeSchema>;

const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, like 09:30');

/** When people who are idle get their next drill without asking for it. */
export const deliverySchema = z.strictObject({
  /** Local time of day of whoever did not choose one: "10:00". */
  time: localTime,
  /** Days of the week, Monday is 1. */
  days: z.array(z.int().min(1).max(7)).min(1).default([1, 2, 3, 4, 5, 6, 7]),
  /** So long after a person last did something, in hours. */
  idleHours: z.number().positive().max(720).default(12),
  /** Over how many minutes from that time the starts are spread. */
  spreadMinutes: z.int().min(0).max(240).default(30),
});
export type Delivery = z.infer<typeof deliverySchema>;

/** When people are reminded of a question that they have not answered: once each. */
export const remindersSchema = z
  .strictObject({
    afterHours: z.number().positive().max(168).default(4),
    /** No reminder so long after the question. */
    untilHours: z.number().positive().max(336).default(24),
  })
  .refine(({ afterHours, untilHours }) => afterHours < untilHours, {
    path: ['untilHours'],
    message: 'must be more than afterHours',
  });
export type Reminders = z.infer<typeof remindersSchema>;

/**
 * Drills that answer the words "name", "language" and "schedule", where no question waits: they ask for what is to be another.
 * Left out: the word ends the drill in flight, and nothing answers it.
 */
export const requestsSchema = z.strictObject({
  name: z.string().min(1).optional(),
  language: z.string().min(1).optional(),
  schedule: z.string().min(1).optional(),
});

const timezone = z.string().refine(isTimezone, 'must be an IANA time zone, like America/New_York');

/** What a drill or a programme is called in addresses, files and commands: it never changes. */
export const slugSchema = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens');

/** A programme as a file says it: `default` among its numbers is the sender number of the environment. */
export const programmeFileSchema = z.strictObject({
  slug: slugSchema,
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
  senderNumbers: z.array(z.union([z.literal('default'), senderAddressSchema])).min(1),
  defaultLanguage: languageSchema,
  timezone,
  /** Of what the programme sends by itself (scheduled drills, reminders). */
  intent: z.enum(['transactional', 'marketing']),
  /** null: a person gets the next drill when they ask for it. */
  delivery: deliverySchema.nullable().default(null),
  /** null: nobody is reminded. */
  reminders: remindersSchema.nullable().prefault({}),
  words: programmeWordsSchema.prefault({}),
  requests: requestsSchema.default({}),
  texts: z.partialRecord(z.enum(ownTextNames), localizedTextSchema).default({}),
  /** Names that templates use and that are worded per language: `{{clinic}}`. */
  labels: z.record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), localizedTextSchema).default({}),
});

/** A programme with its numbers known. */
export type Programme = Omit<z.infer<typeof programmeFileSchema>, 'senderNumbers'> & {
  senderNumbers: readonly SenderAddress[];
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

/** Codes as they are compared, once for each programme: there may be thousands, and every text is compared with them. */
const comparedCodes = new WeakMap<readonly RegistrationCode[], ReadonlyMap<string, RegistrationCode>>();

function compared(codes: readonly RegistrationCode[]): ReadonlyMap<string, RegistrationCode> {
  const known =
    comparedCodes.get(codes) ?? new Map(codes.toReversed().map((each) => [asWord(each.code), each]));
  comparedCodes.set(codes, known);
  return known;
}

/**
 * The registration code of the programme that a text is, also one that is no longer valid. Case, surrounding spaces and
 * surrounding punctuation do not count. null: it is none.
 */
export function codeOf(text: string, programme: Pick<Programme, 'codes'>): RegistrationCode | null {
  const said = asWord(text);
  return said === '' ? null : (compared(programme.codes).get(said) ?? null);
}

/** Whether a text is a registration code of the programme at that instant. How often it was used is not asked here. */
export function validateCode(text: string, programme: Programme, now: Date): CodeVerdict {
  const found = codeOf(text, programme);
  if (found === null) return { valid: false };
  if (found.expiresAt !== null && Date.parse(found.expiresAt) <= now.getTime()) return { valid: false };
  return {
    valid: true,
    isDemo: found.isDemo,
    accountInfo: found.accountInfo,
    programmeSlug: programme.slug,
  };
}
