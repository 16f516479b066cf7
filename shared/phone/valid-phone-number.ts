import { type PhoneNumber as LibraryNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import {
  canonicalPhoneNumber,
  isPhoneNumber,
  type PhoneNumber,
  phoneNumber,
  readPhoneNumber,
} from './phone-number.ts';

/**
 * The canonical number behind what a list has, if it is one that its country gives out; null for anything else.
 * `canonicalPhoneNumber` believes whatever begins with + and has the length of a number, as carriers' own numbers do; a
 * list may have "+4255551234", made of a number of the United States by whoever put a + in front, or "+44 (0)7400 123456", whose 0 is
 * not dialled from abroad: one phone has one form.
 */
export function validPhoneNumber(text: string, options: { country: 'US' | 'CA' | 'MX' }): PhoneNumber | null {
  const read = readPhoneNumber(text, options);
  if (read === null) return null;
  const { number, parsed } = read;
  if (NORTH_AMERICAN.test(number)) return isGivenOut(number) ? number : null;
  return asGivenOut(parsed ?? parsePhoneNumberFromString(number));
}

/**
 * What somebody tells us of a phone that is written to or opted out: the one form that contacts have of it, where its country gives
 * it out, so that an opt-out of "+4402079460018" is that of +442079460018; else the canonical number, as carriers' own are. Null: it is none.
 */
export const toldPhoneNumber = (text: string, options: { country: 'US' | 'CA' | 'MX' }): PhoneNumber | null =>
  validPhoneNumber(text, options) ?? canonicalPhoneNumber(text, options);

/**
 * Whether a number is in that form. One that is not belongs to a phone that has another: whoever opts that one out would not meet what
 * is under this one, so that nothing may leave for it.
 */
export const isInOneForm = (number: string): number is PhoneNumber =>
  isPhoneNumber(number) && toldPhoneNumber(number, { country: 'US' }) === number;

/** Of numbers of one exchange all are given out or none, so the library, which takes its time, is asked once for each. */
const NORTH_AMERICAN = /^\+1[2-9]\d\d[2-9]\d\d\d{4}$/;
const EXCHANGE = '+1NPANXX'.length;
/** There are 640,000 at most; a list has those of its region. */
const KEPT = 50_000;
const exchanges = new Map<string, boolean>();

function isGivenOut(number: PhoneNumber): boolean {
  const exchange = number.slice(0, EXCHANGE);
  const known = exchanges.get(exchange);
  if (known !== undefined) return known;
  const answer = asGivenOut(parsePhoneNumberFromString(number)) !== null;
  if (exchanges.size >= KEPT) exchanges.clear();
  exchanges.set(exchange, answer);
  return answer;
}

const asGivenOut = (parsed: LibraryNumber | undefined): PhoneNumber | null =>
  parsed?.isValid() ? phoneNumber(parsed.number) : null;
