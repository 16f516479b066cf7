import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
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
export function canonicalPhoneNumber(
  text: string,
  options: { country?: 'US' | 'CA' | 'MX'; digitsOnly?: boolean } = {},
): PhoneNumber | null {
  const { address, channel } = channelAddress(text);
  if (channel !== 'sms') return null;
  let candidate = address;
  if (options.digitsOnly && /^\d+$/.test(candidate)) candidate = `+${candidate}`;
  const mexican = /^\+521(\d{10})$/.exec(candidate.replace(/[\s()-]/g, ''));
  if (mexican) candidate = `+52${mexican[1]}`;
  if (isPhoneNumber(candidate)) return candidate;
  const plain = NORTH_AMERICAN.exec(candidate);
  if (plain && (plain[1] !== undefined || options.country !== 'MX')) {
    return phoneNumber(`+1${plain[2]}${plain[3]}${plain[4]}`);
  }
  const parsed = parsePhoneNumberFromString(candidate, options.country ?? 'US');
  if (!parsed?.isPossible()) return null;
  return isPhoneNumber(parsed.number) ? parsed.number : null;
}

/** For logs: country code and the last two digits, the rest starred. Never log a whole number. */
export const maskPhoneNumber = (text: string): string =>
  text.length < 6 ? '***' : `${text.slice(0, 2)}${'*'.repeat(text.length - 4)}${text.slice(-2)}`;
