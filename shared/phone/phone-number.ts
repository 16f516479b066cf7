import { type PhoneNumber as LibraryNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { z } from 'zod';
import { channelAddress } from './channel-address.ts';

/**
 * A phone number in E.164 form ("+14155550101"): what everything is keyed by. Only the functions of this module
 * make one.
 */
export type PhoneNumber = string & { readonly __brand: 'PhoneNumber' };

const E164 = /^\+[1-9]\d{6,14}$/;

/** Whether the text already is an E.164 number. Says nothing about whether anybody owns it. */
export const isPhoneNumber = (text: string): text is PhoneNumber => E164.test(text);

/** An E.164 number or an error that names the text. For values that our own code wrote. */
export function phoneNumber(text: string): PhoneNumber {
  if (!isPhoneNumber(text)) throw new Error(`not an E.164 phone number: ${JSON.stringify(text)}`);
  return text;
}

/** Schema for contracts: E.164 exactly, nothing is repaired. */
export const phoneNumberSchema = z
  .string()
  .refine(isPhoneNumber, { message: 'must be a phone number in E.164 form, like +14155550101' });

/**
 * A number of the North American plan as lists have it, "(415) 555-0101" or "+1 415.555.0101": told without the library,
 * which takes some fifty times as long for the same answer (a property test compares them).
 */
const NORTH_AMERICAN = /^(?:(\+)?1[ .-]?)?\(?([2-9]\d\d)\)?[ .-]?([2-9]\d\d)[ .-]?(\d{4})$/;

/**
 * The canonical number behind what a carrier or a person wrote, or null if there is none.
 * - "sms:+14155550101" loses its prefix. An address of another channel ("whatsapp:...") is none (channel-address.ts).
 * - Mexican mobile numbers in the form of before 2019, "+52 1 ...", lose the 1 (some carriers still send it).
 * - A number without + is read as international when the carrier writes numbers that way (`digitsOnly`), else as a
 *   national number of `country`.
 */
export const canonicalPhoneNumber = (text: string, options: ReadOptions = {}): PhoneNumber | null =>
  readPhoneNumber(text, options)?.number ?? null;

export interface ReadOptions {
  country?: 'US' | 'CA' | 'MX';
  digitsOnly?: boolean;
}

/** A canonical number, and what the library had to say of the text; null: it was not asked. */
export interface ReadPhoneNumber {
  number: PhoneNumber;
  parsed: LibraryNumber | null;
}

/** As `canonicalPhoneNumber`, for whoever goes on asking: a number that was read is not to be read again, as each takes a 0 off. */
export function readPhoneNumber(text: string, options: ReadOptions): ReadPhoneNumber | null {
  const { address, channel } = channelAddress(text);
  if (channel !== 'sms') return null;
  let candidate = address;
  if (options.digitsOnly && /^\d+$/.test(candidate)) candidate = `+${candidate}`;
  const mexican = /^\+521(\d{10})$/.exec(candidate.replace(/[\s()-]/g, ''));
  if (mexican) candidate = `+52${mexican[1]}`;
  if (isPhoneNumber(candidate)) return { number: candidate, parsed: null };
  const plain = NORTH_AMERICAN.exec(candidate);
  if (plain && (plain[1] !== undefined || options.country !== 'MX')) {
    return { number: phoneNumber(`+1${plain[2]}${plain[3]}${plain[4]}`), parsed: null };
  }
  const parsed = parsePhoneNumberFromString(candidate, options.country ?? 'US');
  if (!parsed?.isPossible()) return null;
  return isPhoneNumber(parsed.number) ? { number: parsed.number, parsed } : null;
}

/** For logs: country code and the last two digits, the rest starred. Never log a whole number. */
export const maskPhoneNumber = (text: string): string =>
  text.length < 6 ? '***' : `${text.slice(0, 2)}${'*'.repeat(text.length - 4)}${text.slice(-2)}`;
